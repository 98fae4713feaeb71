//! `kaishu case`: what staff do.

pub mod args;
mod book;
mod holds;

use anyhow::Result;

use crate::cli::Outcome;
use crate::diag::Lang;
use crate::records::holds::Change;
use args::CaseCommand;

/// Runs a command of `kaishu case`.
///
/// Errors: when the dataset or the case is not known, or the machine fails.
pub fn run(command: &CaseCommand, lang: Lang) -> Result<Outcome> {
    match command {
        CaseCommand::Suspend(args) => holds::hold(args, Change::Suspension, lang),
        CaseCommand::Withdraw(args) => holds::hold(args, Change::Withdrawal, lang),
        CaseCommand::Resume(args) => holds::resume(args, lang),
        CaseCommand::Holds(args) => holds::list(args, lang),
        CaseCommand::Receive(args) => book::receive(args, lang),
        CaseCommand::List(args) => book::list(args, lang),
        CaseCommand::Show(args) => book::show(args, lang),
        CaseCommand::Record(args) => book::record(args, lang),
    }
}
