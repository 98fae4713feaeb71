//! Whose finding is it: the provider of the entry that a finding is about.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalog::Entry;
use crate::diag::{Finding, Place};

/// Providers by the place of their entry and by its title.
#[derive(Default)]
pub struct Owners {
    by_place: BTreeMap<(Arc<str>, u64), String>,
    /// `None` where entries of several providers have one title.
    by_title: BTreeMap<String, Option<String>>,
}

impl Owners {
    /// Reads them off the catalog.
    pub fn of(entries: &[Entry]) -> Self {
        let mut res = Self::default();
        for entry in entries {
            let provider = &entry.dataset.provider;
            if let Place { file: Some(file), row: Some(row), .. } = &entry.place {
                res.by_place.insert((Arc::clone(file), *row), provider.clone());
            }
            // As findings quote it.
            let title =
                Finding::new(crate::diag::Code::TitleMissing, Place::none()).about(&entry.dataset.title).subject;
            let known = res.by_title.entry(title).or_insert_with(|| Some(provider.clone()));
            if known.as_ref() != Some(provider) {
                *known = None;
            }
        }
        res
    }

    /// The provider that a finding concerns; empty where it is about the site as a whole.
    pub fn of_finding(&self, finding: &Finding) -> &str {
        let at = finding.place.file.clone().zip(finding.place.row);
        let by_place = at.and_then(|at| self.by_place.get(&at));
        let by_title = || self.by_title.get(&finding.subject).and_then(Option::as_ref);
        by_place.or_else(by_title).map_or("", String::as_str)
    }
}
