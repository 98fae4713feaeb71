//! The staging folder: the one place where files of the site are created.
//!
//! Every path is put once, counted and digested as it is written. Nothing here touches the live folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::model::digest::{Digest, Hasher};
use crate::model::route::Route;

/// What is known of a staged file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Staged {
    /// Bytes as written to disk.
    pub size_bytes: u64,
    /// The digest of those bytes.
    pub sha256: Digest,
}

/// Every file of the site with its size and digest, by path.
pub type Ledger = BTreeMap<Route, Staged>;

/// The site that is live: what a stage need not write again.
pub struct Live {
    /// Its folder.
    pub out: PathBuf,
    /// What it holds.
    pub ledger: Ledger,
}

impl Live {
    /// Whether every file is there, as long as it was.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.ledger.iter().all(|(route, staged)| self.has(route, *staged))
    }

    /// Whether the folder has a file with these bytes; one that somebody removed or cut there counts as none.
    fn has(&self, route: &Route, staged: Staged) -> bool {
        let is_known = self.ledger.get(route) == Some(&staged);
        let meta = || route.below(&self.out).symlink_metadata();
        is_known && meta().is_ok_and(|meta| meta.is_file() && meta.len() == staged.size_bytes)
    }
}

/// What has to be done to a live folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// Files of the stage that are new or have other bytes.
    pub put: Vec<Route>,
    /// Files that are there no longer.
    pub gone: Vec<Route>,
    /// Whether a file and a folder want one name: then nothing can be changed file by file.
    #[serde(skip)]
    pub clashes: bool,
}

/// A fresh folder beside the live one that a site is written into: what differs from the live site, where there is one.
pub struct Stage {
    root: PathBuf,
    live: Option<Live>,
    state: Mutex<State>,
}

/// A file of the site to be.
#[derive(Clone, Copy)]
struct Entry {
    staged: Staged,
    /// Whether it is the live site's file, and not in the folder of the stage.
    is_kept: bool,
}

#[derive(Default)]
struct State {
    /// Every path that was claimed; `None` while it is being written.
    files: BTreeMap<Route, Option<Entry>>,
    /// The folders that exist, relative to the root.
    dirs: BTreeSet<String>,
}

impl Stage {
    /// Makes an empty staging folder for a whole site; what an interrupted run left there is removed first.
    ///
    /// Errors: when the folder cannot be removed or made.
    pub fn create(root: &Path) -> Result<Self> {
        Self::beside(root, None)
    }

    /// Makes an empty staging folder for what differs from the live site.
    ///
    /// Errors: as [`Stage::create`].
    pub fn beside(root: &Path, live: Option<Live>) -> Result<Self> {
        if root.symlink_metadata().is_ok() {
            std::fs::remove_dir_all(root)
                .with_context(|| format!("removing what an earlier run left in {}", root.display()))?;
        }
        std::fs::create_dir_all(root).with_context(|| format!("making the folder {}", root.display()))?;
        Ok(Self { root: root.to_owned(), live, state: Mutex::default() })
    }

    /// The live site that it differs from.
    #[must_use]
    pub fn live(&self) -> Option<&Live> {
        self.live.as_ref()
    }

    /// Where the bytes of a file lie: in the stage, or in the live site where they are the same.
    #[must_use]
    pub fn path_of(&self, route: &Route) -> PathBuf {
        let is_kept = self.lock().files.get(route).copied().flatten().is_some_and(|entry| entry.is_kept);
        match &self.live {
            Some(live) if is_kept => route.below(&live.out),
            _ => route.below(&self.root),
        }
    }

    /// Puts a whole file: it is written where the live site has no such file.
    ///
    /// Errors: when the path was put before, or the disk fails; the message names the path.
    pub fn put(&self, route: &Route, bytes: &[u8]) -> Result<Staged> {
        let staged = Staged { size_bytes: bytes.len() as u64, sha256: Digest::of(bytes) };
        let is_kept = self.has_live(route, staged);
        let path = self.claim(route, !is_kept)?;
        if !is_kept {
            let mut file = create_file(&path).with_context(|| format!("writing {route}"))?;
            file.write_all(bytes).with_context(|| format!("writing {route}"))?;
        }
        self.enter(route, Entry { staged, is_kept });
        Ok(staged)
    }

    fn has_live(&self, route: &Route, staged: Staged) -> bool {
        self.live.as_ref().is_some_and(|live| live.has(route, staged))
    }

    /// Opens a file that is written piece by piece; it counts once [`StageWriter::finish`] is called.
    ///
    /// Errors: as [`Stage::put`].
    pub fn writer(&self, route: &Route) -> Result<StageWriter<'_>> {
        let path = self.claim(route, true)?;
        let file = create_file(&path).with_context(|| format!("writing {route}"))?;
        Ok(StageWriter {
            stage: self,
            route: route.clone(),
            path,
            inner: BufWriter::with_capacity(128 * 1024, file),
            hasher: Hasher::default(),
            size_bytes: 0,
        })
    }

    /// Opens a staged file again, to put it into an archive.
    ///
    /// Errors: when it was not staged.
    pub fn open(&self, route: &Route) -> Result<File> {
        File::open(self.path_of(route)).with_context(|| format!("reading the staged {route}"))
    }

    /// Takes a file that an earlier build made, by a further link to it; answers whether that was possible.
    ///
    /// Errors: as [`Stage::put`].
    pub fn link(&self, route: &Route, made: &Path, staged: Staged) -> Result<bool> {
        let is_kept =
            self.live.as_ref().is_some_and(|live| made == route.below(&live.out)) && self.has_live(route, staged);
        let path = self.claim(route, !is_kept)?;
        if !is_kept && std::fs::hard_link(made, &path).is_err() {
            let mut state = self.lock();
            state.files.remove(route);
            self.prune(&mut state, route);
            return Ok(false);
        }
        self.enter(route, Entry { staged, is_kept });
        Ok(true)
    }

    /// Removes a staged file, for instance of a dataset that is not released.
    ///
    /// Errors: when it cannot be removed.
    pub fn withdraw(&self, route: &Route) -> Result<()> {
        let mut state = self.lock();
        let entry = state.files.remove(route).flatten();
        if entry.is_none_or(|entry| !entry.is_kept) {
            std::fs::remove_file(route.below(&self.root)).with_context(|| format!("removing the staged {route}"))?;
        }
        self.prune(&mut state, route);
        Ok(())
    }

    /// Removes the folders that a removed file leaves empty: their names would tell of a dataset that is not released.
    fn prune(&self, state: &mut State, route: &Route) {
        let mut dir = route.parent();
        // A folder that is not empty stays, and with it all above it.
        while !dir.is_empty() && std::fs::remove_dir(self.root.join(dir)).is_ok() {
            state.dirs.remove(dir);
            dir = dir.rsplit_once('/').map_or("", |(above, _)| above);
        }
    }

    /// What is known of a staged file; `None` where it was not staged.
    #[must_use]
    pub fn staged(&self, route: &Route) -> Option<Staged> {
        self.lock().files.get(route).copied().flatten().map(|entry| entry.staged)
    }

    fn enter(&self, route: &Route, entry: Entry) {
        if let Some(known) = self.lock().files.get_mut(route) {
            *known = Some(entry);
        }
    }

    /// Everything staged so far.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.lock().files.iter().filter_map(|(route, entry)| Some((route.clone(), (*entry)?.staged))).collect()
    }

    /// How many files the site has so far.
    #[must_use]
    pub fn n_files(&self) -> usize {
        self.lock().files.len()
    }

    /// What has to be done to the live folder; everything is new where there is none.
    #[must_use]
    pub fn changes(&self) -> Changes {
        let state = self.lock();
        let is_new = |entry: &Option<Entry>| entry.is_some_and(|entry| !entry.is_kept);
        let put: Vec<Route> =
            state.files.iter().filter(|(_, entry)| is_new(entry)).map(|(route, _)| route.clone()).collect();
        let Some(live) = &self.live else { return Changes { put, ..Changes::default() } };
        let gone: Vec<Route> = live.ledger.keys().filter(|route| !state.files.contains_key(*route)).cloned().collect();
        let above = |route: &Route| -> Vec<String> {
            route.as_str().match_indices('/').map(|(at, _)| route.as_str()[..at].to_owned()).collect()
        };
        let dirs: BTreeSet<String> = put.iter().flat_map(above).collect();
        let is_file_now_dir = gone.iter().any(|route| dirs.contains(route.as_str()));
        let old_dirs: BTreeSet<String> = gone.iter().flat_map(above).collect();
        let is_dir_now_file = put.iter().any(|route| old_dirs.contains(route.as_str()));
        Changes { put, gone, clashes: is_file_now_dir || is_dir_now_file }
    }

    /// Takes every file that is the live site's into the folder, so that it is the whole site.
    ///
    /// Errors: when the disk fails.
    pub fn complete(&self) -> Result<()> {
        let Some(live) = &self.live else { return Ok(()) };
        let mut state = self.lock();
        let kept: Vec<Route> = state
            .files
            .iter()
            .filter(|(_, entry)| entry.is_some_and(|entry| entry.is_kept))
            .map(|(route, _)| route.clone())
            .collect();
        for route in kept {
            self.make_dir(&mut state, &route)?;
            std::fs::hard_link(route.below(&live.out), route.below(&self.root))
                .with_context(|| format!("taking {route} from the live site"))?;
            if let Some(Some(entry)) = state.files.get_mut(&route) {
                entry.is_kept = false;
            }
        }
        Ok(())
    }

    fn claim(&self, route: &Route, is_written: bool) -> Result<PathBuf> {
        let mut state = self.lock();
        if state.files.insert(route.clone(), None).is_some() {
            bail!("two writers for one path: {route}");
        }
        if is_written {
            self.make_dir(&mut state, route)?;
        }
        Ok(route.below(&self.root))
    }

    fn make_dir(&self, state: &mut State, route: &Route) -> Result<()> {
        let dir = route.parent();
        if !dir.is_empty() && !state.dirs.contains(dir) {
            std::fs::create_dir_all(self.root.join(dir)).with_context(|| format!("making the folder of {route}"))?;
            state.dirs.insert(dir.to_owned());
        }
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the stage: the one place that creates site files")]
fn create_file(path: &Path) -> io::Result<File> {
    File::create(path)
}

/// A staged file that is still being written.
///
/// Dropped without [`StageWriter::finish`], the file is removed.
pub struct StageWriter<'a> {
    stage: &'a Stage,
    route: Route,
    path: PathBuf,
    inner: BufWriter<File>,
    hasher: Hasher,
    size_bytes: u64,
}

impl StageWriter<'_> {
    /// Ends the file and enters it into the ledger.
    ///
    /// Errors: when the last bytes cannot be written.
    pub fn finish(mut self) -> Result<Staged> {
        self.inner.flush().with_context(|| format!("writing {}", self.route))?;
        let hasher = std::mem::take(&mut self.hasher);
        let staged = Staged { size_bytes: self.size_bytes, sha256: hasher.finish() };
        let is_kept = self.stage.has_live(&self.route, staged);
        if is_kept {
            std::fs::remove_file(&self.path).with_context(|| format!("removing the staged {}", self.route))?;
        }
        self.stage.enter(&self.route, Entry { staged, is_kept });
        Ok(staged)
    }
}

impl Write for StageWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write_all(bytes)?;
        self.hasher.update(bytes);
        self.size_bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl Drop for StageWriter<'_> {
    fn drop(&mut self) {
        let mut state = self.stage.lock();
        if state.files.get(&self.route).is_some_and(Option::is_none) {
            state.files.remove(&self.route);
            // The file was never entered; if removing fails, the staging folder is removed whole later.
            let _ = std::fs::remove_file(&self.path);
            self.stage.prune(&mut state, &self.route);
        }
    }
}
