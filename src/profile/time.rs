//! Days and moments as bureaus write them. A form fits only whole values: no zone, no words around it.

use crate::model::column::TimeForm;

/// All forms.
pub const FORMS: [TimeForm; 8] = [
    TimeForm::Dashes,
    TimeForm::Slashes,
    TimeForm::Dots,
    TimeForm::Han,
    TimeForm::Compact,
    TimeForm::Space,
    TimeForm::T,
    TimeForm::SlashSpace,
];

/// A moment: days since 1970-01-01 and microseconds of the day, without a time zone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Moment {
    /// Days since 1970-01-01 in the Gregorian calendar.
    pub days: i32,
    /// Microseconds since midnight.
    pub micros: i64,
}

impl Moment {
    /// Microseconds since 1970-01-01 00:00.
    #[must_use]
    pub fn since_1970_us(self) -> i64 {
        i64::from(self.days) * 86_400_000_000 + self.micros
    }
}

/// Whether values of a form are days, not moments.
#[must_use]
pub fn is_day(form: TimeForm) -> bool {
    !matches!(form, TimeForm::Space | TimeForm::T | TimeForm::SlashSpace)
}

/// Reads a day or moment of the years 1000 to 2999.
#[must_use]
pub fn parse(bytes: &[u8]) -> Option<(TimeForm, Moment)> {
    let mut rest = bytes;
    let year = digits(&mut rest, 4, 4)?;
    if !(1000..3000).contains(&year) {
        return None;
    }
    let form = match rest.first()? {
        b'-' => TimeForm::Dashes,
        b'/' => TimeForm::Slashes,
        b'.' => TimeForm::Dots,
        b'0'..=b'9' => TimeForm::Compact,
        _ if rest.starts_with("年".as_bytes()) => TimeForm::Han,
        _ => return None,
    };
    let (after_year, after_month, n_least): (&[u8], &[u8], usize) = match form {
        TimeForm::Dashes => (b"-", b"-", 2),
        TimeForm::Slashes => (b"/", b"/", 1),
        TimeForm::Dots => (b".", b".", 1),
        TimeForm::Han => ("年".as_bytes(), "月".as_bytes(), 1),
        _ => (b"", b"", 2),
    };
    rest = rest.strip_prefix(after_year)?;
    let month = digits(&mut rest, n_least, 2)?;
    rest = rest.strip_prefix(after_month)?;
    let day = digits(&mut rest, n_least, 2)?;
    if form == TimeForm::Han {
        rest = rest.strip_prefix("日".as_bytes())?;
    }
    let days = days_since_1970(year, month, day)?;
    if rest.is_empty() {
        return Some((form, Moment { days, micros: 0 }));
    }
    let form = match (form, rest.first()?) {
        (TimeForm::Dashes, b' ') => TimeForm::Space,
        (TimeForm::Dashes, b'T') => TimeForm::T,
        (TimeForm::Slashes, b' ') => TimeForm::SlashSpace,
        _ => return None,
    };
    Some((form, Moment { days, micros: time_of_day(&rest[1..], form)? }))
}

/// The first day of a month of the years 1000 to 2999, in days since 1970-01-01: `2026-03`, `2026/3`, `2026.3`, `2026年3月`,
/// `202603`.
#[must_use]
pub fn month(text: &str) -> Option<i32> {
    let mut rest = text.as_bytes();
    let year = digits(&mut rest, 4, 4).filter(|year| (1000..3000).contains(year))?;
    let between = [b"-".as_slice(), b"/", b".", "年".as_bytes()].into_iter().find_map(|sign| rest.strip_prefix(sign));
    let month = match between {
        Some(after) => {
            rest = after;
            digits(&mut rest, 1, 2)?
        }
        None => digits(&mut rest, 2, 2)?,
    };
    let end = if text.contains('年') { "月" } else { "" };
    (rest == end.as_bytes()).then(|| days_since_1970(year, month, 1)).flatten()
}

/// A moment in the forms of ISO 8601, from microseconds since 1970-01-01; a day without its time.
#[must_use]
pub fn iso_text(micros: i64, is_day: bool) -> String {
    let days = micros.div_euclid(86_400_000_000);
    let (year, month, day) = civil(days);
    let date = format!("{year:04}-{month:02}-{day:02}");
    if is_day {
        return date;
    }
    let of_day = micros.rem_euclid(86_400_000_000);
    let (seconds, fraction) = (of_day / 1_000_000, of_day % 1_000_000);
    let time = format!("{date} {:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if fraction == 0 { time } else { format!("{time}.{fraction:06}") }
}

/// Year, month and day of a number of days since 1970-01-01.
#[must_use]
pub fn civil(days: i64) -> (i64, i64, i64) {
    // Eras of 400 years that begin on the first of March: the inverse of `days_since_1970`.
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// `8:30`, `08:30:15` or `08:30:15.250`, in microseconds since midnight.
fn time_of_day(bytes: &[u8], form: TimeForm) -> Option<i64> {
    let mut rest = bytes;
    let n_least = if form == TimeForm::SlashSpace { 1 } else { 2 };
    let hour = digits(&mut rest, n_least, 2)?;
    rest = rest.strip_prefix(b":")?;
    let minute = digits(&mut rest, 2, 2)?;
    let mut second = 0;
    let mut micros = 0;
    if let Some(after) = rest.strip_prefix(b":") {
        rest = after;
        second = digits(&mut rest, 2, 2)?;
        if let Some(after) = rest.strip_prefix(b".") {
            rest = after;
            let n_before = rest.len();
            micros = digits(&mut rest, 1, 6)?;
            micros *= 10_i64.pow(6 - u32::try_from(n_before - rest.len()).ok()?);
        }
    }
    if !rest.is_empty() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(((hour * 60 + minute) * 60 + second) * 1_000_000 + micros)
}

/// Takes as many digits as there are, between two bounds.
fn digits(rest: &mut &[u8], n_least: usize, n_most: usize) -> Option<i64> {
    let mut value = 0;
    let mut n_digits = 0;
    for byte in rest.iter().take(n_most) {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            break;
        }
        value = value * 10 + i64::from(digit);
        n_digits += 1;
    }
    *rest = &rest[n_digits..];
    (n_digits >= n_least).then_some(value)
}

/// Days since 1970-01-01; `None` where the calendar has no such day.
#[must_use]
pub fn days_since_1970(year: i64, month: i64, day: i64) -> Option<i32> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let n_days = match month {
        2 => 28 + i64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        _ => return None,
    };
    if !(1..=n_days).contains(&day) {
        return None;
    }
    // Years that begin in March: the leap day is the last of its year.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + day_of_year;
    i32::try_from(days - 719_468).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_told_apart() {
        for (text, form, days) in [
            ("1970-01-01", TimeForm::Dashes, 0),
            ("2000/3/1", TimeForm::Slashes, 11_017),
            ("2026.11.21", TimeForm::Dots, 20_778),
            ("2026年1月2日", TimeForm::Han, 20_455),
            ("19691231", TimeForm::Compact, -1),
        ] {
            assert_eq!(parse(text.as_bytes()), Some((form, Moment { days, micros: 0 })), "{text}");
        }
        let (form, moment) = parse(b"1970-01-02 00:00:01.5").unwrap();
        assert_eq!((form, moment.since_1970_us()), (TimeForm::Space, 86_401_500_000));
        for text in
            ["2026-1-2", "2026-13-01", "2025-02-29", "2026-01-01 24:00", "2026-01-01Z", "0001-01-01", "2026-01-01T1:00"]
        {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn every_day_follows_the_one_before() {
        let mut before = None;
        for year in 1000..3000 {
            for month in 1..=12 {
                for day in 1..=31 {
                    let Some((_, moment)) = parse(format!("{year}-{month:02}-{day:02}").as_bytes()) else { continue };
                    assert!(before.is_none_or(|before| moment.days == before + 1), "{year}-{month}-{day}");
                    before = Some(moment.days);
                    let micros = moment.since_1970_us() + 1_500_000;
                    assert_eq!(iso_text(micros, true), format!("{year}-{month:02}-{day:02}"));
                }
            }
        }
    }

    #[test]
    fn months_are_read() {
        for text in ["1970-03", "1970/3", "1970.03", "1970年3月", "197003"] {
            assert_eq!(month(text), Some(59), "{text}");
        }
        for text in ["1970", "19703", "1970-13", "1970-00", "1970年3", "1970-3月", "1970-03-01", "970-03", ""] {
            assert_eq!(month(text), None, "{text}");
        }
    }
}
