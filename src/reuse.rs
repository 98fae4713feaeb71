//! What an earlier build made of the same bytes with the same settings: found again, not made again.
//!
//! Nothing is copied aside: files are taken from the site that is live, by a further link to them, so that a dataset
//! that was taken down leaves nothing behind (DESIGN I4). What is remembered lies in `.kaishu/reuse/` of the site folder
//! and may be deleted at any time.

use std::collections::BTreeSet;
use std::fs::{self, File, Metadata};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::model::digest::{Digest, Hasher};
use crate::model::route::Route;
use crate::stage::{Stage, Staged};

/// The memory of earlier builds into one output folder.
pub struct Reuse {
    dir: PathBuf,
    out: PathBuf,
    /// Whether files are read again to see whether they are what they were.
    verify: bool,
    used: Mutex<BTreeSet<String>>,
}

/// How a file looked: a file that changed changes its size or its time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Stamp {
    size_bytes: u64,
    modified_s: i64,
    modified_ns: i64,
}

/// A file of the site as it was staged.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    route: Route,
    sha256: Digest,
    stamp: Stamp,
}

impl Stamp {
    /// How a file looks.
    #[must_use]
    pub fn of(meta: &Metadata) -> Self {
        Self { size_bytes: meta.size(), modified_s: meta.mtime(), modified_ns: meta.mtime_nsec() }
    }
}

impl Kept {
    /// How a staged file looks.
    ///
    /// Errors: when it was not staged.
    pub fn of(stage: &Stage, route: &Route, sha256: Digest) -> Result<Self> {
        let path = stage.path_of(route);
        let meta = fs::metadata(&path).with_context(|| format!("reading the size of {route}"))?;
        Ok(Self { route: route.clone(), sha256, stamp: Stamp::of(&meta) })
    }

    /// What the stage is to know of it.
    #[must_use]
    pub fn staged(&self) -> Staged {
        Staged { size_bytes: self.stamp.size_bytes, sha256: self.sha256 }
    }
}

impl Reuse {
    /// The memory of a site folder for one output folder.
    #[must_use]
    pub fn new(site_root: &Path, out: &Path, verify: bool) -> Self {
        let name = Digest::of(out.as_os_str().as_encoded_bytes()).short(8);
        let dir = site_root.join(".kaishu/reuse").join(name);
        Self { dir, out: out.to_owned(), verify, used: Mutex::default() }
    }

    /// What was kept under a key; `None` where there is nothing, or nothing that can be read.
    #[must_use]
    pub fn find<T: DeserializeOwned>(&self, key: Digest) -> Option<T> {
        let text = fs::read(self.path_of(key)).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Keeps something under a key until a build does without it.
    ///
    /// Errors: when the disk fails.
    pub fn keep<T: Serialize>(&self, key: Digest, value: &T) -> Result<()> {
        let path = self.path_of(key);
        let bytes = serde_json::to_vec(value).context("writing what was made of a file")?;
        fs::create_dir_all(&self.dir)
            .and_then(|()| write_whole(&path, &bytes))
            .with_context(|| format!("writing {}", path.display()))
    }

    fn path_of(&self, key: Digest) -> PathBuf {
        let name = format!("{key}.json");
        self.used.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
        self.dir.join(name)
    }

    /// Whether a file of the team is what it was: by size and time, or by its bytes where those are to be read.
    #[must_use]
    pub fn is_unchanged(&self, path: &Path, stamp: Stamp, sha256: Digest) -> bool {
        let Ok(meta) = fs::metadata(path) else { return false };
        let looks_alike = Stamp::of(&meta) == stamp;
        // A file that was only copied or touched has another time and the same bytes.
        if looks_alike && !self.verify {
            true
        } else {
            meta.size() == stamp.size_bytes && digest_of(path).is_ok_and(|found| found == sha256)
        }
    }

    /// Takes files of the live site into the stage; all of them, or none where one is not what it was.
    ///
    /// Errors: when the stage has one of them already, or the disk fails.
    pub fn link(&self, stage: &Stage, files: &[Kept]) -> Result<bool> {
        let is_same = |kept: &Kept| {
            let path = kept.route.below(&self.out);
            let is_file =
                fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_file() && Stamp::of(&meta) == kept.stamp);
            is_file && (!self.verify || digest_of(&path).is_ok_and(|found| found == kept.sha256))
        };
        if !files.iter().all(is_same) {
            return Ok(false);
        }
        for (idx, kept) in files.iter().enumerate() {
            if !stage.link(&kept.route, &kept.route.below(&self.out), kept.staged())? {
                // Another file system, or a file that went away just now.
                for linked in &files[..idx] {
                    stage.withdraw(&linked.route)?;
                }
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Forgets what this build did without.
    pub fn sweep(&self) {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(items) = self.dir.read_dir() else { return };
        for item in items.filter_map(io::Result::ok) {
            if !item.file_name().to_str().is_some_and(|name| used.contains(name)) {
                // What cannot be removed now is removed by a later build.
                let _ = fs::remove_file(item.path());
            }
        }
    }
}

/// Writes a file as a whole; one that is torn by a crash is not read as JSON and counts as missing.
#[expect(clippy::disallowed_methods, reason = "no file of the site and no record: it may be lost")]
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = path.with_extension("tmp");
    File::create(&unfinished)?.write_all(bytes)?;
    fs::rename(&unfinished, path)
}

/// The digest of a file's bytes.
///
/// Errors: when it cannot be read.
pub fn digest_of(path: &Path) -> io::Result<Digest> {
    let mut file = File::open(path)?;
    let mut hasher = Hasher::default();
    let mut buffer = vec![0; 256 << 10];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.finish()),
            n_bytes => hasher.update(&buffer[..n_bytes]),
        }
    }
}
