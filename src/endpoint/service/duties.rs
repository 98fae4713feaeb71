//! What the endpoint does without being asked: puts steps on record, finishes what was cut short, keeps datasets off a
//! site that was copied here from elsewhere, erases what its term is over for.

use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use anyhow::Result;

use super::receive::ACTOR;
use super::{Service, lock};
use crate::cases::recorder::Recorder;
use crate::cases::store::erasable;
use crate::model::date::Day;
use crate::publish::RELEASE_FILE;

/// How often the live folder is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long steps are gathered before they go on record.
const MOMENT: Duration = Duration::from_millis(250);
/// How often suspensions that failed are tried again.
const RETRY_EVERY: Duration = Duration::from_secs(2);
/// How often it is looked whether a command of the staff left something undone.
const SWEEP_EVERY: Duration = Duration::from_mins(10);
/// For how long a request may be repeated as the same, in seconds.
const REPEATED_WITHIN: i64 = 86_400;
/// How often terms are looked at.
const ERASE_EVERY: Duration = Duration::from_hours(6);

/// What the background remembers between its rounds.
#[derive(Default)]
struct Rounds {
    recorder: Recorder,
    release: Option<SystemTime>,
    swept: Option<Instant>,
    retried: Option<Instant>,
    erased: Option<Instant>,
    failures: Vec<String>,
}

impl Service {
    /// Works until `stop` is set; what fails is logged once and tried again, and holds up nothing else.
    pub fn work(&self, stop: &AtomicBool) {
        let mut rounds = Rounds::default();
        let mut seen = 0;
        loop {
            let is_last = stop.load(Ordering::Relaxed);
            self.round(&mut rounds);
            if is_last {
                return;
            }
            let news = lock(&self.news.0);
            let waited = self.news.1.wait_timeout_while(news, LOOK_EVERY, |news| *news == seen);
            seen = *waited.unwrap_or_else(PoisonError::into_inner).0;
            // Steps are durable already: what comes within a moment goes on record together.
            std::thread::sleep(MOMENT);
        }
    }

    fn round(&self, rounds: &mut Rounds) {
        let is_due = |last: Option<Instant>, every: Duration| last.is_none_or(|last| last.elapsed() >= every);
        let recorded = rounds.recorder.record(&lock(&self.recording), &self.settings.live.folders.chain());
        if recorded.is_err() {
            // What is on record is found out anew.
            rounds.recorder = Recorder::default();
        }
        let mut done = vec![recorded];
        if is_due(rounds.swept, SWEEP_EVERY) {
            self.has_undone.store(true, Ordering::Relaxed);
            rounds.swept = Some(Instant::now());
        }
        let is_retry = self.has_undone.load(Ordering::Relaxed) && is_due(rounds.retried, RETRY_EVERY);
        // A build, or a copy of one made elsewhere, puts another release note in place.
        let note = self.settings.live.folders.out.join(RELEASE_FILE);
        let release = std::fs::metadata(note).and_then(|meta| meta.modified()).ok();
        if release != rounds.release || is_retry {
            let enforced = self.enforce();
            if enforced.is_ok() {
                rounds.release = release;
            }
            done.push(enforced);
        }
        if is_retry {
            done.push(self.suspend_what_is_due());
            rounds.retried = Some(Instant::now());
        }
        if is_due(rounds.erased, ERASE_EVERY) {
            done.push(self.erase_what_is_due());
            rounds.erased = Some(Instant::now());
        }
        if self.has_log_to_empty.load(Ordering::Relaxed) {
            done.push(lock(&self.recording).empty_log().map(|is_empty| {
                self.has_log_to_empty.store(!is_empty, Ordering::Relaxed);
            }));
        }
        let failures: Vec<String> =
            done.into_iter().filter_map(Result::err).map(|error| format!("{error:#}")).collect();
        for failure in failures.iter().filter(|failure| !rounds.failures.contains(failure)) {
            (self.settings.log)(failure);
        }
        rounds.failures = failures;
    }

    fn enforce(&self) -> Result<()> {
        for dataset in self.settings.live.enforce((self.settings.clock)())? {
            (self.settings.log)(&format!("took down {dataset} again"));
        }
        Ok(())
    }

    /// Erases what its term is over for.
    fn erase_what_is_due(&self) -> Result<()> {
        let now = (self.settings.clock)();
        let Some(today) = Day::in_china(now) else { return Ok(()) };
        let terms = self.settings.endpoint.retention.at_least(self.regime.records.years());
        let (words, record) = (terms.words_before(today), terms.record_before(today));
        lock(&self.writer).forget_keys(now - REPEATED_WITHIN)?;
        let cases = lock(&self.recording).all()?;
        for case in cases {
            if let Some(erasable) = erasable(&case, words, record) {
                lock(&self.writer).erase(&erasable, now, ACTOR)?;
                self.has_log_to_empty.store(true, Ordering::Relaxed);
                self.wake();
            }
        }
        Ok(())
    }
}
