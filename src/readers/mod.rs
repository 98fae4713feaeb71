//! Tables in files: what a file holds is found once, then its rows can be read as often as needed, in batches.
//!
//! In: a path on disk and what the team says of the file. Out: [`Opened`], one [`Reader`] for each table, with what
//! there is to say of the file. Values are kept as the source has them; nothing here judges or writes.

mod archive;
mod boundaries;
mod cells;
mod guard;
mod head;
mod header;
mod items;
mod json;
mod layout;
mod parquet;
mod separated;
mod sparse;
mod sqlite;
mod workbook;
mod xml;

use std::path::Path;

use crate::batch::{Batch, Builder};
use crate::decode::stream::StreamError;
use crate::diag::Code;
use crate::model::format::Format;
use crate::site::ReadConfig;
use guard::{Guarded, guarded};

pub use guard::is_guarded;

/// What takes the batches.
pub type Each<'a> = dyn FnMut(Vec<Batch>) -> anyhow::Result<()> + Send + 'a;

/// A table that can be read as often as needed.
pub trait Reader: Send {
    /// The name of the table within its file; empty where the file is the table.
    fn part(&self) -> &str;

    /// Column names as far as they are known, unique and not empty; complete after the first [`Reader::read`].
    fn columns(&self) -> &[String];

    /// Whether the source itself tells numbers and truth values from text.
    fn is_typed(&self) -> bool;

    /// Hands over all rows in order, some batches at a time.
    ///
    /// Errors: when the disk fails, when the callback does, or when it turns out that this is no table.
    fn read(&mut self, each: &mut Each<'_>) -> Result<Outcome, Trouble>;

    /// What there is to say once all rows were read.
    fn notices(&self) -> Vec<Notice>;

    /// The texts of the file that stand beside the rows, once all were read: they are in no column.
    fn beside(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Hands over the rows that were put together so far, if there are any.
fn hand_over(builder: &mut Builder, each: &mut Each<'_>) -> Result<(), Trouble> {
    if builder.is_empty() {
        return Ok(());
    }
    each(vec![builder.take()]).map_err(Trouble::Machine)
}

/// How a reading ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// All rows were handed over.
    Complete,
    /// The reading taught something that changes the columns: what was handed over is to be forgotten, and all read again.
    Again,
}

/// Why a reading broke off.
#[derive(Debug)]
pub enum Trouble {
    /// The disk, or the callback.
    Machine(anyhow::Error),
    /// The file.
    NoTable(NoTable),
}

/// Why there is no table, in Chinese and English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoTable {
    /// The file is not what its ending says.
    Broken(String),
    /// The file is sound and holds something else.
    OtherShape(String),
    /// The file unpacks to more than is sound.
    Bomb(String),
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Self {
        Self::Machine(error)
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::Machine(error.into())
    }
}

impl From<NoTable> for Trouble {
    fn from(why: NoTable) -> Self {
        Self::NoTable(why)
    }
}

impl From<StreamError> for Trouble {
    fn from(error: StreamError) -> Self {
        match error {
            StreamError::Disk(error) => Self::Machine(error.into()),
            StreamError::Text(error) => Self::NoTable(NoTable::Broken(error.to_string())),
        }
    }
}

/// Something that the team should know of a file; becomes a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The code of the finding.
    pub code: Code,
    /// What its wording's `{}` stands for.
    pub about: String,
    /// The sheet or the file in the archive that it is about; empty where it is about the file.
    pub part: String,
}

impl Notice {
    /// A notice.
    pub fn new(code: Code, about: impl Into<String>) -> Self {
        Self { code, about: about.into(), part: String::new() }
    }

    /// The same, about a part of the file.
    #[must_use]
    pub fn in_part(mut self, part: &str) -> Self {
        self.part = if self.part.is_empty() { part.to_owned() } else { format!("{part} · {}", self.part) };
        self
    }
}

/// What a file holds.
pub struct Opened {
    /// Its tables.
    pub tables: Vec<Box<dyn Reader>>,
    /// What there is to say before any row is read.
    pub notices: Vec<Notice>,
    /// The encoding of a text, by its name.
    pub encoding: &'static str,
    /// Of an archive, the members that tables were found in.
    pub members: Vec<String>,
}

/// A file to be read.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// Where it is.
    pub path: &'a Path,
    /// Its format, by its name.
    pub format: &'a Format,
    /// What the team says of it.
    pub config: &'a ReadConfig,
}

type Open = fn(Input<'_>) -> Result<Opened, Trouble>;

/// Formats that are read, with their readers; all others are offered as they are.
const READERS: &[(&[&str], Open)] = &[
    (&["CSV", "TSV", "TXT", "TAB", "SSV", "PSV"], separated::open),
    (&["XLSX", "XLS", "ET", "XLSB", "ODS"], workbook::open),
    (&["JSON", "JSONL", "GeoJSON"], json::open),
    (&["Parquet"], parquet::open),
    (&["SQLite", "DB"], sqlite::open),
    (&["XML"], xml::open),
    (&["ZIP"], archive::open),
];

fn reader_of(format: &Format) -> Option<Open> {
    READERS.iter().find(|(labels, _)| labels.contains(&format.label())).map(|(_, open)| *open)
}

/// Whether files of a format are read at all.
#[must_use]
pub fn reads(format: &Format) -> bool {
    reader_of(format).is_some()
}

/// Finds the tables of a file.
///
/// Errors: when the disk fails, or the file holds no table; the message says why.
pub fn open(input: Input<'_>) -> Result<Opened, Trouble> {
    match reader_of(input.format) {
        Some(open) => {
            let mut opened = guarded(|| open(input))?;
            opened.tables =
                opened.tables.into_iter().map(|table| Box::new(Guarded(table)) as Box<dyn Reader>).collect();
            Ok(opened)
        }
        None => Err(NoTable::OtherShape(input.format.label().to_owned()).into()),
    }
}
