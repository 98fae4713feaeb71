//! The columns of a table, as its page describes them: type, why, gaps and the range of values.

use serde::Serialize;

use crate::model::column::{Column, ColumnType, Distinct, Rule, TopValue};
use crate::model::table::Table;
use crate::pages::strings::{Strings, count, shorten, showable};
use crate::pages::view::charts::{Allowance, spark};

#[derive(Serialize)]
pub(super) struct FieldView {
    name: String,
    type_name: String,
    why: String,
    missing: String,
    /// The share of rows without a value, as the width of a bar; none where there is no such row.
    gap: Option<u64>,
    distinct: String,
    values: String,
    /// How values are spread; the words beside it say the same.
    outline: String,
    top: Vec<TopView>,
}

/// A frequent value in words, and its share of all rows.
#[derive(Serialize)]
struct TopView {
    text: String,
    width: u64,
}

/// How many frequent values are shown.
const MAX_SHOWN: usize = 4;
/// The most frequent value is drawn from one row in so many on.
const LEAST_SHARE: u64 = 50;

/// Longest value that is shown, in characters.
const VALUE_CHARS: usize = 40;

/// The columns of a table; those past the allowance are told in words alone.
pub(super) fn views(strings: &Strings, table: &Table, allowance: &mut Allowance) -> Vec<FieldView> {
    table.columns.iter().map(|column| view(strings, column, table.n_rows, allowance.take())).collect()
}

fn view(strings: &Strings, column: &Column, n_rows: u64, is_drawn: bool) -> FieldView {
    let profile = &column.profile;
    let missing = match (profile.n_missing, n_rows) {
        (0, _) => strings.get("field_none_missing").to_owned(),
        (n_missing, n_rows) => {
            let percent = percent(n_missing, n_rows);
            strings.fill("field_n_missing", &[("n", &count(n_missing)), ("percent", &percent)])
        }
    };
    let distinct = match profile.distinct {
        Some(Distinct::Exactly(n)) => count(n),
        Some(Distinct::About(n)) => strings.fill("field_about", &[("n", &count(n))]),
        None => String::new(),
    };
    FieldView {
        name: showable(&column.name),
        type_name: strings.get(type_key(column.column_type)).to_owned(),
        why: why(strings, column.rule),
        missing,
        gap: (is_drawn && profile.n_missing > 0).then(|| spark::width(profile.n_missing, n_rows)),
        distinct,
        values: values(strings, column),
        outline: if is_drawn { spark::skyline(&profile.histogram) } else { String::new() },
        top: if is_drawn { top(strings, column, n_rows) } else { Vec::new() },
    }
}

/// A share of a hundred, never rounded to nothing or to all.
fn percent(part: u64, all: u64) -> String {
    if part == all {
        return "100".to_owned();
    }
    let percent = part.saturating_mul(100) / all.max(1);
    if percent == 0 { "<1".to_owned() } else { percent.to_string() }
}

fn type_key(column_type: ColumnType) -> &'static str {
    match column_type {
        ColumnType::Text => "type_text",
        ColumnType::Code => "type_code",
        ColumnType::Integer => "type_integer",
        ColumnType::Decimal => "type_decimal",
        ColumnType::Coordinate => "type_coordinate",
        ColumnType::Boolean => "type_boolean",
        ColumnType::Date => "type_date",
        ColumnType::DateTime => "type_date_time",
    }
}

/// The rule that decided the type; nothing where the type says it all.
fn why(strings: &Strings, rule: Rule) -> String {
    match rule {
        Rule::NoValue => strings.get("rule_no_value").to_owned(),
        Rule::NameOfCode => strings.get("rule_name_of_code").to_owned(),
        Rule::LeadingZero { row } => strings.fill("rule_leading_zero", &[("row", &count(row))]),
        Rule::LongDigits { row } => strings.fill("rule_long_digits", &[("row", &count(row))]),
        Rule::Counterexample { row, held } => {
            let held = strings.get(type_key(held));
            strings.fill("rule_counterexample", &[("row", &count(row)), ("type", held)])
        }
        Rule::EveryCoordinate => strings.get("rule_coordinate").to_owned(),
        Rule::EveryTime { .. } => strings.get("rule_time").to_owned(),
        Rule::EveryWhole | Rule::EveryNumber | Rule::TwoWords | Rule::Words => String::new(),
    }
}

/// From the smallest to the largest, or the most frequent values, or the first where none is frequent.
fn values(strings: &Strings, column: &Column) -> String {
    let profile = &column.profile;
    if let Some(numbers) = &profile.numbers {
        let key = if numbers.quartiles_are_estimates { "field_numbers_about" } else { "field_numbers" };
        let values = [
            ("min", numbers.min.as_str()),
            ("max", &numbers.max),
            ("mean", &numbers.mean),
            ("median", &numbers.quartiles[1]),
        ];
        return strings.fill(key, &values);
    }
    if let Some(span) = &profile.span {
        return strings.fill("field_span", &[("first", &span.first), ("last", &span.last)]);
    }
    let shown: Vec<String> = match &profile.top[..] {
        [] => profile.samples.iter().take(3).map(|value| shorten(&showable(value), VALUE_CHARS)).collect(),
        top => top.iter().take(3).map(|top| top_text(strings, top)).collect(),
    };
    strings.list(&shown)
}

/// The most frequent values with their bars; none of numbers and days, and none where every bar would be a hairline.
fn top(strings: &Strings, column: &Column, n_rows: u64) -> Vec<TopView> {
    let profile = &column.profile;
    let is_seen = profile.top.first().is_some_and(|top| top.count.saturating_mul(LEAST_SHARE) >= n_rows);
    if profile.numbers.is_some() || profile.span.is_some() || !is_seen {
        return Vec::new();
    }
    let shown = profile.top.iter().take(MAX_SHOWN);
    shown.map(|top| TopView { text: top_text(strings, top), width: spark::width(top.count, n_rows) }).collect()
}

fn top_text(strings: &Strings, top: &TopValue) -> String {
    let key = if top.at_least { "field_top_at_least" } else { "field_top" };
    let value = shorten(&named(strings, &top.value), VALUE_CHARS);
    strings.fill(key, &[("value", &value), ("n", &count(top.count))])
}

/// A value as a name: an empty text has none of its own.
pub(super) fn named(strings: &Strings, value: &str) -> String {
    if value.trim().is_empty() { strings.get("field_empty_text").to_owned() } else { showable(value) }
}
