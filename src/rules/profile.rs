//! What the sections of a rule profile are made of: what is said and unsaid, periods, clauses, deadlines.
//!
//! Unknown keys are errors, so that a misspelt rule is never a rule that silently does not hold. The JSON Schema in
//! `docs/regime.schema.json` is made of these types.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What the regulation says, or that it says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub enum Unsaid {
    /// The regulation says nothing.
    #[default]
    #[serde(rename = "unspecified")]
    Unspecified,
}

/// A value, or `unspecified` where the regulation says nothing; nothing is ever invented for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Said<T> {
    /// The regulation says nothing.
    Unsaid(Unsaid),
    /// What it says.
    Said(T),
}

impl<T> Default for Said<T> {
    fn default() -> Self {
        Self::Unsaid(Unsaid::Unspecified)
    }
}

impl<T> Said<T> {
    /// The value, where there is one.
    pub fn said(&self) -> Option<&T> {
        match self {
            Self::Unsaid(_) => None,
            Self::Said(value) => Some(value),
        }
    }
}

/// On what a value rests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// It is written in the regulation.
    #[default]
    Statutory,
    /// It follows from its words.
    Derived,
    /// It is ours: shown to readers only as 运营目标.
    Policy,
}

/// The unit of a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 工作日.
    Workday,
    /// 日.
    CalendarDay,
    /// 月.
    Month,
    /// 年.
    Year,
    /// 立即.
    Immediate,
    /// 及时.
    Promptly,
    /// A day of each year.
    FixedDate,
    /// 未规定.
    Unspecified,
}

/// A period: how long, from when, in which words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// How many units.
    #[serde(default)]
    pub n: Option<u32>,
    /// The unit.
    pub unit: Unit,
    /// From when on; `unspecified` where the text does not say.
    #[serde(default)]
    pub from: String,
    /// The article, where it is not the section's.
    #[serde(default)]
    pub article: String,
    /// The words.
    #[serde(default)]
    pub quote: String,
    /// Whether it holds only where no other rule sets a period.
    #[serde(default)]
    pub fallback_only: bool,
    /// Whether what can be done at once must be.
    #[serde(default)]
    pub immediate_if_possible: bool,
    /// `at_least` for the shortest time that something is kept.
    #[serde(default)]
    pub comparator: String,
    /// On what it rests.
    #[serde(default)]
    pub basis: Basis,
}

/// What a word or sentence of the regulation is for programs, and in English; never what the text is judged by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Gloss {
    /// A name that programs can send instead of the words.
    #[serde(default)]
    pub code: String,
    /// What it means in English.
    pub en: String,
}

/// Words of the regulation with their article.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// The article.
    pub article: String,
    /// The words.
    pub quote: String,
}

/// `[[deadline]]`: a period that a rule sets.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// Its name.
    pub id: String,
    /// The article.
    pub article: String,
    /// How many units.
    #[serde(default)]
    pub n: Option<u32>,
    /// The unit.
    pub unit: Unit,
    /// The day of the year, as `06-30`, for a fixed date.
    #[serde(default)]
    pub month_day: String,
    /// From when on.
    pub from: String,
    /// Whose it is.
    pub actor: String,
    /// Whether it concerns an open-data site.
    pub in_site_scope: bool,
}

/// A difference that a draft's file tells of: what the draft says and what the final text says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// In the draft.
    pub draft: Words,
    /// In the final text.
    #[serde(rename = "final")]
    pub in_force: Words,
}

/// One text or several.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Words {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

/// `[article_map]`: article of the draft to article of the final text.
pub type ArticleMap = BTreeMap<String, String>;
