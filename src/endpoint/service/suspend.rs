//! Where the rules suspend a dataset as soon as evidence is there: at once, before the person is answered.
//!
//! The order is that of `effects`: the case is on file, then the hold on record, then the data off the site, then the step
//! on file. Whatever is cut short in between is finished by the next start or the next round of duties.

use std::sync::atomic::Ordering;

use anyhow::Result;

use super::receive::{ACTOR, silence};
use super::{Service, lock};
use crate::cases::store::Entry;
use crate::cases::{Case, Event, Step};
use crate::effects::{Decision, reason_of};
use crate::records::holds::Change;

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

    fn suspend(&self, case: &mut Case) -> Result<()> {
        let Some(submission) = case.submission() else { return Ok(()) };
        let _one_at_a_time = lock(&self.suspending);
        let (live, now) = (&self.settings.live, (self.settings.clock)());
        let dataset = submission.dataset.clone();
        if live.holds()?.of(&dataset).is_none() {
            let rule = &self.regime.objection;
            let provider = lock(&self.register).1.words_of(&dataset).map(|(_, provider)| provider.to_owned());
            let hold = live.decide(
                &Decision {
                    dataset: &dataset,
                    change: Change::Suspension,
                    basis: &format!("《{}》{}", self.regime.title, rule.article),
                    decided_by: &provider.unwrap_or_default(),
                    reason: Some(reason_of(&submission.grounds)),
                    replacement: "",
                },
                now,
            )?;
            let effect = live.take_down(&hold, now)?;
            if let Some(error) = effect.no_notice {
                (self.settings.log)(&format!("the notice of {dataset}: {error:#}"));
            }
        }
        let event = Event { at: now, actor: ACTOR.to_owned(), step: Step::Suspended };
        let said = silence();
        let allow = |case: &Case| case.may_follow(&event.step, &self.regime);
        if let Ok(crate::cases::store::Put::New(changed)) =
            lock(&self.writer).append(&case.receipt, Entry::bare(&event, &said), allow)?
        {
            *case = changed;
        }
        (self.settings.log)(&format!("suspended {dataset}"));
        Ok(())
    }

    /// Suspends what an earlier process left undone, or what failed.
    pub(super) fn suspend_what_is_due(&self) -> Result<()> {
        if !self.has_undone.swap(false, Ordering::Relaxed) {
            return Ok(());
        }
        let cases = lock(&self.recording).all()?;
        for mut case in cases {
            self.suspend_if_due(&mut case);
        }
        Ok(())
    }
}
