//! Where the rules suspend a dataset as soon as evidence is there: at once, before the person is answered.
//!
//! The order is that of `effects`: the case is on file, then the hold on record, then the data off the site, then the step
//! on file. Whatever is cut short in between is finished by the next start or the next round of duties.

use std::sync::MutexGuard;
use std::sync::atomic::Ordering;

use anyhow::{Context, Result};

use super::receive::{ACTOR, silence};
use super::{Service, lock};
use crate::cases::store::{Entry, Put};
use crate::cases::{Case, Event, Step};
use crate::effects::{Decision, reason_of};
use crate::records::holds::Change;

/// Most requests that wait for a suspension under way.
const MAX_WAITING: usize = 3;

impl Service {
    /// Suspends the dataset of a case where the rules say so and it is not done; a failure is logged and tried again.
    pub(super) fn suspend_if_due(&self, case: &mut Case) {
        if !case.wants_suspension(&self.regime) {
            return;
        }
        if let Err(error) = self.suspend(case) {
            self.has_undone.store(true, Ordering::Relaxed);
            (self.settings.log)(&format!("suspending: {error:#}"));
        }
    }

    /// Nothing is done twice: the case is read anew, and what is gone already is only put on file.
    fn suspend(&self, case: &mut Case) -> Result<()> {
        let (live, now) = (&self.settings.live, (self.settings.clock)());
        let Some(submission) = case.submission() else { return Ok(()) };
        let dataset = submission.dataset.clone();
        if !live.is_gone(&dataset)? {
            let _one_at_a_time = self.queue()?;
            if let Some(fresh) = lock(&self.reader).case(&case.receipt)? {
                *case = fresh;
            }
            if !case.wants_suspension(&self.regime) {
                return Ok(());
            }
            self.take_off(case, &dataset, now)?;
        }
        let event = Event { at: now, actor: ACTOR.to_owned(), step: Step::Suspended };
        let said = silence();
        let allow = |case: &Case| if case.wants_suspension(&self.regime) { Ok(()) } else { Err(()) };
        let appended = lock(&self.writer).append(&case.receipt, Entry::bare(&event, &said), None, allow)?;
        if let Ok(Put::New(changed)) = appended {
            *case = changed;
        }
        Ok(())
    }

    /// Waits until no other suspension is under way; beyond a few, whoever comes leaves it to the background, so that
    /// others are answered meanwhile.
    ///
    /// Errors: when too many wait.
    fn queue(&self) -> Result<MutexGuard<'_, ()>> {
        let n_before = self.n_suspending.fetch_add(1, Ordering::Relaxed);
        let guard = (n_before < MAX_WAITING).then(|| lock(&self.suspending));
        self.n_suspending.fetch_sub(1, Ordering::Relaxed);
        guard.context("others are being suspended; left to the background")
    }

    /// Puts the hold on record where there is none, and takes the dataset off the site.
    fn take_off(&self, case: &Case, dataset: &str, now: i64) -> Result<()> {
        let live = &self.settings.live;
        let on_record = live.holds()?.of(dataset).cloned();
        let hold = if let Some(hold) = on_record {
            hold
        } else {
            let rule = &self.regime.objection;
            // After a start nobody has asked for the register yet.
            self.knows(dataset);
            let provider = lock(&self.register).1.words_of(dataset).map(|(_, provider)| provider.to_owned());
            let by = [("provider", provider.as_deref().unwrap_or_default())];
            let grounds = case.submission().map(|submission| submission.grounds.as_slice()).unwrap_or_default();
            live.decide(
                &Decision {
                    dataset,
                    change: Change::Suspension,
                    basis: &format!("《{}》{}", self.regime.title, rule.article),
                    decided_by: &self.pages.strings(0).fill("held_by_rule", &by),
                    reason: Some(reason_of(grounds)),
                    replacement: "",
                    case: Some(&case.receipt),
                },
                now,
            )?
        };
        let effect = live.take_down(&hold, now)?;
        if let Some(error) = effect.no_notice {
            (self.settings.log)(&format!("the notice of {dataset}: {error:#}"));
        }
        effect.done.context("there is no site in the live folder")?;
        (self.settings.log)(&format!("suspended {dataset}"));
        Ok(())
    }

    /// Suspends what an earlier process left undone, or what failed.
    ///
    /// Errors: when the store cannot be read or a dataset not be taken down; it is tried again then.
    pub(super) fn suspend_what_is_due(&self) -> Result<()> {
        if !self.has_undone.load(Ordering::Relaxed) {
            return Ok(());
        }
        let cases = lock(&self.recording).all()?;
        self.has_undone.store(false, Ordering::Relaxed);
        let mut res = Ok(());
        for mut case in cases.into_iter().filter(|case| case.wants_suspension(&self.regime)) {
            if let Err(error) = self.suspend(&mut case) {
                self.has_undone.store(true, Ordering::Relaxed);
                res = Err(error.context("suspending"));
            }
        }
        res
    }
}
