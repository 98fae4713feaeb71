//! A case is followed by who has its receipt and secret: looked up, evidence added, a review asked for.

use super::http::{Ask, Reply};
use super::receive::PERSON;
use super::wrong::{Code, Wrong};
use super::{Service, lock};
use crate::cases::store::{Entry, Put, Refused};
use crate::cases::{Case, Event, NotYet, State, Step};
use crate::endpoint::intake::{Form, words};
use crate::model::digest::copied;

impl Service {
    /// `GET /cases/<receipt>`.
    pub(super) fn status(&self, ask: &Ask<'_>, receipt: &str) -> Result<Reply, Wrong> {
        let language_idx = self.language(ask, None);
        let case = self.find(ask, receipt, &secret_of(ask, None))?;
        let shown = self.shown(&case, None, language_idx)?;
        self.reply_with(ask, 200, &shown, language_idx)
    }

    /// `POST /cases/status`: the same from a form, so that the secret stands in no address.
    pub(super) fn look_up(&self, ask: &mut Ask<'_>) -> Result<Reply, Wrong> {
        let form = self.read(ask)?;
        let language_idx = self.language(ask, Some(&form));
        let receipt = form.get("receipt");
        let found = self.find(ask, receipt, form.get("secret"));
        let case = match found {
            Ok(case) => case,
            Err(wrong) if ask.wants_page() => {
                let message = wrong.message(self.pages.strings(language_idx));
                let shown: String = receipt.chars().take(40).collect();
                return Ok(Reply::page(wrong.status(), self.pages.status(language_idx, None, &message, &shown)?));
            }
            Err(wrong) => return Ok(self.refuse(ask, &wrong, language_idx)),
        };
        // The page repeats the secret in its forms, so that evidence can follow without typing it again.
        let shown = self.shown(&case, Some(form.get("secret").to_owned()), language_idx)?;
        let mut shown = shown;
        shown["is_new"] = false.into();
        self.reply_with(ask, 200, &shown, language_idx)
    }

    /// `POST /cases/<receipt>/evidence`.
    pub(super) fn evidence(&self, ask: &mut Ask<'_>, receipt: &str) -> Result<Reply, Wrong> {
        let mut form = self.read(ask)?;
        let allow = |case: &Case| if case.state() == State::Closed { Err(NotYet::Closed) } else { Ok(()) };
        if form.files.is_empty() && form.get("statement").is_empty() {
            return Err(Wrong::about(Code::Malformed, "evidence, statement"));
        }
        let step = Step::EvidenceReceived { files: form.files.iter().map(|file| file.attached.clone()).collect() };
        self.follow(ask, receipt, &mut form, step, allow)
    }

    /// `POST /cases/<receipt>/review`.
    pub(super) fn review(&self, ask: &mut Ask<'_>, receipt: &str) -> Result<Reply, Wrong> {
        let mut form = self.read(ask)?;
        let step = Step::ReviewRequested;
        let allow = |case: &Case| case.may_follow(&Step::ReviewRequested, &self.regime);
        self.follow(ask, receipt, &mut form, step, allow)
    }

    fn follow(
        &self,
        ask: &Ask<'_>,
        receipt: &str,
        form: &mut Form,
        step: Step,
        allow: impl FnOnce(&Case) -> Result<(), NotYet>,
    ) -> Result<Reply, Wrong> {
        let language_idx = self.language(ask, Some(form));
        let secret = secret_of(ask, Some(form));
        self.find(ask, receipt, &secret)?;
        self.check_room(form)?;
        let said = match words(form) {
            Ok(said) => said,
            // Files may come without a word.
            Err(faults) if faults.iter().all(|fault| fault.key == "fault_statement") && !form.files.is_empty() => {
                crate::cases::Words { files: form.names.clone(), ..super::receive::silence() }
            }
            Err(faults) => return Err(Wrong::fields(faults)),
        };
        let key = self.key(ask, form, &format!("{receipt} {}", step.public_part().0))?;
        let event = Event { at: (self.settings.clock)(), actor: PERSON.to_owned(), step };
        let entry = Entry { event: &event, words: &said, files: &mut form.files, key: Some(key) };
        let appended = lock(&self.writer).append(receipt, entry, allow)?;
        let (status, mut case) = match appended {
            Ok(Put::New(case)) => (201, case),
            Ok(Put::Known(case)) => (200, case),
            Ok(Put::Conflict) => return Err(Code::Conflict.into()),
            Err(Refused::Unknown) => return Err(Code::NotFound.into()),
            Err(Refused::NotAllowed(why)) => return Err(Wrong::about(Code::NotAllowed, why_key(why))),
        };
        self.suspend_if_due(&mut case);
        self.wake();
        let mut shown = self.shown(&case, Some(secret), language_idx)?;
        shown["is_new"] = false.into();
        self.reply_with(ask, status, &shown, language_idx)
    }

    /// The case of a receipt and its secret; who guesses is slowed down.
    fn find(&self, ask: &Ask<'_>, receipt: &str, secret: &str) -> Result<Case, Wrong> {
        let receipt = meant(receipt);
        if let Some(case) = lock(&self.reader).case_for(&receipt, secret)? {
            return Ok(case);
        }
        match lock(&self.lookups).take(ask.client, (self.settings.clock)()) {
            Ok(()) => Err(Code::NotFound.into()),
            Err(seconds) => Err(Wrong { retry_after: Some(seconds), ..Code::Rate.into() }),
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
fn why_key(why: NotYet) -> &'static str {
    match why {
        NotYet::Closed => "why_closed",
        NotYet::NoReview => "why_no_review",
        NotYet::NotDecided => "why_not_decided",
        NotYet::InReview => "why_in_review",
        _ => "why_not_now",
    }
}
