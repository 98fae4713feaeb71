//! The steps of a case that staff take, with what they do to the dataset.

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::cases::{Case, Ending, Step};
use crate::cli::case::args::{DecideArgs, NotifyArgs, ReviewArgs, StepArgs, SuspendArgs};
use crate::cli::case::book::Book;
use crate::cli::case::holds::{suspended_already, take_off, warn_of_basis};
use crate::cli::case::words::refusal_words;
use crate::cli::print::say;
use crate::cli::{Outcome, locale, print};
use crate::diag::Lang;
use crate::effects::{Decision, reason_of};
use crate::records::holds::{Change, Reason};

/// Records a step that nothing is said with.
///
/// Errors: as [`Book::step`].
pub fn plain(args: &StepArgs, step: Step, lang: Lang) -> Result<Outcome> {
    Book::open(&args.book, lang)?.step(&args.receipt, &args.by, step)?;
    Ok(Outcome::Done)
}

/// Records that somebody was told.
///
/// Errors: as [`Book::step`].
pub fn notify(args: &NotifyArgs, lang: Lang) -> Result<Outcome> {
    let step = if args.to == "authority" { Step::AuthorityNotified } else { Step::ProviderNotified };
    plain(&args.step, step, lang)
}

/// Puts the request for a review on file, or records its decision and does to the dataset what it says.
///
/// Errors: as [`decide`].
pub fn review(args: &ReviewArgs, lang: Lang) -> Result<Outcome> {
    let Some(reasons) = &args.reasons else { return plain(&args.step, Step::ReviewRequested, lang) };
    let outcome = args.outcome.as_deref().map(outcome_of).transpose()?;
    let step = Step::ReviewDecided { outcome, reasons: said("--reasons", reasons)? };
    decided(&args.step, outcome, step, lang)
}

/// Records a decision, and does to the dataset what it says.
///
/// Errors: as [`Book::step`]; when the dataset is not known or the machine fails.
pub fn decide(args: &DecideArgs, lang: Lang) -> Result<Outcome> {
    let outcome = outcome_of(&args.outcome)?;
    let step = Step::Decided { outcome, reasons: said("--reasons", &args.reasons)? };
    decided(&args.step, Some(outcome), step, lang)
}

fn outcome_of(name: &str) -> Result<Ending> {
    serde_json::from_value(json!(name)).context("--outcome")
}

/// What is withdrawn leaves the site before the decision is on file, what is opened again only after it: whatever is cut
/// short in between leaves the data closed.
fn decided(args: &StepArgs, outcome: Option<Ending>, step: Step, lang: Lang) -> Result<Outcome> {
    let mut book = Book::open(&args.book, lang)?;
    let case = book.case(&args.receipt)?;
    case.may_follow(&step, &book.regime)
        .map_err(|why| anyhow::anyhow!(refusal_words(why, &case, &book.regime, lang)))?;
    let submission = case.submission().context("the record of this case was erased")?;
    let mut res = Outcome::Done;
    let is_held =
        |book: &Book| Ok::<_, anyhow::Error>(book.live.holds()?.of(&submission.dataset).map(|hold| hold.change));
    let basis = basis_of(&book);
    let withdraws = outcome == Some(Ending::Withdraw) && !submission.dataset.is_empty();
    if withdraws && is_held(&book)? != Some(Change::Withdrawal) {
        let reason = Some(reason_of(&submission.grounds));
        let decision = decision(&case, Change::Withdrawal, &basis, &args.by, reason);
        res = take_off(&book.live, &decision, args.book.json, lang)?;
    }
    book.step(&args.receipt, &args.by, step)?;
    match outcome {
        Some(Ending::KeepOpen | Ending::ResumeOpen | Ending::Unfounded) => lift(&book, &case, &basis, &args.by)?,
        Some(Ending::OpenAfterProcessing) if is_held(&book)?.is_some() => print::note(say(
            lang,
            "处理完成后运行 kaishu case resume，再运行 kaishu build",
            "when the data has been processed, run kaishu case resume, then kaishu build",
        )),
        _ => {}
    }
    Ok(res)
}

fn decision<'a>(case: &'a Case, change: Change, basis: &'a str, by: &'a str, reason: Option<Reason>) -> Decision<'a> {
    let dataset = case.submission().map_or("", |submission| &submission.dataset);
    Decision { dataset, change, basis, decided_by: by, reason, replacement: "", case: Some(&case.receipt) }
}

/// Ends a suspension that was made for a case, where no other case keeps the dataset closed.
fn lift(book: &Book, case: &Case, basis: &str, by: &str) -> Result<()> {
    let Some(submission) = case.submission() else { return Ok(()) };
    let holds = book.live.holds()?;
    let Some(hold) = holds.of(&submission.dataset) else { return Ok(()) };
    let others: Vec<String> = book
        .store
        .all()?
        .into_iter()
        .filter(|other| other.receipt != case.receipt && other.keeps_closed(&submission.dataset))
        .map(|other| other.receipt)
        .collect();
    if hold.change != Change::Suspension || hold.case.is_none() || !others.is_empty() {
        print::note(&match book.lang {
            Lang::Zh => format!(
                "{} 仍未恢复开放：{}；确需恢复的，运行 kaishu case resume",
                submission.dataset,
                if others.is_empty() {
                    "另有撤回或者中止的决定".to_owned()
                } else {
                    format!("另有案件 {}", others.join("、"))
                }
            ),
            Lang::En => format!(
                "{} stays closed: {}; if it may be opened all the same, run kaishu case resume",
                submission.dataset,
                if others.is_empty() {
                    "another decision withdrew or suspended it".to_owned()
                } else {
                    format!("other cases {}", others.join(", "))
                }
            ),
        });
        return Ok(());
    }
    book.live.decide(&decision(case, Change::Resumption, basis, by, None), locale::now())?;
    print::note(say(
        book.lang,
        "已记录恢复开放；运行 kaishu build 重新发布",
        "resumed, on record; run kaishu build to publish it again",
    ));
    Ok(())
}

/// Suspends a dataset, by its identifier or by a case.
///
/// Errors: when it is not known, something is not said, or the machine fails.
pub fn suspend(args: &SuspendArgs, lang: Lang) -> Result<Outcome> {
    let mut book = Book::open(&args.book, lang)?;
    let by = said("--by", &args.by)?;
    let named = |name: &str| Reason::ALL.into_iter().find(|reason| reason.code_name() == name);
    let reason = args.reason.as_deref().and_then(named);
    if args.about.starts_with("KS-") {
        let case = book.case(&args.about)?;
        let basis = args.basis.clone().unwrap_or_else(|| basis_of(&book));
        return suspend_for(&mut book, &case, &by, &basis, reason, args);
    }
    let (Some(basis), Some(reason)) = (&args.basis, reason) else {
        bail!(
            "请用 --basis 写明依据，用 --reason 写明原因类别 / say on what it rests with --basis, and why with --reason"
        );
    };
    warn_of_basis(basis, lang);
    let decision = Decision {
        dataset: &args.about,
        change: Change::Suspension,
        basis: &said("--basis", basis)?,
        decided_by: &by,
        reason: Some(reason),
        replacement: &args.replacement,
        case: None,
    };
    take_off(&book.live, &decision, args.book.json, lang)
}

/// Suspends the dataset of a case, and records that it was done.
fn suspend_for(
    book: &mut Book,
    case: &Case,
    by: &str,
    basis: &str,
    reason: Option<Reason>,
    args: &SuspendArgs,
) -> Result<Outcome> {
    let submission = case.submission().context("the case has no submission")?;
    if submission.dataset.is_empty() {
        bail!("案件没有写明数据集 / the case names no dataset");
    }
    // Whether it may follow is asked first: a dataset is not taken down for a closed case.
    case.may_follow(&Step::Suspended, &book.regime)
        .map_err(|why| anyhow::anyhow!(refusal_words(why, case, &book.regime, book.lang)))?;
    let reason = reason.or_else(|| Some(reason_of(&submission.grounds)));
    let made = decision(case, Change::Suspension, basis, by, reason);
    let decision = Decision { replacement: &args.replacement, ..made };
    // The step of a second case says that this one, too, keeps the dataset closed.
    let is_done =
        suspended_already(&book.live, &decision)?.is_some() && case.last(|step| *step == Step::Suspended).is_some();
    let outcome = take_off(&book.live, &decision, args.book.json, book.lang)?;
    if !is_done {
        book.step(&case.receipt, by, Step::Suspended)?;
    }
    Ok(outcome)
}

/// Suspends the dataset of a case at once where the rules say so because evidence is there.
///
/// Errors: when it is not known, or the machine fails.
pub fn suspend_if_due(book: &mut Book, case: &Case, lang: Lang) -> Result<Outcome> {
    let Some(submission) = case.submission().filter(|_| case.wants_suspension(&book.regime)) else {
        return Ok(Outcome::Done);
    };
    let by = case.events.last().map(|event| event.actor.clone()).unwrap_or_default();
    let basis = basis_of(book);
    let mut outcome = Outcome::Done;
    if book.live.holds()?.of(&submission.dataset).is_none() {
        let decision = decision(case, Change::Suspension, &basis, &by, Some(reason_of(&submission.grounds)));
        outcome = take_off(&book.live, &decision, false, lang)?;
    }
    book.step(&case.receipt, &by, Step::Suspended)?;
    Ok(outcome)
}

/// The article of the rules that a decision on an objection rests on.
fn basis_of(book: &Book) -> String {
    format!("《{}》{}", book.regime.title, book.regime.objection.article)
}

fn said(option: &str, text: &str) -> Result<String> {
    if text.trim().is_empty() {
        bail!("{option} 不能为空 / {option} must say something");
    }
    Ok(text.to_owned())
}
