//! A case is followed by who has its receipt and secret: looked up, evidence added, a review asked for.

use super::http::{Ask, Reply};
use super::receive::{ACTOR, PERSON};
use super::wrong::{Code, Wrong};
use super::{MAX_FILES_OF_CASE, Service, lock};
use crate::cases::store::{Entry, Put, Refused};
use crate::cases::{Case, Event, NotYet, State, Step};
use crate::endpoint::intake::{Fault, Form, words};
use crate::model::digest::copied;
use crate::pages::case_pages::CasePage;

impl Service {
    /// `GET /cases/<receipt>`.
    pub(super) fn status(&self, ask: &Ask<'_>, receipt: &str) -> Result<Reply, Wrong> {
        let language_idx = self.language(ask, None);
        let case = self.find(ask, receipt, &secret_of(ask, None))?;
        let page = CasePage { case: self.shown(&case, language_idx)?, secret: "", is_receipt: false };
        self.reply_with(ask, 200, page, language_idx)
    }

    /// `POST /cases/status`: the same from a form, so that the secret stands in no address.
    pub(super) fn look_up(&self, ask: &mut Ask<'_>) -> Result<Reply, Wrong> {
        let form = self.read(ask).map_err(|refused| refused.0)?;
        let language_idx = self.language(ask, Some(&form));
        let (receipt, secret) = (form.get("receipt"), form.get("secret"));
        let empty = [("receipt", receipt, "fault_receipt"), ("secret", secret, "fault_secret")];
        let empty = empty.into_iter().filter(|(_, text, _)| text.is_empty());
        let faults: Vec<Fault> = empty.map(|(field, _, key)| Fault::new(field, key, "")).collect();
        let found = if faults.is_empty() { self.find(ask, receipt, secret) } else { Err(Wrong::fields(faults)) };
        let case = match found {
            Ok(case) => case,
            Err(wrong) => {
                let message = wrong.told(self.pages.strings(language_idx));
                let typed: String = receipt.chars().take(40).collect();
                let page = ask.wants_page().then(|| self.pages.status(language_idx, None, &message, &typed));
                return Ok(self.refuse_with(&wrong, language_idx, page.and_then(Result::ok)));
            }
        };
        // The page repeats the secret in its forms, so that evidence can follow without typing it again.
        let page = CasePage { case: self.shown(&case, language_idx)?, secret, is_receipt: false };
        self.reply_with(ask, 200, page, language_idx)
    }

    /// `POST /cases/<receipt>/evidence`.
    pub(super) fn evidence(&self, ask: &mut Ask<'_>, receipt: &str) -> Reply {
        self.follow(ask, receipt, |form| {
            // Words alone are no evidence, and nothing follows from them.
            if form.files.is_empty() {
                return Err(Wrong::fields(vec![Fault::new("evidence", "fault_evidence", "")]));
            }
            Ok(Step::EvidenceReceived { files: form.files.iter().map(|file| file.attached.clone()).collect() })
        })
    }

    /// `POST /cases/<receipt>/review`.
    pub(super) fn review(&self, ask: &mut Ask<'_>, receipt: &str) -> Reply {
        self.follow(ask, receipt, |form| {
            if form.files.is_empty() {
                Ok(Step::ReviewRequested)
            } else {
                Err(Wrong::fields(vec![Fault::new("evidence", "fault_no_files", "")]))
            }
        })
    }

    /// Adds what was sent to a case; what is wrong with it is told on the page of the case.
    fn follow(&self, ask: &mut Ask<'_>, receipt: &str, step: impl FnOnce(&Form) -> Result<Step, Wrong>) -> Reply {
        let (unread, mut form) = match self.read(ask) {
            Ok(form) => (None, form),
            Err(refused) => (Some(refused.0), refused.1),
        };
        let language_idx = self.language(ask, Some(&form));
        let secret = secret_of(ask, Some(&form));
        let case = match self.find(ask, receipt, &secret) {
            Ok(case) => case,
            Err(wrong) => return self.refuse(ask, &unread.unwrap_or(wrong), language_idx),
        };
        let added = unread
            .map_or(Ok(()), Err)
            .and_then(|()| step(&form))
            .and_then(|step| self.add(ask, &case, &mut form, step));
        let shown = added.and_then(|(status, case)| {
            let page = CasePage { case: self.shown(&case, language_idx)?, secret: &secret, is_receipt: false };
            self.reply_with(ask, status, page, language_idx)
        });
        shown.unwrap_or_else(|wrong| {
            let page = ask.wants_page().then(|| self.case_with(&case, &secret, &wrong, language_idx));
            self.refuse_with(&wrong, language_idx, page.and_then(Result::ok))
        })
    }

    fn add(&self, ask: &Ask<'_>, case: &Case, form: &mut Form, step: Step) -> Result<(u16, Case), Wrong> {
        let receipt = case.receipt.clone();
        if case.n_files() + form.files.len() > MAX_FILES_OF_CASE {
            return Err(Wrong::about(Code::NotAllowed, "why_many_files"));
        }
        let said = match words(form) {
            Ok(said) => said,
            // Files may come without a word.
            Err(faults) if faults.iter().all(|fault| fault.key == "fault_statement") && !form.files.is_empty() => {
                crate::cases::Words { files: form.names.clone(), ..super::receive::silence() }
            }
            Err(faults) => return Err(Wrong::fields(faults)),
        };
        self.check_room(form)?;
        self.spend(ask, form)?;
        let key = self.key(ask, form, &format!("{receipt} {}", step.public_part().0))?;
        let now = (self.settings.clock)();
        let would_suspend = !form.files.is_empty() && case.would_be_suspended_on_evidence(&self.regime);
        let waits = would_suspend && self.waits_for_staff(ask, form, now);
        let queued = Event { at: now, actor: ACTOR.to_owned(), step: Step::SuspensionQueued };
        let event = Event { at: now, actor: PERSON.to_owned(), step };
        let entry = Entry { event: &event, words: &said, files: &mut form.files, key: Some(key) };
        let allow = |case: &Case| {
            let is_late = matches!(event.step, Step::EvidenceReceived { .. }) && case.state() == State::Decided;
            if is_late { Err(NotYet::AlreadyDecided) } else { case.may_follow(&event.step, &self.regime) }
        };
        let appended = lock(&self.writer).append(&receipt, entry, waits.then_some(&queued), allow)?;
        let (status, mut case) = match appended {
            Ok(Put::New(case)) => (201, case),
            Ok(Put::Known(case)) => (200, case),
            Ok(Put::Conflict) => return Err(Code::Conflict.into()),
            Err(Refused::Unknown) => return Err(Code::NotFound.into()),
            Err(Refused::NotAllowed(why)) => {
                let may_review = case.may_follow(&Step::ReviewRequested, &self.regime).is_ok();
                return Err(Wrong::about(Code::NotAllowed, why_key(why, may_review)));
            }
        };
        self.suspend_if_due(&mut case);
        self.wake();
        Ok((status, case))
    }

    /// The case of a receipt and its secret; who guesses is slowed down.
    fn find(&self, ask: &Ask<'_>, receipt: &str, secret: &str) -> Result<Case, Wrong> {
        let receipt = meant(receipt);
        if let Some(case) = lock(&self.reader).case_for(&receipt, secret)? {
            return Ok(case);
        }
        match lock(&self.lookups).take(ask.client, (self.settings.clock)()) {
            Ok(()) => Err(Code::NotFound.into()),
            Err(seconds) => Err(Wrong::too_many(seconds)),
        }
    }
}

/// A receipt as it was meant, however it was typed.
fn meant(receipt: &str) -> String {
    let parts: Vec<&str> = receipt.trim().splitn(3, '-').collect();
    match parts.as_slice() {
        [head, year, signs] => format!("{}-{year}-{}", head.to_ascii_uppercase(), copied(signs)),
        _ => String::new(),
    }
}

/// The secret: of the header, the form, or the query of a page.
fn secret_of(ask: &Ask<'_>, form: Option<&Form>) -> String {
    let header = ask.header("authorization");
    if let Some(secret) = header.strip_prefix("Bearer ") {
        return secret.trim().to_owned();
    }
    let typed = form.map(|form| form.get("secret").to_owned()).unwrap_or_default();
    if typed.is_empty() { ask.asked("secret") } else { typed }
}

/// The key of the words that say why a step may not follow.
fn why_key(why: NotYet, may_review: bool) -> &'static str {
    match why {
        NotYet::AlreadyDecided if may_review => "why_decided_review",
        NotYet::AlreadyDecided => "why_decided",
        NotYet::Closed => "why_closed",
        NotYet::NoReview => "why_no_review",
        NotYet::NotDecided => "why_not_decided",
        NotYet::InReview => "why_in_review",
        NotYet::Reviewed => "why_reviewed",
        _ => "why_not_now",
    }
}
