//! `kaishu case receive`, `list`, `show` and `record`: the casebook of the staff.

use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::calendar::WorkingDays;
use crate::cases::deadlines::{self, Due, What};
use crate::cases::store::Store;
use crate::cases::{Case, CaseKind, Ending, Event, NotYet, OnRecord, State, Step, Submission};
use crate::cli::case::args::{BookArgs, ListArgs, ReceiveArgs, RecordArgs, ShowArgs};
use crate::cli::print::say;
use crate::cli::{Outcome, locale, print};
use crate::diag::Lang;
use crate::model::date::Day;
use crate::records::{CHAIN_FILE, chain};
use crate::rules::Regime;
use crate::site::Site;

/// What cases are judged by.
struct Book {
    store: Store,
    regime: Regime,
    days: WorkingDays,
    today: Day,
    chain: PathBuf,
}

impl Book {
    fn open(args: &BookArgs, lang: Lang) -> Result<Self> {
        let root: &Path = &args.site;
        let words = |finding: &crate::diag::Finding| {
            anyhow::anyhow!("{}: {}", finding.place.describe(lang), finding.message(lang))
        };
        let site = Site::load(root).map_err(|finding| words(&finding))?;
        let regime = Regime::load(root, &site.regime).map_err(|finding| words(&finding))?;
        let days = WorkingDays::load(root).map_err(|finding| words(&finding))?;
        let state = args.state.clone().unwrap_or_else(|| root.join("cases"));
        let today = locale::today().context("the clock shows no day between 1900 and 2100")?;
        let chain = root.join("records").join(CHAIN_FILE);
        let book = Self { store: Store::open(&state)?, regime, days, today, chain };
        // What was on file and not yet on record when a process was killed.
        book.put_on_record()?;
        Ok(book)
    }

    /// Puts every step that is on file on the hash-chained record, without anything that was said.
    fn put_on_record(&self) -> Result<()> {
        let mut last = 0;
        chain::read(&self.chain, |_, raw| {
            if let Ok(step) = serde_json::from_str::<OnRecord>(raw.get()) {
                last = last.max(step.event);
            }
            Ok(())
        })?;
        for step in self.store.since(last)? {
            chain::append(&self.chain, &step)?;
        }
        Ok(())
    }

    fn due(&self, case: &Case) -> Vec<Due> {
        deadlines::open(case, &self.regime, &self.days)
    }
}

/// Puts on file what came in otherwise than by the site.
///
/// Errors: when the ground is none of the rules', or the machine fails.
pub fn receive(args: &ReceiveArgs, lang: Lang) -> Result<Outcome> {
    let mut book = Book::open(&args.book, lang)?;
    let kind = CaseKind::ALL.into_iter().find(|kind| kind.code_name() == args.kind).context("kind")?;
    let rule = &book.regime.objection;
    if kind == CaseKind::Objection && !rule.grounds.is_empty() && !rule.grounds.contains(&args.ground) {
        bail!("--ground 应为下列之一 / must be one of: {}", rule.grounds.join("、"));
    }
    if args.on.is_some_and(|day| day > book.today) {
        bail!(say(lang, "收到日期不能晚于今天", "the day it came in cannot be after today"));
    }
    let submission = Submission {
        kind,
        dataset: args.dataset.clone(),
        ground: args.ground.clone(),
        statement: statement_of(&args.statement)?,
        contact: args.contact.clone(),
    };
    let at = args.on.filter(|day| *day != book.today).map_or_else(locale::now, Day::noon_in_china);
    let event = Event { at, actor: args.by.clone(), step: Step::Received(submission) };
    let receipt = book.store.receive(args.on.unwrap_or(book.today).year(), &event)?;
    book.put_on_record()?;
    print::data(&receipt);
    let case = Case { receipt, events: vec![event] };
    for due in book.due(&case) {
        print::note(&due_words(&due, book.today, lang));
    }
    Ok(Outcome::Done)
}

/// Most bytes of a statement.
const MAX_STATEMENT_BYTES: u64 = 64 << 10;

/// What the person says, from the command line or standard input.
fn statement_of(text: &str) -> Result<String> {
    let mut res = text.to_owned();
    if text == "-" {
        res.clear();
        std::io::stdin().take(MAX_STATEMENT_BYTES).read_to_string(&mut res).context("reading standard input")?;
    }
    if res.trim().is_empty() {
        bail!("--statement 不能为空 / --statement must say something");
    }
    Ok(res)
}

/// Lists cases, what is overdue first.
///
/// Errors: when the machine fails.
pub fn list(args: &ListArgs, lang: Lang) -> Result<Outcome> {
    let book = Book::open(&args.book, lang)?;
    let cases = book.store.all()?;
    let mut rows: Vec<(Option<Day>, &Case, Vec<Due>)> = cases
        .iter()
        .filter(|case| args.all || case.state() != State::Closed)
        .map(|case| (case, book.due(case)))
        .map(|(case, due)| (due.iter().filter_map(|due| due.last_day).min(), case, due))
        .collect();
    rows.sort_by_key(|(first, case, _)| (first.is_none(), *first, case.events.first().map(|event| event.at)));
    for (_, case, due) in &rows {
        if args.book.json {
            print::data(&json_of(case, due).to_string());
            continue;
        }
        let due: Vec<String> = due.iter().map(|due| due_words(due, book.today, lang)).collect();
        let (kind, dataset) = case.submission().map_or(("", ""), |of| (kind_words(of.kind, lang), of.dataset.as_str()));
        print::data(&format!(
            "{}\t{kind}\t{dataset}\t{}\t{}",
            case.receipt,
            state_words(case.state(), lang),
            due.join("；")
        ));
    }
    if rows.is_empty() {
        print::note(say(lang, "没有未办结的案件", "no open case"));
    }
    Ok(Outcome::Done)
}

/// Shows one case to staff, what the person said included.
///
/// Errors: when there is no such case, or the machine fails.
pub fn show(args: &ShowArgs, lang: Lang) -> Result<Outcome> {
    let book = Book::open(&args.book, lang)?;
    let Some(case) = book.store.case(&args.receipt)? else {
        bail!("没有回执号为 {0} 的案件 / there is no case {0}", args.receipt);
    };
    let due = book.due(&case);
    if args.book.json {
        print::data(&json_of(&case, &due).to_string());
        return Ok(Outcome::Done);
    }
    print::data(&format!("{}\t{}", case.receipt, state_words(case.state(), lang)));
    for event in &case.events {
        let day = Day::in_china(event.at).map(|day| day.to_string()).unwrap_or_default();
        print::data(&format!("{day}\t{}\t{}", event.actor, serde_json::to_string(&event.step)?));
    }
    for due in &due {
        print::data(&due_words(due, book.today, lang));
    }
    Ok(Outcome::Done)
}

/// Records a step, where the rules let it follow.
///
/// Errors: when they do not, when there is no such case, or the machine fails.
pub fn record(args: &RecordArgs, lang: Lang) -> Result<Outcome> {
    let mut book = Book::open(&args.book, lang)?;
    let step = step_of(args, lang)?;
    let event = Event { at: locale::now(), actor: args.by.clone(), step };
    let Book { store, regime, .. } = &mut book;
    match store.append(&args.receipt, &event, |case| case.may_follow(&event.step, regime))? {
        Ok(case) => {
            book.put_on_record()?;
            print::note(&format!("{}\t{}", case.receipt, state_words(case.state(), lang)));
            for due in book.due(&case) {
                print::note(&due_words(&due, book.today, lang));
            }
            Ok(Outcome::Done)
        }
        Err(why) => bail!(not_yet_words(why, lang)),
    }
}

fn step_of(args: &RecordArgs, lang: Lang) -> Result<Step> {
    let reasons = || {
        let is_empty = args.reasons.trim().is_empty();
        if is_empty {
            bail!(say(lang, "请用 --reasons 写明理由和依据", "say why with --reasons"))
        }
        Ok(args.reasons.clone())
    };
    Ok(match args.step.as_str() {
        "authority_notified" => Step::AuthorityNotified,
        "provider_notified" => Step::ProviderNotified,
        "evidence_requested" => Step::EvidenceRequested,
        "evidence_received" => Step::EvidenceReceived,
        "suspended" => Step::Suspended,
        "feedback_sent" => Step::FeedbackSent,
        "review_requested" => Step::ReviewRequested,
        "review_decided" => Step::ReviewDecided { reasons: reasons()? },
        "closed" => Step::Closed,
        _ => {
            let Some(outcome) = &args.outcome else {
                bail!(say(lang, "请用 --outcome 写明处理结果", "say how it was decided with --outcome"));
            };
            let outcome: Ending = serde_json::from_value(json!(outcome)).context("--outcome")?;
            Step::Decided { outcome, reasons: reasons()? }
        }
    })
}

fn json_of(case: &Case, due: &[Due]) -> serde_json::Value {
    json!({ "type": "case", "receipt": case.receipt, "state": case.state(), "events": case.events, "due": due })
}

fn due_words(due: &Due, today: Day, lang: Lang) -> String {
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
        Lang::Zh => format!("{what}：{last_day} 前（{basis}）{overdue}"),
        Lang::En => format!("{what} by {last_day} ({basis}){overdue}"),
    }
}

fn kind_words(kind: CaseKind, lang: Lang) -> &'static str {
    match kind {
        CaseKind::Objection => say(lang, "异议", "objection"),
        CaseKind::Correction => say(lang, "校核", "correction"),
        CaseKind::Report => say(lang, "举报", "report"),
    }
}

fn state_words(state: State, lang: Lang) -> &'static str {
    match state {
        State::Received => say(lang, "已收到", "received"),
        State::AwaitingEvidence => say(lang, "待补充证据材料", "awaiting evidence"),
        State::Verifying => say(lang, "核实中", "being verified"),
        State::Decided => say(lang, "已决定", "decided"),
        State::InReview => say(lang, "复核中", "in review"),
        State::Closed => say(lang, "已办结", "closed"),
    }
}

fn not_yet_words(why: NotYet, lang: Lang) -> &'static str {
    match why {
        NotYet::Closed => say(lang, "案件已办结", "the case is closed"),
        NotYet::AlreadyReceived => say(lang, "案件已登记", "the case is on file already"),
        NotYet::NotDecided => {
            say(lang, "尚未作出决定，先用 decided 记录", "it is not decided yet: record `decided` first")
        }
        NotYet::AlreadyDecided => say(lang, "已经作出决定", "it is decided already"),
        NotYet::OutcomeUnknown => say(
            lang,
            "适用规则没有规定这种处理结果，见 kaishu regime show",
            "the rules know no such outcome for this kind of case; see kaishu regime show",
        ),
        NotYet::NoReview => say(lang, "适用规则没有规定复核", "the rules know no review"),
        NotYet::NotInReview => say(lang, "没有正在进行的复核", "no review is under way"),
        NotYet::InReview => {
            say(lang, "正在复核，先用 review_decided 记录", "a review is under way: record `review_decided` first")
        }
        NotYet::FeedbackDue => say(
            lang,
            "适用规则要求先反馈处理结果，先用 feedback_sent 记录",
            "the rules ask that the person is told first: record `feedback_sent`",
        ),
    }
}
