//! `kaishu case list`, `show`, `file`, `export` and `stats`: what staff read.

use std::collections::BTreeMap;
use std::io::Write;

use anyhow::{Context, Result};
use serde_json::json;

use crate::cases::deadlines::{Due, Timeliness};
use crate::cases::store::Personal;
use crate::cases::{Case, State, Step, deadlines};
use crate::cli::case::args::{BookArgs, ExportArgs, FileArgs, ListArgs, ReceiptArgs};
use crate::cli::case::book::Book;
use crate::cli::case::upkeep::create_new;
use crate::cli::case::words::{due_words, json_of, kind_words, state_words};
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
    for (event, of_event) in case.events.iter().zip(&personal) {
        let day = Day::in_china(event.at).map(|day| day.to_string()).unwrap_or_default();
        print::data(&format!("{day}\t{}\t{}", event.actor, serde_json::to_string(&event.step)?));
        show_personal(of_event, lang)?;
    }
    for due in &due {
        print::data(&due_words(due, book.today, lang));
    }
    Ok(Outcome::Done)
}

fn show_personal(of_event: &Personal, lang: Lang) -> Result<()> {
    match &of_event.words {
        None => print::data(say(
            lang,
            "\t（内容已加密，用 --key 指明私钥文件后可以阅读）",
            "\t(sealed: name the staff's key file with --key to read it)",
        )),
        Some(words) if !words.is_empty() => print::data(&format!("\t{}", serde_json::to_string(words)?)),
        Some(_) => {}
    }
    for (idx, (id, file)) in of_event.files.iter().enumerate() {
        let name = of_event.words.as_ref().and_then(|words| words.files.get(idx)).map_or("", String::as_str);
        let words = say(lang, "附件", "file");
        print::data(&format!("\t{words} {id}\t{name}\t{} B\tsha256 {}", file.bytes, file.sha256));
    }
    Ok(())
}

/// Takes a file out of a case.
///
/// Errors: when there is none such, it is sealed, or the file to write exists.
pub fn file(args: &FileArgs, lang: Lang) -> Result<Outcome> {
    let book = Book::open(&args.book, lang)?;
    let mut target = create_new(&args.to)?;
    let read = book.store.read_file(&args.receipt, args.number, book.keys.as_ref(), &mut target);
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
    let said = personal.iter().map(|of_event| {
        let files: Vec<_> = of_event.files.iter().map(|(id, file)| json!({ "number": id, "file": file })).collect();
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
    for case in &cases {
        let personal = book.store.personal(&case.receipt, book.keys.as_ref())?;
        print::data(&exported(case, &book.due(case), &personal).to_string());
    }
    Ok(Outcome::Done)
}

/// Counts cases by kind, state, outcome and timeliness.
///
/// Errors: when the machine fails.
pub fn stats(args: &BookArgs, lang: Lang) -> Result<Outcome> {
    let book = Book::open(args, lang)?;
    let mut counts: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let mut add = |group: &'static str, name: String| *counts.entry((group, name)).or_default() += 1;
    for case in book.store.all()? {
        let Some(submission) = case.submission() else {
            add("erased", String::new());
            continue;
        };
        add("kind", submission.kind.code_name().to_owned());
        add("state", serde_json::to_value(case.state())?.as_str().unwrap_or_default().to_owned());
        if let Some(outcome) = case.outcome() {
            add("outcome", outcome.code_name().to_owned());
        }
        let received = case.events.first().map_or(0, |event| event.at);
        let decided = case.events.iter().find(|event| matches!(event.step, Step::Decided { .. })).map(|event| event.at);
        let by = (&book.regime, &book.days);
        let timeliness = match deadlines::timeliness(submission.kind, (received, decided), by, book.today) {
            Timeliness::InTime => "in_time",
            Timeliness::Late => "late",
            Timeliness::Open => "not_due",
            Timeliness::NoPeriod => "no_period",
        };
        add("decision", timeliness.to_owned());
    }
    for ((group, name), count) in &counts {
        if args.json {
            print::data(&json!({ "type": "count", "of": group, "name": name, "count": count }).to_string());
        } else {
            print::data(&format!("{group}\t{name}\t{count}"));
        }
    }
    if counts.is_empty() {
        print::note(say(lang, "没有案件", "no case"));
    }
    Ok(Outcome::Done)
}
