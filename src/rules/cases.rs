//! The sections of a rule profile on what people may ask for and how it is answered.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::profile::{Basis, Period, Said, Unit};

/// `[application]`: for data that is not unconditionally open.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// The article.
    pub article: String,
    /// What an application states.
    pub fields: Said<Vec<String>>,
    /// The same by key.
    #[serde(default)]
    pub keys: Vec<String>,
    /// What can be applied for.
    #[serde(default)]
    pub request_types: Vec<String>,
    /// Who decides.
    pub decider: String,
    /// By when it is answered.
    pub reply: Period,
    /// What follows on consent.
    pub on_agree: String,
    /// What an agreement holds.
    #[serde(default)]
    pub agreement_clauses: Vec<String>,
    /// What a refusal must say.
    pub on_refuse: String,
    /// How data that no catalog has is asked for.
    #[serde(default)]
    pub not_in_catalog_request: Said<NotInCatalog>,
    /// Who mediates.
    #[serde(default)]
    pub dispute_fallback: String,
}

/// How data that no catalog has is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NotInCatalog {
    /// Who decides.
    pub decider: String,
    /// By when.
    pub deadline: String,
    /// The words.
    pub quote: String,
}

/// `[objection]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "the switches of the file")]
pub struct Objection {
    /// Whether the regulation knows objections.
    pub available: bool,
    /// The article.
    pub article: String,
    /// Who may object.
    #[serde(default)]
    pub who: Vec<String>,
    /// On which grounds.
    #[serde(default)]
    pub grounds: Vec<String>,
    /// Whether mistakes in the data are a ground.
    #[serde(default)]
    pub grounds_include_errors: bool,
    /// Where an objection goes.
    #[serde(default)]
    pub channel: String,
    /// What the objector may claim.
    #[serde(default)]
    pub claims: Vec<String>,
    /// The words of that.
    #[serde(default)]
    pub claims_quote: String,
    /// Whether evidence must come with it.
    #[serde(default)]
    pub evidence_required: bool,
    /// The words of that.
    #[serde(default)]
    pub evidence_quote: String,
    /// Through whose hands it goes.
    #[serde(default)]
    pub route: Vec<String>,
    /// What the authority must do, in the regulation's words.
    #[serde(default)]
    pub authority_to_provider: Option<Duty>,
    /// What the provider must do, in the regulation's words.
    #[serde(default)]
    pub provider_verify: Option<Duty>,
    /// Who decides.
    #[serde(default)]
    pub decider: String,
    /// Whether opening is suspended on receipt.
    #[serde(default)]
    pub suspend_on_receipt: String,
    /// Whether and when opening is suspended once evidence is there.
    #[serde(default)]
    pub suspend_on_evidence: String,
    /// What counts as that.
    #[serde(default)]
    pub suspend_event: String,
    /// Whether and when opening is suspended on the body's own finding.
    #[serde(default)]
    pub suspend_on_own_finding: String,
    /// The words of that.
    #[serde(default)]
    pub own_finding_quote: String,
    /// What a leak calls for.
    #[serde(default)]
    pub on_leak: Option<Duty>,
    /// Possible outcomes by code name.
    #[serde(default)]
    pub outcomes: Vec<Outcome>,
    /// Whether the text allows others.
    #[serde(default)]
    pub outcomes_open_ended: bool,
    /// The deadline of the decision.
    #[serde(default)]
    pub decision_deadline: Said<Period>,
    /// Whether the objector is told the result.
    #[serde(default)]
    pub feedback_to_objector: Said<Feedback>,
    /// Whether the result can be reviewed.
    #[serde(default)]
    pub review: Said<Review>,
    /// Who mediates.
    #[serde(default)]
    pub dispute_fallback: Option<Fallback>,
    /// What is ours: targets by name.
    #[serde(default)]
    pub policy_targets: BTreeMap<String, Target>,
    /// What stands in for the regulation where it knows no objections.
    #[serde(default)]
    pub fallback: String,
}

/// How an objection can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// 撤回数据.
    Withdraw,
    /// 依法处理后开放.
    OpenAfterProcessing,
    /// 继续开放.
    KeepOpen,
    /// 恢复开放.
    ResumeOpen,
}

impl Outcome {
    /// The code name.
    #[must_use]
    pub fn code_name(self) -> &'static str {
        match self {
            Self::Withdraw => "withdraw",
            Self::OpenAfterProcessing => "open_after_processing",
            Self::KeepOpen => "keep_open",
            Self::ResumeOpen => "resume_open",
        }
    }
}

/// A target of ours: a number, or whether something is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Target {
    /// Whether.
    Whether(bool),
    /// How many.
    Number(u32),
    /// On what it rests.
    Basis(Basis),
}

/// A duty in the regulation's words.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Duty {
    /// How fast.
    pub unit: Unit,
    /// The words.
    pub quote: String,
}

/// Whether somebody is told the result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Feedback {
    /// Whether it is a duty.
    pub required: bool,
    /// By when.
    #[serde(default)]
    pub deadline: String,
    /// The words.
    pub quote: String,
}

/// 复核.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Review {
    /// Whether there is one.
    pub available: bool,
    /// Who reviews.
    pub body: String,
    /// The article.
    pub article: String,
    /// By when it is decided.
    pub deadline: String,
    /// Within which time it is asked for.
    pub file_within: String,
}

/// Who mediates.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Fallback {
    /// The article.
    pub article: String,
    /// The role.
    pub body: String,
    /// The words.
    pub quote: String,
}

/// `[correction]`: 校核.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// Whether the public can ask for it.
    pub public_channel: Said<bool>,
    /// The article.
    #[serde(default)]
    pub article: String,
    /// Who may ask.
    #[serde(default)]
    pub who: Vec<String>,
    /// On which grounds.
    #[serde(default)]
    pub grounds: Vec<String>,
    /// By when.
    #[serde(default)]
    pub deadline: Option<Period>,
    /// What is to be done.
    #[serde(default)]
    pub duty: String,
    /// Whether opening is suspended meanwhile.
    #[serde(default)]
    pub suspends: bool,
    /// A period that binds agencies among themselves.
    #[serde(default)]
    pub agency_only: Option<Period>,
    /// What is ours.
    #[serde(default)]
    pub policy: Option<CorrectionPolicy>,
}

/// `[correction.policy]`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CorrectionPolicy {
    /// Whether reports of mistakes are taken from the public.
    pub accept_public_error_reports: bool,
    /// The target in working days.
    pub target_workdays: u32,
}
