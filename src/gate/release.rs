//! The second door: what the files of a cleared entry turned out to hold.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use super::screening::Weighing;
use super::{Cleared, Publishable, Release, Rules, Seal};
use crate::decisions::grounds::{self, Ground};
use crate::decisions::transforms::{self, Transform};
use crate::diag::{Code, Finding, Level, Place};
use crate::model::coordinates::CoordinateSystem;
use crate::model::digest::Digest;
use crate::model::table::{DatasetFiles, Subject};
use crate::screening::Suspicion;
use crate::stage::Stage;

/// What ingestion found in one dataset's files.
#[derive(Debug, Default)]
pub struct Evidence {
    /// The files as staged.
    pub files: DatasetFiles,
    /// Findings about them; one of level refuse keeps the dataset closed.
    pub findings: Vec<Finding>,
    /// What screening found: in which file, which part of it, and what.
    pub suspicions: Vec<(String, String, Suspicion)>,
    /// The digests of files that cannot be looked into, by their names in the catalog.
    pub unseen: BTreeMap<String, Digest>,
}

/// What the second door decided.
pub struct Released {
    /// What is published.
    pub publishable: Publishable,
    /// Every reason for every dataset that is not, and every warning.
    pub findings: Vec<Finding>,
    /// The grounds that something is published on, for the record.
    pub grounds: Vec<Ground>,
}

/// Transforms that are about no file of any entry: a name that changed may publish what was to be masked.
fn idle_transforms(cleared: &Cleared, rules: &Rules<'_>) -> Vec<Finding> {
    let is_idle = |transform: &&Transform| {
        let mut files = cleared.0.iter().flat_map(|dataset| &dataset.files);
        !files.any(|file| transform.is_about(&format!("datasets/{}", file.named)))
    };
    let finding = |transform: &Transform| {
        Finding::new(Code::TransformIdle, Place::file(transforms::FILE)).found(&transform.files)
    };
    rules.decisions.transforms.iter().filter(is_idle).map(finding).collect()
}

/// Whether a table has longitudes and latitudes.
fn has_places(files: &DatasetFiles) -> bool {
    files.tables.iter().flat_map(|table| &table.samples).any(|sample| sample.subject == Subject::Places)
}

/// Decides on what the files turned out to hold; staged files of datasets that are not released are removed.
///
/// Shape: `evidence` has one item for each cleared dataset, in the same order.
/// Findings: PERSONAL_*, GROUND_*, TRANSFORM_IDLE, COORDINATE_SYSTEM_UNKNOWN, NOT_MACHINE_READABLE where the regime asks for it, and those of the evidence.
/// Errors: when a staged file cannot be removed.
/// Source: DESIGN section 6, second door.
pub fn release(cleared: Cleared, evidence: Vec<Evidence>, rules: &Rules<'_>, stage: &Stage) -> Result<Released> {
    let grounds = &rules.decisions.grounds;
    let mut used = BTreeSet::new();
    let mut findings = idle_transforms(&cleared, rules);
    let mut releases = Vec::with_capacity(cleared.0.len());
    for (cleared, mut evidence) in cleared.0.into_iter().zip(evidence) {
        let weighed = Weighing::new(&cleared, rules, &mut used).weigh(&mut evidence);
        evidence.findings.extend(weighed);
        let refused = evidence.findings.iter().any(|finding| finding.code.level() <= Level::Refuse);
        findings.extend(evidence.findings);
        let is_readable = evidence.files.originals.is_empty() || !evidence.files.tables.is_empty();
        if let (false, Some(rule)) = (is_readable, &rules.regime.access.machine_readable) {
            let finding = Finding::new(Code::NotMachineReadable, cleared.place.clone()).about(&cleared.dataset.title);
            findings.push(finding.expected(format!("{}：{}", rule.article, rule.quote)));
        }
        if !refused && cleared.dataset.coordinate_system.is_none() && has_places(&evidence.files) {
            let names: Vec<&str> = CoordinateSystem::names().collect();
            let finding = Finding::new(Code::CoordinateSystem, cleared.place.clone()).about(&cleared.dataset.title);
            findings.push(finding.expected(names.join("、")));
        }
        if refused {
            for route in evidence.files.routes() {
                stage.withdraw(route)?;
            }
        } else {
            releases.push(Release { cleared, files: evidence.files, _made_by_the_gate: Seal });
        }
    }
    let unused = grounds.iter().enumerate().filter(|(idx, _)| !used.contains(idx));
    findings.extend(unused.map(|(_, ground)| {
        let what = format!("{} · {} · {}", ground.dataset, ground.columns.join("、"), ground.kind);
        Finding::new(Code::GroundUnused, Place::file(grounds::FILE)).expected(what)
    }));
    let grounds = used.into_iter().map(|idx| grounds[idx].clone()).collect();
    Ok(Released { publishable: Publishable(releases), findings, grounds })
}
