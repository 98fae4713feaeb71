//! What ingestion made of a dataset's files: originals, tables and their derived files.

use serde::{Deserialize, Serialize};

use crate::model::column::Column;
use crate::model::digest::Digest;
use crate::model::format::Format;
use crate::model::route::Route;

/// A file of a dataset, staged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataFile {
    /// Where it lies in the site.
    pub route: Route,
    /// Its name without folders.
    pub name: String,
    /// Its format by its ending.
    pub format: Option<Format>,
    /// Bytes as written to disk, before HTTP compression.
    pub size_bytes: u64,
    /// The digest of those bytes.
    pub sha256: Digest,
}

/// A table read from an original file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Its part of the address.
    pub name: String,
    /// The name of the original file it was read from.
    pub source: String,
    /// Which part of that file: a sheet, a table, a file in an archive; empty where the file is the table.
    pub part: String,
    /// The encoding of the original, where it is text.
    pub encoding: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Rows without the header.
    pub n_rows: u64,
    /// Shape: row-major, at most [`PREVIEW_ROWS`] rows, each with `columns.len()` cells; `None` where a value is missing.
    pub preview: Vec<Vec<Option<String>>>,
    /// Evenly spread rows of a few columns, for pictures of the whole table.
    pub samples: Vec<Sample>,
    /// The derived files.
    pub derived: Vec<DataFile>,
    /// Its files in the static API.
    pub pages: Vec<Route>,
}

/// Evenly spread rows of two columns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// What the columns tell together.
    pub subject: Subject,
    /// Indexes of the columns, in the order that the subject says.
    pub columns: [usize; 2],
    /// At most [`SAMPLE_ROWS`] rows that have both values, in the order of the table.
    pub rows: Vec<[String; 2]>,
    /// Whether every row that has both values is among them.
    pub is_all: bool,
}

/// What two columns tell together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A day, moment or year, and a number.
    Series,
    /// A longitude and a latitude.
    Places,
}

/// How many rows a sample has at most. Source: ours, because more points than these are not told apart in a picture as
/// wide as a phone.
pub const SAMPLE_ROWS: usize = 400;
/// How many rows a dataset page shows. Source: `design/frontend.md` 3.1.
pub const PREVIEW_ROWS: usize = 20;

/// A dataset's files after ingestion.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DatasetFiles {
    /// The provider's bytes.
    pub originals: Vec<DataFile>,
    /// The tables among them.
    pub tables: Vec<Table>,
    /// Links to data elsewhere.
    pub links: Vec<String>,
}

impl DatasetFiles {
    /// Every file that people take: originals first, then derived ones.
    pub fn all(&self) -> impl Iterator<Item = &DataFile> {
        self.originals.iter().chain(self.tables.iter().flat_map(|table| &table.derived))
    }

    /// Every staged path, the static API's too.
    pub fn routes(&self) -> impl Iterator<Item = &Route> {
        self.all().map(|file| &file.route).chain(self.tables.iter().flat_map(|table| &table.pages))
    }
}
