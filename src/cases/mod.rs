//! Objections, corrections and reports as cases: what came in, what was done, what may follow, by when.
//!
//! A case is its events, oldest first; its state is read off them and kept nowhere else. Nothing here does I/O but
//! [`store`] and [`recorder`].

pub mod deadlines;
pub mod overview;
pub mod recorder;
pub mod seal;
mod step;
pub mod store;

use serde::Serialize;

use crate::rules::Regime;

pub use step::{Attached, CaseKind, Channel, Ending, Erasure, Event, OnRecord, Step, Submission, Words};

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
    /// The case is not closed.
    StillOpen,
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
    /// There was a review already.
    Reviewed,
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

    /// How many files came with it.
    #[must_use]
    pub fn n_files(&self) -> usize {
        let files = self.events.iter().map(|event| match &event.step {
            Step::Received(submission) => submission.files.len(),
            Step::EvidenceReceived { files } => files.len(),
            _ => 0,
        });
        files.sum()
    }

    /// How it was decided last.
    #[must_use]
    pub fn outcome(&self) -> Option<Ending> {
        self.events.iter().rev().find_map(|event| match event.step {
            Step::Decided { outcome, .. } | Step::ReviewDecided { outcome: Some(outcome), .. } => Some(outcome),
            _ => None,
        })
    }

    /// Whether it keeps a dataset closed: it was suspended for it, and it is not decided, or decided for processing first.
    #[must_use]
    pub fn keeps_closed(&self, dataset: &str) -> bool {
        let is_about = self.submission().is_some_and(|submission| submission.dataset == dataset);
        let is_open = self.outcome().is_none_or(|outcome| outcome == Ending::OpenAfterProcessing);
        let is_suspended = self.last(|step| matches!(step, Step::Suspended | Step::SuspensionQueued)).is_some();
        is_about && is_suspended && is_open && self.state() != State::Closed
    }

    /// Whether suspending its dataset waits for staff.
    #[must_use]
    pub fn is_suspension_queued(&self) -> bool {
        let is_over = |step: &Step| matches!(step, Step::Suspended | Step::Decided { .. } | Step::Closed);
        self.last(|step| *step == Step::SuspensionQueued).is_some() && self.last(is_over).is_none()
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
                Step::FeedbackSent | Step::SuspensionQueued => state,
                // What comes in later is put on file and opens nothing again.
                Step::AuthorityNotified | Step::ProviderNotified | Step::EvidenceReceived { .. } | Step::Suspended
                    if is_decided =>
                {
                    state
                }
                Step::AuthorityNotified | Step::ProviderNotified | Step::EvidenceReceived { .. } | Step::Suspended => {
                    State::Verifying
                }
                Step::EvidenceRequested => State::AwaitingEvidence,
                Step::ReviewRequested => State::InReview,
                Step::Closed | Step::Erased { .. } => State::Closed,
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
            Step::Erased { .. } if state == State::Closed => Ok(()),
            Step::Erased { .. } => Err(NotYet::StillOpen),
            _ if state == State::Closed => Err(NotYet::Closed),
            Step::Received(_) => Err(NotYet::AlreadyReceived),
            Step::Decided { .. } | Step::EvidenceRequested if is_decided => Err(NotYet::AlreadyDecided),
            Step::Decided { outcome, .. } => {
                let fits = self.submission().is_some_and(|submission| outcome.fits(submission.kind, regime));
                if fits { Ok(()) } else { Err(NotYet::OutcomeUnknown) }
            }
            // That there is none at all comes before when it may be asked for.
            Step::ReviewRequested | Step::ReviewDecided { .. } if !self.has_review(regime) => Err(NotYet::NoReview),
            Step::FeedbackSent | Step::ReviewRequested | Step::Closed if !is_decided => Err(NotYet::NotDecided),
            Step::ReviewRequested | Step::Closed if state == State::InReview => Err(NotYet::InReview),
            Step::ReviewRequested if self.last(|step| *step == Step::ReviewRequested).is_some() => {
                Err(NotYet::Reviewed)
            }
            Step::ReviewDecided { .. } if state != State::InReview => Err(NotYet::NotInReview),
            Step::ReviewDecided { outcome: Some(outcome), .. } => {
                let fits = self.submission().is_some_and(|submission| outcome.fits(submission.kind, regime));
                if fits { Ok(()) } else { Err(NotYet::OutcomeUnknown) }
            }
            Step::Closed if self.owes_feedback(regime) => Err(NotYet::FeedbackDue),
            _ => Ok(()),
        }
    }

    /// Whether its person may add evidence: until it is decided, and while it is reviewed.
    #[must_use]
    pub fn takes_evidence(&self) -> bool {
        !matches!(self.state(), State::Decided | State::Closed)
    }

    /// Whether the rules ask for evidence that did not come in yet.
    #[must_use]
    pub fn lacks_evidence(&self, regime: &Regime) -> bool {
        let is_objection = self.submission().is_some_and(|submission| submission.kind == CaseKind::Objection);
        let is_undecided = !matches!(self.state(), State::Decided | State::InReview | State::Closed);
        is_objection && is_undecided && regime.objection.evidence_required && self.n_files() == 0
    }

    /// Whether the rules suspend the dataset because evidence came in, and nobody did or decided so far.
    #[must_use]
    pub fn wants_suspension(&self, regime: &Regime) -> bool {
        self.n_files() > 0 && self.would_be_suspended_on_evidence(regime)
    }

    /// Whether evidence that comes in now suspends the dataset.
    #[must_use]
    pub fn would_be_suspended_on_evidence(&self, regime: &Regime) -> bool {
        let Some(submission) = self.submission() else { return false };
        let is_handled = self.last(|step| matches!(step, Step::Suspended | Step::SuspensionQueued)).is_some();
        let is_open = !matches!(self.state(), State::Decided | State::InReview | State::Closed);
        submission.kind == CaseKind::Objection
            && !submission.dataset.is_empty()
            && regime.objection.suspend_on_evidence == "immediate"
            && !is_handled
            && is_open
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
