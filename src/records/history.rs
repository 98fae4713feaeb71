//! What the record says of each dataset: when it was published, when it left, on whose approval.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use serde::Deserialize;

use crate::decisions::approvals::Approval;
use crate::model::date::Day;
use crate::model::digest::Digest;
use crate::records::chain;

/// The history of every dataset that was ever published.
#[derive(Clone, Debug, Default)]
pub struct History {
    steps: BTreeMap<String, Vec<Step>>,
    /// The digest of the files of what is published.
    digests: BTreeMap<String, Digest>,
}

/// Something that happened to a dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The day that the site was built for.
    pub day: Day,
    /// The day in China on which it was recorded; `None` for what is not on record yet.
    pub recorded_on: Option<Day>,
    /// What happened.
    pub what: What,
}

/// What happened to a dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It was published, for the first time or again.
    Published,
    /// Its files became others.
    Changed,
    /// It left the site, with the approval where there was one.
    Left(Option<Approval>),
}

/// The parts of a publication that tell of datasets; other events tell of none.
#[derive(Deserialize)]
struct Publication {
    #[serde(default)]
    recorded_at: Option<i64>,
    release: Release,
    added: Vec<String>,
    removed: Vec<String>,
    #[serde(default)]
    changed: BTreeMap<String, Digest>,
    #[serde(default)]
    approvals: Vec<Approval>,
}

#[derive(Deserialize)]
struct Release {
    as_of: Day,
}

impl History {
    /// Reads the record; an absent one tells of nothing.
    ///
    /// Errors: when the record is broken.
    pub fn load(chain: &Path) -> Result<Self> {
        let mut res = Self::default();
        chain::read(chain, |_, raw| {
            if let Ok(event) = serde_json::from_str::<Publication>(raw.get()) {
                res.take(event);
            }
            Ok(())
        })?;
        Ok(res)
    }

    /// The history once a publication is on record: what pages tell, so that a build and its repetition say the same.
    #[must_use]
    pub fn after(&self, day: Day, datasets: &BTreeMap<String, Digest>) -> Self {
        let mut res = self.clone();
        let before: BTreeSet<String> = self.published().map(str::to_owned).collect();
        res.take(Publication {
            recorded_at: None,
            release: Release { as_of: day },
            added: datasets.keys().filter(|id| !before.contains(*id)).cloned().collect(),
            removed: Vec::new(),
            changed: datasets.clone(),
            approvals: Vec::new(),
        });
        res
    }

    fn take(&mut self, event: Publication) {
        let day = event.release.as_of;
        let recorded_on = event.recorded_at.and_then(Day::in_china);
        for id in event.removed {
            let approval = event.approvals.iter().find(|approval| approval.dataset == id).cloned();
            self.digests.remove(&id);
            self.step(id, Step { day, recorded_on, what: What::Left(approval) });
        }
        for id in &event.added {
            self.step(id.clone(), Step { day, recorded_on, what: What::Published });
        }
        for (id, digest) in event.changed {
            // A record of an earlier edition has no digests: then nothing is known to have changed.
            let is_change = self.digests.insert(id.clone(), digest).is_some_and(|before| before != digest);
            if is_change && !event.added.contains(&id) {
                self.step(id, Step { day, recorded_on, what: What::Changed });
            }
        }
    }

    /// Adds a step; of several changes on one day one is told.
    fn step(&mut self, id: String, step: Step) {
        let steps = self.steps.entry(id).or_default();
        let is_told = steps.last().is_some_and(|last| last.day == step.day && step.what == What::Changed);
        if !is_told {
            steps.push(step);
        }
    }

    /// The digest of the files of a dataset at the last publication.
    #[must_use]
    pub fn digest_of(&self, id: &str) -> Option<Digest> {
        self.digests.get(id).copied()
    }

    /// The ids that are published after all recorded publications.
    pub fn published(&self) -> impl Iterator<Item = &str> {
        let is_published = |steps: &[Step]| steps.last().is_some_and(|step| !matches!(step.what, What::Left(_)));
        self.steps.iter().filter(move |(_, steps)| is_published(steps)).map(|(id, _)| id.as_str())
    }

    /// The datasets that were public at the end of a day, by when they were recorded, each with the day since when.
    pub fn public_on(&self, day: Day) -> impl Iterator<Item = (&str, Day)> {
        self.steps.iter().filter_map(move |(id, steps)| {
            let until = steps.iter().filter(|step| step.recorded_on.unwrap_or(step.day) <= day);
            let mut since = None;
            for step in until {
                match step.what {
                    What::Published => since = Some(step.recorded_on.unwrap_or(step.day)),
                    What::Changed => {}
                    What::Left(_) => since = None,
                }
            }
            Some((id.as_str(), since?))
        })
    }

    /// What happened to every dataset that was ever published, oldest first, by id.
    pub fn all(&self) -> impl Iterator<Item = (&str, &[Step])> {
        self.steps.iter().map(|(id, steps)| (id.as_str(), steps.as_slice()))
    }

    /// What happened to a dataset, oldest first.
    #[must_use]
    pub fn of(&self, id: &str) -> &[Step] {
        self.steps.get(id).map_or(&[], Vec::as_slice)
    }
}
