//! What was published at the last publication and may not be published now: lowered in class, or gone from the catalog.
//!
//! A silent take-down is itself a violation, so the build stops until an approval is on record; the old site stays.
//! What is refused for a fault has its own findings. Source: DESIGN section 6 (3); the regime's article on class changes.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Entry;
use crate::decisions::approvals::{self, Approval, Change};
use crate::diag::{Code, Finding, Place};
use crate::gate::Rules;
use crate::gate::openness::NotOpen;
use crate::model::dataset::DatasetId;
use crate::model::date::Day;
use crate::model::openness::Openness;
use crate::records::history::{History, Step, What};

/// Where an entry that is not open stands, and in which class.
pub type Closed = BTreeMap<String, (Place, Option<Openness>)>;

/// Which ids the catalog has in any class but the open one, and which it has at all.
pub fn standing(entries: &[Entry], classes: &[Result<(), NotOpen>]) -> (Closed, BTreeSet<String>) {
    let (mut closed, mut present) = (Closed::new(), BTreeSet::new());
    for (entry, class) in entries.iter().zip(classes) {
        let Some(id) = DatasetId::parse(&entry.dataset.identifier) else { continue };
        if let Err(not_open) = class {
            closed.insert(id.as_str().to_owned(), (entry.place.clone(), not_open.class()));
        }
        present.insert(id.as_str().to_owned());
    }
    (closed, present)
}

/// Judges what left, and tells on which approvals.
///
/// In: the ids that the catalog has in any class but the open one, and those that it has at all.
/// Findings: CLASS_LOWERED, DATASET_VANISHED.
pub fn judge(
    history: &History,
    closed: &Closed,
    present: &BTreeSet<String>,
    rules: &Rules<'_>,
) -> (Vec<Finding>, Vec<Approval>) {
    let mut findings = Vec::new();
    let mut used: Vec<Approval> = Vec::new();
    let approvals = &rules.decisions.approvals;
    let rule = rules.regime.class_change.words();
    for id in history.published() {
        if rules.holds.of(id).is_some() {
            // It left by a decision that is on record.
            continue;
        }
        let (code, place, allowed): (_, _, &[Change]) = match closed.get(id) {
            // Its class cannot be read: the entry is refused for that, and not lowered.
            Some((_, None)) => continue,
            Some((place, Some(Openness::Conditional))) => (Code::ClassLowered, place.clone(), &[Change::ToConditional]),
            Some((place, Some(_))) => (Code::ClassLowered, place.clone(), &[Change::ToNotOpen]),
            None if present.contains(id) => continue,
            None => (Code::DatasetVanished, Place::file(approvals::FILE), &[Change::Removed]),
        };
        // An approval of an earlier time does not cover what was published again since.
        let published = |step: &&Step| step.what == What::Published;
        let since = history.of(id).iter().rev().find(published).map(|step| step.day);
        let own = || approvals.iter().filter(|approval| approval.dataset == id);
        if let Some(approval) = own().find(|approval| unfit(approval, allowed, since, rules.as_of).is_none()) {
            used.push(approval.clone());
            continue;
        }
        // An approval that is there and does not fit: what is wrong with it.
        let why = own().find_map(|approval| unfit(approval, allowed, since, rules.as_of));
        let expected = why.map_or_else(|| rule.clone(), |why| format!("{}：{why}", approvals::FILE));
        findings.push(Finding::new(code, place).about(id).found(id).expected(expected));
    }
    (findings, used)
}

/// Why an approval of a dataset does not allow what became of it; `None` where it does.
fn unfit(approval: &Approval, allowed: &[Change], since: Option<Day>, as_of: Day) -> Option<String> {
    let names = |changes: &[Change]| changes.iter().map(|change| change.code_name()).collect::<Vec<_>>().join(", ");
    if !allowed.contains(&approval.change) {
        Some(format!("change = \"{}\" ≠ {}", approval.change.code_name(), names(allowed)))
    } else if approval.date > as_of {
        Some(format!("date = {} > {as_of}", approval.date))
    } else {
        let day = since.filter(|day| approval.date < *day)?;
        Some(format!("date = {}，早于最近一次发布 / before it was published last: {day}", approval.date))
    }
}
