//! `kaishu case letter`: what the person and the provider get on paper, made of the theme's words and the rules' articles.

use std::io::Write;

use anyhow::{Context, Result, bail};

use crate::cases::{Case, CaseKind, Ending, Step, Submission};
use crate::cli::case::args::LetterArgs;
use crate::cli::case::book::Book;
use crate::cli::case::upkeep::create_new;
use crate::cli::print::say;
use crate::cli::{Outcome, locale, print};
use crate::diag::Lang;
use crate::model::date::Day;
use crate::pages::Strings;
use crate::pages::case_pages::{CasePages, Letter};
use crate::records::ids::Register;

/// Writes a letter as a page to print.
///
/// Errors: when the case has not come so far, or the file exists.
pub fn letter(args: &LetterArgs, lang: Lang) -> Result<Outcome> {
    let book = Book::open(&args.book, lang)?;
    let case = book.case(&args.receipt)?;
    let submission = case.submission().context("the record of this case was erased")?;
    let pages = book.live.with_inputs(locale::now(), CasePages::new)?;
    let letter = written(&book, &case, submission, &args.kind, pages.strings(0))?;
    let mut file = create_new(&args.to)?;
    file.write_all(&pages.letter(0, &letter)?).with_context(|| format!("writing {}", args.to.display()))?;
    print::note(say(lang, "已写出，可以用浏览器打开打印", "written; open it in a browser to print it"));
    Ok(Outcome::Done)
}

fn written(book: &Book, case: &Case, submission: &Submission, kind: &str, strings: &Strings) -> Result<Letter> {
    let register = Register::load(&book.live.folders.ids())?;
    let title = register.words_of(&submission.dataset).map_or("", |(title, _)| title).to_owned();
    let provider = register.words_of(&submission.dataset).map_or("", |(_, provider)| provider).to_owned();
    let rule = &book.regime.objection;
    let received = case.events.first().and_then(|event| Day::in_china(event.at));
    let received = received.map(Day::in_chinese).unwrap_or_default();
    let asked = strings.get(&format!("ask_{}", submission.kind.code_name())).to_owned();
    let basis = format!("《{}》{}", book.regime.title, article_of(book, submission));
    let grounds = strings.list(&submission.grounds);
    let places = [
        ("receipt", case.receipt.as_str()),
        ("day", &received),
        ("title_or_id", if title.is_empty() { &submission.dataset } else { &title }),
        ("id", &submission.dataset),
        ("provider", &provider),
        ("kind", &asked),
        ("grounds", &grounds),
        ("basis", &basis),
    ];
    // A report may be about no dataset.
    let is_about_none = submission.dataset.is_empty();
    let text = |key: &str| {
        let other = format!("{key}_none");
        let key = if is_about_none && strings.get(&other) != other { &other } else { key };
        strings.fill(key, &places)
    };
    // What the article on objections asks holds for objections alone.
    let is_objection = submission.kind == CaseKind::Objection;
    let duties = |quotes: &[Option<&str>]| -> Vec<String> {
        let quotes = quotes.iter().flatten().filter(|quote| !quote.is_empty() && is_objection);
        quotes.map(|quote| strings.fill("letter_duty", &[("basis", &basis), ("quote", quote)])).collect()
    };
    let to_person = if submission.kind == CaseKind::Report { "letter_to_reporter" } else { "letter_to_person" };
    let to_person = strings.get(to_person).to_owned();
    let (to, paragraphs) = match kind {
        "receipt" => (to_person, vec![text("letter_receipt_text"), text("letter_receipt_next")]),
        "evidence" => {
            let mut paragraphs = vec![text("letter_evidence_text")];
            paragraphs.extend(duties(&[Some(&rule.evidence_quote)]));
            (to_person, paragraphs)
        }
        "forward" => {
            let mut paragraphs = vec![text("letter_forward_text")];
            let quotes =
                [&rule.authority_to_provider, &rule.provider_verify].map(|duty| duty.as_ref().map(|duty| &*duty.quote));
            paragraphs.extend(duties(&quotes));
            (
                if provider.is_empty() { strings.get("letter_to_provider").to_owned() } else { provider.clone() },
                paragraphs,
            )
        }
        _ => (to_person, decided(book, case, kind, &basis, strings, &text)?),
    };
    Ok(Letter {
        title: strings.get(&format!("letter_{kind}")).to_owned(),
        number: case.receipt.clone(),
        to,
        paragraphs,
        due: book.due(case).iter().map(|due| super::words::due_words(due, book.today, Lang::Zh)).collect(),
        day: book.today.in_chinese(),
    })
}

/// What was decided, in the words for its outcome, with the reasons and what can be done against it.
fn decided(
    book: &Book,
    case: &Case,
    kind: &str,
    basis: &str,
    strings: &Strings,
    text: &dyn Fn(&str) -> String,
) -> Result<Vec<String>> {
    let found = case.events.iter().rev().find_map(|event| match &event.step {
        Step::Decided { outcome, reasons } if kind == "decision" => Some((Some(*outcome), reasons)),
        Step::ReviewDecided { outcome, reasons } if kind == "review" => Some((*outcome, reasons)),
        _ => None,
    });
    let Some((outcome, reasons)) = found else {
        bail!("案件尚未作出这一决定 / this has not been decided in the case yet");
    };
    let result = outcome.map_or_else(
        || text("letter_review_upheld"),
        |outcome: Ending| text(&format!("letter_decided_{}", outcome.code_name())),
    );
    let mut res = vec![text("letter_decision_text"), strings.fill("letter_reasons", &[("reasons", reasons)]), result];
    if kind == "review" {
        res.splice(..1, reviewed(case, strings, text));
    }
    let rule = &book.regime.objection;
    let is_objection = case.submission().is_some_and(|submission| submission.kind == CaseKind::Objection);
    if let Some(review) = rule.review.said().filter(|review| review.available && is_objection && kind == "decision") {
        res.push(strings.fill("letter_may_review", &[("body", &review.body), ("basis", basis)]));
    }
    if let Some(fallback) = rule.dispute_fallback.as_ref().filter(|_| is_objection) {
        res.push(strings.fill("next_dispute", &[("quote", &fallback.quote), ("article", &fallback.article)]));
    }
    Ok(res)
}

/// What was decided first and why, and that a review was asked for.
fn reviewed(case: &Case, strings: &Strings, text: &dyn Fn(&str) -> String) -> Vec<String> {
    let day = |at: i64| Day::in_china(at).map(Day::in_chinese).unwrap_or_default();
    let first = case.events.iter().find_map(|event| match &event.step {
        Step::Decided { outcome, reasons } => Some((event.at, *outcome, reasons)),
        _ => None,
    });
    let mut res = vec![text("letter_review_text")];
    if let Some((at, outcome, reasons)) = first {
        let (day, ending) = (day(at), format!("ending_{}", outcome.code_name()));
        let places = [("day", day.as_str()), ("outcome", strings.get(&ending)), ("reasons", reasons)];
        res.push(strings.fill("letter_review_before", &places));
    }
    if let Some(at) = case.last(|step| *step == Step::ReviewRequested) {
        res.push(strings.fill("letter_review_asked", &[("day", &day(at))]));
    }
    res
}

fn article_of(book: &Book, submission: &Submission) -> String {
    match submission.kind {
        CaseKind::Objection => book.regime.objection.article.clone(),
        CaseKind::Correction => book.regime.correction.article.clone(),
        CaseKind::Report => book.regime.report.article.clone(),
    }
}
