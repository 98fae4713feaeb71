//! Takes a dataset off the live folder at once: its data first, then a notice in its place, then what names it.
//!
//! The hold is on record before this begins, so that whatever is interrupted here is finished by the next start.
//! A build that is about to go live waits for this, and this for it: neither brings back what the other removed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use super::cut::{self, Mention};
use super::{Folders, RELEASE_FILE, ReleaseNote, commit, digest_of, ledger_text, read_ledger, read_note};
use crate::harvest::table;
use crate::model::digest::Digest;
use crate::model::route::Route;
use crate::pages::plan::{ckan_name, dataset_path};
use crate::records::holds::{Hold, TakeDown};
use crate::records::{Lock, chain, replace};
use crate::search::removal;
use crate::stage::{Ledger, Staged};

/// What is to be taken down, and what stands in its place.
pub struct Order<'a> {
    /// The folders of the site.
    pub folders: &'a Folders,
    /// The decision on record.
    pub hold: &'a Hold,
    /// The notice pages; where there are none, the address answers 404 until the next build.
    pub pages: Vec<(Route, Vec<u8>)>,
    /// Now, seconds since 1970.
    pub now: i64,
    /// How long to wait for a build that is going live.
    pub patience: Duration,
}

/// What was done.
pub struct Done {
    /// How many files were removed.
    pub n_removed: usize,
    /// How many files that named the dataset were changed.
    pub n_changed: usize,
    /// Pages that still name it: its title, never its data.
    pub naming: Vec<Route>,
}

/// How long a take-down waits for a build that is going live, where nobody waits for an answer.
pub const PATIENCE: Duration = Duration::from_mins(10);

/// The lock that a take-down and the moment in which a build goes live share.
///
/// Errors: when the file cannot be made.
pub fn lock(folders: &Folders) -> Result<Lock> {
    Lock::take(&lock_path(folders))
}

fn lock_path(folders: &Folders) -> PathBuf {
    folders.records.join("live.lock")
}

/// Takes a dataset down; `None` where there is no site to take it from.
///
/// Errors: when the disk fails; what is not done yet is done by the next start.
pub fn take_down(order: &Order<'_>) -> Result<Option<Done>> {
    let _lock = Lock::take_within(&lock_path(order.folders), order.patience)?;
    if order.folders.out.join(RELEASE_FILE).exists() {
        // The data first, whatever else there is to stumble over.
        move_away(&order.folders.out, &order.hold.dataset)?;
    }
    // A publication that was cut short is finished before its ledger changes; what it brings of the dataset goes again.
    commit::recover(order.folders)?;
    if order.folders.out.join(RELEASE_FILE).exists() {
        move_away(&order.folders.out, &order.hold.dataset)?;
    }
    let Some(note) = read_note(&order.folders.out)? else { return Ok(None) };
    let mut done = Done { n_removed: 0, n_changed: 0, naming: Vec::new() };
    let release = clear(order, &note, &mut done)?;
    let event = TakeDown {
        kind: "takedown".to_owned(),
        recorded_at: order.now,
        dataset: order.hold.dataset.clone(),
        n_removed: done.n_removed,
        n_changed: done.n_changed,
        release,
    };
    chain::append(&order.folders.chain(), &event)?;
    Ok(Some(done))
}

/// Clears the live folder and brings its ledger up to date.
fn clear(order: &Order<'_>, note: &ReleaseNote, done: &mut Done) -> Result<ReleaseNote> {
    let out = &order.folders.out;
    let mut ledger = match read_ledger(&order.folders.ledger()) {
        Ok(ledger) if digest_of(&ledger) == note.sha256 => ledger,
        // Of another output folder, lost, or cut short before: what is there counts.
        _ => ledger_of(out)?,
    };
    let n_before = ledger.len();
    ledger.retain(|route, _| !is_own(route.as_str(), &order.hold.dataset));
    done.n_removed = n_before - ledger.len();
    let mut changes: Vec<(Route, Vec<u8>)> = order.pages.clone();
    let kept: Vec<&Route> = order.pages.iter().map(|(route, _)| route).collect();
    let mention = Mention::of(&order.hold.dataset);
    let mut unreadable: Vec<Route> = Vec::new();
    for (route, bytes) in naming(out, &mention)?.into_iter().filter(|(route, _)| !kept.contains(&route)) {
        match cut::without(route.as_str(), &bytes, &mention) {
            Ok(Some(bytes)) => {
                if route.as_str().starts_with(API_PAGES) {
                    changes.extend(index_with_one_less(out)?);
                }
                if route.as_str() == CATALOG_CSV {
                    changes.push((Route::new(CATALOG_XLSX)?, workbook_of(&bytes)?));
                    done.n_changed += 1;
                }
                changes.push((route, bytes));
                done.n_changed += 1;
            }
            Ok(None) => done.naming.push(route),
            // A list that cannot be read tells nobody that nothing of the dataset is in it: it goes until the next build.
            Err(_) => unreadable.push(route),
        }
    }
    let search = removal::without(out, &order.hold.dataset)?;
    done.n_changed += search.changed.len();
    changes.extend(search.changed);
    unreadable.extend(search.gone);
    for route in &unreadable {
        ledger.remove(route);
        done.n_removed += 1;
    }
    for (route, bytes) in &changes {
        ledger.insert(route.clone(), staged(bytes));
    }
    let files = ledger.keys().filter(|route| route.as_str() != RELEASE_FILE).count();
    let note = ReleaseNote { files, sha256: digest_of(&ledger), ..note.clone() };
    let mut bytes = serde_json::to_vec_pretty(&note).context("writing the release note")?;
    bytes.push(b'\n');
    let release = Route::new(RELEASE_FILE)?;
    ledger.insert(release.clone(), staged(&bytes));
    changes.push((release, bytes));
    // The ledger first: pages that were changed before a kill are in it then, the others are found again.
    replace(&order.folders.ledger(), ledger_text(&ledger).as_bytes())?;
    for (route, bytes) in &changes {
        put(out, route, bytes)?;
    }
    for route in &unreadable {
        let path = route.below(out);
        std::fs::remove_file(&path).with_context(|| format!("removing {}", path.display()))?;
        crate::records::sync_parent(&path)?;
    }
    Ok(note)
}

/// The ledger of what lies in a folder.
fn ledger_of(out: &Path) -> Result<Ledger> {
    let mut res = Ledger::new();
    for item in walkdir::WalkDir::new(out) {
        let item = item.with_context(|| format!("listing {}", out.display()))?;
        let name = item.path().strip_prefix(out).unwrap_or(item.path()).to_string_lossy();
        // What has no name of ours was not put there by us.
        if let Some(route) = item.file_type().is_file().then(|| Route::new(&name).ok()).flatten() {
            let size_bytes = item.metadata().with_context(|| format!("looking at {name}"))?.len();
            let sha256 = crate::reuse::digest_of(item.path()).with_context(|| format!("reading {name}"))?;
            res.insert(route, Staged { size_bytes, sha256 });
        }
    }
    Ok(res)
}

/// The pages of all datasets in the static API, and where their number stands.
const API_PAGES: &str = "api/v1/datasets/page/";
const API_INDEX: &str = "api/v1/index.json";

/// The front page of the API; one that cannot be read is left to the next build, because it names no dataset.
fn index_with_one_less(out: &Path) -> Result<Option<(Route, Vec<u8>)>> {
    let route = Route::new(API_INDEX)?;
    let index = std::fs::read(route.below(out)).ok().and_then(|bytes| cut::one_less(&bytes).ok());
    Ok(index.map(|bytes| (route, bytes)))
}

/// The whole catalog as a table, in both forms; the workbook is made of the other one.
const CATALOG_CSV: &str = "catalog.csv";
const CATALOG_XLSX: &str = "catalog.xlsx";

fn workbook_of(csv: &[u8]) -> Result<Vec<u8>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv);
    let mut rows = reader.records().map(|row| row.map(|row| row.iter().map(str::to_owned).collect::<Vec<_>>()));
    let header = rows.next().transpose().context("reading catalog.csv")?.unwrap_or_default();
    let rows: Vec<Vec<String>> = rows.collect::<Result<_, _>>().context("reading catalog.csv")?;
    table::workbook(&header, rows.iter())
}

/// The files beside a dataset's folders that are its own alone.
fn own_files(id: &str) -> [String; 2] {
    [dataset_path(id), format!("api/3/action/package_show/{}", ckan_name(id))]
}

/// Whether a path belongs to a dataset: its pages in every language, its files, its parts of the static API.
#[must_use]
pub fn is_own(path: &str, id: &str) -> bool {
    if own_files(id).iter().any(|own| own == path) {
        return true;
    }
    let rest = path.strip_prefix("api/v1/").unwrap_or(path);
    let parts: Vec<&str> = rest.split('/').collect();
    let at = parts.iter().position(|part| *part == "datasets");
    at.is_some_and(|at| at <= 1 && parts.get(at + 1) == Some(&id) && parts.len() > at + 2)
}

/// How folders are named that hold what was moved out of the site and is being removed.
const GONE: &str = ".gone-";

/// Removes what a take-down that was killed had moved out of the site.
///
/// Errors: when the disk fails.
pub fn sweep(folders: &Folders) -> Result<()> {
    let _lock = lock(folders)?;
    let parent = folders.out.parent().context("the output folder has no parent")?;
    for item in parent.read_dir().with_context(|| format!("listing {}", parent.display()))? {
        let item = item.with_context(|| format!("listing {}", parent.display()))?;
        if item.file_name().to_string_lossy().starts_with(GONE) {
            std::fs::remove_dir_all(item.path()).with_context(|| format!("removing {}", item.path().display()))?;
        }
    }
    Ok(())
}

/// The dataset's folders that are there: in every language, and in the static API. They are found on disk, so that a
/// ledger that is lost or damaged does not keep the data online.
fn folders_of(out: &Path, id: &str) -> Result<Vec<PathBuf>> {
    let mut res = vec![out.join("datasets").join(id), out.join("api/v1/datasets").join(id)];
    for item in out.read_dir().with_context(|| format!("listing {}", out.display()))? {
        res.push(item.with_context(|| format!("listing {}", out.display()))?.path().join("datasets").join(id));
    }
    res.retain(|folder| folder.is_dir());
    Ok(res)
}

/// Whether anything of a dataset but its notice is in the live folder.
///
/// Errors: when the folder cannot be listed.
pub fn is_offered(out: &Path, id: &str) -> Result<bool> {
    if !out.exists() {
        return Ok(false);
    }
    if own_files(id).iter().any(|file| out.join(file).exists()) {
        return Ok(true);
    }
    for folder in folders_of(out, id)? {
        for item in folder.read_dir().with_context(|| format!("listing {}", folder.display()))? {
            let item = item.with_context(|| format!("listing {}", folder.display()))?;
            if item.file_name() != "index.html" {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Moves the dataset's folders out of the site, each in one step, then removes them; where a folder cannot be moved, such
/// as to another file system, it is removed in its place.
pub(super) fn move_away(out: &Path, id: &str) -> Result<()> {
    let parent = out.parent().context("the output folder has no parent")?;
    let gone = tempfile::Builder::new().prefix(GONE).tempdir_in(parent).ok();
    for (idx, folder) in folders_of(out, id)?.iter().enumerate() {
        let moved =
            gone.as_ref().is_some_and(|gone| std::fs::rename(folder, gone.path().join(idx.to_string())).is_ok());
        if !moved {
            std::fs::remove_dir_all(folder).with_context(|| format!("removing {}", folder.display()))?;
        }
        crate::records::sync_parent(folder)?;
    }
    for path in own_files(id).map(|file| out.join(file)) {
        if path.exists() {
            std::fs::remove_file(&path).with_context(|| format!("removing {}", path.display()))?;
            crate::records::sync_parent(&path)?;
        }
    }
    gone.map_or(Ok(()), |gone| gone.close().context("removing what was taken down"))
}

fn staged(bytes: &[u8]) -> Staged {
    Staged { size_bytes: bytes.len() as u64, sha256: Digest::of(bytes) }
}

fn put(out: &Path, route: &Route, bytes: &[u8]) -> Result<()> {
    let path = route.below(out);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).with_context(|| format!("making {}", parent.display()))?;
    }
    replace(&path, bytes)
}

/// The lists and pages that lead to a dataset, with their bytes; the files of other datasets lead to none but their own.
fn naming(out: &Path, mention: &Mention) -> Result<Vec<(Route, Vec<u8>)>> {
    let mut res = Vec::new();
    look_through(out, "", mention, &mut res)?;
    res.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(res)
}

/// How the names of files end that were being written.
const UNFINISHED: &str = ".tmp";

/// Looks through a folder; those of other datasets are not even opened, there are as many as datasets.
fn look_through(out: &Path, folder: &str, mention: &Mention, res: &mut Vec<(Route, Vec<u8>)>) -> Result<()> {
    let dir = out.join(folder);
    for item in dir.read_dir().with_context(|| format!("listing {}", dir.display()))? {
        let item = item.with_context(|| format!("listing {}", dir.display()))?;
        // What is not UTF-8 is no file of ours.
        let Ok(file) = item.file_name().into_string() else { continue };
        let name = if folder.is_empty() { file } else { format!("{folder}/{file}") };
        let is_dir = item.file_type().with_context(|| format!("looking at {name}"))?.is_dir();
        if is_of_other(&name, is_dir) {
            continue;
        }
        if is_dir {
            look_through(out, &name, mention, res)?;
        } else if name.ends_with(UNFINISHED) {
            // What a take-down that was killed was writing: it may name what it was about.
            std::fs::remove_file(item.path()).with_context(|| format!("removing {name}"))?;
        } else if may_list(&name) {
            let bytes = std::fs::read(item.path()).with_context(|| format!("reading {name}"))?;
            if mention.is_in(&name, &bytes) {
                res.push((Route::new(&name)?, bytes));
            }
        }
    }
    Ok(())
}

/// Whether a file may list datasets: pages and texts for programs, but not what the workbook of the catalog is made from.
fn may_list(name: &str) -> bool {
    let ending = name.rsplit('/').next().and_then(|file| file.rsplit_once('.')).map_or("", |(_, ending)| ending);
    let is_list = ["html", "json", "jsonld", "ttl", "xml", "rdf", "csv"].contains(&ending);
    is_list || (ending.is_empty() && name.starts_with("api/3/action/"))
}

/// Whether a folder or file is that of one dataset, or an asset.
fn is_of_other(name: &str, is_dir: bool) -> bool {
    let (parent, own) = name.rsplit_once('/').unwrap_or(("", name));
    let folder = parent.rsplit('/').next().unwrap_or_default();
    if is_dir {
        return (folder == "datasets" && own != "page") || name == "assets";
    }
    parent == "api/v1/datasets" || folder == "package_show"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_a_dataset() {
        for own in [
            "datasets/a1/index.html",
            "en/datasets/a1/index.html",
            "datasets/a1/files/x.csv",
            "datasets/a1/a1.zip",
            "api/v1/datasets/a1/t/rows/1.json",
            "api/v1/datasets/a1.json",
            "api/3/action/package_show/a1",
        ] {
            assert!(is_own(own, "a1"), "{own}");
        }
        for other in ["datasets/a2/index.html", "datasets/index.html", "themes/a1/index.html", "datasets/a11/x", "a1/x"]
        {
            assert!(!is_own(other, "a1"), "{other}");
        }
    }
}
