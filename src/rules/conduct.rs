//! The sections of a rule profile on reports, citing, misuse, records, security and priorities.

use serde::{Deserialize, Serialize};

use super::cases::Feedback;
use super::profile::{Period, Said, Unit};

/// `[report]`: 举报.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The article; a word for "none" where the regulation has none.
    pub article: String,
    /// What can be reported.
    #[serde(default)]
    pub subject: String,
    /// Who may report.
    #[serde(default)]
    pub who: String,
    /// To whom.
    #[serde(default)]
    pub receivers: Vec<String>,
    /// By when it is handled.
    #[serde(default)]
    pub deadline: Option<Period>,
    /// Whether the reporter is told the result.
    #[serde(default)]
    pub result_to_reporter: Said<Feedback>,
}

/// `[citation]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Citation {
    /// The article; a word for "none" where the regulation has none.
    pub article: String,
    /// Whether attribution is a duty.
    pub required: bool,
    /// Which works it binds.
    #[serde(default)]
    pub applies_to: Vec<String>,
    /// What must be named.
    #[serde(default)]
    pub elements: Vec<String>,
    /// Whether the day of acquisition must be named.
    #[serde(default)]
    pub acquisition_date_required: bool,
    /// Who may ask to see the works.
    #[serde(default)]
    pub results_access: String,
    /// The sentence, with `{site}`, `{title}`, `{provider}` and `{acquired_on}`.
    pub template_zh: String,
    /// The same in English, for readers; the Chinese sentence governs.
    pub template_en: String,
}

/// `[reuse_limits]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReuseLimits {
    /// The article.
    pub article: String,
    /// Its words.
    pub quote: String,
    /// What follows for the choice of a licence.
    #[serde(default)]
    pub licence_effect: String,
}

/// `[misuse]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Misuse {
    /// The article.
    pub article: String,
    /// What may be done.
    #[serde(default)]
    pub measures: Vec<String>,
    /// Whether that is made public on the site.
    pub publish_on_site: bool,
    /// The words.
    #[serde(default)]
    pub quote: String,
}

/// `[records]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RecordRules {
    /// The article.
    pub article: String,
    /// What is recorded.
    #[serde(default)]
    pub scope: String,
    /// The words.
    #[serde(default)]
    pub quote: String,
    /// What a record holds.
    #[serde(default)]
    pub content: Vec<String>,
    /// Of which data.
    #[serde(default)]
    pub content_applies_to: String,
    /// How long records are kept.
    pub retention: Said<Period>,
    /// How long they are kept where the regulation says nothing.
    #[serde(default)]
    pub policy_retention: Option<Period>,
    /// The words on traces.
    #[serde(default)]
    pub trace_quote: String,
}

impl RecordRules {
    /// For how many years records are kept at least: the regulation's term, else the profile's own.
    #[must_use]
    pub fn years(&self) -> Option<u32> {
        let period = self.retention.said().or(self.policy_retention.as_ref())?;
        if period.unit == Unit::Year { period.n } else { None }
    }
}

/// `[security]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Security {
    /// The article on incidents.
    pub incident_article: String,
    /// What users are told.
    #[serde(default)]
    pub notify_users: String,
    /// What the public is warned of.
    #[serde(default)]
    pub public_warning: String,
    /// The article on reports by re-users.
    #[serde(default)]
    pub reuser_report_article: String,
    /// Who answers for what.
    #[serde(default)]
    pub principle: String,
}

/// `[evaluation]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Evaluation {
    /// The article.
    pub article: String,
    /// The words.
    pub quote: String,
    /// What is published of it.
    #[serde(default)]
    pub bulletin: String,
}

/// `[priority]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Priority {
    /// The article.
    pub article: String,
    /// What kind of list it is.
    pub kind: String,
    /// By which criteria data comes first.
    #[serde(default)]
    pub criteria: Vec<String>,
    /// The domains.
    #[serde(default)]
    pub domains: Vec<String>,
    /// What the domains are.
    #[serde(default)]
    pub domains_kind: String,
}
