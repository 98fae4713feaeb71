//! How cases are told to staff.

use serde_json::json;

use crate::cases::deadlines::{Due, What};
use crate::cases::{Case, CaseKind, Ending, Erasure, NotYet, State, Step};
use crate::cli::print::say;
use crate::diag::Lang;
use crate::model::date::Day;
use crate::rules::Regime;

pub fn json_of(case: &Case, due: &[Due]) -> serde_json::Value {
    let events = case.events.iter().map(|event| {
        let mut res = json!(event);
        // The same moment as `at`, for people.
        res["time"] = Day::moment_in_china(event.at).into();
        res
    });
    let events: serde_json::Value = events.collect();
    json!({ "type": "case", "receipt": case.receipt, "state": case.state(), "events": events, "due": due })
}

pub fn due_words(due: &Due, today: Day, lang: Lang) -> String {
    let what = match (due.what, lang) {
        (What::Notify, Lang::Zh) => "转送提供单位",
        (What::Notify, Lang::En) => "tell the provider",
        (What::Decide, Lang::Zh) => "作出决定",
        (What::Decide, Lang::En) => "decide",
        (What::FeedBack, Lang::Zh) => "反馈结果",
        (What::FeedBack, Lang::En) => "tell the result",
        (What::Review, Lang::Zh) => "作出复核决定",
        (What::Review, Lang::En) => "decide the review",
    };
    let basis = if due.article.is_empty() { say(lang, "运营目标", "a target of ours") } else { &due.article };
    let Some(last_day) = due.last_day else { return format!("{what} 待公布（{basis}）") };
    let overdue = if last_day < today { say(lang, "，已逾期", ", overdue") } else { "" };
    match lang {
        Lang::Zh => format!("{what}：不晚于 {last_day}（{basis}）{overdue}"),
        Lang::En => format!("{what} by {last_day} ({basis}){overdue}"),
    }
}

pub fn kind_words(kind: CaseKind, lang: Lang) -> &'static str {
    match kind {
        CaseKind::Objection => say(lang, "异议", "objection"),
        CaseKind::Correction => say(lang, "校核", "correction"),
        CaseKind::Report => say(lang, "举报", "report"),
    }
}

pub fn state_words(state: State, lang: Lang) -> &'static str {
    match state {
        State::Received => say(lang, "已收到", "received"),
        State::AwaitingEvidence => say(lang, "待补充证据材料", "awaiting evidence"),
        State::Verifying => say(lang, "核实中", "being verified"),
        State::Decided => say(lang, "已决定", "decided"),
        State::InReview => say(lang, "复核中", "in review"),
        State::Closed => say(lang, "已办结", "closed"),
    }
}

pub fn not_yet_words(why: NotYet, lang: Lang) -> &'static str {
    match why {
        NotYet::StillOpen => say(lang, "案件尚未办结", "the case is still open"),
        NotYet::Closed => say(lang, "案件已办结", "the case is closed"),
        NotYet::AlreadyReceived => say(lang, "案件已登记", "the case is on file already"),
        NotYet::NotDecided => say(
            lang,
            "尚未作出决定，先运行 kaishu case decide",
            "it is not decided yet: run `kaishu case decide` first",
        ),
        NotYet::AlreadyDecided => say(lang, "已经作出决定", "it is decided already"),
        NotYet::OutcomeUnknown => {
            say(lang, "适用规则没有规定这种处理结果", "the rules know no such outcome for this kind of case")
        }
        NotYet::NoReview => say(lang, "适用规则没有规定复核", "the rules know no review"),
        NotYet::NotInReview => say(lang, "没有正在进行的复核", "no review is under way"),
        NotYet::InReview => say(
            lang,
            "正在复核，先运行 kaishu case review --reasons",
            "a review is under way: run `kaishu case review --reasons` first",
        ),
        NotYet::Reviewed => say(lang, "已经复核过", "there was a review already"),
        NotYet::FeedbackDue => say(
            lang,
            "适用规则要求先反馈处理结果，先运行 kaishu case feedback",
            "the rules ask that the person is told first: run `kaishu case feedback`",
        ),
    }
}

/// Why a step may not follow, with what can be chosen instead where an outcome is none of the rules'.
pub fn refusal_words(why: NotYet, case: &Case, regime: &Regime, lang: Lang) -> String {
    let words = not_yet_words(why, lang);
    let Some(submission) = case.submission().filter(|_| why == NotYet::OutcomeUnknown) else {
        return words.to_owned();
    };
    let known: Vec<String> = Ending::ALL
        .into_iter()
        .filter(|ending| ending.fits(submission.kind, regime))
        .map(|ending| match lang {
            Lang::Zh => format!("{}（{}）", ending.code_name(), ending_words(ending, lang)),
            Lang::En => ending.code_name().to_owned(),
        })
        .collect();
    match lang {
        Lang::Zh => format!("{words}；《{}》可以选用：{}", regime.title, known.join("、")),
        Lang::En => format!("{words}; they know: {}", known.join(", ")),
    }
}

/// A step, in words.
pub fn step_words(step: &Step, lang: Lang) -> String {
    let with = |zh: &str, en: &str, more: &[String]| {
        let more: Vec<&str> = more.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        let text = say(lang, zh, en);
        if more.is_empty() { text.to_owned() } else { format!("{text}：{}", more.join("；")) }
    };
    match step {
        Step::Received(submission) => with(
            "收到",
            "received",
            &[
                kind_words(submission.kind, lang).to_owned(),
                submission.dataset.clone(),
                submission.grounds.join("、"),
                submission.claims.join("、"),
            ],
        ),
        Step::AuthorityNotified => with("已通知主管部门", "the authority was told", &[]),
        Step::ProviderNotified => with("已通知提供单位", "the provider was told", &[]),
        Step::EvidenceRequested => with("要求补充证据材料", "evidence was asked for", &[]),
        Step::EvidenceReceived { .. } => with("收到证据材料", "evidence received", &[]),
        Step::SuspensionQueued => with("中止开放待确认", "suspension to be confirmed", &[]),
        Step::Suspended => with("已中止开放", "suspended", &[]),
        Step::Decided { outcome, reasons } => {
            with("决定", "decided", &[ending_words(*outcome, lang).to_owned(), reasons.clone()])
        }
        Step::FeedbackSent => with("已反馈结果", "the result was told", &[]),
        Step::ReviewRequested => with("申请复核", "a review was asked for", &[]),
        Step::ReviewDecided { outcome, reasons } => {
            let outcome = outcome.map_or_else(String::new, |outcome| ending_words(outcome, lang).to_owned());
            with("复核决定", "the review was decided", &[outcome, reasons.clone()])
        }
        Step::Closed => with("办结", "closed", &[]),
        Step::Erased { what: Erasure::Words } => with("内容和附件已删除", "words and files were erased", &[]),
        Step::Erased { what: Erasure::Record } => with("记录已删除", "the record was erased", &[]),
    }
}

/// How a case ended, in words.
pub fn ending_words(ending: Ending, lang: Lang) -> &'static str {
    match ending {
        Ending::Withdraw => say(lang, "撤回数据", "withdrawn"),
        Ending::OpenAfterProcessing => say(lang, "依法处理后开放", "open after processing"),
        Ending::KeepOpen => say(lang, "继续开放", "stays open"),
        Ending::ResumeOpen => say(lang, "恢复开放", "open again"),
        Ending::Corrected => say(lang, "已更正", "corrected"),
        Ending::Unfounded => say(lang, "情况不属实", "not confirmed"),
        Ending::Handled => say(lang, "已处理", "handled"),
    }
}
