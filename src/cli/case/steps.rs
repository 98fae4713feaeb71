//! The steps of a case that staff take, with what they do to the dataset.

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::cases::{Case, Ending, Step};
use crate::cli::case::args::{DecideArgs, NotifyArgs, ReviewArgs, StepArgs, SuspendArgs};
use crate::cli::case::book::Book;
use crate::cli::case::holds::take_off;
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

/// Puts the request for a review on file, or records its decision.
///
/// Errors: as [`Book::step`].
pub fn review(args: &ReviewArgs, lang: Lang) -> Result<Outcome> {
    let step = match &args.reasons {
        None => Step::ReviewRequested,
        Some(reasons) => Step::ReviewDecided { reasons: said("--reasons", reasons)? },
    };
    plain(&args.step, step, lang)
}

/// Records a decision, then does to the dataset what it says.
///
/// Errors: as [`Book::step`]; when the dataset cannot be taken down, what is on record is finished by the next start.
pub fn decide(args: &DecideArgs, lang: Lang) -> Result<Outcome> {
    let outcome: Ending = serde_json::from_value(json!(args.outcome)).context("--outcome")?;
    let mut book = Book::open(&args.step.book, lang)?;
    let step = Step::Decided { outcome, reasons: said("--reasons", &args.reasons)? };
    let case = book.step(&args.step.receipt, &args.step.by, step)?;
    let Some(submission) = case.submission() else { return Ok(Outcome::Done) };
    let basis = basis_of(&book);
    let decision = |change, reason| Decision {
        dataset: &submission.dataset,
        change,
        basis: &basis,
        decided_by: &args.step.by,
        reason,
        replacement: "",
    };
    let held = book.live.holds()?.of(&submission.dataset).map(|hold| hold.change);
    match outcome {
        Ending::Withdraw if held != Some(Change::Withdrawal) && !submission.dataset.is_empty() => {
            let reason = Some(reason_of(&submission.grounds));
            take_off(&book.live, &decision(Change::Withdrawal, reason), args.step.book.json, lang)
        }
        Ending::KeepOpen | Ending::ResumeOpen if held == Some(Change::Suspension) => {
            book.live.decide(&decision(Change::Resumption, None), locale::now())?;
            print::note(say(
                lang,
                "已记录恢复开放；运行 kaishu build 重新发布",
                "resumed, on record; run kaishu build to publish it again",
            ));
            Ok(Outcome::Done)
        }
        Ending::OpenAfterProcessing => {
            print::note(say(
                lang,
                "处理完成后运行 kaishu case resume，再运行 kaishu build",
                "when the data has been processed, run kaishu case resume, then kaishu build",
            ));
            Ok(Outcome::Done)
        }
        _ => Ok(Outcome::Done),
    }
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
    let decision = Decision {
        dataset: &args.about,
        change: Change::Suspension,
        basis: &said("--basis", basis)?,
        decided_by: &by,
        reason: Some(reason),
        replacement: &args.replacement,
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
        .map_err(|why| anyhow::anyhow!(crate::cli::case::words::not_yet_words(why, book.lang)))?;
    let decision = Decision {
        dataset: &submission.dataset,
        change: Change::Suspension,
        basis,
        decided_by: by,
        reason: reason.or_else(|| Some(reason_of(&submission.grounds))),
        replacement: &args.replacement,
    };
    let outcome = take_off(&book.live, &decision, args.book.json, book.lang)?;
    book.step(&case.receipt, by, Step::Suspended)?;
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
        let decision = Decision {
            dataset: &submission.dataset,
            change: Change::Suspension,
            basis: &basis,
            decided_by: &by,
            reason: Some(reason_of(&submission.grounds)),
            replacement: "",
        };
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
