//! Calendar days; the only file that names the date library.

use std::fmt;

use jiff::civil::{Date, DateTime, Weekday};
use jiff::{Span, Timestamp, tz};
use serde::{Deserialize, Serialize};

/// A day in the Gregorian calendar, without a time and without a time zone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Day(Date);

/// The years that a catalog can mean; what lies outside is a typing error.
const YEARS: std::ops::RangeInclusive<i16> = 1900..=2100;

impl Day {
    /// Reads `2026-11-21` and nothing else.
    #[must_use]
    pub fn parse_iso(text: &str) -> Option<Self> {
        if text.len() != 10 {
            return None;
        }
        let date: Date = text.parse().ok()?;
        YEARS.contains(&date.year()).then_some(Self(date))
    }

    /// Noon of the day in China, in seconds since 1970.
    #[must_use]
    pub fn noon_in_china(self) -> i64 {
        let noon = self.0.at(12, 0, 0, 0);
        CHINA.to_timestamp(noon).map_or(0, Timestamp::as_second)
    }

    /// The day as letters write it, such as `2026年11月26日`.
    #[must_use]
    pub fn in_chinese(self) -> String {
        format!("{}年{}月{}日", self.year(), self.month(), self.day())
    }

    /// Reads a day in the forms that real catalogs use.
    ///
    /// Accepts `2023-06-12`, `2023/6/12`, `2023.6.12`, `2023年6月12日`, `20230612`, each with or without a
    /// time after it, and epoch seconds or milliseconds (read in China's time). Years from 1900 to 2100.
    /// `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > 40 {
            return None;
        }
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::parse_digits(text);
        }
        let mut parts: [Option<i16>; 3] = [None; 3];
        let mut rest = text;
        for part in &mut parts {
            let n_digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            if n_digits == 0 || n_digits > 4 {
                return None;
            }
            let (digits, tail) = rest.split_at(n_digits);
            *part = digits.parse().ok();
            let mut chars = tail.chars();
            rest = match chars.next() {
                Some('-' | '/' | '.' | '年' | '月' | '日' | 'T' | 't') => chars.as_str(),
                Some(c) if c.is_whitespace() => chars.as_str(),
                None => "",
                Some(_) => return None,
            };
        }
        let is_time = |c: char| c.is_ascii_digit() || c.is_whitespace() || ":.+-ZTt".contains(c);
        if !rest.chars().all(is_time) {
            return None;
        }
        Self::from_parts(parts[0]?, parts[1]?, parts[2]?)
    }

    fn parse_digits(digits: &str) -> Option<Self> {
        match digits.len() {
            8 => {
                let number = |range: std::ops::Range<usize>| digits.get(range)?.parse().ok();
                Self::from_parts(number(0..4)?, number(4..6)?, number(6..8)?)
            }
            10 | 13 => {
                let mut seconds: i64 = digits.parse().ok()?;
                if digits.len() == 13 {
                    seconds /= 1000;
                }
                let instant = Timestamp::from_second(seconds).ok()?;
                let date = CHINA.to_datetime(instant).date();
                YEARS.contains(&date.year()).then_some(Self(date))
            }
            _ => None,
        }
    }

    fn from_parts(year: i16, month: i16, day: i16) -> Option<Self> {
        if !YEARS.contains(&year) {
            return None;
        }
        let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        Some(Self(date))
    }

    /// The day that follows after some months, clipped to the end of a shorter month.
    #[must_use]
    pub fn plus_months(self, n_months: i32) -> Self {
        Self(self.0.saturating_add(Span::new().months(n_months)))
    }

    /// The day that follows after some days.
    #[must_use]
    pub fn plus_days(self, n_days: i32) -> Self {
        Self(self.0.saturating_add(Span::new().days(n_days)))
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub fn day(self) -> i8 {
        self.0.day()
    }

    /// Whether it is a Saturday or a Sunday.
    #[must_use]
    pub fn is_weekend(self) -> bool {
        matches!(self.0.weekday(), Weekday::Saturday | Weekday::Sunday)
    }

    /// Month and day as `11-21`, for lists where the year is plain.
    #[must_use]
    pub fn month_day(self) -> String {
        format!("{:02}-{:02}", self.0.month(), self.0.day())
    }

    /// The day in China at an instant given in seconds since 1970.
    #[must_use]
    pub fn in_china(epoch_seconds: i64) -> Option<Self> {
        let instant = Timestamp::from_second(epoch_seconds).ok()?;
        Some(Self(CHINA.to_datetime(instant).date()))
    }

    /// An instant given in seconds since 1970, as RFC 3339 writes it in China's time.
    #[must_use]
    pub fn moment_in_china(epoch_seconds: i64) -> String {
        let instant = Timestamp::from_second(epoch_seconds).unwrap_or_default();
        format!("{}+08:00", CHINA.to_datetime(instant))
    }

    /// Reads a date and time as a workbook stores it: days since 1899-12-30.
    #[must_use]
    pub fn from_workbook_serial(days: f64) -> Option<String> {
        if !(1.0..=80_000.0).contains(&days) {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "the range was checked above")]
        let seconds = (days * 86_400.0).round() as i64;
        let origin = DateTime::new(1899, 12, 30, 0, 0, 0, 0).ok()?;
        let moment = origin.checked_add(Span::new().seconds(seconds)).ok()?;
        let date = moment.date();
        Some(if seconds % 86_400 == 0 { date.to_string() } else { moment.to_string() })
    }
}

/// China has one time zone and no summer time.
const CHINA: tz::Offset = tz::Offset::constant(8);

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

impl TryFrom<String> for Day {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse_iso(&text).ok_or_else(|| format!("expected a day such as 2026-11-21, found `{text}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_forms_of_real_catalogs() {
        for (text, day) in [
            ("2019-04-28\n09:45", "2019-04-28"),
            ("2023/06/12 17:33:10", "2023-06-12"),
            ("2023年6月2日", "2023-06-02"),
            ("20230612", "2023-06-12"),
            ("1686562390000", "2023-06-12"),
            ("2023-06-12T17:33:10.000+08:00", "2023-06-12"),
        ] {
            assert_eq!(Day::parse(text).map(|d| d.to_string()).as_deref(), Some(day), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_day() {
        for text in
            ["", "2023", "2023-13-01", "2023-02-30", "1-2-3", "99999999", "昨天", "2023-06-12 左右", "0000-00-00"]
        {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }

    #[test]
    fn months_are_clipped() {
        let day = Day::parse("2026-01-31").unwrap();
        assert_eq!(day.plus_months(1).to_string(), "2026-02-28");
    }

    proptest::proptest! {
        #[test]
        fn never_panics_on_any_text(text in "\\PC{0,60}") {
            let _ = Day::parse(&text);
        }
    }
}
