//! Objections, corrections and reports as cases: what came in, what was done, what may follow, by when.
//!
//! A case is its events, oldest first; its state is read off them and kept nowhere else. Nothing here does I/O but
//! [`store`].

pub mod deadlines;
pub mod store;

use serde::{Deserialize, Serialize};

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

/// What came in. Statement and contact are personal: they leave the store for staff alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    /// What is asked for.
    pub kind: CaseKind,
    /// The dataset, where one is meant.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub dataset: String,
    /// On which ground, in the words of the rules.
    pub ground: String,
    /// What the person says.
    pub statement: String,
    /// How to reach the person.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub contact: String,
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
    EvidenceReceived,
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
        /// Why, and how.
        reasons: String,
    },
    /// Nothing is left to do.
    Closed,
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
            Self::EvidenceReceived => ("evidence_received", None),
            Self::Suspended => ("suspended", None),
            Self::Decided { outcome, .. } => ("decided", Some(*outcome)),
            Self::FeedbackSent => ("feedback_sent", None),
            Self::ReviewRequested => ("review_requested", None),
            Self::ReviewDecided { .. } => ("review_decided", None),
            Self::Closed => ("closed", None),
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
    /// Whether a case of a kind can end so under a regime; where the regime knows no objections, any outcome will do.
    #[must_use]
    pub fn fits(self, kind: CaseKind, regime: &Regime) -> bool {
        let listed = match self {
            Self::Withdraw => Outcome::Withdraw,
            Self::OpenAfterProcessing => Outcome::OpenAfterProcessing,
            Self::KeepOpen => Outcome::KeepOpen,
            Self::ResumeOpen => Outcome::ResumeOpen,
            Self::Corrected => return kind == CaseKind::Correction,
            Self::Unfounded => return kind != CaseKind::Objection,
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

/// A case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its number.
    pub receipt: String,
    /// What happened, oldest first; the first is that it was received.
    pub events: Vec<Event>,
}

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 已收到.
    Received,
    /// 待补充证据材料.
    AwaitingEvidence,
    /// 核实中.
    Verifying,
    /// 已决定.
    Decided,
    /// 复核中.
    InReview,
    /// 已办结.
    Closed,
}

/// Why a step may not follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotYet {
    /// The case is closed.
    Closed,
    /// A case is received once.
    AlreadyReceived,
    /// It is not decided.
    NotDecided,
    /// It is decided.
    AlreadyDecided,
    /// The rules know no such outcome for this kind of case.
    OutcomeUnknown,
    /// The rules know no review.
    NoReview,
    /// No review is under way.
    NotInReview,
    /// A review is under way.
    InReview,
    /// The rules ask that the person is told the result first.
    FeedbackDue,
}

impl Case {
    /// What came in; `None` only for a case whose store was tampered with.
    #[must_use]
    pub fn submission(&self) -> Option<&Submission> {
        match self.events.first().map(|event| &event.step) {
            Some(Step::Received(submission)) => Some(submission),
            _ => None,
        }
    }

    /// When a step was taken last, seconds since 1970.
    #[must_use]
    pub fn last(&self, is_it: impl Fn(&Step) -> bool) -> Option<i64> {
        self.events.iter().rev().find(|event| is_it(&event.step)).map(|event| event.at)
    }

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> State {
        let mut state = State::Received;
        for event in &self.events {
            let is_decided = matches!(state, State::Decided | State::InReview);
            state = match event.step {
                Step::Received(_) => State::Received,
                Step::Decided { .. } | Step::ReviewDecided { .. } => State::Decided,
                Step::FeedbackSent => state,
                // What comes in later is put on file and opens nothing again.
                Step::AuthorityNotified | Step::ProviderNotified | Step::EvidenceReceived | Step::Suspended
                    if is_decided =>
                {
                    state
                }
                Step::AuthorityNotified | Step::ProviderNotified | Step::EvidenceReceived | Step::Suspended => {
                    State::Verifying
                }
                Step::EvidenceRequested => State::AwaitingEvidence,
                Step::ReviewRequested => State::InReview,
                Step::Closed => State::Closed,
            };
        }
        state
    }

    /// Whether a step may follow under a regime.
    ///
    /// Errors: why not.
    pub fn may_follow(&self, step: &Step, regime: &Regime) -> Result<(), NotYet> {
        let state = self.state();
        let is_decided = matches!(state, State::Decided | State::InReview);
        match step {
            _ if state == State::Closed => Err(NotYet::Closed),
            Step::Received(_) => Err(NotYet::AlreadyReceived),
            Step::Decided { .. } | Step::EvidenceRequested if is_decided => Err(NotYet::AlreadyDecided),
            Step::Decided { outcome, .. } => {
                let fits = self.submission().is_some_and(|submission| outcome.fits(submission.kind, regime));
                if fits { Ok(()) } else { Err(NotYet::OutcomeUnknown) }
            }
            Step::FeedbackSent | Step::ReviewRequested | Step::Closed if !is_decided => Err(NotYet::NotDecided),
            Step::ReviewRequested | Step::Closed if state == State::InReview => Err(NotYet::InReview),
            Step::ReviewRequested if !self.has_review(regime) => Err(NotYet::NoReview),
            Step::ReviewDecided { .. } if state != State::InReview => Err(NotYet::NotInReview),
            Step::Closed if self.owes_feedback(regime) => Err(NotYet::FeedbackDue),
            _ => Ok(()),
        }
    }

    /// Whether the rules know a review of such a case.
    fn has_review(&self, regime: &Regime) -> bool {
        let is_objection = self.submission().is_some_and(|submission| submission.kind == CaseKind::Objection);
        is_objection && regime.objection.review.said().is_some_and(|review| review.available)
    }

    /// Whether the rules ask that the person is told the result, and nobody did since it was decided.
    fn owes_feedback(&self, regime: &Regime) -> bool {
        let is_due = match self.submission().map(|submission| submission.kind) {
            Some(CaseKind::Objection) => regime.objection.feedback_to_objector.said().is_some_and(|rule| rule.required),
            Some(CaseKind::Report) => regime.report.result_to_reporter.said().is_some_and(|rule| rule.required),
            // 校核 is fed back by its own words.
            Some(CaseKind::Correction) => regime.correction.deadline.is_some(),
            None => false,
        };
        is_due && self.is_untold()
    }

    /// Whether it was decided and nobody told the person since; by the order of events, which may share a second.
    #[must_use]
    pub fn is_untold(&self) -> bool {
        let last = |is_it: fn(&Step) -> bool| self.events.iter().rposition(|event| is_it(&event.step));
        last(|step| *step == Step::FeedbackSent)
            < last(|step| matches!(step, Step::Decided { .. } | Step::ReviewDecided { .. }))
    }
}
