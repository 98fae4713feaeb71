//! How cases are told to staff.

use serde_json::json;

use crate::cases::deadlines::{Due, What};
use crate::cases::{Case, CaseKind, NotYet, State};
use crate::cli::print::say;
use crate::diag::Lang;
use crate::model::date::Day;

pub fn json_of(case: &Case, due: &[Due]) -> serde_json::Value {
    json!({ "type": "case", "receipt": case.receipt, "state": case.state(), "events": case.events, "due": due })
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
        NotYet::OutcomeUnknown => say(
            lang,
            "适用规则没有规定这种处理结果，见 kaishu regime show",
            "the rules know no such outcome for this kind of case; see kaishu regime show",
        ),
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
