//! From what was gathered to what is said of a column: the type first, then the statistics that suit it.

use crate::model::column::{
    Column, ColumnType, Digits, Distinct, MAX_TOP, Mangled, Numbers, Profile, Rule, SHOWN_CHARS, Span, TimeForm,
    TopValue,
};
use crate::profile::counts::Counts;
use crate::profile::numbers::{NumberStats, Steps, approximate, compare, decimal_text, rank_of, rounded_text};
use crate::profile::shape::{Number, Shape};
use crate::profile::{Lengths, Many, Profiler, SpanStats, Values, names, time};

/// Least share of all values that makes a value frequent where not all were counted: one in a thousand.
const FREQUENT_SHARE: u64 = 1_000;
/// Days since 1900 as spreadsheets count them: from 1954 to 2099.
const SERIAL_DAYS: std::ops::RangeInclusive<f64> = 20_000.0..=73_050.0;

impl Profiler {
    /// Says what the column is.
    #[must_use]
    pub fn finish(self, name: &str) -> Column {
        let (mut numbers, mut span) = (NumberStats::default(), SpanStats::default());
        let mut sorted = Vec::new();
        let is_few = matches!(self.values, Values::Few(_));
        let (n_missing, n_empty, n_rows) = (self.n_missing, self.n_empty, self.n_rows);
        let mut profile = Profile { n_missing, n_empty, samples: self.samples.clone(), ..Profile::default() };
        match &self.values {
            Values::Few(counts) => {
                profile.distinct = Some(Distinct::Exactly(counts.len() as u64));
                profile.top = top_of(counts);
                profile.lengths = lengths_of(counts).0;
                sorted = self.statistics(counts, &mut numbers, &mut span);
            }
            Values::Many(many) => {
                profile.distinct = Some(Distinct::About(many.distinct.estimate().min(n_rows - n_missing)));
                profile.top = frequent(many, n_rows);
                profile.lengths = many.lengths.0;
            }
        }
        let (column_type, rule) = {
            let stats = if let Values::Many(many) = &self.values { &many.numbers } else { &numbers };
            self.decide(name, stats)
        };
        let mangled = {
            let stats = if let Values::Many(many) = &self.values { &many.numbers } else { &numbers };
            self.mangled(name, column_type, stats)
        };
        if let Values::Many(many) = self.values {
            (numbers, span) = (many.numbers, many.span);
        }
        let mut digits = Digits::default();
        if column_type.is_number() {
            digits = digits_of(&numbers);
            profile.numbers = summary(&numbers, &sorted);
            profile.histogram = if is_few { histogram(&numbers, &sorted) } else { numbers.histogram() };
        }
        if matches!(column_type, ColumnType::Date | ColumnType::DateTime) {
            profile.histogram = span.spread.histogram();
            profile.span = span.first.zip(span.last).map(|((_, first), (_, last))| Span { first, last });
        }
        Column { name: name.to_owned(), column_type, rule, digits, profile, mangled }
    }

    /// Feeds numbers and moments of a counted column; answers its numbers in order, with their counts.
    fn statistics(&self, counts: &Counts, numbers: &mut NumberStats, span: &mut SpanStats) -> Vec<(Number, u64)> {
        let mut sorted = Vec::new();
        let form = self.shape.time_form();
        for (text, counted) in counts.iter() {
            if self.shape.has(Shape::NUMBER)
                && let Some(number) = Number::parse(text.as_bytes())
            {
                numbers.add(number, counted.count);
                sorted.push((number, counted.count));
            }
            if form.is_some()
                && let Some((_, moment)) = time::parse(text.as_bytes())
            {
                span.add(moment, text, counted.count);
            }
        }
        sorted.sort_by(|(a, _), (b, _)| compare((a.mantissa, a.scale), (b.mantissa, b.scale)));
        sorted
    }

    /// Decides the type. Source: issue 3: leading zeros, 15 or more digits and code names stay text, and one
    /// counterexample makes a column text.
    fn decide(&self, name: &str, numbers: &NumberStats) -> (ColumnType, Rule) {
        if self.is_empty() {
            return (ColumnType::Text, Rule::NoValue);
        }
        if self.shape.has(Shape::TRUE_FALSE | Shape::TRUE_FALSE_UPPER | Shape::YES_NO) {
            return (ColumnType::Boolean, Rule::TwoWords);
        }
        // The name was not known while some formats were read.
        if names::is_code(name) && self.shape.time_form().is_none_or(|form| form == TimeForm::Compact) {
            return (ColumnType::Code, Rule::NameOfCode);
        }
        if let Some(form) = self.shape.time_form() {
            // Eight digits are a day only where the name says so.
            if form != TimeForm::Compact || names::is_date(name) {
                let column_type = if time::is_day(form) { ColumnType::Date } else { ColumnType::DateTime };
                return (column_type, Rule::EveryTime { form });
            }
        }
        if self.shape.has(Shape::NUMBER) {
            return number_type(name, self.shape, numbers);
        }
        if self.shape.has(Shape::DIGITS) {
            let rule = match (self.marked.leading_zero, self.marked.long_digits) {
                (Some(row), _) => Rule::LeadingZero { row },
                (None, row) => Rule::LongDigits { row: row.unwrap_or(1) },
            };
            return (ColumnType::Code, rule);
        }
        match self.broken.and_then(|(shape, row)| Some((shape.type_name()?, row))) {
            Some((held, row)) if row > 1 => (ColumnType::Text, Rule::Counterexample { row, held }),
            _ => (ColumnType::Text, Rule::Words),
        }
    }

    fn mangled(&self, name: &str, column_type: ColumnType, numbers: &NumberStats) -> Vec<(Mangled, u64)> {
        let mut res = Vec::new();
        res.extend(self.marked.scientific.map(|row| (Mangled::Scientific, row)));
        res.extend(self.marked.hashes.map(|row| (Mangled::Hashes, row)));
        res.extend(self.marked.lost.map(|row| (Mangled::LostCharacter, row)));
        let is_serial = matches!(column_type, ColumnType::Integer | ColumnType::Decimal)
            && names::is_date(name)
            && numbers.range().is_some_and(|(min, max)| {
                SERIAL_DAYS.contains(&approximate(min.0, min.1)) && SERIAL_DAYS.contains(&approximate(max.0, max.1))
            });
        res.extend(is_serial.then_some((Mangled::SerialDays, 1)));
        res
    }
}

fn number_type(name: &str, shape: Shape, numbers: &NumberStats) -> (ColumnType, Rule) {
    if let (Some(max), Some((low, high))) = (names::max_degrees(name), numbers.range())
        && approximate(low.0, low.1) >= -max
        && approximate(high.0, high.1) <= max
    {
        return (ColumnType::Coordinate, Rule::EveryCoordinate);
    }
    if shape.has(Shape::WHOLE) {
        (ColumnType::Integer, Rule::EveryWhole)
    } else {
        (ColumnType::Decimal, Rule::EveryNumber)
    }
}

fn top_of(counts: &Counts) -> Vec<TopValue> {
    let mut values: Vec<(&str, u64)> = counts.iter().map(|(text, counted)| (text, counted.count)).collect();
    // The order of first appearance breaks ties: the sort is stable.
    values.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    // A column in which nothing repeats has no frequent values.
    values.retain(|(_, count)| *count > 1);
    let shown = |(value, count): (&str, u64)| TopValue {
        value: value.chars().take(SHOWN_CHARS).collect(),
        count,
        at_least: false,
    };
    values.into_iter().take(MAX_TOP).map(shown).collect()
}

fn lengths_of(counts: &Counts) -> Lengths {
    let mut lengths = Lengths::default();
    for (text, _) in counts.iter() {
        lengths.add(text);
    }
    lengths
}

fn frequent(many: &Many, n_rows: u64) -> Vec<TopValue> {
    let n_least = (n_rows / FREQUENT_SHARE).max(2);
    let mut values: Vec<(&str, u64)> = many.frequent.at_least(n_least).collect();
    values.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let shown = |(value, count): (&str, u64)| TopValue { value: value.to_owned(), count, at_least: true };
    values.into_iter().take(MAX_TOP).map(shown).collect()
}

/// The digits that all values together need.
fn digits_of(numbers: &NumberStats) -> Digits {
    let Some((min, max)) = numbers.range() else { return Digits::default() };
    let scale = numbers.max_scale();
    let whole = [min, max].map(|(mantissa, scale)| {
        let number = Number { mantissa, scale, n_whole: 0 };
        number.n_significant().saturating_sub(scale).max(1)
    });
    Digits { whole: whole[0].max(whole[1]), scale, significant: numbers.max_significant() }
}

fn summary(numbers: &NumberStats, sorted: &[(Number, u64)]) -> Option<Numbers> {
    let (min, max) = numbers.range()?;
    let quartiles = [1, 2, 3].map(|quarters| {
        if sorted.is_empty() {
            return rounded_text(numbers.quartile(quarters));
        }
        let n_values = sorted.iter().map(|(_, count)| count).sum();
        let mut rank = rank_of(n_values, quarters);
        let found = sorted.iter().find(|(_, count)| {
            let is_here = rank < *count;
            rank = rank.saturating_sub(*count);
            is_here
        });
        found.map(|(number, _)| text_of((number.mantissa, number.scale))).unwrap_or_default()
    });
    Some(Numbers {
        min: text_of(min),
        max: text_of(max),
        mean: rounded_text(numbers.mean()),
        quartiles,
        quartiles_are_estimates: sorted.is_empty(),
    })
}

fn text_of((mantissa, scale): (i64, u8)) -> String {
    decimal_text(i128::from(mantissa), scale)
}

fn histogram(numbers: &NumberStats, sorted: &[(Number, u64)]) -> Vec<u64> {
    let Some((min, max)) = numbers.range() else { return Vec::new() };
    let mut steps = Steps::new(approximate(min.0, min.1), approximate(max.0, max.1));
    for (number, count) in sorted {
        steps.add(approximate(number.mantissa, number.scale), *count);
    }
    steps.counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Builder, Cell};

    fn column<'a>(name: &str, values: impl IntoIterator<Item = &'a str>) -> Column {
        let mut builder = Builder::new(1);
        for value in values {
            builder.row([if value.is_empty() { Cell::Missing } else { Cell::Text(value) }]);
        }
        let mut profiler = Profiler::new(0, name);
        profiler.add(&builder.take(), 0, |_| {});
        profiler.finish(name)
    }

    fn decided(name: &str, values: &[&str]) -> (ColumnType, Rule) {
        let column = column(name, values.iter().copied());
        (column.column_type, column.rule)
    }

    #[test]
    fn types_follow_their_rules() {
        assert_eq!(decided("人数", &["1", "", "-20"]), (ColumnType::Integer, Rule::EveryWhole));
        assert_eq!(decided("金额", &["1", "2.50"]), (ColumnType::Decimal, Rule::EveryNumber));
        assert_eq!(decided("行业", &["1", "0111"]), (ColumnType::Code, Rule::LeadingZero { row: 2 }));
        assert_eq!(decided("序列", &["1", "123456789012345"]), (ColumnType::Code, Rule::LongDigits { row: 2 }));
        assert_eq!(decided("区划代码", &["320902"]), (ColumnType::Code, Rule::NameOfCode));
        assert_eq!(
            decided("人数", &["1", "2", "约3"]),
            (ColumnType::Text, Rule::Counterexample { row: 3, held: ColumnType::Integer })
        );
        assert_eq!(decided("名称", &["甲", "1"]), (ColumnType::Text, Rule::Words));
        assert_eq!(decided("空", &["", ""]), (ColumnType::Text, Rule::NoValue));
        assert_eq!(decided("经度", &["120.1", "119"]), (ColumnType::Coordinate, Rule::EveryCoordinate));
        assert_eq!(decided("经度", &["1200.1"]), (ColumnType::Decimal, Rule::EveryNumber));
        assert_eq!(decided("是否公办", &["是", "否"]), (ColumnType::Boolean, Rule::TwoWords));
        let time = |form| Rule::EveryTime { form };
        assert_eq!(decided("x", &["2026-01-02"]), (ColumnType::Date, time(TimeForm::Dashes)));
        assert_eq!(decided("x", &["2026-01-02", "2026/1/2"]).0, ColumnType::Text);
        assert_eq!(decided("日期", &["20260102"]), (ColumnType::Date, time(TimeForm::Compact)));
        assert_eq!(decided("数量", &["20260102"]).0, ColumnType::Integer);
    }

    #[test]
    fn mangled_values_are_found() {
        assert_eq!(column("统一代码", ["3.20902E+17"]).mangled, [(Mangled::Scientific, 1)]);
        assert_eq!(column("面积", ["1", "########"]).mangled, [(Mangled::Hashes, 2)]);
        assert_eq!(column("成立日期", ["45250", "44197"]).mangled, [(Mangled::SerialDays, 1)]);
        assert_eq!(column("数量", ["45250", "44197"]).mangled, []);
    }

    #[test]
    fn a_late_counterexample_counts_among_many_values() {
        let values: Vec<String> = (0..30_000).map(|n| n.to_string()).chain(["甲".to_owned()]).collect();
        let column = column("n", values.iter().map(String::as_str));
        assert_eq!(column.rule, Rule::Counterexample { row: 30_001, held: ColumnType::Integer });
        let numbers: Vec<String> = (0..30_000).map(|n| format!("{n}.5")).collect();
        let column = super::tests::column("n", numbers.iter().map(String::as_str));
        let stats = column.profile.numbers.unwrap();
        assert_eq!((stats.min.as_str(), stats.max.as_str(), stats.mean.as_str()), ("0.5", "29999.5", "15000"));
        assert!(stats.quartiles_are_estimates);
        assert_eq!(column.digits, Digits { whole: 5, scale: 1, significant: 6 });
    }

    #[test]
    fn few_values_are_exact() {
        let column = column("n", ["3", "1", "2", "2", "10"]);
        let stats = column.profile.numbers.unwrap();
        assert_eq!(stats.quartiles, ["2", "2", "3"]);
        assert_eq!(column.profile.distinct, Some(Distinct::Exactly(4)));
        assert_eq!(column.profile.top, [TopValue { value: "2".to_owned(), count: 2, at_least: false }]);
        assert_eq!(column.profile.histogram.iter().sum::<u64>(), 5);
    }
}
