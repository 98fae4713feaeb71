//! The staging folder: the one place where files of the site are created.
//!
//! Every path is put once, counted and digested as it is written. Nothing here touches the live folder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail};

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

/// A fresh folder beside the live one that a site is written into.
pub struct Stage {
    root: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Every path that was claimed; `None` while it is being written.
    files: BTreeMap<Route, Option<Staged>>,
    /// The folders that exist, relative to the root.
    dirs: BTreeSet<String>,
}

impl Stage {
    /// Makes an empty staging folder; what an interrupted run left there is removed first.
    ///
    /// Errors: when the folder cannot be removed or made.
    pub fn create(root: &Path) -> Result<Self> {
        if root.symlink_metadata().is_ok() {
            std::fs::remove_dir_all(root)
                .with_context(|| format!("removing what an earlier run left in {}", root.display()))?;
        }
        std::fs::create_dir_all(root).with_context(|| format!("making the folder {}", root.display()))?;
        Ok(Self { root: root.to_owned(), state: Mutex::default() })
    }

    /// The folder.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Writes a whole file.
    ///
    /// Errors: when the path was put before, or the disk fails; the message names the path.
    pub fn put(&self, route: &Route, bytes: &[u8]) -> Result<Staged> {
        let path = self.claim(route)?;
        let mut file = create_file(&path).with_context(|| format!("writing {route}"))?;
        file.write_all(bytes).with_context(|| format!("writing {route}"))?;
        let staged = Staged { size_bytes: bytes.len() as u64, sha256: Digest::of(bytes) };
        self.enter(route, staged);
        Ok(staged)
    }

    /// Opens a file that is written piece by piece; it counts once [`StageWriter::finish`] is called.
    ///
    /// Errors: as [`Stage::put`].
    pub fn writer(&self, route: &Route) -> Result<StageWriter<'_>> {
        let path = self.claim(route)?;
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
        File::open(route.below(&self.root)).with_context(|| format!("reading the staged {route}"))
    }

    /// Takes a file that an earlier build made, by a further link to it; answers whether that was possible.
    ///
    /// Errors: as [`Stage::put`].
    pub fn link(&self, route: &Route, made: &Path, staged: Staged) -> Result<bool> {
        let path = self.claim(route)?;
        if std::fs::hard_link(made, &path).is_err() {
            let mut state = self.lock();
            state.files.remove(route);
            self.prune(&mut state, route);
            return Ok(false);
        }
        self.enter(route, staged);
        Ok(true)
    }

    /// Removes a staged file, for instance of a dataset that is not released.
    ///
    /// Errors: when it cannot be removed.
    pub fn withdraw(&self, route: &Route) -> Result<()> {
        std::fs::remove_file(route.below(&self.root)).with_context(|| format!("removing the staged {route}"))?;
        let mut state = self.lock();
        state.files.remove(route);
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
        self.lock().files.get(route).copied().flatten()
    }

    fn enter(&self, route: &Route, staged: Staged) {
        if let Some(known) = self.lock().files.get_mut(route) {
            *known = Some(staged);
        }
    }

    /// Everything staged so far.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.lock().files.iter().filter_map(|(route, staged)| Some((route.clone(), (*staged)?))).collect()
    }

    fn claim(&self, route: &Route) -> Result<PathBuf> {
        let dir = route.parent();
        let mut state = self.lock();
        if state.files.insert(route.clone(), None).is_some() {
            bail!("two writers for one path: {route}");
        }
        if !dir.is_empty() && !state.dirs.contains(dir) {
            std::fs::create_dir_all(self.root.join(dir)).with_context(|| format!("making the folder of {route}"))?;
            state.dirs.insert(dir.to_owned());
        }
        Ok(route.below(&self.root))
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
        self.stage.enter(&self.route, staged);
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
