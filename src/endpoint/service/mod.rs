//! What the endpoint does with a request: cases come in, are looked up and followed. It knows nothing of sockets.
//!
//! 1. [`http`] is a request and an answer; [`wrong`] what can be wrong, in the visitor's language.
//! 2. `receive` puts a case on file and takes the dataset off the site where the rules say so, before it answers.
//! 3. `follow` shows a case to who has its secret, and takes evidence and requests for review.
//! 4. [`duties`] is what is done in the background: the record, what was cut short, erasure.
//!
//! No receipt, secret or word of a person is ever logged.

pub mod duties;
mod follow;
mod group;
pub mod http;
mod openapi;
mod receive;
mod show;
mod suspend;
mod view;
mod wrong;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use anyhow::{Context, Result};
use serde_json::json;

use crate::calendar::WorkingDays;
use crate::cases::recorder;
use crate::cases::seal::Seal;
use crate::cases::store::{Key, Store};
use crate::effects::LiveSite;
use crate::endpoint::budget::Budgets;
use crate::endpoint::intake::{self, Fault, Form};
use crate::endpoint::proof::Proofs;
use crate::model::digest::Digest;
use crate::pages::case_pages::CasePages;
use crate::records::chain::End;
use crate::records::holds::Holds;
use crate::records::ids::Register;
use crate::rules::Regime;
use crate::site::EndpointConfig;

use group::Intake;
use http::{Ask, Reply};
use wrong::{Code, Wrong};

/// Status requests with a wrong secret that a network may make in an hour, and all together.
const WRONG_SECRETS: (u32, u32) = (60, 6000);
/// How many tries a network has for each submission.
const TRIES: u32 = 10;
/// Most files of one case.
const MAX_FILES_OF_CASE: usize = 30;
/// A key that is at least so long is its sender's own; shorter ones are told apart by network.
const OWN_KEY: usize = 16;
/// Most characters of an idempotency key.
const MAX_KEY: usize = 128;
/// Seconds within which the same content from the same network is the same case, where no key was sent.
const SAME_WITHIN: i64 = 15 * 60;

/// What a service is opened with.
pub struct Settings {
    /// The site.
    pub live: LiveSite,
    /// The folder of the store.
    pub state: PathBuf,
    /// Where the site says the endpoint is, and what it asks of it.
    pub endpoint: EndpointConfig,
    /// Seconds since 1970.
    pub clock: fn() -> i64,
    /// Takes a line for the log.
    pub log: fn(&str),
}

/// The endpoint without its sockets.
pub struct Service {
    settings: Settings,
    origins: Vec<String>,
    regime: Regime,
    days: WorkingDays,
    pages: CasePages,
    writer: Mutex<Store>,
    intake: Intake,
    reader: Mutex<Store>,
    /// The background's own, so that nobody waits for the disk of the record.
    recording: Mutex<Store>,
    proofs: Mutex<Proofs>,
    budgets: Mutex<Budgets>,
    /// Everything that is sent, whatever comes of it.
    tries: Mutex<Budgets>,
    lookups: Mutex<Budgets>,
    mib: Mutex<Budgets>,
    suspensions: Mutex<Budgets>,
    unproven: Mutex<Budgets>,
    register: Mutex<(Option<SystemTime>, Register)>,
    /// The holds, as far as the record was read.
    holds: Mutex<(End, Holds)>,
    /// One suspension at a time, and so many that wait for it.
    suspending: Mutex<()>,
    n_suspending: AtomicUsize,
    /// Whether a suspension may be left to do: by an earlier process, or because one failed.
    has_undone: AtomicBool,
    /// Whether what was erased may still stand in the log of the store.
    has_log_to_empty: AtomicBool,
    /// When the store was last written to for a question about health, and whether it could be.
    health: Mutex<(i64, bool)>,
    /// The number of cases that the background has not seen yet.
    news: (Mutex<u64>, Condvar),
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a part of a path may be a receipt, however it was typed.
fn is_receipt(part: &str) -> bool {
    part.get(..3).is_some_and(|head| head.eq_ignore_ascii_case("KS-"))
}

impl Service {
    /// Opens the store, reads the site's rules and makes the pages ready; finishes what an earlier process left.
    ///
    /// Errors: when the configuration is wrong or the machine fails.
    pub fn open(settings: Settings) -> Result<Self> {
        let (now, limits) = ((settings.clock)(), settings.endpoint.limits);
        let seal =
            Seal::new(settings.endpoint.staff_keys.iter().map(String::as_str)).context("[endpoint] staff_keys")?;
        let writer = Store::open(&settings.state, seal.clone())?;
        let reader = Store::open(&settings.state, seal.clone())?;
        let recording = Store::open(&settings.state, seal)?;
        recorder::record(&writer, &settings.live.folders.chain())?;
        let key = writer.secret_of("challenges")?;
        let site = settings.live.site()?;
        let pages = settings.live.with_inputs(now, CasePages::new)?;
        let origin = |url: &str| -> String { url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/") };
        let mut origins = settings.endpoint.origins.clone();
        origins.extend([site.origin(), origin(&settings.endpoint.url)]);
        Ok(Self {
            origins,
            regime: settings.live.regime(&site)?,
            days: settings.live.days()?,
            pages,
            writer: Mutex::new(writer),
            intake: Intake::default(),
            reader: Mutex::new(reader),
            recording: Mutex::new(recording),
            proofs: Mutex::new(Proofs::new(key.as_bytes(), limits.proof_bits)),
            budgets: Mutex::new(Budgets::new(limits.per_network_per_hour, limits.per_hour, now)),
            tries: Mutex::new(Budgets::new(limits.per_network_per_hour.saturating_mul(TRIES), u32::MAX, now)),
            lookups: Mutex::new(Budgets::new(WRONG_SECRETS.0, WRONG_SECRETS.1, now)),
            mib: Mutex::new(Budgets::new(limits.mib_per_network_per_hour, u32::MAX, now)),
            suspensions: Mutex::new(Budgets::new(u32::MAX, limits.suspensions_per_hour, now)),
            unproven: Mutex::new(Budgets::new(u32::MAX, limits.unproven_suspensions_per_hour, now)),
            register: Mutex::new((None, Register::default())),
            holds: Mutex::new((End::START, Holds::default())),
            suspending: Mutex::new(()),
            n_suspending: AtomicUsize::new(0),
            has_undone: AtomicBool::new(true),
            has_log_to_empty: AtomicBool::new(true),
            health: Mutex::new((0, true)),
            news: (Mutex::new(1), Condvar::new()),
            settings,
        })
    }

    /// Answers a request.
    pub fn answer(&self, mut ask: Ask<'_>) -> Reply {
        let language_idx = self.language(&ask, None);
        let reply = self.route(&mut ask).unwrap_or_else(|wrong| self.refuse(&ask, &wrong, language_idx));
        // Nobody on the way may keep a copy, and a page of another site may not frame or read it.
        let reply = reply
            .with("Cache-Control", "no-store")
            .with("X-Content-Type-Options", "nosniff")
            .with("X-Frame-Options", "DENY");
        let origin = ask.header("origin");
        if !origin.is_empty() && self.origins.contains(&origin) {
            return reply.with("Access-Control-Allow-Origin", origin).with("Vary", "Origin");
        }
        reply
    }

    fn route(&self, ask: &mut Ask<'_>) -> Result<Reply, Wrong> {
        if ask.path == "/health" {
            return Ok(self.health());
        }
        let rest = ask.path.strip_prefix(self.settings.endpoint.path()).ok_or(Code::Address)?;
        let parts: Vec<&str> = rest.trim_matches('/').split('/').collect();
        match (ask.method, parts.as_slice()) {
            ("OPTIONS", _) => Ok(self.preflight(ask)),
            ("POST", [""]) => Ok(self.receive(ask)),
            ("GET", ["challenge"]) => Ok(self.challenge()),
            ("GET", ["openapi.json"]) => Ok(Reply::json(200, &openapi::describe(&self.settings.endpoint))),
            ("GET", ["form"]) => self.form(ask),
            ("GET", ["health"]) => Ok(self.health()),
            ("POST", ["status"]) => self.look_up(ask),
            ("GET", [receipt]) if is_receipt(receipt) => self.status(ask, receipt),
            ("POST", [receipt, "evidence"]) if is_receipt(receipt) => Ok(self.evidence(ask, receipt)),
            ("POST", [receipt, "review"]) if is_receipt(receipt) => Ok(self.review(ask, receipt)),
            ("GET" | "POST", ["" | "challenge" | "openapi.json" | "form" | "status" | "health"]) => {
                Err(Code::Method.into())
            }
            _ => Err(Code::Address.into()),
        }
    }

    /// Whether the store can be written to, found out once a second at most.
    fn health(&self) -> Reply {
        let now = (self.settings.clock)();
        let mut health = lock(&self.health);
        if health.0 != now {
            let tried = lock(&self.writer).try_write();
            if let Err(error) = &tried {
                (self.settings.log)(&format!("health: {error:#}"));
            }
            *health = (now, tried.is_ok());
        }
        if health.1 {
            Reply::json(200, &json!({ "status": "ok" }))
        } else {
            Reply::json(503, &json!({ "status": "failing" }))
        }
    }

    fn challenge(&self) -> Reply {
        let mut proofs = lock(&self.proofs);
        let challenge = proofs.challenge((self.settings.clock)());
        Reply::json(200, &json!({ "challenge": challenge, "bits": proofs.bits() }))
    }

    /// What a browser asks before a page of an allowed origin posts.
    fn preflight(&self, ask: &Ask<'_>) -> Reply {
        let reply = Reply { status: 204, content_type: "text/plain", headers: Vec::new(), body: Vec::new() };
        if !self.origins.contains(&ask.header("origin")) {
            return reply;
        }
        reply
            .with("Access-Control-Allow-Methods", "GET, POST")
            .with("Access-Control-Allow-Headers", "Authorization, Content-Type, Idempotency-Key")
    }

    /// Refuses a request, as a page or as JSON.
    fn refuse(&self, ask: &Ask<'_>, wrong: &Wrong, language_idx: usize) -> Reply {
        let message = wrong.told(self.pages.strings(language_idx));
        let page = ask.wants_page().then(|| self.pages.status(language_idx, None, &message, ""));
        self.refuse_with(wrong, language_idx, page.and_then(Result::ok))
    }

    /// Refuses a request with a page, where there is one.
    fn refuse_with(&self, wrong: &Wrong, language_idx: usize, page: Option<Vec<u8>>) -> Reply {
        if matches!(wrong.code, Code::Store | Code::Full) {
            // The cause is the machine's: staff must see it, strangers need not.
            (self.settings.log)(&format!("{}: {}", wrong.code.parts().0, wrong.value));
        }
        let reply = match page {
            Some(body) => Reply::page(wrong.status(), body),
            None => Reply::json(wrong.status(), &wrong.json(self.pages.strings(language_idx))),
        };
        let reply = if wrong.code == Code::Method { reply.with("Allow", "GET, POST") } else { reply };
        match wrong.retry_after {
            Some(seconds) => reply.with("Retry-After", seconds.to_string()),
            None => reply,
        }
    }

    /// The language of a visitor: what the form says, the query, the browser.
    fn language(&self, ask: &Ask<'_>, form: Option<&Form>) -> usize {
        let said = form.map(|form| form.get("lang").to_owned()).unwrap_or_default();
        self.pages
            .language_of(&said)
            .or_else(|| self.pages.language_of(&ask.asked("lang")))
            .unwrap_or_else(|| self.pages.negotiate(&ask.header("accept-language")))
    }

    /// Refuses what a page of another site sends in a visitor's name.
    fn check_origin(&self, ask: &Ask<'_>) -> Result<(), Wrong> {
        let origin = ask.header("origin");
        if origin.is_empty() || self.origins.contains(&origin) { Ok(()) } else { Err(Code::Origin.into()) }
    }

    /// Reads a body within the limits. What cannot be taken comes with what was read of it, for a form that comes back.
    fn read(&self, ask: &mut Ask<'_>) -> Result<Form, Box<(Wrong, Form)>> {
        let refused = |wrong: Wrong| Box::new((wrong, Form::default()));
        self.check_origin(ask).map_err(refused)?;
        let now = (self.settings.clock)();
        lock(&self.tries).take(ask.client, now).map_err(|seconds| refused(Wrong::too_many(seconds)))?;
        let content_type = ask.header("content-type");
        intake::read(&content_type, ask.body, &self.spool()).map_err(|(why, form)| Box::new((why.into(), form)))
    }

    /// Takes one from the sender's budget, and the size of the files from that of its network.
    fn spend(&self, ask: &Ask<'_>, form: &Form) -> Result<(), Wrong> {
        let now = (self.settings.clock)();
        let bytes: u64 = form.files.iter().map(|file| file.attached.bytes).sum();
        let mib = u32::try_from(bytes.div_ceil(1 << 20)).unwrap_or(u32::MAX);
        lock(&self.mib).take_many(ask.client, mib, now).map_err(Wrong::too_many)?;
        lock(&self.budgets).take(ask.client, now).map_err(Wrong::too_many)
    }

    /// Whether a suspension that follows from what was sent waits for staff: because there were so many, or because nobody
    /// worked for it and there were some.
    fn waits_for_staff(&self, ask: &Ask<'_>, form: &Form, now: i64) -> bool {
        let is_worked_for = self.is_proven(form, now) || lock(&self.unproven).take(ask.client, now).is_ok();
        let waits = !is_worked_for || lock(&self.suspensions).take(ask.client, now).is_err();
        if waits {
            (self.settings.log)("a suspension waits for staff: see kaishu case list");
        }
        waits
    }

    /// Where files lie, without names, until they are in the store.
    fn spool(&self) -> PathBuf {
        self.settings.state.join("spool")
    }

    /// Refuses files for which there is no room in the store.
    fn check_room(&self, form: &Form) -> Result<(), Wrong> {
        let more: u64 = form.files.iter().map(|file| file.attached.bytes).sum();
        let most = self.settings.endpoint.limits.store_mib << 20;
        if more == 0 {
            return Ok(());
        }
        let then = lock(&self.reader).attached_bytes()? + more;
        if then > most {
            return Err(Wrong::about(Code::Full, "[endpoint.limits] store_mib"));
        }
        if then > most / 5 * 4 {
            (self.settings.log)("the store of attachments is four fifths full: [endpoint.limits] store_mib");
        }
        Ok(())
    }

    /// By what a repetition of a request is known: the client's key, else the content, the address and the quarter hour.
    fn key(&self, ask: &Ask<'_>, form: &Form, about: &str) -> Result<Key, Wrong> {
        let content = form.digest();
        let chosen = ask.header("idempotency-key");
        if chosen.chars().count() > MAX_KEY {
            let fault = Fault::new("Idempotency-Key", "fault_key", &MAX_KEY.to_string());
            return Err(Wrong { faults: vec![fault], ..Wrong::from(Code::Malformed) });
        }
        let (client, quarter) = (ask.client, (self.settings.clock)() / SAME_WITHIN);
        let implied = |quarter: i64| format!("{about}\n{content}\n{client}\n{quarter}");
        let (key, before) = match chosen.len() {
            0 => (implied(quarter), Some(implied(quarter - 1))),
            1..OWN_KEY => (format!("{about}\n{chosen}\n{client}"), None),
            _ => (format!("{about}\n{chosen}"), None),
        };
        Ok(Key { key, before, content: Digest::of(format!("{about}\n{content}").as_bytes()) })
    }

    /// Whether a dataset is or was on the site.
    fn knows(&self, id: &str) -> bool {
        let path = self.settings.live.folders.ids();
        let changed = std::fs::metadata(&path).and_then(|meta| meta.modified()).ok();
        let mut register = lock(&self.register);
        if register.0 != changed {
            match Register::load(&path) {
                Ok(fresh) => *register = (changed, fresh),
                Err(error) => (self.settings.log)(&format!("{error:#}")),
            }
        }
        register.1.words_of(id).is_some()
    }

    /// Tells the background that there is something to put on record.
    fn wake(&self) {
        *lock(&self.news.0) += 1;
        self.news.1.notify_all();
    }
}
