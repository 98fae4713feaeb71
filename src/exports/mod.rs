//! The files that kaishu makes from a dataset: one file of source for each format, and the list of them.
//!
//! [`TableWriters`] is fed batch by batch once a table is known, all formats in one pass; [`package`] makes what stands
//! for a whole dataset (checksums, data package, ZIP) once the gate has released it.

mod csv;
mod json;
pub mod package;
mod papers;
mod parquet;
mod rows;
pub(crate) mod signs;
mod xlsx;
mod zip;

use anyhow::Result;
use rayon::prelude::*;

use crate::batch::Batch;
use crate::model::column::Column;
use crate::model::format::Format;
use crate::model::route::Route;
use crate::model::table::DataFile;
use crate::site::{ExportConfig, Limits};
use crate::stage::{Stage, Staged};

/// What is to be made of a table.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    /// Where files are made.
    pub stage: &'a Stage,
    /// The folder of derived files, relative to the site.
    pub folder: &'a str,
    /// The folder of the table in the static API.
    pub api: &'a str,
    /// The table's part of the address.
    pub table: &'a str,
    /// Its columns.
    pub columns: &'a [Column],
    /// How many rows there are.
    pub n_rows: u64,
    /// Whether the source itself tells numbers and truth values from text.
    pub is_typed: bool,
    /// Which files the site wants.
    pub config: ExportConfig,
    /// How large the original is.
    pub size_bytes: u64,
}

/// The writers that one table feeds.
pub struct TableWriters<'a> {
    writers: Vec<Box<dyn TableWriter + 'a>>,
    beyond_limit: Vec<&'static str>,
}

/// A writer of one format.
trait TableWriter: Send {
    /// Takes the next rows.
    fn rows(&mut self, batches: &[Batch]) -> Result<()>;
    /// Ends the file.
    fn finish(self: Box<Self>) -> Result<Made>;
}

/// What a writer made.
#[derive(Debug, Default)]
pub struct Made {
    /// The files, for people to take.
    pub files: Vec<DataFile>,
    /// Further files of the static API.
    pub pages: Vec<Route>,
    /// Formats that are beyond the limits of the site's configuration.
    pub beyond_limit: Vec<&'static str>,
    /// Why a format cannot hold the table.
    pub left_out: Vec<String>,
    /// Into how many sheets and files a workbook was split.
    pub split: Option<(u32, u32)>,
}

impl Made {
    fn one(file: DataFile) -> Self {
        Self { files: vec![file], ..Self::default() }
    }

    fn add(&mut self, other: Self) {
        self.files.extend(other.files);
        self.pages.extend(other.pages);
        self.left_out.extend(other.left_out);
        self.split = self.split.or(other.split);
    }
}

type Open<'a> = fn(Order<'a>) -> Result<Box<dyn TableWriter + 'a>>;

impl<'a> TableWriters<'a> {
    /// Opens a file for each format that the site wants.
    ///
    /// Errors: when a file cannot be made.
    pub fn open(order: Order<'a>) -> Result<Self> {
        let ExportConfig { csv, json, jsonl, xlsx, parquet, rows, max_mib, .. } = order.config;
        let Limits {
            csv: max_csv,
            json: max_json,
            jsonl: max_jsonl,
            xlsx: max_xlsx,
            parquet: max_parquet,
            rows: max_rows,
            ..
        } = max_mib;
        let formats: [(bool, u64, &'static str, Open<'a>); 6] = [
            (csv, max_csv, "CSV", csv::open),
            (json, max_json, "JSON", json::open_array),
            (jsonl, max_jsonl, "JSONL", json::open_lines),
            (xlsx, max_xlsx, "XLSX", xlsx::open),
            (parquet, max_parquet, "Parquet", parquet::open),
            (rows, max_rows, "rows", rows::open),
        ];
        let mut res = Self { writers: Vec::new(), beyond_limit: Vec::new() };
        for (is_wanted, max_mib, name, open) in formats {
            if !is_wanted {
                continue;
            }
            if order.size_bytes > max_mib.saturating_mul(1 << 20) {
                res.beyond_limit.push(name);
            } else {
                res.writers.push(open(order)?);
            }
        }
        Ok(res)
    }

    /// Hands rows to every writer, several writers at a time.
    ///
    /// Errors: when the disk fails.
    pub fn rows(&mut self, batches: &[Batch]) -> Result<()> {
        self.writers.par_iter_mut().try_for_each(|writer| writer.rows(batches))
    }

    /// Ends every file.
    ///
    /// Errors: when the disk fails.
    pub fn finish(self) -> Result<Made> {
        let mut made = Made { beyond_limit: self.beyond_limit, ..Made::default() };
        for writer in self.writers.into_par_iter().map(TableWriter::finish).collect::<Vec<_>>() {
            made.add(writer?);
        }
        Ok(made)
    }
}

impl Order<'_> {
    /// Where a derived file goes.
    fn place(&self, ending: &str) -> Result<Place> {
        self.place_of(&format!("{}.{ending}", self.table))
    }

    fn place_of(&self, name: &str) -> Result<Place> {
        let route = Route::new(&format!("{}/{name}", self.folder))?;
        Ok(Place { route, name: name.to_owned() })
    }
}

/// Where a derived file goes.
struct Place {
    route: Route,
    name: String,
}

impl Place {
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
