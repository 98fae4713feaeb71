//! The marks of an axis of time: at the turn of years, months, days or hours, whichever leaves a handful of them.

use crate::pages::strings::Strings;
use crate::profile::time::{civil, days_since_1970};

/// From one mark to the next.
#[derive(Clone, Copy)]
enum Step {
    Hours(i64),
    /// From Mondays on where it is a week.
    Days(i64),
    Months(i64),
}

/// Finest first.
const STEPS: [Step; 23] = [
    Step::Hours(1),
    Step::Hours(3),
    Step::Hours(6),
    Step::Hours(12),
    Step::Days(1),
    Step::Days(2),
    Step::Days(7),
    Step::Days(14),
    Step::Months(1),
    Step::Months(2),
    Step::Months(3),
    Step::Months(6),
    Step::Months(12),
    Step::Months(24),
    Step::Months(60),
    Step::Months(120),
    Step::Months(240),
    Step::Months(600),
    Step::Months(1_200),
    Step::Months(2_400),
    Step::Months(6_000),
    Step::Months(12_000),
    Step::Months(24_000),
];

const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;
/// 1970-01-05 was a Monday.
const MONDAY: i64 = 4;

/// The marks between two moments, in seconds since 1970-01-01, with their labels.
pub fn marks(strings: &Strings, first: i64, last: i64) -> Vec<(i64, String)> {
    let found = STEPS.iter().find(|step| step.n_between(first, last) <= step.n_most());
    let Some(step) = found else { return Vec::new() };
    step.between(first, last).map(|at| (at, step.label(strings, at))).collect()
}

impl Step {
    /// How many labels stand side by side: years are short.
    fn n_most(self) -> i64 {
        if matches!(self, Self::Months(n) if n % 12 == 0) { 6 } else { 4 }
    }

    /// The numbers of the first mark at or after a moment and of the last at or before another.
    fn numbers(self, first: i64, last: i64) -> (i64, i64) {
        match self {
            Self::Hours(n) => (-(-first).div_euclid(n * HOUR), last.div_euclid(n * HOUR)),
            Self::Days(n) => {
                let shift = if n % 7 == 0 { MONDAY * DAY } else { 0 };
                (-(shift - first).div_euclid(n * DAY), (last - shift).div_euclid(n * DAY))
            }
            Self::Months(n) => {
                let month = |at: i64| {
                    let (year, month, _) = civil(at.div_euclid(DAY));
                    year * 12 + month - 1
                };
                let from = month(first);
                let begins = self.at(from.div_euclid(n)) == first;
                (if begins { from.div_euclid(n) } else { from.div_euclid(n) + 1 }, month(last).div_euclid(n))
            }
        }
    }

    fn n_between(self, first: i64, last: i64) -> i64 {
        let (from, to) = self.numbers(first, last);
        to - from + 1
    }

    fn between(self, first: i64, last: i64) -> impl Iterator<Item = i64> {
        let (from, to) = self.numbers(first, last);
        (from..=to).map(move |number| self.at(number))
    }

    /// The moment of a mark by its number.
    fn at(self, number: i64) -> i64 {
        match self {
            Self::Hours(n) => number * n * HOUR,
            Self::Days(n) => (number * n + if n % 7 == 0 { MONDAY } else { 0 }) * DAY,
            Self::Months(n) => {
                let months = number * n;
                let days = days_since_1970(months.div_euclid(12), months.rem_euclid(12) + 1, 1);
                i64::from(days.unwrap_or_default()) * DAY
            }
        }
    }

    fn label(self, strings: &Strings, at: i64) -> String {
        let (year, month, day) = civil(at.div_euclid(DAY));
        let names = strings.get("chart_month_names");
        let month = names.split(' ').nth(usize::try_from(month - 1).unwrap_or_default()).unwrap_or_default();
        let (year, day) = (year.to_string(), day.to_string());
        let hour = (at.rem_euclid(DAY) / HOUR).to_string();
        let values = [("y", year.as_str()), ("m", month), ("d", &day), ("h", &hour)];
        let key = match self {
            Self::Hours(_) => "chart_hour",
            Self::Days(_) => "chart_day",
            Self::Months(n) if n % 12 == 0 => "chart_year",
            Self::Months(_) => "chart_month",
        };
        strings.fill(key, &values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::view::charts::scale::tests::strings;

    fn seconds(text: &str) -> i64 {
        crate::profile::time::parse(text.as_bytes()).unwrap().1.since_1970_us() / 1_000_000
    }

    fn labels(first: &str, last: &str, tag: &str) -> Vec<String> {
        marks(&strings(tag), seconds(first), seconds(last)).into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn marks_are_turns_of_the_calendar() {
        assert_eq!(labels("2022-06-18", "2024-01-04", "zh-CN"), ["2022年7月", "2023年1月", "2023年7月", "2024年1月"]);
        assert_eq!(labels("2022-06-18", "2022-08-04", "en"), ["27 Jun", "11 Jul", "25 Jul"]);
        assert_eq!(labels("1981-01-01", "2024-01-01", "zh-CN"), ["1990年", "2000年", "2010年", "2020年"]);
        assert_eq!(labels("2020-01-01", "2024-06-01", "en"), ["2020", "2021", "2022", "2023", "2024"]);
        assert_eq!(labels("2026-11-02", "2026-11-20", "zh-CN"), ["11月2日", "11月9日", "11月16日"]);
        assert_eq!(labels("2026-11-02 00:30", "2026-11-02 09:00", "en"), ["3:00", "6:00", "9:00"]);
        assert_eq!(labels("1000-01-01", "2999-12-31", "en").len(), 4);
        assert_eq!(labels("1969-12-31", "1970-01-02", "en").len(), 3);
    }

    proptest::proptest! {
        #[test]
        fn marks_lie_between_the_ends(first in -30_000_000_000_i64..32_000_000_000, length in 0_i64..60_000_000_000) {
            let last = (first + length).min(32_000_000_000);
            let marks = marks(&strings("en"), first, last);
            proptest::prop_assert!(marks.len() <= 6);
            proptest::prop_assert!(marks.iter().all(|(at, label)| (first..=last).contains(at) && !label.is_empty()));
        }
    }
}
