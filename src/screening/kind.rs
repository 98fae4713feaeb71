//! Kinds of personal data, as `headers.toml` lists them.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// A kind of personal data, or of data that is lawfully public.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "headers.toml names each in Chinese and English")]
pub enum Kind {
    ResidentId,
    OldResidentId,
    ForeignPrId,
    Mobile,
    Landline,
    BankCard,
    Passport,
    HkMacauPermit,
    HomeReturnPermit,
    Plate,
    Email,
    Ip,
    Name,
    Address,
    BirthDate,
    SocialSecurity,
    StudentId,
    MedicalRecord,
    Family,
    Biometric,
    ChatAccount,
    Health,
    Welfare,
    Belief,
    Sex,
    Ethnicity,
    Age,
    Education,
    Politics,
    Marriage,
    Occupation,
    Track,
    Organisation,
    LegalRepresentative,
    Counted,
}

/// How many kinds are recognised by their values; they come first.
pub const N_BY_VALUE: usize = 12;

/// The kinds that are recognised by their values.
pub const BY_VALUE: [Kind; N_BY_VALUE] = [
    Kind::ResidentId,
    Kind::OldResidentId,
    Kind::ForeignPrId,
    Kind::Mobile,
    Kind::Landline,
    Kind::BankCard,
    Kind::Passport,
    Kind::HkMacauPermit,
    Kind::HomeReturnPermit,
    Kind::Plate,
    Kind::Email,
    Kind::Ip,
];

/// What follows from a header that names a kind.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Names one person by itself.
    Identifier,
    /// Personal by its nature.
    Attribute,
    /// Not to stand beside a name.
    Sensitive,
    /// The name of a person.
    Name,
    /// Narrows down who is meant.
    Quasi,
    /// Lawfully public.
    Public,
}

/// A row of `headers.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    pub id: Kind,
    pub zh: String,
    pub en: String,
    pub role: Role,
    #[serde(default)]
    pub words: Vec<String>,
    #[serde(default)]
    pub unless: Vec<String>,
    #[serde(default)]
    pub names: Vec<String>,
}

#[derive(Deserialize)]
struct Table {
    kind: Vec<Row>,
}

/// The rows; a test reads the built-in text, so that it is never empty.
pub(super) static ROWS: LazyLock<Vec<Row>> =
    LazyLock::new(|| toml::from_str::<Table>(include_str!("headers.toml")).map(|table| table.kind).unwrap_or_default());

impl Kind {
    fn row(self) -> Option<&'static Row> {
        ROWS.iter().find(|row| row.id == self)
    }

    /// Its name in Chinese.
    #[must_use]
    pub fn zh(self) -> &'static str {
        self.row().map_or("", |row| row.zh.as_str())
    }

    /// Its name in English.
    #[must_use]
    pub fn en(self) -> &'static str {
        self.row().map_or("", |row| row.en.as_str())
    }

    /// What follows from a header that names it.
    #[must_use]
    pub fn role(self) -> Role {
        // A kind without a row, which a test rules out, is treated as the worst.
        self.row().map_or(Role::Identifier, |row| row.role)
    }

    /// The name in the grounds and in JSON, such as `resident_id`.
    #[must_use]
    pub fn id(self) -> String {
        serde_json::to_value(self).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    }

    pub(super) fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// Whether a text is the name of a kind.
#[must_use]
pub fn is_id(text: &str) -> bool {
    serde_json::from_value::<Kind>(serde_json::Value::from(text)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_row() {
        assert_eq!(ROWS.len(), Kind::Counted as usize + 1);
        for (idx, row) in ROWS.iter().enumerate() {
            let kind = row.id;
            assert_eq!(ROWS.iter().position(|other| other.id == kind), Some(idx), "{}", row.zh);
        }
        assert_eq!(BY_VALUE.map(|kind| kind as usize), std::array::from_fn(|idx| idx));
    }
}
