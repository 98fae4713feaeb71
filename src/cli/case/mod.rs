//! `kaishu case`: what staff do.

pub mod args;
mod book;
mod holds;
mod intake;
mod papers;
mod reading;
mod steps;
mod transfer;
mod upkeep;
mod words;

use anyhow::Result;

use crate::cases::Step;
use crate::cli::Outcome;
use crate::diag::Lang;
use crate::records::holds::Change;
use args::{CaseCommand, TransferCommand};

/// Runs a command of `kaishu case`.
///
/// Errors: when the dataset or the case is not known, or the machine fails.
pub fn run(command: &CaseCommand, lang: Lang) -> Result<Outcome> {
    match command {
        CaseCommand::Receive(args) => intake::receive(args, lang),
        CaseCommand::Attach(args) => intake::attach(args, lang),
        CaseCommand::List(args) => reading::list(args, lang),
        CaseCommand::Show(args) => reading::show(args, lang),
        CaseCommand::File(args) => reading::file(args, lang),
        CaseCommand::Export(args) => reading::export(args, lang),
        CaseCommand::Stats(args) => reading::stats(args, lang),
        CaseCommand::Notify(args) => steps::notify(args, lang),
        CaseCommand::RequestEvidence(args) => steps::plain(args, Step::EvidenceRequested, lang),
        CaseCommand::Feedback(args) => steps::plain(args, Step::FeedbackSent, lang),
        CaseCommand::Close(args) => steps::plain(args, Step::Closed, lang),
        CaseCommand::Review(args) => steps::review(args, lang),
        CaseCommand::Decide(args) => steps::decide(args, lang),
        CaseCommand::Suspend(args) => steps::suspend(args, lang),
        CaseCommand::Letter(args) => papers::letter(args, lang),
        CaseCommand::Withdraw(args) => holds::hold(args, Change::Withdrawal, lang),
        CaseCommand::Resume(args) => holds::resume(args, lang),
        CaseCommand::Holds(args) => holds::list(args, lang),
        CaseCommand::Transfer(TransferCommand::Key(args)) => transfer::key(args, lang),
        CaseCommand::Transfer(TransferCommand::Write(args)) => transfer::write(args, lang),
        CaseCommand::Transfer(TransferCommand::Read(args)) => transfer::read(args, lang),
        CaseCommand::Check(args) => upkeep::check(args, lang),
        CaseCommand::Discard(args) => upkeep::discard(args, lang),
        CaseCommand::Restore(args) => upkeep::restore(args, lang),
        CaseCommand::Backup(args) => upkeep::back_up(args, lang),
        CaseCommand::Erase(args) => upkeep::erase(args, lang),
        CaseCommand::Keygen(args) => upkeep::keygen(args, lang),
    }
}
