//! The value of a cell: text, or the digits of a number.

use std::borrow::Cow;

use calamine::{Data, DataRef};

use crate::batch::Cell;

/// A value of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// Text, a day, a time, an error as it is shown.
    Text(Cow<'a, str>),
    /// A number or truth value.
    Raw(Cow<'a, str>),
    /// A moment at midnight: a day, or a moment where others of its column have a time.
    Day(Cow<'a, str>),
    /// A moment with a time of day.
    Moment(Cow<'a, str>),
}

impl Value<'_> {
    /// As people read it.
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Raw(text) | Self::Day(text) | Self::Moment(text) => text,
        }
    }

    /// As a cell of a batch.
    pub fn cell(&self) -> Cell<'_> {
        match self {
            Self::Text(text) | Self::Day(text) | Self::Moment(text) => Cell::Text(text),
            Self::Raw(text) => Cell::Raw(text),
        }
    }

    /// The same, independent of the workbook.
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Raw(text) => Value::Raw(Cow::Owned(text.into_owned())),
            Self::Day(text) => Value::Day(Cow::Owned(text.into_owned())),
            Self::Moment(text) => Value::Moment(Cow::Owned(text.into_owned())),
        }
    }
}

/// The time that a day gets in a column of moments.
pub const MIDNIGHT: &str = " 00:00:00";

/// From here on a workbook keeps fewer digits than were typed. Source: Excel specifications, 15 digits.
const LOST_DIGITS_FROM: f64 = 1e15;

/// A cell of a format that is read as a whole, as if it were streamed.
pub fn borrowed(data: &Data) -> DataRef<'_> {
    match data {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::Bool(value) => DataRef::Bool(*value),
        Data::DateTime(moment) => DataRef::DateTime(*moment),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => DataRef::SharedString(text),
        Data::Error(error) => DataRef::Error(error.clone()),
        Data::Empty => DataRef::Empty,
    }
}

/// The value of a cell; `None` where there is none.
pub fn value_of<'a>(data: &'a DataRef<'a>) -> Option<Value<'a>> {
    match data {
        DataRef::Empty => None,
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text_value(text),
        DataRef::SharedString(text) => text_value(text),
        DataRef::Int(number) => Some(Value::Raw(Cow::Owned(number.to_string()))),
        DataRef::Float(number) => Some(number_value(*number)),
        DataRef::Bool(value) => Some(Value::Raw(Cow::Borrowed(if *value { "true" } else { "false" }))),
        DataRef::DateTime(moment) if moment.is_duration() => Some(Value::Text(Cow::Owned(clock(moment.as_f64())))),
        DataRef::DateTime(moment) if moment.as_f64() < 1.0 => Some(Value::Text(Cow::Owned(clock(moment.as_f64())))),
        DataRef::DateTime(moment) => Some(moment_value(moment.to_ymd_hms_milli())),
        DataRef::Error(error) => Some(Value::Text(Cow::Owned(error.to_string()))),
    }
}

/// Spaces alone are what people see as an empty cell.
fn text_value(text: &str) -> Option<Value<'_>> {
    (!text.trim().is_empty()).then_some(Value::Text(Cow::Borrowed(text)))
}

fn number_value<'a>(number: f64) -> Value<'a> {
    if !number.is_finite() {
        return Value::Text(Cow::Owned(number.to_string()));
    }
    if number.abs() >= LOST_DIGITS_FROM {
        // Written as workbooks show it, so that it is found and told.
        let text = format!("{number:E}");
        let text = match text.split_once('E') {
            Some((mantissa, exponent)) if !exponent.starts_with('-') => format!("{mantissa}E+{exponent:0>2}"),
            _ => text,
        };
        return Value::Text(Cow::Owned(text));
    }
    let text = if number == 0.0 { "0".to_owned() } else { number.to_string() };
    Value::Raw(Cow::Owned(text))
}

type Moment = (u16, u8, u8, u8, u8, u8, u16);

fn moment_value<'a>((year, month, day, hour, minute, second, milli): Moment) -> Value<'a> {
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (hour, minute, second, milli) {
        (0, 0, 0, 0) => Value::Day(Cow::Owned(date)),
        (_, _, _, 0) => Value::Moment(Cow::Owned(format!("{date} {hour:02}:{minute:02}:{second:02}"))),
        _ => Value::Moment(Cow::Owned(format!("{date} {hour:02}:{minute:02}:{second:02}.{milli:03}"))),
    }
}

/// A time of day or a duration, in hours, minutes and seconds.
fn clock(days: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "a workbook's times lie within some thousand years")]
    let seconds = (days.abs() * 86_400.0).round() as i64;
    let sign = if days < 0.0 { "-" } else { "" };
    format!("{sign}{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_the_digits_that_there_are() {
        for (number, text) in [(0.1, "0.1"), (12.0, "12"), (-0.0, "0"), (1e-7, "0.0000001")] {
            assert_eq!(number_value(number).cell(), Cell::Raw(text));
        }
        assert_eq!(number_value(3.209_02e17).cell(), Cell::Text("3.20902E+17"));
        assert_eq!(clock(0.5), "12:00:00");
        assert_eq!(moment_value((2026, 11, 21, 8, 5, 0, 0)).text(), "2026-11-21 08:05:00");
        assert_eq!(moment_value((2026, 11, 21, 0, 0, 0, 0)), Value::Day("2026-11-21".into()));
    }
}
