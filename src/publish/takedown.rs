//! Takes a dataset off the live folder at once: its data first, then a notice in its place, then what names it.
//!
//! The hold is on record before this begins, so that whatever is interrupted here is finished by the next start.
//! A build that is about to go live waits for this, and this for it: neither brings back what the other removed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use walkdir::WalkDir;

use super::{Folders, RELEASE_FILE, ReleaseNote, digest_of, ledger_text, read_ledger, read_note};
use crate::model::digest::Digest;
use crate::model::route::Route;
use crate::records::holds::{Hold, TakeDown};
use crate::records::{Lock, chain, replace};
use crate::stage::Staged;

/// What is to be taken down, and what stands in its place.
pub struct Order<'a> {
    /// The folders of the site.
    pub folders: &'a Folders,
    /// The decision on record.
    pub hold: &'a Hold,
    /// The notice pages; where there are none, the address answers 404 until the next build.
    pub pages: Vec<(Route, Vec<u8>)>,
    /// The address of the dataset's page as links give it, without the language.
    pub address: &'a str,
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
    // A publication that was cut short is put on record before its ledger changes.
    super::recover(order.folders)?;
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
    let mut ledger = read_ledger(&order.folders.ledger())?;
    let n_before = ledger.len();
    ledger.retain(|route, _| !is_own(route.as_str(), &order.hold.dataset));
    done.n_removed = n_before - ledger.len();
    let mut changes: Vec<(Route, Vec<u8>)> = order.pages.clone();
    let kept: Vec<&Route> = order.pages.iter().map(|(route, _)| route).collect();
    for route in naming(out, order.address)? {
        if kept.contains(&&route) {
            continue;
        }
        let path = route.below(out);
        let html = std::fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
        match without(&html, order.address) {
            Some(html) => {
                changes.push((route, html.into_bytes()));
                done.n_changed += 1;
            }
            None => done.naming.push(route),
        }
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
    Ok(note)
}

/// Whether a path belongs to a dataset: its pages in every language, its files, its part of the static API.
#[must_use]
pub fn is_own(path: &str, id: &str) -> bool {
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
fn move_away(out: &Path, id: &str) -> Result<()> {
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

/// The pages that lead to an address; the pages of other datasets lead to none but their own.
fn naming(out: &Path, address: &str) -> Result<Vec<Route>> {
    let mut res = Vec::new();
    for item in WalkDir::new(out).sort_by_file_name().into_iter().filter_entry(|item| !is_of_other(item)) {
        let item = item.with_context(|| format!("listing {}", out.display()))?;
        if !item.file_type().is_file() || item.path().extension().is_none_or(|ending| ending != "html") {
            continue;
        }
        let html = std::fs::read(item.path()).with_context(|| format!("reading {}", item.path().display()))?;
        if memchr::memmem::find(&html, address.as_bytes()).is_some() {
            let name = item.path().strip_prefix(out).unwrap_or(item.path()).to_string_lossy().into_owned();
            res.push(Route::new(&name)?);
        }
    }
    Ok(res)
}

/// Whether a folder is that of one dataset.
fn is_of_other(item: &walkdir::DirEntry) -> bool {
    let is_in_datasets = item.path().parent().is_some_and(|parent| parent.file_name().is_some_and(|n| n == "datasets"));
    item.file_type().is_dir() && is_in_datasets && item.file_name() != "page"
}

/// A page without the items of its lists that lead to an address; `None` where it leads there from elsewhere.
fn without(html: &str, address: &str) -> Option<String> {
    let mut html = html.to_owned();
    while let Some(at) = html.find(address) {
        let begin = html[..at].rfind("<li")?;
        if html[begin..at].contains("</li>") {
            return None;
        }
        let end = at + html[at..].find("</li>")? + "</li>".len();
        let end = end + usize::from(html[end..].starts_with('\n'));
        html.replace_range(begin..end, "");
    }
    Some(html)
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
        ] {
            assert!(is_own(own, "a1"), "{own}");
        }
        for other in ["datasets/a2/index.html", "datasets/index.html", "themes/a1/index.html", "datasets/a11/x", "a1/x"]
        {
            assert!(!is_own(other, "a1"), "{other}");
        }
    }

    #[test]
    fn items_are_cut_out_whole() {
        let page = "<ul><li class=\"card\"><a href=\"/datasets/a/\">甲</a></li>\n<li><a href=\"/datasets/b/\">乙</a></li>\n</ul>";
        assert_eq!(without(page, "/datasets/a/\"").unwrap(), "<ul><li><a href=\"/datasets/b/\">乙</a></li>\n</ul>");
        assert_eq!(without("<li></li><p><a href=\"/datasets/a/\">", "/datasets/a/\""), None);
    }
}
