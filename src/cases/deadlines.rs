//! By when what is to be done in a case: from the regime and the working days, never from here.

use serde::Serialize;

use super::{Case, CaseKind, State, Step};
use crate::calendar::WorkingDays;
use crate::model::date::Day;
use crate::model::digest::Digest;
use crate::rules::Regime;
use crate::rules::cases::Target;
use crate::rules::profile::{Period, Unit};

/// Something that is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Due {
    /// What.
    pub what: What,
    /// The last day; `None` where the arrangement of its year is not published yet.
    pub last_day: Option<Day>,
    /// The article; empty for a target of ours.
    pub article: String,
    /// The digest of the arrangements that the days were counted by.
    pub calendar: Option<Digest>,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// 转送提供单位.
    Notify,
    /// 作出决定.
    Decide,
    /// 反馈结果.
    FeedBack,
    /// 作出复核决定.
    Review,
}

/// What is still to be done in a case, with its last day; what a regulation leaves unsaid has none.
#[must_use]
pub fn open(case: &Case, regime: &Regime, days: &WorkingDays) -> Vec<Due> {
    let Some(kind) = case.submission().map(|submission| submission.kind) else { return Vec::new() };
    let state = case.state();
    let received = case.last(|step| matches!(step, Step::Received(_)));
    let decided = case.last(|step| matches!(step, Step::Decided { .. } | Step::ReviewDecided { .. }));
    let notified = case.last(|step| *step == Step::ProviderNotified);
    let review = case.last(|step| *step == Step::ReviewRequested);
    let is_undecided = matches!(state, State::Received | State::AwaitingEvidence | State::Verifying);
    let mut res = Vec::new();
    let mut add = |what, since: Option<i64>, period: Option<(u32, String)>| {
        if let (Some(day), Some((n, article))) = (since.and_then(Day::in_china), period) {
            let period = days.period(day, n).ok();
            let calendar = period.map(|period| period.calendar);
            res.push(Due { what, last_day: period.map(|period| period.last_day), article, calendar });
        }
    };
    if is_undecided {
        if notified.is_none() {
            add(What::Notify, received, target(regime, kind, "notify_provider_workdays"));
        }
        add(What::Decide, received, decision(regime, kind));
    }
    if state == State::Decided && case.is_untold() {
        add(What::FeedBack, decided, target(regime, kind, "feedback_workdays"));
        if kind == CaseKind::Correction && regime.correction.deadline.is_some() {
            // 完成核实、更正，并反馈: one period for all of it.
            add(What::FeedBack, received, decision(regime, kind));
        }
    }
    if state == State::InReview {
        add(What::Review, review, target(regime, kind, "review_workdays"));
    }
    res
}

/// Whether a case was decided in its period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Timeliness {
    /// It was.
    InTime,
    /// It was not, or its last day is over.
    Late,
    /// Its last day is still to come, or not known yet.
    Open,
    /// The rules set no period in working days, and the profile no target.
    NoPeriod,
}

/// Whether a case was decided in its period; `decided` and `received` in seconds since 1970.
#[must_use]
pub fn timeliness(
    kind: CaseKind,
    (received, decided): (i64, Option<i64>),
    (regime, days): (&Regime, &WorkingDays),
    today: Day,
) -> Timeliness {
    let Some((n, _)) = decision(regime, kind) else { return Timeliness::NoPeriod };
    let last_day = Day::in_china(received).and_then(|day| days.period(day, n).ok()).map(|period| period.last_day);
    let (Some(last_day), decided) = (last_day, decided.and_then(Day::in_china)) else { return Timeliness::Open };
    match decided {
        Some(day) if day <= last_day => Timeliness::InTime,
        None if today <= last_day => Timeliness::Open,
        _ => Timeliness::Late,
    }
}

/// A target of ours for objections, in working days.
fn target(regime: &Regime, kind: CaseKind, name: &str) -> Option<(u32, String)> {
    match regime.objection.policy_targets.get(name).filter(|_| kind == CaseKind::Objection)? {
        Target::Number(n) => Some((*n, String::new())),
        Target::Whether(_) | Target::Basis(_) => None,
    }
}

/// The period of the decision: the text's own, else a target of ours.
fn decision(regime: &Regime, kind: CaseKind) -> Option<(u32, String)> {
    let of_text = |period: &Period, article: &str| {
        let article = if period.article.is_empty() { article } else { &period.article };
        (period.unit == Unit::Workday).then_some((period.n?, article.to_owned()))
    };
    match kind {
        CaseKind::Objection => {
            let rule = &regime.objection;
            let stated = rule.decision_deadline.said().and_then(|period| of_text(period, &rule.article));
            stated.or_else(|| target(regime, kind, "decision_workdays"))
        }
        CaseKind::Correction => {
            let rule = &regime.correction;
            let stated = rule.deadline.as_ref().and_then(|period| of_text(period, &rule.article));
            stated.or_else(|| Some((rule.policy.as_ref()?.target_workdays, String::new())))
        }
        CaseKind::Report => {
            let rule = &regime.report;
            of_text(rule.deadline.as_ref()?, &rule.article)
        }
    }
}
