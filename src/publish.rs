//! The published site: its folders, its release note and ledger, what is recorded of it, and the ways it changes.
//!
//! [`commit`] puts a stage onto the live folder; [`takedown`] takes a dataset off it.

mod commit;
mod cut;
pub mod takedown;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::decisions::approvals::Approval;
use crate::decisions::grounds::Ground;
use crate::model::date::Day;
use crate::model::digest::{Digest, Hasher};
use crate::model::route::Route;
use crate::records::holds::Holds;
use crate::records::{CHAIN_FILE, IDS_FILE, Lock};
use crate::stage::{Ledger, Live, Stage, Staged};

pub use commit::{commit, preview};

/// The file in the site that says which release it is.
pub const RELEASE_FILE: &str = "release.json";

/// Where a build reads and writes beside its input.
#[derive(Clone, Debug)]
pub struct Folders {
    /// The live folder.
    pub out: PathBuf,
    /// The staging folder beside it.
    pub stage: PathBuf,
    /// The records of the site.
    pub records: PathBuf,
}

impl Folders {
    /// The folders of a site and an output folder.
    ///
    /// Errors: when the output folder has no name or is the site folder or one that holds it.
    pub fn new(site_root: &Path, out: &Path) -> Result<Self> {
        let out = std::path::absolute(out).with_context(|| format!("finding {}", out.display()))?;
        let root = site_root.canonicalize().with_context(|| format!("finding {}", site_root.display()))?;
        // A link stays a link: what it leads to is replaced.
        let is_link = out.symlink_metadata().is_ok_and(|meta| meta.is_symlink());
        let out =
            if is_link { out.canonicalize().with_context(|| format!("following {}", out.display()))? } else { out };
        let parent = out.parent().context("the output folder has no parent")?;
        let name = out.file_name().context("the output folder has no name")?.to_string_lossy().into_owned();
        std::fs::create_dir_all(parent).with_context(|| format!("making {}", parent.display()))?;
        let parent = parent.canonicalize().with_context(|| format!("finding {}", parent.display()))?;
        let out = parent.join(&name);
        let own = ["datasets", "content", "themes", "regimes", "calendar", "records", "report", "server", "cases"]
            .map(|dir| root.join(dir));
        if root.starts_with(&out) || own.iter().any(|dir| out.starts_with(dir)) {
            bail!(
                "{} 存放输入或内部文件，请用 --out 另选文件夹 / holds the input or belongs to the team: choose another folder for --out",
                out.display()
            );
        }
        if let Some(site) = out.ancestors().skip(1).find(|dir| dir.join(RELEASE_FILE).exists()) {
            bail!(
                "{} 位于另一个网站 {} 之内，请用 --out 另选文件夹 / lies inside another site: choose another folder for --out",
                out.display(),
                site.display()
            );
        }
        Ok(Self { stage: parent.join(format!(".{name}.stage")), records: root.join("records"), out })
    }

    fn pending(&self) -> PathBuf {
        self.records.join("pending.json")
    }

    /// The hash-chained record.
    #[must_use]
    pub fn chain(&self) -> PathBuf {
        self.records.join(CHAIN_FILE)
    }

    /// The register of identifiers.
    #[must_use]
    pub fn ids(&self) -> PathBuf {
        self.records.join(IDS_FILE)
    }

    /// The ledger of the site that is live.
    #[must_use]
    pub fn ledger(&self) -> PathBuf {
        self.records.join("ledger.tsv")
    }
}

/// What a site says of itself in `release.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseNote {
    /// Name and version of the program.
    pub generator: String,
    /// The day the site was built for.
    pub as_of: Day,
    /// How many files there are beside this one.
    pub files: usize,
    /// The digest of all their paths and digests, in order of path.
    pub sha256: Digest,
}

/// What is written on the record of a publication.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PublicationEvent {
    /// Always `publication`.
    pub kind: String,
    /// When it was recorded, seconds since 1970.
    pub recorded_at: i64,
    /// The release.
    pub release: ReleaseNote,
    /// The digest of the program.
    pub tool: Digest,
    /// The regime and its digest.
    pub regime: (String, Digest),
    /// The other files that the build was told by, with their digests.
    pub configuration: Vec<(String, Digest)>,
    /// The catalog files and their digests.
    pub catalog: Vec<(String, Digest)>,
    /// Ids published now and not at the last publication.
    pub added: Vec<String>,
    /// Ids published at the last publication and not now.
    pub removed: Vec<String>,
    /// The datasets whose files are not those of the last publication, with the digest of their files.
    pub changed: std::collections::BTreeMap<String, Digest>,
    /// The approvals that datasets left on.
    pub approvals: Vec<Approval>,
    /// The grounds that something is published on.
    pub grounds: Vec<Ground>,
    /// The datasets that are kept off the site by decisions; earlier versions of kaishu did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<BTreeSet<String>>,
    /// How many datasets are published.
    pub n_published: usize,
    /// How many entries the gate refused, by code.
    pub refused: std::collections::BTreeMap<String, usize>,
    /// The digest of all findings, which are kept in `records/findings/`.
    pub findings: Digest,
}

/// Takes the lock of a site, and finishes or undoes what an interrupted build left.
///
/// Errors: when another build runs, when the record is broken, or when the output folder was not made by kaishu.
pub fn open(folders: &Folders) -> Result<Lock> {
    std::fs::create_dir_all(&folders.records).with_context(|| format!("making {}", folders.records.display()))?;
    let Some(lock) = Lock::try_take(&folders.records.join("lock"))? else {
        bail!("本站点正在另一处生成，请等待其结束 / another build of this site is running; wait for it to end");
    };
    if folders.out.exists() && read_note(&folders.out)?.is_none() {
        let is_empty = std::fs::read_dir(&folders.out).is_ok_and(|mut items| items.next().is_none());
        if !is_empty {
            bail!(
                "{} 不是空文件夹，也不是 kaishu 生成的（没有 {RELEASE_FILE}），请用 --out 另选文件夹，或自行清空 / is not empty and was not made by kaishu: choose another folder for --out, or empty it yourself",
                folders.out.display()
            );
        }
    }
    let _live = takedown::lock(folders)?;
    commit::recover(folders)?;
    Ok(lock)
}

/// Takes down what the record says is held and may still be live: the next build puts the notice in its place.
///
/// Errors: when the disk fails or the record is broken.
pub fn finish_takedowns(folders: &Folders, now: i64) -> Result<()> {
    takedown::sweep(folders)?;
    let holds = Holds::load(&folders.chain())?;
    let unfinished: BTreeSet<&str> = holds.unfinished().map(|hold| hold.dataset.as_str()).collect();
    for hold in holds.in_force() {
        if !unfinished.contains(hold.dataset.as_str()) && !takedown::is_offered(&folders.out, &hold.dataset)? {
            continue;
        }
        let patience = takedown::PATIENCE;
        takedown::take_down(&takedown::Order { folders, hold, pages: Vec::new(), now, patience })?;
    }
    Ok(())
}

/// What `release.json` of a folder says; `None` where there is none.
///
/// Errors: when it is there and does not read.
pub fn read_note(dir: &Path) -> Result<Option<ReleaseNote>> {
    let path = dir.join(RELEASE_FILE);
    match std::fs::read(&path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes).with_context(|| format!("reading {}", path.display()))?)),
        Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(error).with_context(|| format!("reading {}", path.display())),
    }
}

/// Removes a stage that will not go live; one that is going live is left to whoever finishes it.
///
/// Errors: when it cannot be removed.
pub fn discard(folders: &Folders) -> Result<()> {
    if folders.stage.exists() && !folders.pending().exists() {
        std::fs::remove_dir_all(&folders.stage).context("removing the unfinished site")?;
    }
    Ok(())
}

/// The site that is live, as far as its ledger knows it; `None` where there is none, or the two do not fit.
///
/// Errors: when the release note does not read.
pub fn live(folders: &Folders) -> Result<Option<Live>> {
    let Some(note) = read_note(&folders.out)? else { return Ok(None) };
    // Without a ledger that fits, everything is written anew.
    let ledger = read_ledger(&folders.ledger()).ok().filter(|ledger| digest_of(ledger) == note.sha256);
    Ok(ledger.map(|ledger| Live { out: folders.out.clone(), ledger }))
}

/// Ends the stage with its release note.
///
/// Errors: when the disk fails.
pub fn seal(stage: &Stage, as_of: Day) -> Result<ReleaseNote> {
    let ledger = stage.ledger();
    let note = ReleaseNote {
        generator: format!("kaishu {}", env!("CARGO_PKG_VERSION")),
        as_of,
        files: ledger.len(),
        sha256: digest_of(&ledger),
    };
    let mut bytes = serde_json::to_vec_pretty(&note).context("writing the release note")?;
    bytes.push(b'\n');
    stage.put(&Route::new(RELEASE_FILE)?, &bytes)?;
    Ok(note)
}

/// The digest of a site: every path with its digest, in order of path, without the release note.
#[must_use]
pub fn digest_of(ledger: &Ledger) -> Digest {
    let mut hasher = Hasher::default();
    for (route, staged) in ledger.iter().filter(|(route, _)| route.as_str() != RELEASE_FILE) {
        hasher.update_field(route.as_str());
        hasher.update_field(&staged.sha256.to_string());
    }
    hasher.finish()
}

fn ledger_text(ledger: &Ledger) -> String {
    let mut res = String::with_capacity(ledger.len() * 120);
    for (route, staged) in ledger {
        // Writing to a String cannot fail.
        let _ = writeln!(res, "{}\t{}\t{route}", staged.sha256, staged.size_bytes);
    }
    res
}

/// Reads a ledger back.
///
/// Errors: when the file is missing or a line does not read.
pub fn read_ledger(path: &Path) -> Result<Ledger> {
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let mut ledger = Ledger::new();
    for (line_idx, line) in text.lines().enumerate() {
        let mut parts = line.splitn(3, '\t');
        let staged = (|| {
            let sha256 = Digest::parse(parts.next()?)?;
            let size_bytes = parts.next()?.parse().ok()?;
            Some((Route::new(parts.next()?).ok()?, Staged { size_bytes, sha256 }))
        })();
        let Some((route, staged)) = staged else {
            bail!("{} line {}: expected digest, size and path", path.display(), line_idx + 1);
        };
        ledger.insert(route, staged);
    }
    Ok(ledger)
}
