//! The files that kaishu makes from a dataset: one file of source for each format, and the list of them.
//!
//! [`TableWriters`] is fed row by row in the same pass that reads a table; [`package`] makes what stands for a whole
//! dataset (checksums, data package, ZIP) once the gate has released it.

pub mod citation;
mod csv;
mod datapackage;
mod json;
pub mod package;
mod xlsx;

use anyhow::Result;

use crate::model::format::Format;
use crate::model::route::Route;
use crate::model::table::DataFile;
use crate::site::ExportConfig;
use crate::stage::{Stage, Staged};

/// One value of a table, as the source has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// No value.
    Missing,
    /// Text, possibly empty.
    Text(&'a str),
    /// The source text of a JSON number, truth value, list or object.
    Raw(&'a str),
}

impl<'a> Cell<'a> {
    /// The value as people read it; `None` where there is none.
    #[must_use]
    pub fn text(self) -> Option<&'a str> {
        match self {
            Self::Missing => None,
            Self::Text(text) | Self::Raw(text) => Some(text),
        }
    }
}

/// The writers that one table feeds.
pub struct TableWriters<'a> {
    writers: Vec<Box<dyn TableWriter + 'a>>,
}

/// A writer of one format.
trait TableWriter {
    /// Takes one row; `row.len()` equals the number of columns.
    fn row(&mut self, row: &[Cell<'_>]) -> Result<()>;
    /// Ends the file; `Err` inside holds why the format cannot hold this table.
    fn finish(self: Box<Self>) -> Result<std::result::Result<DataFile, String>>;
}

/// What the writers made.
#[derive(Debug, Default)]
pub struct Written {
    /// The files.
    pub files: Vec<DataFile>,
    /// Why a format is missing.
    pub left_out: Vec<String>,
}

impl<'a> TableWriters<'a> {
    /// Opens a file for each format that the site wants.
    ///
    /// Errors: when a file cannot be made.
    pub fn open(stage: &'a Stage, folder: &str, table: &str, columns: &[String], config: ExportConfig) -> Result<Self> {
        let place = |ending: &str| -> Result<Place<'a>> {
            let name = format!("{table}.{ending}");
            let route = Route::new(&format!("{folder}/data/{name}"))?;
            Ok(Place { stage, route, name })
        };
        let mut writers: Vec<Box<dyn TableWriter + 'a>> = Vec::new();
        if config.csv {
            writers.push(Box::new(csv::CsvWriter::open(place("csv")?, columns)?));
        }
        if config.json {
            writers.push(Box::new(json::JsonWriter::open(place("json")?, columns, json::Shape::Array)?));
        }
        if config.jsonl {
            writers.push(Box::new(json::JsonWriter::open(place("jsonl")?, columns, json::Shape::Lines)?));
        }
        if config.xlsx {
            writers.push(Box::new(xlsx::XlsxWriter::open(place("xlsx")?, table, columns)?));
        }
        Ok(Self { writers })
    }

    /// Hands a row to every writer.
    ///
    /// Errors: when the disk fails.
    pub fn row(&mut self, row: &[Cell<'_>]) -> Result<()> {
        self.writers.iter_mut().try_for_each(|writer| writer.row(row))
    }

    /// Ends every file.
    ///
    /// Errors: when the disk fails.
    pub fn finish(self) -> Result<Written> {
        let mut written = Written::default();
        for writer in self.writers {
            match writer.finish()? {
                Ok(file) => written.files.push(file),
                Err(why) => written.left_out.push(why),
            }
        }
        Ok(written)
    }
}

/// Where a derived file goes.
struct Place<'a> {
    stage: &'a Stage,
    route: Route,
    name: String,
}

impl Place<'_> {
    fn file(self, staged: Staged) -> DataFile {
        DataFile {
            format: Format::of_file(&self.name),
            route: self.route,
            name: self.name,
            size_bytes: staged.size_bytes,
            sha256: staged.sha256,
        }
    }
}
