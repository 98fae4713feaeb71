//! What became of one data file, kept for the next build.

use serde::{Deserialize, Serialize};

use crate::decisions::transforms::Transform;
use crate::diag::Code;
use crate::gate::CheckedFile;
use crate::model::digest::{Digest, Hasher};
use crate::model::table::{DataFile, Table};
use crate::readers::Notice;
use crate::reuse::{Kept, Stamp};
use crate::screening::Suspicion;
use crate::site::{ExportConfig, ReadConfig};

/// To be counted up whenever readers, profiles or writers give other bytes than before, or screening finds more.
const EDITION: &str = "tables 7";

/// A finding about a file, without its place in the catalog, which may change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    code: String,
    /// What the wording's `{}` stands for.
    pub about: String,
    /// The sheet or the file in the archive that it is about.
    pub part: String,
    /// Row and column in the file, where it is about values.
    pub at: Option<(u64, String)>,
}

impl Note {
    /// A note from what a reader says.
    pub fn new(notice: Notice) -> Self {
        let Notice { code, about, part } = notice;
        Self { code: code.name().to_owned(), about, part, at: None }
    }

    /// A note about values.
    pub fn at(code: Code, part: &str, row: u64, column: String) -> Self {
        Self { at: Some((row, column)), ..Self::new(Notice::new(code, "").in_part(part)) }
    }

    /// Its code; `None` where this program does not know it.
    pub fn code(&self) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.name() == self.code)
    }
}

/// What became of a file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Outcome {
    /// How the file looked, and its digest.
    pub source: (Stamp, Digest),
    /// The original as staged; `None` where the dataset is refused.
    pub original: Option<DataFile>,
    /// Its tables.
    pub tables: Vec<Table>,
    /// What was found.
    pub notes: Vec<Note>,
    /// What screening found: in which part, and what.
    pub suspicions: Vec<(String, Suspicion)>,
    /// The files of the site that it stands for.
    pub files: Vec<Kept>,
}

/// The key of a file's outcome: everything that has a say in it but the bytes.
pub fn key_of(
    dataset_id: &str,
    file: &CheckedFile,
    all: &[CheckedFile],
    exports: &ExportConfig,
    config: &ReadConfig,
    transforms: &[&Transform],
) -> Digest {
    let mut hasher = Hasher::default();
    let mut add = |text: &str| {
        hasher.update(text.as_bytes());
        hasher.update(&[0]);
    };
    add(EDITION);
    add(env!("CARGO_PKG_VERSION"));
    add(dataset_id);
    add(&file.named);
    // The names of tables depend on those of all files.
    for other in all {
        add(&other.public_name);
    }
    // These are plain settings: turning them into JSON cannot fail.
    add(&serde_json::to_string(exports).unwrap_or_default());
    add(&serde_json::to_string(config).unwrap_or_default());
    add(&serde_json::to_string(transforms).unwrap_or_default());
    hasher.finish()
}
