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
const MOMENT: Duration = Duration::from_millis(50);
/// How often suspensions that failed are tried again.
const RETRY_EVERY: Duration = Duration::from_secs(10);
/// How often terms are looked at.
const ERASE_EVERY: Duration = Duration::from_hours(6);

/// What the background remembers between its rounds.
#[derive(Default)]
struct Rounds {
    recorder: Recorder,
    release: Option<SystemTime>,
    retried: Option<Instant>,
    erased: Option<Instant>,
}

impl Service {
    /// Works until `stop` is set; a failure is logged and tried again.
    pub fn work(&self, stop: &AtomicBool) {
        let mut rounds = Rounds::default();
        let mut seen = 0;
        loop {
            let is_last = stop.load(Ordering::Relaxed);
            if let Err(error) = self.round(&mut rounds) {
                (self.settings.log)(&format!("{error:#}"));
            }
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

    fn round(&self, rounds: &mut Rounds) -> Result<()> {
        let live = &self.settings.live;
        let is_due = |last: Option<Instant>, every: Duration| last.is_none_or(|last| last.elapsed() >= every);
        {
            let store = lock(&self.recording);
            let recorded = rounds.recorder.record(&store, &live.folders.chain());
            if recorded.is_err() {
                // What is on record is found out anew.
                rounds.recorder = Recorder::default();
            }
            recorded?;
        }
        // A build, or a copy of one made elsewhere, puts another release note in place.
        let note = live.folders.out.join(RELEASE_FILE);
        let release = std::fs::metadata(note).and_then(|meta| meta.modified()).ok();
        if release != rounds.release {
            for dataset in live.enforce((self.settings.clock)())? {
                (self.settings.log)(&format!("took down {dataset} again"));
            }
            rounds.release = release;
        }
        if is_due(rounds.retried, RETRY_EVERY) {
            self.suspend_what_is_due()?;
            rounds.retried = Some(Instant::now());
        }
        if is_due(rounds.erased, ERASE_EVERY) {
            self.erase_what_is_due()?;
            rounds.erased = Some(Instant::now());
        }
        Ok(())
    }

    /// Erases what its term is over for.
    fn erase_what_is_due(&self) -> Result<()> {
        let now = (self.settings.clock)();
        let Some(today) = Day::in_china(now) else { return Ok(()) };
        let terms = self.settings.endpoint.retention.at_least(self.regime.records.years());
        let (words, record) = (terms.words_before(today), terms.record_before(today));
        let cases = lock(&self.recording).all()?;
        for case in cases {
            if let Some(erasable) = erasable(&case, words, record) {
                lock(&self.writer).erase(&erasable, now, ACTOR)?;
                self.wake();
            }
        }
        Ok(())
    }
}
