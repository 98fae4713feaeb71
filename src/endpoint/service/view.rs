//! What a person is shown of a case: where it stands, what follows by when; nothing that staff wrote but the decision.

use serde::Serialize;

use crate::calendar::WorkingDays;
use crate::cases::deadlines::{self, What};
use crate::cases::store::Personal;
use crate::cases::{Case, Ending, State, Step};
use crate::model::date::Day;
use crate::pages::Strings;
use crate::rules::Regime;

/// What a person is shown of a case.
#[derive(Serialize)]
pub struct CaseView {
    receipt: String,
    kind: &'static str,
    kind_label: String,
    dataset: String,
    dataset_state: Option<Standing>,
    dataset_state_label: String,
    state: State,
    state_label: String,
    received_on: Option<Day>,
    effect: Effect,
    steps: Vec<StepView>,
    due: Vec<DueView>,
    outcome: Option<Ending>,
    outcome_label: String,
    reasons: String,
    review_reasons: String,
    evidence: Vec<FileView>,
    may: Vec<&'static str>,
    notes: Vec<Note>,
    status_url: String,
}

/// What the case did to the dataset at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Nothing.
    None,
    /// It is off the site.
    Suspended,
    /// It is taken off as soon as staff have looked.
    Queued,
}

/// Whether the dataset of a case is open at this moment, whatever closed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It is on the site.
    Open,
    /// It is suspended.
    Suspended,
    /// It was withdrawn.
    Withdrawn,
    /// Nothing keeps it closed, and it is not on the site, or not yet again.
    Absent,
}

impl Standing {
    fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Suspended => "suspended",
            Self::Withdrawn => "withdrawn",
            Self::Absent => "absent",
        }
    }
}

/// What a person should know or do, by a stable code.
#[derive(Serialize)]
struct Note {
    code: &'static str,
    text: String,
}

#[derive(Serialize)]
struct StepView {
    step: &'static str,
    label: String,
    day: Option<Day>,
}

#[derive(Serialize)]
struct DueView {
    what: What,
    label: String,
    last_day: Option<Day>,
    article: String,
    text: String,
}

#[derive(Serialize)]
struct FileView {
    number: usize,
    name: String,
    bytes: u64,
    sha256: String,
    size: String,
}

/// What a view is made by.
pub struct By<'a> {
    /// The rules in force.
    pub regime: &'a Regime,
    /// Working days.
    pub days: &'a WorkingDays,
    /// The words of the visitor's language.
    pub strings: &'a Strings,
    /// The address of the endpoint.
    pub url: &'a str,
    /// Whether the dataset is open; nothing where none is meant.
    pub standing: Option<Standing>,
}

impl CaseView {
    /// The view of a case.
    #[must_use]
    pub fn new(case: &Case, personal: &[Personal], by: &By<'_>) -> Self {
        let label = |family: &str, name: &str| by.strings.get(&format!("{family}_{name}")).to_owned();
        let submission = case.submission();
        let kind = submission.map_or("", |submission| submission.kind.code_name());
        let state = case.state();
        let day = |at: i64| Day::in_china(at);
        let steps = case.events.iter().map(|event| {
            let (step, _) = event.step.public_part();
            StepView { step, label: label("step", step), day: day(event.at) }
        });
        let (outcome, reasons) = (case.outcome(), decision(case).map(|(_, reasons)| reasons));
        let review_reasons = case.events.iter().rev().find_map(|event| match &event.step {
            Step::ReviewDecided { reasons, .. } => Some(reasons.clone()),
            _ => None,
        });
        let mut may = Vec::new();
        if case.takes_evidence() {
            may.push("evidence");
        }
        if case.may_follow(&Step::ReviewRequested, by.regime).is_ok() {
            may.push("review");
        }
        Self {
            receipt: case.receipt.clone(),
            kind,
            kind_label: label("ask", kind),
            dataset: submission.map(|submission| submission.dataset.clone()).unwrap_or_default(),
            dataset_state: by.standing,
            dataset_state_label: by.standing.map(|standing| label("dataset_now", standing.name())).unwrap_or_default(),
            state,
            state_label: label("state", state_name(state)),
            received_on: case.events.first().and_then(|event| day(event.at)),
            effect: effect(case, by.regime),
            steps: steps.collect(),
            due: due(case, by),
            outcome,
            outcome_label: outcome.map(|outcome| label("ending", outcome.code_name())).unwrap_or_default(),
            reasons: reasons.unwrap_or_default(),
            review_reasons: review_reasons.unwrap_or_default(),
            evidence: files(personal, by.strings),
            may,
            notes: notes(case, by),
            status_url: format!("{}/{}", by.url, case.receipt),
        }
    }
}

/// What a person should know or do: that evidence is needed, that something else keeps the dataset closed.
fn notes(case: &Case, by: &By<'_>) -> Vec<Note> {
    let (rule, mut res) = (&by.regime.objection, Vec::new());
    let mut add = |code: &'static str, text: String| res.push(Note { code, text });
    if case.lacks_evidence(by.regime) {
        let text =
            by.strings.fill("note_evidence_needed", &[("article", &rule.article), ("quote", &rule.evidence_quote)]);
        add("evidence_needed", text);
        if by.standing == Some(Standing::Open) && rule.suspend_on_evidence == "immediate" {
            add("open_until_evidence", by.strings.get("note_open_until_evidence").to_owned());
        }
    }
    let opens = matches!(case.outcome(), Some(Ending::KeepOpen | Ending::ResumeOpen | Ending::Unfounded));
    if opens && matches!(by.standing, Some(Standing::Suspended | Standing::Withdrawn)) {
        add("held_otherwise", by.strings.get("note_held_otherwise").to_owned());
    }
    res
}

fn decision(case: &Case) -> Option<(Ending, String)> {
    case.events.iter().rev().find_map(|event| match &event.step {
        Step::Decided { outcome, reasons } => Some((*outcome, reasons.clone())),
        _ => None,
    })
}

fn state_name(state: State) -> &'static str {
    match state {
        State::Received => "received",
        State::AwaitingEvidence => "awaiting_evidence",
        State::Verifying => "verifying",
        State::Decided => "decided",
        State::InReview => "in_review",
        State::Closed => "closed",
    }
}

/// What a case did to its dataset.
#[must_use]
pub fn effect(case: &Case, regime: &Regime) -> Effect {
    if case.outcome().is_some() || case.state() == State::Closed {
        return Effect::None;
    }
    let is_queued = case.last(|step| *step == Step::SuspensionQueued).is_some();
    if case.last(|step| *step == Step::Suspended).is_some() {
        Effect::Suspended
    } else if is_queued || case.wants_suspension(regime) {
        Effect::Queued
    } else {
        Effect::None
    }
}

fn due(case: &Case, by: &By<'_>) -> Vec<DueView> {
    let view = |due: deadlines::Due| {
        let name = match due.what {
            What::Notify => "notify",
            What::Decide => "decide",
            What::FeedBack => "feed_back",
            What::Review => "review",
        };
        let label = by.strings.get(&format!("due_{name}")).to_owned();
        let last_day = due.last_day.map_or_else(|| by.strings.get("due_unpublished").to_owned(), |day| day.to_string());
        let key = if due.article.is_empty() { "due_target" } else { "due_statutory" };
        let text = by.strings.fill(key, &[("what", &label), ("day", &last_day), ("article", &due.article)]);
        DueView { what: due.what, label, last_day: due.last_day, article: due.article, text }
    };
    deadlines::open(case, by.regime, by.days).into_iter().map(view).collect()
}

fn files(personal: &[Personal], strings: &Strings) -> Vec<FileView> {
    let mut res = Vec::new();
    for of_event in personal {
        for (idx, (_, file)) in of_event.files.iter().enumerate() {
            let known = of_event.words.as_ref().and_then(|words| words.files.get(idx)).cloned();
            let number = res.len() + 1;
            let name = known.unwrap_or_else(|| strings.fill("evidence_number", &[("n", &number.to_string())]));
            let size = crate::pages::size(file.bytes);
            res.push(FileView { number, name, bytes: file.bytes, sha256: file.sha256.to_string(), size });
        }
    }
    res
}
