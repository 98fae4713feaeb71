//! Whether a build would make what is live already. Then nothing is read but names, sizes and times of files.
//!
//! What is remembered of the last build lies in `.kaishu/built/` of the site folder and may be deleted at any time.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use crate::cli::SiteArgs;
use crate::cli::pipeline::Counts;
use crate::model::date::Day;
use crate::model::digest::{Digest, Hasher};
use crate::publish::{self, Folders};
use crate::records::chain;
use crate::reuse::Stamp;
use crate::site::Site;

/// What the last build was made of, and how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Built {
    inputs: Digest,
    /// Of the live site and the record, as the build left them.
    state: Digest,
    summary: Summary,
}

/// How a build ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// How many entries went which way.
    pub counts: Counts,
    /// How many pages and files the site has.
    pub n_pages: usize,
    /// Files beside the release note.
    pub n_files: usize,
    /// Whether an entry was refused.
    pub is_refused: bool,
}

/// The input of a build, as it looked before anything was read.
pub struct Input {
    digest: Digest,
    /// When the youngest file was changed, seconds since 1970.
    youngest: i64,
    /// How many lines the record had.
    n_lines: u64,
}

/// A file that was changed so many seconds before a build began may have been changed once more without looking so.
///
/// Source: ours; file systems tell the time of a change in steps of up to two seconds (FAT).
const STEP_S: i64 = 2;

/// What the program itself writes into a site folder, and what never holds input; every other folder may hold a catalog.
const OWN: [&str; 6] = [".kaishu", ".git", "report", "server", "records", "cases"];

/// How the input of a build looks; `None` where that cannot be told, and everything is read.
pub fn input(args: &SiteArgs, folders: &Folders, as_of: Day, tool: Digest) -> Option<Input> {
    let root = args.site.canonicalize().ok()?;
    // A catalog may lie where nothing is looked at: outside the site folder, or among what the program writes.
    let site = Site::load(&args.site).ok()?;
    let is_seen = |pattern: &String| !pattern.contains("..") && !OWN.iter().any(|own| pattern.contains(own));
    if !site.catalog.files.iter().all(is_seen) {
        return None;
    }
    let mut hasher = Hasher::default();
    for part in [tool.to_string(), as_of.to_string(), args.allow_draft.to_string(), args.allow_empty.to_string()] {
        hasher.update_field(&part);
    }
    let is_own = |path: &Path| {
        let relative = path.strip_prefix(&root).unwrap_or(path);
        let name = relative.to_string_lossy();
        path == folders.out || path == folders.stage || OWN.contains(&name.as_ref())
    };
    let mut youngest = 0;
    let items = WalkDir::new(&root).follow_links(true).sort_by_file_name().into_iter();
    for item in items.filter_entry(|item| item.depth() == 0 || !is_own(item.path())) {
        let item = item.ok()?;
        if item.file_type().is_dir() {
            continue;
        }
        let meta = item.metadata().ok()?;
        let changed = meta.modified().ok()?.duration_since(UNIX_EPOCH).ok()?.as_secs();
        youngest = youngest.max(i64::try_from(changed).ok()?);
        hasher.update_field(&item.path().to_string_lossy());
        // Who may read a file, and which file it is, can change without its size and time.
        let kept = (Stamp::of(&meta), meta.ctime(), meta.ctime_nsec(), meta.ino());
        hasher.update_field(&format!("{kept:?}"));
    }
    Some(Input { digest: hasher.finish(), youngest, n_lines: n_lines(folders)? })
}

/// How site and record look now.
fn state(folders: &Folders) -> Result<Digest> {
    let mut hasher = Hasher::default();
    hasher.update_field(&format!("{:?}", publish::read_note(&folders.out)?));
    for path in [folders.chain(), folders.ids(), folders.ledger()] {
        hasher.update_field(&format!("{:?}", std::fs::metadata(&path).ok().map(|meta| Stamp::of(&meta))));
    }
    Ok(hasher.finish())
}

fn n_lines(folders: &Folders) -> Option<u64> {
    chain::read(&folders.chain(), |_, _| Ok(())).ok().map(|tip| tip.n_lines)
}

fn path_of(site: &Path, folders: &Folders) -> PathBuf {
    let name = Digest::of(folders.out.as_os_str().as_encoded_bytes()).short(8);
    site.join(".kaishu/built").join(format!("{name}.json"))
}

/// What the last build made, where a build of this input would make the same and all of it is there.
///
/// Errors: when the live site cannot be read.
pub fn find(site: &Path, folders: &Folders, input: &Input) -> Result<Option<Summary>> {
    let Ok(bytes) = std::fs::read(path_of(site, folders)) else { return Ok(None) };
    let Ok(built) = serde_json::from_slice::<Built>(&bytes) else { return Ok(None) };
    if built.inputs != input.digest || built.state != state(folders)? {
        return Ok(None);
    }
    let is_there = ["server/nginx.conf", "report/index.html"].iter().all(|name| site.join(name).exists());
    let is_whole = is_there && publish::live(folders)?.is_some_and(|live| live.is_whole());
    Ok(is_whole.then_some(built.summary))
}

/// Remembers a build that began at some second, unless a file was changed just before.
///
/// Errors: when the disk fails.
pub fn keep(site: &Path, folders: &Folders, input: &Input, began: i64, summary: Summary) -> Result<()> {
    let path = path_of(site, folders);
    if input.youngest > began - STEP_S {
        return Ok(());
    }
    let built = Built { inputs: input.digest, state: state(folders)?, summary };
    // A line that somebody else put on record meanwhile was not read by this build.
    if n_lines(folders) != Some(input.n_lines + 1) {
        return Ok(());
    }
    let dir = path.parent().unwrap_or(site);
    std::fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
    crate::records::replace(&path, &serde_json::to_vec(&built).context("writing what was built")?)
}
