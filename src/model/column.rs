//! What is known of a column once every value was read: its type, the rule that decided it, its profile.

use serde::{Deserialize, Serialize};

/// The type of a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// Anything.
    Text,
    /// Text that names things: identifiers, codes, telephone numbers.
    Code,
    /// Whole numbers of at most 14 digits.
    Integer,
    /// Decimal numbers, exact.
    Decimal,
    /// Degrees of longitude or latitude.
    Coordinate,
    /// Truth values.
    Boolean,
    /// Days.
    Date,
    /// Moments without a time zone.
    DateTime,
}

impl ColumnType {
    /// The name in files and in the keys of strings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Code => "code",
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Coordinate => "coordinate",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::DateTime => "date_time",
        }
    }

    /// Whether values are numbers to count with.
    #[must_use]
    pub fn is_number(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal | Self::Coordinate)
    }
}

/// How days and moments of a column are written; one way for all values.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeForm {
    /// `2026-11-21`
    Dashes,
    /// `2026/11/21` or `2026/1/2`
    Slashes,
    /// `2026.11.21`
    Dots,
    /// `2026年11月21日`
    Han,
    /// `20261121`
    Compact,
    /// `2026-11-21 08:30:00`, with or without seconds and their fraction
    Space,
    /// `2026-11-21T08:30:00`
    T,
    /// `2026/11/21 8:30:00`
    SlashSpace,
}

/// Which rule decided the type of a column.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// There is no value.
    NoValue,
    /// The column's name says that its digits name things.
    NameOfCode,
    /// Digits, and a value begins with a zero.
    LeadingZero {
        /// The first such row, from 1 after the header.
        row: u64,
    },
    /// Digits, and a value has 15 or more of them.
    LongDigits {
        /// The first such row, from 1 after the header.
        row: u64,
    },
    /// Every value is a whole number.
    EveryWhole,
    /// Every value is a decimal number.
    EveryNumber,
    /// Every value is a decimal number within the range of degrees, and the name says that they are.
    EveryCoordinate,
    /// Every value is one of two words.
    TwoWords,
    /// Every value is a day or moment, all written in one form.
    EveryTime {
        /// That form.
        form: TimeForm,
    },
    /// The values before this row had a type, this one has not.
    Counterexample {
        /// The row, from 1 after the header.
        row: u64,
        /// The type that held until then.
        held: ColumnType,
    },
    /// No type but text was ever possible.
    Words,
}

/// How many different values there are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Distinct {
    /// Counted.
    Exactly(u64),
    /// Estimated; standard error 0.8 %.
    About(u64),
}

impl Distinct {
    /// The number, counted or estimated.
    #[must_use]
    pub fn value(self) -> u64 {
        match self {
            Self::Exactly(n) | Self::About(n) => n,
        }
    }
}

/// A frequent value.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TopValue {
    /// The value, cut to [`SHOWN_CHARS`].
    pub value: String,
    /// How often it is there.
    pub count: u64,
    /// Whether it may be there more often.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub at_least: bool,
}

/// Statistics of a column of numbers; texts, so that no digit is lost on the way.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Numbers {
    /// The smallest, as written.
    pub min: String,
    /// The largest, as written.
    pub max: String,
    /// The mean, rounded to six significant digits or to the whole part.
    pub mean: String,
    /// The values below which a quarter, half and three quarters lie.
    pub quartiles: [String; 3],
    /// Whether the quartiles are off by up to 0.4 % of their value.
    pub quartiles_are_estimates: bool,
}

/// Statistics of a column of days or moments, as the source writes them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Span {
    /// The first.
    pub first: String,
    /// The last.
    pub last: String,
}

/// What is known of the values of a column.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Profile {
    /// Rows without a value.
    pub n_missing: u64,
    /// Values that are an empty text.
    pub n_empty: u64,
    /// Different values.
    pub distinct: Option<Distinct>,
    /// The most frequent values, most frequent first.
    pub top: Vec<TopValue>,
    /// Fewest and most characters of a value.
    pub lengths: Option<(u64, u64)>,
    /// Of numbers.
    pub numbers: Option<Numbers>,
    /// Of days and moments.
    pub span: Option<Span>,
    /// How many values lie in each of equal steps from the smallest to the largest, for numbers, days and moments.
    pub histogram: Vec<u64>,
    /// The first different values.
    pub samples: Vec<String>,
}

/// What writers have to know of a column's numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Digits {
    /// Most digits before the point.
    pub whole: u8,
    /// Most digits after the point.
    pub scale: u8,
    /// Most digits from the first that is not zero on: past 15 a floating-point number is another one.
    pub significant: u8,
}

/// What a spreadsheet did to values before they came here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mangled {
    /// `3.20902E+17`: digits were lost.
    Scientific,
    /// `########`: the column was too narrow.
    Hashes,
    /// `45250` where the name says date: the number of days since 1900.
    SerialDays,
    /// `湖?镇`: a character that some encoding did not have.
    LostCharacter,
}

/// A column.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Column {
    /// Its name, unique in the table and not empty.
    pub name: String,
    /// Its type.
    pub column_type: ColumnType,
    /// Why it is that.
    pub rule: Rule,
    /// Of numbers: their digits.
    pub digits: Digits,
    /// Its values.
    pub profile: Profile,
    /// What a spreadsheet did, and in which row first (from 1 after the header).
    pub mangled: Vec<(Mangled, u64)>,
}

/// Longest value in a profile, in characters.
pub const SHOWN_CHARS: usize = 100;
/// How many frequent values a profile has at most.
pub const MAX_TOP: usize = 10;
/// How many of the first different values a profile has at most.
pub const MAX_SAMPLES: usize = 5;
/// How many steps a histogram has.
pub const HISTOGRAM_STEPS: usize = 20;
