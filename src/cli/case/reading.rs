//! `kaishu case list`, `show`, `file`, `export` and `stats`: what staff read.

use std::collections::BTreeMap;
use std::io::Write;

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::cases::deadlines::{Due, Timeliness};
use crate::cases::store::Personal;
use crate::cases::{Case, State, Step, deadlines};
use crate::cli::case::args::{BookArgs, ExportArgs, FileArgs, ListArgs, ReceiptArgs};
use crate::cli::case::book::Book;
use crate::cli::case::upkeep::create_new;
use crate::cli::case::words::{due_words, ending_words, json_of, kind_words, state_words, step_words};
use crate::cli::print::say;
use crate::cli::{Outcome, print};
use crate::diag::Lang;
use crate::model::date::Day;

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
    if !args.book.json && !rows.is_empty() {
        print::note(say(
            lang,
            "回执号\t收到\t类别\t数据集\t状态\t期限",
            "receipt\treceived\tkind\tdataset\tstate\tdue",
        ));
    }
    rows.sort_by_key(|(first, case, _)| (first.is_none(), *first, case.events.first().map(|event| event.at)));
    for (_, case, due) in &rows {
        if args.book.json {
            print::data(&json_of(case, due).to_string());
            continue;
        }
        let mut due: Vec<String> = due.iter().map(|due| due_words(due, book.today, lang)).collect();
        if case.is_suspension_queued() {
            due.insert(0, say(lang, "中止开放待确认", "suspension to be confirmed").to_owned());
        }
        let (kind, dataset) = case.submission().map_or(("", ""), |of| (kind_words(of.kind, lang), of.dataset.as_str()));
        let received = case.events.first().and_then(|event| Day::in_china(event.at));
        print::data(&format!(
            "{}\t{}\t{kind}\t{dataset}\t{}\t{}",
            case.receipt,
            received.map(|day| day.to_string()).unwrap_or_default(),
            state_words(case.state(), lang),
            due.join("；")
        ));
    }
    if rows.is_empty() {
        print::note(say(lang, "没有未办结的案件", "no open case"));
    }
    Ok(Outcome::Done)
}

/// Shows one case to staff, what the person said included where it can be read.
///
/// Errors: when there is no such case, or the machine fails.
pub fn show(args: &ReceiptArgs, lang: Lang) -> Result<Outcome> {
    let book = Book::open(&args.book, lang)?;
    let case = book.case(&args.receipt)?;
    let personal = book.store.personal(&args.receipt, book.keys.as_ref())?;
    let due = book.due(&case);
    if args.book.json {
        print::data(&exported(&case, &due, &personal).to_string());
        return Ok(Outcome::Done);
    }
    print::data(&format!("{}\t{}", case.receipt, state_words(case.state(), lang)));
    let mut n_files = 0;
    for (event, of_event) in case.events.iter().zip(&personal) {
        let day = Day::in_china(event.at).map(|day| day.to_string()).unwrap_or_default();
        print::data(&format!("{day}\t{}\t{}", event.actor, step_words(&event.step, lang)));
        show_personal(of_event, &mut n_files, lang);
    }
    for due in &due {
        print::data(&due_words(due, book.today, lang));
    }
    Ok(Outcome::Done)
}

fn show_personal(of_event: &Personal, n_files: &mut usize, lang: Lang) {
    match &of_event.words {
        None => print::data(say(
            lang,
            "\t（内容已加密，用 --key 指明私钥文件后可以阅读）",
            "\t(sealed: name the staff's key file with --key to read it)",
        )),
        Some(words) => {
            let said = [
                (say(lang, "说明", "statement"), &words.statement),
                (say(lang, "位置", "where"), &words.locator),
                (say(lang, "联系方式", "contact"), &words.contact),
            ];
            for (label, text) in said.into_iter().filter(|(_, text)| !text.is_empty()) {
                // Each line of what was said stands by itself, without signs that would move the cursor.
                for line in text.lines() {
                    let line: String = line.chars().map(|sign| if sign.is_control() { ' ' } else { sign }).collect();
                    print::data(&format!("\t{label}\t{line}"));
                }
            }
        }
    }
    for (idx, (_, file)) in of_event.files.iter().enumerate() {
        *n_files += 1;
        let name = of_event.words.as_ref().and_then(|words| words.files.get(idx)).map_or("", String::as_str);
        let words = say(lang, "附件", "file");
        print::data(&format!("\t{words} {n_files}\t{name}\t{} B\tsha256 {}", file.bytes, file.sha256));
    }
}

/// Takes a file out of a case.
///
/// Errors: when there is none such, it is sealed, or the file to write exists.
pub fn file(args: &FileArgs, lang: Lang) -> Result<Outcome> {
    let book = Book::open(&args.book, lang)?;
    let personal = book.store.personal(&args.receipt, None)?;
    let mut files = personal.iter().flat_map(|of_event| &of_event.files);
    let Some((id, _)) = args.number.checked_sub(1).and_then(|idx| files.nth(idx)) else {
        bail!(
            "案件 {0} 没有附件 {1}，见 kaishu case show {0} / case {0} has no file {1}; see `kaishu case show {0}`",
            args.receipt,
            args.number
        );
    };
    let mut target = create_new(&args.to)?;
    let read = book.store.read_file(&args.receipt, *id, book.keys.as_ref(), &mut target);
    if let Err(error) = read.and_then(|()| target.flush().context("writing")) {
        std::fs::remove_file(&args.to).with_context(|| format!("removing {}", args.to.display()))?;
        return Err(error);
    }
    print::note(say(
        lang,
        "来自外部的文件：请在隔离的环境中打开",
        "this file came from outside: open it where it can do no harm",
    ));
    Ok(Outcome::Done)
}

fn exported(case: &Case, due: &[Due], personal: &[Personal]) -> serde_json::Value {
    let mut res = json_of(case, due);
    let mut numbers = 1..;
    let said = personal.iter().map(|of_event| {
        let files: Vec<_> =
            of_event.files.iter().map(|(_, file)| json!({ "number": numbers.next(), "file": file })).collect();
        json!({ "event": of_event.event_idx, "words": of_event.words, "files": files })
    });
    res["personal"] = said.collect();
    res
}

/// Exports cases as JSON lines, what people said included where it can be read.
///
/// Errors: when there is no such case, or the machine fails.
pub fn export(args: &ExportArgs, lang: Lang) -> Result<Outcome> {
    let book = Book::open(&args.book, lang)?;
    let cases = if args.receipts.is_empty() {
        book.store.all()?
    } else {
        args.receipts.iter().map(|receipt| book.case(receipt)).collect::<Result<_>>()?
    };
    let mut is_sealed = false;
    for case in &cases {
        let personal = book.store.personal(&case.receipt, book.keys.as_ref())?;
        is_sealed |= personal.iter().any(|of_event| of_event.words.is_none());
        print::data(&exported(case, &book.due(case), &personal).to_string());
    }
    if is_sealed {
        print::note(say(
            lang,
            "陈述、联系方式和附件名称已加密，没有导出；用 --key 指明私钥文件后可以导出",
            "what people said is sealed and was left out; name the staff's key file with --key",
        ));
    }
    Ok(Outcome::Done)
}

/// Counts cases by kind, state, outcome and timeliness.
///
/// Errors: when the machine fails.
pub fn stats(args: &BookArgs, lang: Lang) -> Result<Outcome> {
    let book = Book::open(args, lang)?;
    let mut counts: BTreeMap<(&str, String, &str), usize> = BTreeMap::new();
    let mut add = |group: &'static str, name: &str, words: &'static str| {
        *counts.entry((group, name.to_owned(), words)).or_default() += 1;
    };
    for case in book.store.all()? {
        let Some(submission) = case.submission() else {
            add("erased", "record", say(lang, "记录已删除", "record erased"));
            continue;
        };
        add("kind", submission.kind.code_name(), kind_words(submission.kind, lang));
        let state = serde_json::to_value(case.state())?;
        add("state", state.as_str().unwrap_or_default(), state_words(case.state(), lang));
        if let Some(outcome) = case.outcome() {
            add("outcome", outcome.code_name(), ending_words(outcome, lang));
        }
        let received = case.events.first().map_or(0, |event| event.at);
        let decided = case.events.iter().find(|event| matches!(event.step, Step::Decided { .. })).map(|event| event.at);
        let by = (&book.regime, &book.days);
        match deadlines::timeliness(submission.kind, (received, decided), by, book.today) {
            Timeliness::InTime => add("decision", "in_time", say(lang, "按期决定", "decided in time")),
            Timeliness::Late => add("decision", "late", say(lang, "逾期", "late")),
            Timeliness::Open => add("decision", "not_due", say(lang, "未到期", "not due yet")),
            Timeliness::NoPeriod => add("decision", "no_period", say(lang, "没有规定期限", "no period")),
        }
    }
    let mut heading = "";
    for ((group, name, words), count) in &counts {
        if !args.json && heading != *group {
            print::data(group_words(group, lang));
        }
        heading = group;
        if args.json {
            print::data(&json!({ "type": "count", "of": group, "name": name, "count": count }).to_string());
        } else {
            print::data(&format!("  {words}\t{count}"));
        }
    }
    if counts.is_empty() {
        print::note(say(lang, "没有案件", "no case"));
    }
    Ok(Outcome::Done)
}

fn group_words(group: &str, lang: Lang) -> &'static str {
    match group {
        "kind" => say(lang, "类别", "kind"),
        "state" => say(lang, "办理状态", "state"),
        "outcome" => say(lang, "处理结果", "outcome"),
        "decision" => say(lang, "按期情况", "timeliness"),
        _ => say(lang, "已删除", "erased"),
    }
}
