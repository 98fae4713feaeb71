//! The gate: two doors, closed by default.
//!
//! [`clear`] judges each entry: openness class, fields, identifier, licence, files. [`release`] judges what the
//! files of a cleared entry turned out to hold. [`Cleared`] and [`Publishable`] have private makers, so that no
//! later stage can be handed anything else.
//!
//! Absent here on purpose: the gate writes no file and prints nothing.

mod closed;
mod departures;
mod fields;
mod files;
mod held;
mod openness;
mod release;
mod screening;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use self::release::{Evidence, Released, release};
pub use self::screening::{finding_of, unknown_kind};
use crate::catalog::{Catalog, Entry, UnreadRow};
use crate::decisions::Decisions;
use crate::decisions::approvals::Approval;
use crate::diag::{Code, Finding, Level, Place};
use crate::model::dataset::{Dataset, DatasetId};
use crate::model::date::Day;
use crate::model::digest::{Digest, Hasher};
use crate::model::table::DatasetFiles;
use crate::records::history::History;
use crate::records::holds::Holds;
use crate::records::ids::Register;
use crate::rules::Regime;
use crate::rules::licences::{Licence, Licences};
use crate::site::Site;

/// What the gate judges by.
pub struct Rules<'a> {
    /// The site folder.
    pub root: &'a Path,
    /// What the team says.
    pub site: &'a Site,
    /// The regime in force.
    pub regime: &'a Regime,
    /// The licence register.
    pub licences: &'a Licences,
    /// What the team has decided and has on paper.
    pub decisions: &'a Decisions,
    /// What is on record of each dataset.
    pub history: &'a History,
    /// What keeps datasets off the site.
    pub holds: &'a Holds,
    /// The day the site is built for.
    pub as_of: Day,
}

/// A file that exists inside the site folder and may be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedFile {
    /// Where it is on disk, links resolved.
    pub path: PathBuf,
    /// As the catalog names it.
    pub named: String,
    /// The name it is offered under.
    pub public_name: String,
}

/// An entry that the first door let through.
#[derive(Debug)]
pub struct ClearedDataset {
    /// Its address.
    pub id: DatasetId,
    /// Its place in every stable order; never used again.
    pub ordinal: u32,
    /// What the catalog says about it.
    pub dataset: Box<Dataset>,
    /// Under which licence.
    pub licence: Arc<Licence>,
    /// Its files.
    pub files: Vec<CheckedFile>,
    /// The licence text as its giver wrote it.
    pub licence_file: Option<CheckedFile>,
    /// Links to data elsewhere.
    pub links: Vec<String>,
    /// Where it stands in the catalog, for findings.
    pub place: Place,
    _made_by_the_gate: Seal,
}

#[derive(Debug)]
struct Seal;

/// All entries that the first door let through, by ordinal.
///
/// Nobody else can make one:
///
/// ```compile_fail,E0423
/// let cleared = kaishu::gate::Cleared(Vec::new());
/// ```
#[derive(Debug)]
pub struct Cleared(Vec<ClearedDataset>);

impl Cleared {
    /// The datasets.
    #[must_use]
    pub fn datasets(&self) -> &[ClearedDataset] {
        &self.0
    }
}

/// A dataset that may be published: cleared, and its files released.
#[derive(Debug)]
pub struct Release {
    /// What the first door let through.
    pub cleared: ClearedDataset,
    /// Its files as staged.
    pub files: DatasetFiles,
    _made_by_the_gate: Seal,
}

impl Release {
    /// The digest of its files, as the record keeps it: every path with its digest.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut hasher = Hasher::default();
        for file in self.files.all() {
            hasher.update_field(file.route.as_str());
            hasher.update_field(&file.sha256.to_string());
        }
        hasher.finish()
    }
}

/// Everything that may be published, by ordinal.
///
/// Nobody else can make one:
///
/// ```compile_fail,E0423
/// let publishable = kaishu::gate::Publishable(Vec::new());
/// ```
#[derive(Debug)]
pub struct Publishable(Vec<Release>);

impl Publishable {
    /// Nothing: what a page that shows no dataset is made with.
    #[must_use]
    pub fn nothing() -> Self {
        Self(Vec::new())
    }

    /// The datasets.
    #[must_use]
    pub fn releases(&self) -> &[Release] {
        &self.0
    }
}

/// What the first door decided.
pub struct Decision {
    /// What goes on.
    pub cleared: Cleared,
    /// Every reason for every entry that does not, and every warning.
    pub findings: Vec<Finding>,
    /// Entries that were refused for a fault: place and codes.
    pub n_refused: usize,
    /// Entries whose class says that they are not unconditionally open.
    pub n_closed: usize,
    /// Entries whose dataset is kept off the site by a decision.
    pub n_held: usize,
    /// Entries that repeat an earlier one.
    pub n_repeated: usize,
    /// The approvals that published datasets leave on, for the record.
    pub approvals: Vec<Approval>,
}

/// Judges every entry and registers the identifiers of those that pass.
///
/// Findings: `OPENNESS_*`, `ID_*`, `TITLE_*`, `PROVIDER_MISSING`, `FIELD_*`, `LICENCE_*`, `FILE_*`, `DUPLICATE_RECORD`.
/// Source: DESIGN section 6, items 1, 2, 5 and 7.
#[must_use]
pub fn clear(catalog: Catalog, rules: &Rules<'_>, register: &mut Register) -> Decision {
    let mut findings = Vec::new();
    let (entries, n_repeated) = drop_repeated(catalog.entries, &mut findings);
    let shared_ids = shared_identifiers(&entries, &catalog.unread);
    let classes: Vec<_> = entries.iter().map(|entry| openness::judge(&entry.openness)).collect();
    let holds: Vec<_> = entries.iter().map(|entry| held::hold_on(entry, rules, register)).collect();
    let mut files = files::Files::new(rules.root, &catalog.files);
    for ((entry, class), hold) in entries.iter().zip(&classes).zip(&holds) {
        // The bytes of what is held are published by no other entry either.
        if class.is_err() {
            files.close(entry);
        } else if hold.is_some() {
            files.close_data(entry);
        }
    }
    for row in &catalog.unread {
        files.close_unread(row);
    }
    let (closed, mut present) = departures::standing(&entries, &classes);
    let mut licences: BTreeMap<String, Arc<Licence>> = BTreeMap::new();
    let mut passed: Vec<(Option<DatasetId>, ClearedDataset)> = Vec::new();
    let (mut n_refused, mut n_closed, mut n_held) = (catalog.unread.len(), 0, 0);
    for ((entry, class), hold) in entries.into_iter().zip(classes).zip(holds) {
        if let (Some(hold), Ok(())) = (hold, &class) {
            findings.push(held::finding(hold, &entry.place));
            present.insert(hold.dataset.clone());
            n_held += 1;
            continue;
        }
        if let Err(not_open) = class {
            let finding = not_open.finding(&entry);
            if finding.code == Code::OpennessClosed {
                n_closed += 1;
                findings.push(finding);
                continue;
            }
            findings.push(finding);
            // Its own files are closed by its own class: that is no further reason.
            let reasons = judge_entry(entry, rules, &shared_ids, &mut files, &mut licences).1;
            findings.extend(reasons.into_iter().filter(|finding| finding.code != Code::FileOfClosed));
            n_refused += 1;
            continue;
        }
        let (cleared, reasons) = judge_entry(entry, rules, &shared_ids, &mut files, &mut licences);
        findings.extend(reasons);
        match cleared {
            Some(pair) => passed.push(pair),
            None => n_refused += 1,
        }
    }
    let keys: Vec<_> = passed.iter().map(|(id, cleared)| (id.clone(), &*cleared.dataset)).collect();
    let names = register.resolve(&keys);
    let cleared =
        passed.into_iter().zip(names).map(|((_, cleared), (id, ordinal))| ClearedDataset { id, ordinal, ..cleared });
    // An entry that was known as another until now may be one that is held.
    let (mut cleared, held): (Vec<_>, Vec<_>) =
        cleared.partition(|dataset| rules.holds.of(dataset.id.as_str()).is_none());
    cleared.sort_by_key(|dataset| dataset.ordinal);
    present.extend(cleared.iter().chain(&held).map(|dataset| dataset.id.as_str().to_owned()));
    n_held += held.len();
    findings.extend(held.iter().filter_map(|dataset| held::finding_of(dataset, rules)));
    let (more, approvals) = departures::judge(rules.history, &closed, &present, rules);
    findings.extend(more);
    Decision { cleared: Cleared(cleared), findings, n_refused, n_closed, n_held, n_repeated, approvals }
}

/// Keeps the first of entries that are equal in every field.
fn drop_repeated(entries: Vec<Entry>, findings: &mut Vec<Finding>) -> (Vec<Entry>, usize) {
    let mut seen: BTreeSet<Digest> = BTreeSet::new();
    let n_all = entries.len();
    let kept: Vec<Entry> = entries
        .into_iter()
        .filter(|entry| {
            let is_new = seen.insert(entry.row_digest);
            if !is_new {
                findings.push(Finding::new(Code::DuplicateRecord, entry.place.clone()).about(&entry.dataset.title));
            }
            is_new
        })
        .collect();
    let n_repeated = n_all - kept.len();
    (kept, n_repeated)
}

/// The identifiers that stand for more than one entry, whatever their class, with the places where they stand.
///
/// Two that differ in nothing but case count as one, because they would share a file on many machines.
fn shared_identifiers(entries: &[Entry], unread: &[UnreadRow]) -> BTreeMap<String, Vec<String>> {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in entries {
        if let Some(id) = DatasetId::parse(&entry.dataset.identifier) {
            let at = match (&entry.place.file, entry.place.row) {
                (Some(file), Some(row)) => format!("{file}:{row}"),
                _ => String::new(),
            };
            places.entry(id.as_str().to_lowercase()).or_default().push(at);
        }
    }
    // A row that cannot be read may be about any entry that it names.
    for cell in unread.iter().flat_map(|row| &row.cells) {
        if let Some(id) = DatasetId::parse(cell)
            && let Some(places) = places.get_mut(&id.as_str().to_lowercase())
        {
            places.push(Code::RowRagged.name().to_owned());
        }
    }
    places.retain(|_, places| places.len() > 1);
    places
}

/// Judges one entry by everything but its class. All reasons are collected.
fn judge_entry(
    entry: Entry,
    rules: &Rules<'_>,
    shared_ids: &BTreeMap<String, Vec<String>>,
    files: &mut files::Files,
    licences: &mut BTreeMap<String, Arc<Licence>>,
) -> (Option<(Option<DatasetId>, ClearedDataset)>, Vec<Finding>) {
    let Entry { place, dataset, faults, files_column, internal, .. } = entry;
    let mut findings = faults;
    let id = judge_identifier(&dataset, &place, shared_ids, &mut findings);
    findings.extend(fields::judge(fields::Filled { dataset: &dataset, internal: &internal }, &place, rules));
    let licence = judge_licence(&dataset, &place, rules, licences, &mut findings);
    let at_files = match files_column {
        Some(column) => place.clone().in_column(column),
        None => place.clone(),
    };
    let (checked, links) = files.judge(&dataset, &at_files, &mut findings);
    let licence_file = files.judge_licence_file(&dataset, &place, &mut findings);
    let refused = findings.iter().any(|finding| finding.code.level() <= Level::Refuse);
    let (false, Some(licence)) = (refused, licence) else {
        return (None, findings);
    };
    let cleared = ClearedDataset {
        // Replaced by the register's answer before anyone sees it.
        id: DatasetId::assigned(Digest::ZERO),
        ordinal: 0,
        dataset,
        licence,
        files: checked,
        licence_file,
        links,
        place,
        _made_by_the_gate: Seal,
    };
    (Some((id, cleared)), findings)
}

fn judge_identifier(
    dataset: &Dataset,
    place: &Place,
    shared_ids: &BTreeMap<String, Vec<String>>,
    findings: &mut Vec<Finding>,
) -> Option<DatasetId> {
    if dataset.identifier.is_empty() {
        return None;
    }
    let Some(id) = DatasetId::parse(&dataset.identifier) else {
        findings.push(Finding::new(Code::IdInvalid, place.clone()).about(&dataset.title).found(&dataset.identifier));
        return None;
    };
    if let Some(places) = shared_ids.get(&id.as_str().to_lowercase()) {
        let others = places.iter().take(5).cloned().collect::<Vec<_>>().join("、");
        let finding = Finding::new(Code::IdDuplicate, place.clone()).about(&dataset.title);
        findings.push(finding.found(&dataset.identifier).expected(others));
    }
    Some(id)
}

fn judge_licence(
    dataset: &Dataset,
    place: &Place,
    rules: &Rules<'_>,
    known: &mut BTreeMap<String, Arc<Licence>>,
    findings: &mut Vec<Finding>,
) -> Option<Arc<Licence>> {
    let Some(licence) = rules.licences.find(&dataset.licence) else {
        let finding = Finding::new(Code::LicenceUnknown, place.clone()).about(&dataset.title);
        findings.push(finding.found(&dataset.licence).expected(rules.licences.ids()));
        return None;
    };
    let needs_authorisation = licence.any_purpose && rules.regime.reuse_limits.is_some();
    let authorised = rules.site.licence.authorisation.is_some();
    if !licence.open || (needs_authorisation && !authorised) {
        let reason = match &rules.regime.reuse_limits {
            Some(limits) if licence.open => format!("{}：{}", limits.article, limits.quote),
            _ => rules
                .licences
                .all()
                .iter()
                .filter(|other| other.open)
                .map(|other| other.id.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        };
        let finding = Finding::new(Code::LicenceNotPermitted, place.clone()).about(&dataset.title);
        findings.push(finding.found(&licence.id).expected(reason));
        return None;
    }
    Some(Arc::clone(known.entry(licence.id.clone()).or_insert_with(|| Arc::new(licence.clone()))))
}
