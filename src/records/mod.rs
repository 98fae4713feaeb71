//! What must be remembered between builds: the identifiers once assigned, and the hash-chained record.

pub mod chain;
pub mod history;
pub mod holds;
pub mod ids;
pub mod signed;

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::model::digest::Digest;

/// The chain in a folder of records.
pub const CHAIN_FILE: &str = "chain.jsonl";
/// The register of identifiers in a folder of records.
pub const IDS_FILE: &str = "ids.csv";

/// Keeps bytes durably in a file that is named by their digest; equal bytes are kept once.
///
/// Errors: when the disk fails.
pub fn keep_by_digest(folder: &Path, ending: &str, bytes: &[u8]) -> Result<Digest> {
    let digest = Digest::of(bytes);
    let path = folder.join(format!("{digest}.{ending}"));
    if !path.exists() {
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
        replace(&path, bytes)?;
    }
    Ok(digest)
}

/// Replaces a file as a whole and makes it durable before it takes the old one's place.
///
/// Errors: when the disk fails; the old file is then untouched.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let fresh = path.with_extension("tmp");
    let mut file = create(&fresh).with_context(|| format!("writing {}", fresh.display()))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).with_context(|| format!("writing {}", fresh.display()))?;
    std::fs::rename(&fresh, path).with_context(|| format!("putting {} in place", path.display()))?;
    sync_parent(path)
}

/// Makes the entry of a file in its folder durable.
///
/// Errors: when the folder cannot be synced.
pub fn sync_parent(path: &Path) -> Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    File::open(parent).and_then(|dir| dir.sync_all()).with_context(|| format!("syncing {}", parent.display()))
}

#[expect(clippy::disallowed_methods, reason = "records are written here and nowhere else")]
fn create(path: &Path) -> std::io::Result<File> {
    File::create(path)
}

/// A lock that one process holds; it ends with the process, however that ends.
pub struct Lock {
    _file: File,
}

impl Lock {
    fn open(path: &Path) -> Result<File> {
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).with_context(|| format!("making {}", parent.display()))?;
        }
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        options.open(path).with_context(|| format!("opening the lock {}", path.display()))
    }

    /// Takes the lock at a path, and waits while another process has it.
    ///
    /// Errors: when the file cannot be made.
    pub fn take(path: &Path) -> Result<Self> {
        let file = Self::open(path)?;
        file.lock().with_context(|| format!("locking {}", path.display()))?;
        Ok(Self { _file: file })
    }

    /// Takes the lock at a path, and waits so long at most while another process has it.
    ///
    /// Errors: when the file cannot be made, or the time is over.
    pub fn take_within(path: &Path, patience: Duration) -> Result<Self> {
        const LOOK_EVERY: Duration = Duration::from_millis(20);
        let begin = Instant::now();
        loop {
            if let Some(lock) = Self::try_take(path)? {
                return Ok(lock);
            }
            if begin.elapsed() >= patience {
                bail!("{}: 被另一进程占用 / another process has it", path.display());
            }
            std::thread::sleep(LOOK_EVERY);
        }
    }

    /// Takes the lock at a path; `None` when another process has it.
    ///
    /// Errors: when the file cannot be made.
    pub fn try_take(path: &Path) -> Result<Option<Self>> {
        let file = Self::open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("locking {}", path.display()))
            }
        }
    }
}
