//! What a single value could be: a set of types, decided by its letters alone.
//!
//! Canonical forms only, so that a value of a type can be written back to the letters it had: no sign `+`, no
//! exponent, no separators of thousands, no zero in front.

use std::ops::{BitAnd, BitOr};

use crate::batch::Cell;
use crate::model::column::{ColumnType, TimeForm};
use crate::profile::time::{self, Moment};

/// A set of things that a value could be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Shape(u16);

impl Shape {
    /// Nothing but text.
    pub const NONE: Self = Self(0);
    /// Any; where there was no value yet.
    pub const ALL: Self = Self(u16::MAX);
    /// A whole number of at most 14 digits.
    pub const WHOLE: Self = Self(1);
    /// A number, whole or with a point.
    pub const NUMBER: Self = Self(1 << 1);
    /// ASCII digits only.
    pub const DIGITS: Self = Self(1 << 2);
    /// `true` or `false`.
    pub const TRUE_FALSE: Self = Self(1 << 3);
    /// `TRUE` or `FALSE`.
    pub const TRUE_FALSE_UPPER: Self = Self(1 << 4);
    /// `是` or `否`.
    pub const YES_NO: Self = Self(1 << 5);
    const FIRST_TIME: u16 = 6;

    /// A day or moment in a form.
    #[must_use]
    pub fn time(form: TimeForm) -> Self {
        Self(1 << (Self::FIRST_TIME + form as u16))
    }

    /// The form of days or moments in the set.
    #[must_use]
    pub fn time_form(self) -> Option<TimeForm> {
        time::FORMS.into_iter().find(|form| self.has(Self::time(*form)))
    }

    /// Whether the other set shares anything with this one.
    #[must_use]
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The type that the set stands for, as far as letters alone can say.
    #[must_use]
    pub fn type_name(self) -> Option<ColumnType> {
        if self.has(Self::WHOLE) {
            Some(ColumnType::Integer)
        } else if self.has(Self::NUMBER) {
            Some(ColumnType::Decimal)
        } else if self.has(Self::TRUE_FALSE | Self::TRUE_FALSE_UPPER | Self::YES_NO) {
            Some(ColumnType::Boolean)
        } else if let Some(form) = self.time_form() {
            Some(if time::is_day(form) { ColumnType::Date } else { ColumnType::DateTime })
        } else if self.has(Self::DIGITS) {
            Some(ColumnType::Code)
        } else {
            None
        }
    }
}

impl BitAnd for Shape {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl BitOr for Shape {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A decimal number: `mantissa` divided by ten to the power of `scale`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Number {
    /// All digits, with the sign.
    pub mantissa: i64,
    /// Digits after the point.
    pub scale: u8,
    /// Digits before the point.
    pub n_whole: u8,
}

/// Most digits before the point: from 15 on, digits are taken for a name. Source: issue 3.
pub const MAX_WHOLE_DIGITS: usize = 14;
/// Most digits of all: what eighteen digits hold, `i64` holds.
pub const MAX_DIGITS: u8 = 18;

impl Number {
    /// Reads a number in its canonical form.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (negative, digits) = match bytes {
            [b'-', rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        if digits.len() > usize::from(MAX_DIGITS) + 1 {
            return None;
        }
        let mut mantissa: i64 = 0;
        let mut point = None;
        for (idx, byte) in digits.iter().enumerate() {
            let digit = byte.wrapping_sub(b'0');
            if digit <= 9 {
                // Nineteen digits may overflow; they are refused below.
                mantissa = mantissa.wrapping_mul(10).wrapping_add(i64::from(digit));
            } else if *byte == b'.' && point.is_none() {
                point = Some(idx);
            } else {
                return None;
            }
        }
        let n_whole = point.unwrap_or(digits.len());
        let scale = digits.len() - n_whole - usize::from(point.is_some());
        let leading_zero = n_whole > 1 && digits.first() == Some(&b'0');
        let bare_point = point.is_some() && scale == 0;
        let minus_zero = negative && mantissa == 0 && point.is_none();
        if n_whole == 0 || n_whole > MAX_WHOLE_DIGITS || leading_zero || bare_point || minus_zero {
            return None;
        }
        if n_whole + scale > usize::from(MAX_DIGITS) {
            return None;
        }
        let mantissa = if negative { -mantissa } else { mantissa };
        #[expect(clippy::cast_possible_truncation, reason = "both are at most MAX_DIGITS")]
        Some(Self { mantissa, scale: scale as u8, n_whole: n_whole as u8 })
    }

    /// Digits from the first that is not zero on.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "at most 19 digits")]
    pub fn n_significant(self) -> u8 {
        self.mantissa.unsigned_abs().checked_ilog10().map_or(0, |log| log as u8 + 1)
    }
}

/// What else is to be said of a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is found by itself")]
pub struct Marks {
    /// Digits only, with a zero in front.
    pub leading_zero: bool,
    /// Digits only, 15 or more.
    pub long_digits: bool,
    /// `3.20902E+17`.
    pub scientific: bool,
    /// `####`.
    pub hashes: bool,
    /// `湖?镇`.
    pub lost: bool,
}

/// What a value is, with its place on a line of numbers where it has one.
#[derive(Clone, Copy, Debug)]
pub struct Looked {
    /// What it could be.
    pub shape: Shape,
    /// What else is to be said.
    pub marks: Marks,
    /// As a number.
    pub number: Option<Number>,
    /// As a moment.
    pub moment: Option<Moment>,
}

/// Looks at one value.
#[must_use]
pub fn look(cell: Cell<'_>) -> Looked {
    let mut res = Looked { shape: Shape::NONE, marks: Marks::default(), number: None, moment: None };
    let Some(text) = cell.text() else { return res };
    let bytes = text.as_bytes();
    let Some(first) = bytes.first() else { return res };
    match text {
        "true" | "false" => res.shape = Shape::TRUE_FALSE,
        "TRUE" | "FALSE" => res.shape = Shape::TRUE_FALSE_UPPER,
        "是" | "否" => res.shape = Shape::YES_NO,
        _ => {}
    }
    res.marks.lost = has_lost_character(text);
    if !matches!(first, b'0'..=b'9' | b'-' | b'#') || bytes.len() > MAX_LOOKED_BYTES {
        return res;
    }
    res.number = Number::parse(bytes);
    if let Some(number) = res.number {
        res.shape = res.shape
            | Shape::NUMBER
            | if number.scale == 0 && !bytes.contains(&b'.') { Shape::WHOLE } else { Shape::NONE };
    }
    if bytes.iter().all(u8::is_ascii_digit) {
        res.shape = res.shape | Shape::DIGITS;
        res.marks.leading_zero = bytes.len() > 1 && *first == b'0';
        res.marks.long_digits = bytes.len() > MAX_WHOLE_DIGITS;
    }
    if let Some((form, moment)) = time::parse(bytes) {
        res.shape = res.shape | Shape::time(form);
        res.moment = Some(moment);
    }
    if matches!(cell, Cell::Text(_)) {
        res.marks.scientific = is_scientific(bytes);
        res.marks.hashes = bytes.len() >= 3 && bytes.iter().all(|byte| *byte == b'#');
    }
    res
}

/// Whether a sign stands in a Chinese word where a letter was: encodings put `?` for what they do not have, and readers
/// the replacement character.
#[must_use]
pub fn has_lost_character(text: &str) -> bool {
    // Either sign begins with one of these two bytes.
    if memchr::memchr2(b'?', 0xEF, text.as_bytes()).is_none() {
        return false;
    }
    let is_han = |c: char| matches!(c, '\u{3400}'..='\u{9FFF}');
    if text.contains('\u{FFFD}') {
        return true;
    }
    text.match_indices('?').any(|(at, sign)| {
        let before = text[..at].chars().next_back();
        let after = text[at + sign.len()..].chars().next();
        before.is_some_and(is_han) && after.is_some_and(is_han)
    })
}

/// No number, day or moment is longer.
const MAX_LOOKED_BYTES: usize = 64;

/// `3.20902E+17` as spreadsheets write it: one digit, a point, digits, `E`, a sign, two or three digits.
fn is_scientific(bytes: &[u8]) -> bool {
    let Some(at) = bytes.iter().position(|byte| matches!(byte, b'E' | b'e')) else { return false };
    let (mantissa, exponent) = (&bytes[..at], &bytes[at + 1..]);
    let mantissa = mantissa.strip_prefix(b"-").unwrap_or(mantissa);
    let is_mantissa = match mantissa {
        [digit] => digit.is_ascii_digit(),
        [digit, b'.', rest @ ..] => digit.is_ascii_digit() && !rest.is_empty() && rest.iter().all(u8::is_ascii_digit),
        _ => false,
    };
    let is_exponent = matches!(exponent, [b'+' | b'-', digits @ ..] if matches!(digits.len(), 2 | 3) && digits.iter().all(u8::is_ascii_digit));
    is_mantissa && is_exponent
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Shape {
        look(Cell::Text(text)).shape
    }

    #[test]
    fn numbers_are_canonical_or_none() {
        for (text, mantissa, scale) in [
            ("0", 0, 0),
            ("-12", -12, 0),
            ("1.50", 150, 2),
            ("-0.05", -5, 2),
            ("0.0", 0, 1),
            ("12345678901234", 12_345_678_901_234, 0),
        ] {
            let number = Number::parse(text.as_bytes()).unwrap();
            assert_eq!((number.mantissa, number.scale), (mantissa, scale), "{text}");
        }
        for text in [
            "",
            "-",
            "9999999999999999999",
            "007",
            "+1",
            "1e5",
            "1,234",
            "1.",
            ".5",
            "-0",
            "123456789012345",
            "1.2.3",
            "0x1",
            "１",
            "00.5",
        ] {
            assert_eq!(Number::parse(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_value_is_what_its_letters_say() {
        assert_eq!(shape("007"), Shape::DIGITS);
        assert!(shape("20261121").has(Shape::WHOLE) && shape("20261121").has(Shape::time(TimeForm::Compact)));
        assert_eq!(shape("2026-02-30"), Shape::NONE);
        assert_eq!(shape("2026-02-28"), Shape::time(TimeForm::Dashes));
        assert_eq!(shape("是"), Shape::YES_NO);
        assert!(look(Cell::Text("3.20902E+17")).marks.scientific);
        assert!(!look(Cell::Text("1E5")).marks.scientific);
        assert!(look(Cell::Text("########")).marks.hashes);
        assert!(look(Cell::Text("湖?镇")).marks.lost && look(Cell::Text("\u{FFFD}")).marks.lost);
        assert!(!look(Cell::Text("是什么? 好")).marks.lost && !look(Cell::Text("a?b")).marks.lost);
    }

    proptest::proptest! {
        #[test]
        fn a_number_can_be_written_back(text in "-?[0-9]{1,16}(\\.[0-9]{1,6})?") {
            if let Some(number) = Number::parse(text.as_bytes()) {
                let written = crate::profile::numbers::decimal_text(i128::from(number.mantissa), number.scale);
                proptest::prop_assert_eq!(written.trim_start_matches('-'), text.trim_start_matches('-'));
            }
        }

        #[test]
        fn looking_never_panics(text in "\\PC{0,40}|[-0-9:/.年月日T E+#]{0,30}") {
            let _ = look(Cell::Text(&text));
        }
    }
}
