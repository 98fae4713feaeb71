//! A case comes in: checked, on file, where the rules say so the dataset off the site, and only then acknowledged.

use anyhow::Context;

use super::http::{Ask, Reply};
use super::wrong::{Code, Wrong};
use super::{Service, lock};
use crate::cases::store::{New, Put};
use crate::cases::{Case, CaseKind, Event, Step, Words};
use crate::endpoint::intake::{Form, Rules, Said, submission};
use crate::model::date::Day;
use crate::model::route::percent_decode;
use crate::pages::case_pages::{CasePage, FieldError, Filled, Values};

/// Who is named for what the endpoint does by itself.
pub(super) const ACTOR: &str = "kaishu endpoint";
/// Who is named for what people send.
pub(super) const PERSON: &str = "site";

impl Service {
    /// `POST /cases`.
    pub(super) fn receive(&self, ask: &mut Ask<'_>) -> Reply {
        let (wrong, form) = match self.read(ask) {
            Ok(mut form) => {
                let language_idx = self.language(ask, Some(&form));
                match self.put_on_file(ask, &mut form, language_idx) {
                    Ok(reply) => return reply,
                    Err(wrong) => (wrong, form),
                }
            }
            Err(refused) => *refused,
        };
        // The form comes back as it was typed; files cannot be sent back.
        let language_idx = self.language(ask, Some(&form));
        let strings = self.pages.strings(language_idx);
        let filled = Filled::new(values(&form), wrong.errors(strings), wrong.message(strings));
        let page = ask.wants_page().then(|| self.pages.form(language_idx, &filled));
        self.refuse_with(&wrong, language_idx, page.and_then(Result::ok))
    }

    fn put_on_file(&self, ask: &Ask<'_>, form: &mut Form, language_idx: usize) -> Result<Reply, Wrong> {
        let rules = Rules { regime: &self.regime, find: &|typed| self.dataset_meant(typed) };
        let Said { submission, words } = submission(form, &rules).map_err(Wrong::fields)?;
        self.check_room(form)?;
        self.spend(ask, form)?;
        let now = (self.settings.clock)();
        let key = self.key(ask, form, "case")?;
        let event = Event { at: now, actor: PERSON.to_owned(), step: Step::Received(submission) };
        let as_if = Case { receipt: String::new(), events: vec![event.clone()] };
        let waits = as_if.wants_suspension(&self.regime) && self.waits_for_staff(ask, form, now);
        let queued = Event { at: now, actor: ACTOR.to_owned(), step: Step::SuspensionQueued };
        let year = Day::in_china(now).context("the clock shows no day between 1900 and 2100")?.year();
        let (files, then) = (std::mem::take(&mut form.files), waits.then_some(queued));
        let fresh = New { year, event, words, files, key: Some(key), then };
        let (status, mut case) = match self.intake.receive(&self.writer, fresh)? {
            Put::New(case) => (201, case),
            Put::Known(case) => (200, case),
            Put::Conflict => return Err(Code::Conflict.into()),
        };
        self.suspend_if_due(&mut case);
        self.wake();
        let secret = lock(&self.reader).secret_of(&case.receipt)?;
        let page = CasePage { case: self.shown(&case, language_idx)?, secret: &secret, is_receipt: true };
        let address = format!("{}/{}", self.settings.endpoint.url.trim_end_matches('/'), case.receipt);
        Ok(self.reply_with(ask, status, page, language_idx)?.with("Location", address))
    }

    /// The dataset that somebody means, by its identifier, the address of its page, or a title that it alone has.
    fn dataset_meant(&self, typed: &str) -> Option<String> {
        let of_address = typed.split_once("/datasets/").map(|(_, rest)| {
            let part = rest.split(['/', '?', '#']).next().unwrap_or_default();
            percent_decode(part).unwrap_or_default()
        });
        let id = of_address.as_deref().unwrap_or(typed);
        if self.knows(id) {
            return Some(id.to_owned());
        }
        lock(&self.register).1.titled(typed).map(ToString::to_string)
    }

    /// Whether the sender worked for it.
    pub(super) fn is_proven(&self, form: &Form, now: i64) -> bool {
        let (challenge, nonce) = (form.get("challenge"), form.get("nonce"));
        !challenge.is_empty() && lock(&self.proofs).is_answered(challenge, nonce, now)
    }

    /// `GET /cases/form`: the form with the dataset of the page that leads here, for readers without a script.
    pub(super) fn form(&self, ask: &Ask<'_>) -> Result<Reply, Wrong> {
        let dataset: String = ask.asked("dataset").chars().filter(|sign| !sign.is_control()).take(200).collect();
        let kind = ask.asked("kind");
        let kind = if CaseKind::ALL.iter().any(|known| known.code_name() == kind) { kind } else { String::new() };
        let language_idx = self.language(ask, None);
        let known = self.dataset_meant(&dataset);
        let is_unknown = known.is_none() && !dataset.is_empty();
        let message = || self.pages.strings(language_idx).get("fault_dataset_unknown").to_owned();
        let errors = is_unknown.then(|| FieldError { name: "dataset".to_owned(), message: message() });
        let values = Values { kind, dataset: known.unwrap_or(dataset), ..Values::default() };
        let filled = Filled::new(values, errors.into_iter().collect(), String::new());
        Ok(Reply::page(200, self.pages.form(language_idx, &filled)?))
    }
}

/// What was typed, for the form that comes back.
fn values(form: &Form) -> Values {
    let text = |name: &str| form.get(name).to_owned();
    Values {
        kind: text("kind"),
        dataset: text("dataset"),
        grounds: form.all("grounds").map(str::to_owned).collect(),
        claims: form.all("claims").map(str::to_owned).collect(),
        locator: text("locator"),
        statement: text("statement"),
        contact: text("contact"),
        guardian: !form.get("guardian").is_empty(),
    }
}

/// Nothing was said.
pub(super) fn silence() -> Words {
    Words::default()
}
