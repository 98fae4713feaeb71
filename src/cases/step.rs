//! The steps of a case as they are kept: nothing personal is in them, what people said stands apart.

use serde::{Deserialize, Serialize};

use crate::model::digest::Digest;
use crate::rules::Regime;
use crate::rules::cases::Outcome;

/// What a person asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseKind {
    /// 异议.
    Objection,
    /// 校核.
    Correction,
    /// 举报.
    Report,
}

impl CaseKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Objection, Self::Correction, Self::Report];

    /// The code name.
    #[must_use]
    pub fn code_name(self) -> &'static str {
        match self {
            Self::Objection => "objection",
            Self::Correction => "correction",
            Self::Report => "report",
        }
    }
}

/// By which way a case came in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Put on file by staff: post, phone, counter.
    #[default]
    Staff,
    /// The site's form or its interface.
    Site,
}

/// What came in, as far as it is not personal; what was said is in [`Words`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// What is asked for.
    pub kind: CaseKind,
    /// The dataset, where one is meant.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub dataset: String,
    /// On which grounds, in the words of the rules.
    pub grounds: Vec<String>,
    /// What the person claims, in the words of the rules.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<String>,
    /// Whether somebody speaks for a child under 14 (Personal Information Protection Law, article 31).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_guardian: bool,
    /// By which way it came.
    #[serde(default)]
    pub channel: Channel,
    /// The files that came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Attached>,
}

/// A file on file, by what tells nothing of its content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attached {
    /// Its length.
    pub bytes: u64,
    /// Its digest.
    pub sha256: Digest,
}

/// What a person said: personal, kept apart from the events so that it can be sealed and erased.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// The statement.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub statement: String,
    /// Which column, row or page is meant.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub locator: String,
    /// How to reach the person.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub contact: String,
    /// The names of the files that came with it, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
}

impl Words {
    /// Whether nothing was said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What happens in a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// It came in.
    Received(Submission),
    /// The authority was told.
    AuthorityNotified,
    /// The provider was told.
    ProviderNotified,
    /// The person was asked for evidence.
    EvidenceRequested,
    /// Evidence came in.
    EvidenceReceived {
        /// The files.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        files: Vec<Attached>,
    },
    /// Suspending the dataset waits for staff to confirm it.
    SuspensionQueued,
    /// The dataset was suspended.
    Suspended,
    /// It was decided.
    Decided {
        /// How.
        outcome: Ending,
        /// Why.
        reasons: String,
    },
    /// The person was told the result.
    FeedbackSent,
    /// The person asked for a review.
    ReviewRequested,
    /// The review was decided.
    ReviewDecided {
        /// How; where it is not said, as before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<Ending>,
        /// Why, and how.
        reasons: String,
    },
    /// Nothing is left to do.
    Closed,
    /// What is personal was erased; an erased record keeps nothing but this.
    Erased {
        /// What.
        what: Erasure,
    },
}

/// What is erased when its term ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Erasure {
    /// What was said, how to reach the person, and the files.
    Words,
    /// The record of the case.
    Record,
}

impl Step {
    /// What goes on record of it: its name and how it was decided, nothing that anybody said.
    #[must_use]
    pub fn public_part(&self) -> (&'static str, Option<Ending>) {
        match self {
            Self::Received(_) => ("received", None),
            Self::AuthorityNotified => ("authority_notified", None),
            Self::ProviderNotified => ("provider_notified", None),
            Self::EvidenceRequested => ("evidence_requested", None),
            Self::EvidenceReceived { .. } => ("evidence_received", None),
            Self::SuspensionQueued => ("suspension_queued", None),
            Self::Suspended => ("suspended", None),
            Self::Decided { outcome, .. } => ("decided", Some(*outcome)),
            Self::FeedbackSent => ("feedback_sent", None),
            Self::ReviewRequested => ("review_requested", None),
            Self::ReviewDecided { outcome, .. } => ("review_decided", *outcome),
            Self::Closed => ("closed", None),
            Self::Erased { what: Erasure::Words } => ("words_erased", None),
            Self::Erased { what: Erasure::Record } => ("record_erased", None),
        }
    }
}

/// A step as the hash-chained record has it, without anything personal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnRecord {
    /// Always `case`.
    pub kind: String,
    /// The number of the event in the store.
    pub event: i64,
    /// When it happened, seconds since 1970.
    pub at: i64,
    /// The case.
    pub receipt: String,
    /// The step's name.
    pub step: String,
    /// How it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Ending>,
    /// What is asked for, where the case was received.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<CaseKind>,
}

/// How a case can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// 撤回数据.
    Withdraw,
    /// 依法处理后开放.
    OpenAfterProcessing,
    /// 继续开放.
    KeepOpen,
    /// 恢复开放.
    ResumeOpen,
    /// 已更正.
    Corrected,
    /// 情况不属实.
    Unfounded,
    /// 已处理.
    Handled,
}

impl Ending {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Withdraw,
        Self::OpenAfterProcessing,
        Self::KeepOpen,
        Self::ResumeOpen,
        Self::Corrected,
        Self::Unfounded,
        Self::Handled,
    ];

    /// The code name.
    #[must_use]
    pub fn code_name(self) -> &'static str {
        match self {
            Self::Withdraw => "withdraw",
            Self::OpenAfterProcessing => "open_after_processing",
            Self::KeepOpen => "keep_open",
            Self::ResumeOpen => "resume_open",
            Self::Corrected => "corrected",
            Self::Unfounded => "unfounded",
            Self::Handled => "handled",
        }
    }

    /// Whether a case of a kind can end so under a regime; where the regime knows no objections, any outcome will do.
    #[must_use]
    pub fn fits(self, kind: CaseKind, regime: &Regime) -> bool {
        let listed = match self {
            Self::Withdraw => Outcome::Withdraw,
            Self::OpenAfterProcessing => Outcome::OpenAfterProcessing,
            Self::KeepOpen => Outcome::KeepOpen,
            Self::ResumeOpen => Outcome::ResumeOpen,
            Self::Corrected => return kind == CaseKind::Correction,
            Self::Unfounded => return kind != CaseKind::Objection || regime.objection.outcomes_open_ended,
            Self::Handled => return kind == CaseKind::Report,
        };
        let rule = &regime.objection;
        kind == CaseKind::Objection && (rule.outcomes.contains(&listed) || rule.outcomes.is_empty())
    }
}

/// A step with who took it and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Seconds since 1970.
    pub at: i64,
    /// Who.
    pub actor: String,
    /// What.
    #[serde(flatten)]
    pub step: Step,
}
