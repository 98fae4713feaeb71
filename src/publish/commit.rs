//! From the stage onto the live folder, and onto the record.
//!
//! 1. The stage is complete and on disk; `release.json` in it holds the digest of the whole site.
//! 2. What will be done and recorded is written to `records/pending.json`.
//! 3. Where little changed, each changed file takes the place of the old one by a rename, what pages lead to before the
//!    pages, and what is no longer there goes last. Where most changed, the staged folder and the live one change places in
//!    one system call.
//! 4. Record, register and ledger are brought up to date, `pending.json` goes, then what is left of the stage.
//!
//! A build that is killed after 2 is finished by whoever takes the lock of the live folder next; one that is killed before
//! leaves no trace.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use super::{Folders, PublicationEvent, RELEASE_FILE, ledger_text, read_note, takedown};
use crate::model::route::Route;
use crate::records::holds::Holds;
use crate::records::ids::Register;
use crate::records::{chain, replace};
use crate::stage::{Changes, Stage};

/// What a publication was about to do.
#[derive(Serialize, Deserialize)]
struct Pending {
    /// How many lines the record had before this publication.
    n_lines_before: u64,
    /// The folder that it was published to.
    out: PathBuf,
    /// The folder that it was staged in; what earlier versions of kaishu left says nothing of it.
    #[serde(default)]
    stage: PathBuf,
    #[serde(default)]
    way: Way,
    event: PublicationEvent,
    ids_csv: String,
    ledger_tsv: String,
}

/// How a stage goes live.
#[derive(Default, Serialize, Deserialize)]
enum Way {
    /// The folders change places.
    #[default]
    Swap,
    /// File by file, in this order.
    Files(Changes),
}

impl Way {
    /// Where most files changed, one exchange is quicker than many renames, and nobody sees half of it.
    fn of(stage: &Stage, out: &Path) -> Self {
        let mut changes = stage.changes();
        let is_much = changes.put.len() * 2 > stage.n_files();
        if stage.live().is_none() || is_much || changes.clashes || !has_room(out, &changes.put) {
            return Self::Swap;
        }
        changes.put.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.cmp(b)));
        Self::Files(changes)
    }
}

/// Whether each file can take its place by a rename: nothing but folders above it, and no folder or link where it goes.
fn has_room(out: &Path, put: &[Route]) -> bool {
    let kind = |path: &str| out.join(path).symlink_metadata().map(|meta| meta.file_type());
    let mut dirs: BTreeSet<&str> = BTreeSet::from([""]);
    for route in put {
        let path = route.as_str();
        dirs.extend(path.match_indices('/').map(|(at, _)| &path[..at]));
        if kind(path).is_ok_and(|kind| !kind.is_file()) {
            return false;
        }
    }
    dirs.iter().all(|dir| kind(dir).map_or(true, |kind| kind.is_dir()))
}

/// What is led to comes before what leads to it: data, lists, pages, then the note that says which release this is.
fn rank(route: &Route) -> u8 {
    let path = route.as_str();
    let is_data = ["assets/", "datasets/", "api/v1/datasets/"].iter().any(|folder| path.starts_with(folder));
    match path.rsplit_once('.') {
        _ if path == RELEASE_FILE => 3,
        Some((_, "html")) => 2,
        _ if is_data && !path.starts_with("api/v1/datasets/page/") => 0,
        _ => 1,
    }
}

/// Puts a sealed stage onto the live folder and records it.
///
/// Errors: when the disk fails, or a dataset was suspended since the build began; what was not done yet is then done by the
/// next start, or nothing was.
pub fn commit(folders: &Folders, stage: &Stage, event: PublicationEvent, register: &Register) -> Result<()> {
    let _live = takedown::lock(folders)?;
    let is_left_out = |id: &String| event.held.as_ref().is_some_and(|held| held.contains(id));
    if let Some(hold) = Holds::load(&folders.chain())?.in_force().find(|hold| !is_left_out(&hold.dataset)) {
        bail!(
            "生成期间 {0} 被中止开放或撤回，请再生成一次 / {0} was suspended or withdrawn while the site was built: build again",
            hold.dataset
        );
    }
    let before = stage.live().map(|live| super::digest_of(&live.ledger));
    if before.is_some() && before != read_note(&folders.out)?.map(|note| note.sha256) {
        bail!("生成期间网站已有变动，请再生成一次 / the site changed while it was built anew: build again");
    }
    let way = Way::of(stage, &folders.out);
    if matches!(way, Way::Swap) {
        stage.complete()?;
    }
    let pending = Pending {
        n_lines_before: chain::read(&folders.chain(), |_, _| Ok(()))?.n_lines,
        out: folders.out.clone(),
        stage: folders.stage.clone(),
        way,
        event,
        ids_csv: String::from_utf8(register.to_bytes()?).context("writing the register")?,
        ledger_tsv: ledger_text(&stage.ledger()),
    };
    sync(&folders.stage)?;
    replace(&folders.pending(), &serde_json::to_vec(&pending).context("writing pending.json")?)?;
    match &pending.way {
        Way::Swap => swap(&pending.stage, &pending.out)?,
        Way::Files(changes) => apply(changes, &pending.stage, &pending.out, Missing::IsAFault).context(
            "新网站只放好了一部分，请再生成一次 / the new site is in place in part only: run kaishu build again, which finishes it",
        )?,
    }
    finish(folders, &pending)
        .context("新网站已经发布，但没有记录完整，请再生成一次 / the new site is live, but its record is not complete: build again")
}

/// Finishes or undoes what a publication left that was cut short; the caller has the lock of the live folder.
///
/// Errors: when the disk fails or `pending.json` does not read.
pub(super) fn recover(folders: &Folders) -> Result<()> {
    chain::finish_interrupted(&folders.chain())?;
    let path = folders.pending();
    let Ok(bytes) = std::fs::read(&path) else {
        return Ok(());
    };
    let pending: Pending = serde_json::from_slice(&bytes).with_context(|| {
        format!(
            "reading {}: it belongs to an interrupted build; remove it if {} is whole",
            path.display(),
            folders.out.display()
        )
    })?;
    match &pending.way {
        // The live folder is still the old one, whole: as if nothing had been.
        Way::Swap if read_note(&pending.out)?.as_ref() != Some(&pending.event.release) => {
            return std::fs::remove_file(&path).with_context(|| format!("removing {}", path.display()));
        }
        Way::Swap => {}
        Way::Files(changes) => {
            // What was suspended since is in this stage, and must not come back with it.
            for hold in Holds::load(&folders.chain())?.in_force() {
                let is_left_out = pending.event.held.as_ref().is_some_and(|held| held.contains(&hold.dataset));
                if !is_left_out && pending.stage.exists() {
                    takedown::move_away(&pending.stage, &hold.dataset)?;
                }
            }
            apply(changes, &pending.stage, &pending.out, Missing::WasMoved)?;
            if read_note(&pending.out)?.as_ref() != Some(&pending.event.release) {
                // The stage is not what it was, so that this is neither release: the next build writes everything.
                let ledger = folders.ledger();
                if ledger.exists() {
                    std::fs::remove_file(&ledger).with_context(|| format!("removing {}", ledger.display()))?;
                }
                return std::fs::remove_file(&path).with_context(|| format!("removing {}", path.display()));
            }
        }
    }
    finish(folders, &pending)
}

/// What it means that a file is not in the stage.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Missing {
    IsAFault,
    /// It was moved before the build was cut short, or was taken down since.
    WasMoved,
}

/// Moves what changed to where it belongs and removes what went.
fn apply(changes: &Changes, stage: &Path, out: &Path, missing: Missing) -> Result<()> {
    let mut dirs: BTreeSet<&str> = BTreeSet::new();
    for route in &changes.put {
        let (from, to) = (route.below(stage), route.below(out));
        if dirs.insert(route.parent()) {
            let dir = out.join(route.parent());
            std::fs::create_dir_all(&dir).with_context(|| format!("making {}", dir.display()))?;
        }
        match std::fs::rename(&from, &to) {
            Err(error) if missing == Missing::IsAFault || error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("putting {route} in place"));
            }
            _ => {}
        }
    }
    for route in &changes.gone {
        match std::fs::remove_file(route.below(out)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("removing {route}"));
            }
            _ => {}
        }
        let mut dir = route.parent();
        while !dir.is_empty() && std::fs::remove_dir(out.join(dir)).is_ok() {
            dir = dir.rsplit_once('/').map_or("", |(above, _)| above);
        }
    }
    sync(out)
}

/// Puts a publication on record and removes what is left of its stage.
fn finish(folders: &Folders, pending: &Pending) -> Result<()> {
    record(folders, pending)?;
    std::fs::remove_file(folders.pending()).context("removing pending.json")?;
    if pending.stage.exists() {
        std::fs::remove_dir_all(&pending.stage)
            .with_context(|| format!("removing what is left in {}", pending.stage.display()))?;
    }
    Ok(())
}

/// Puts a stage onto a folder without a record, for previews.
///
/// Errors: when the disk fails.
pub fn preview(folders: &Folders, stage: &Stage) -> Result<()> {
    match Way::of(stage, &folders.out) {
        Way::Swap => {
            stage.complete()?;
            swap(&folders.stage, &folders.out)?;
        }
        Way::Files(changes) => apply(&changes, &folders.stage, &folders.out, Missing::IsAFault)?,
    }
    if folders.stage.exists() {
        std::fs::remove_dir_all(&folders.stage).context("removing what is left of the preview's stage")?;
    }
    Ok(())
}

/// One `syncfs` instead of an `fsync` for each of many thousand files.
#[cfg(target_os = "linux")]
fn sync(dir: &Path) -> Result<()> {
    let dir_file = std::fs::File::open(dir).with_context(|| format!("opening {}", dir.display()))?;
    rustix::fs::syncfs(&dir_file).with_context(|| format!("syncing {}", dir.display()))
}

/// Where one file system cannot be synced by itself, all of them are.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature on every system")]
fn sync(_dir: &Path) -> Result<()> {
    rustix::fs::sync();
    Ok(())
}

fn swap(stage: &Path, out: &Path) -> Result<()> {
    let what = || format!("putting the new site in the place of {}", out.display());
    if out.symlink_metadata().is_err() {
        std::fs::rename(stage, out).with_context(what)?;
    } else {
        match renameat_with(CWD, stage, CWD, out, RenameFlags::EXCHANGE) {
            Ok(()) => {}
            Err(Errno::INVAL | Errno::NOSYS | Errno::NOTSUP) => bail!(
                "{}: this file system cannot exchange two folders in one step; put --out on ext4, xfs, btrfs or APFS",
                what()
            ),
            Err(error) => return Err(error).with_context(what),
        }
    }
    crate::records::sync_parent(out)
}

fn record(folders: &Folders, pending: &Pending) -> Result<()> {
    let event = serde_json::value::to_raw_value(&pending.event).context("writing the record")?;
    let mut is_recorded = false;
    chain::read(&folders.chain(), |seq, raw| {
        is_recorded |= seq > pending.n_lines_before && raw.get() == event.get();
        Ok(())
    })?;
    if !is_recorded {
        chain::append(&folders.chain(), &event)?;
    }
    replace(&folders.ids(), pending.ids_csv.as_bytes())?;
    replace(&folders.ledger(), pending.ledger_tsv.as_bytes())
}
