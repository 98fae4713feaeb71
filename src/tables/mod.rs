//! Ingestion: originals are copied byte for byte, tables among them are read and written in every derived format.
//!
//! In: what the gate's first door let through. Out: for each dataset what was staged, and what was found. The gate's
//! second door decides on it.

mod magic;
mod read;

use std::io::{Read, Write};

use anyhow::{Context, Result};
use rayon::prelude::*;

use crate::decode::{Decided, NotText, decode};
use crate::diag::{Code, Finding};
use crate::exports::{Cell, TableWriters};
use crate::gate::{CheckedFile, Cleared, ClearedDataset, Evidence};
use crate::model::format::Format;
use crate::model::route::{Route, table_stem};
use crate::model::table::{DataFile, PREVIEW_ROWS, Table};
use crate::site::ExportConfig;
use crate::stage::Stage;

/// Largest text that is read as a table; a larger one is offered as it is.
const MAX_TABLE_BYTES: u64 = 512 << 20;

/// Ingests the files of every cleared dataset, several datasets at a time.
///
/// Shape: one item for each cleared dataset, in the same order.
/// Findings: FILE_UNREADABLE, FILE_NOT_AS_NAMED, TABLE_*, ENCODING_GUESSED, each at the catalog's row.
/// Errors: when the stage cannot be written.
pub fn ingest(
    cleared: &Cleared,
    stage: &Stage,
    config: ExportConfig,
    done: &(dyn Fn() + Sync),
) -> Result<Vec<Evidence>> {
    cleared
        .datasets()
        .par_iter()
        .map(|dataset| {
            let evidence = ingest_dataset(dataset, stage, config);
            done();
            evidence
        })
        .collect()
}

fn ingest_dataset(dataset: &ClearedDataset, stage: &Stage, config: ExportConfig) -> Result<Evidence> {
    let mut evidence = Evidence::default();
    evidence.files.links.clone_from(&dataset.links);
    let folder = format!("datasets/{}", dataset.id);
    let names = table_names(&dataset.files);
    for (file, table_name) in dataset.files.iter().zip(names) {
        let finding = |code| Finding::new(code, dataset.place.clone()).about(&dataset.dataset.title).found(&file.named);
        let original = match copy_original(file, &folder, stage)? {
            Ok(original) => original,
            Err(error) => {
                evidence.findings.push(finding(Code::FileUnreadable).expected(error.to_string()));
                continue;
            }
        };
        let head = head_of(stage, &original.route)?;
        if let Some(why) = original.format.as_ref().and_then(|format| magic::mismatch(format, &head)) {
            evidence.findings.push(finding(Code::FileNotAsNamed).expected(why));
        } else if let Some(kind) = original.format.as_ref().and_then(read::Kind::of) {
            let mut job = TableJob { stage, config, folder: &folder, table_name, kind, original: &original };
            let findings = job.run(&finding, &mut evidence.files.tables)?;
            evidence.findings.extend(findings);
        } else if original.format.as_ref().is_none_or(|format| format.label() != "ZIP") {
            evidence
                .findings
                .push(finding(Code::TableNone).expected(original.format.as_ref().map_or("", Format::label)));
        }
        evidence.files.originals.push(original);
    }
    Ok(evidence)
}

/// Table names from file names: the stem, with the ending where two files share a stem, with a number where even then
/// two are alike.
fn table_names(files: &[CheckedFile]) -> Vec<String> {
    let stems: Vec<String> = files
        .iter()
        .map(|file| table_stem(file.public_name.rsplit_once('.').map_or(file.public_name.as_str(), |(stem, _)| stem)))
        .collect();
    let n_same = |stem: &String| stems.iter().filter(|other| other.eq_ignore_ascii_case(stem)).count();
    let mut res: Vec<String> = Vec::with_capacity(files.len());
    for (stem, file) in stems.iter().zip(files) {
        let base = if n_same(stem) > 1 { table_stem(&file.public_name.replace('.', "-")) } else { stem.clone() };
        let mut name = base.clone();
        let mut n = 2;
        while res.iter().any(|taken| taken.eq_ignore_ascii_case(&name)) {
            name = format!("{base}-{n}");
            n += 1;
        }
        res.push(name);
    }
    res
}

/// Copies a provider's file into the stage byte for byte; the inner error is the provider's file's, the outer the disk's.
fn copy_original(file: &CheckedFile, folder: &str, stage: &Stage) -> Result<std::io::Result<DataFile>> {
    let route = Route::new(&format!("{folder}/files/{}", file.public_name))?;
    let mut source = match std::fs::File::open(&file.path) {
        Ok(source) => source,
        Err(error) => return Ok(Err(error)),
    };
    let mut writer = stage.writer(&route)?;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(n_bytes) => writer.write_all(&buffer[..n_bytes]).with_context(|| format!("writing {route}"))?,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Ok(Err(error)),
        }
    }
    let staged = writer.finish()?;
    Ok(Ok(DataFile {
        format: Format::of_file(&file.public_name),
        route,
        name: file.public_name.clone(),
        size_bytes: staged.size_bytes,
        sha256: staged.sha256,
    }))
}

fn head_of(stage: &Stage, route: &Route) -> Result<Vec<u8>> {
    let mut head = Vec::with_capacity(16);
    stage.open(route)?.take(16).read_to_end(&mut head).with_context(|| format!("reading {route}"))?;
    Ok(head)
}

/// The reading of one table.
struct TableJob<'a> {
    stage: &'a Stage,
    config: ExportConfig,
    folder: &'a str,
    table_name: String,
    kind: read::Kind,
    original: &'a DataFile,
}

impl TableJob<'_> {
    fn run(&mut self, finding: &dyn Fn(Code) -> Finding, tables: &mut Vec<Table>) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        if self.original.size_bytes > MAX_TABLE_BYTES {
            return Ok(vec![finding(Code::TableNone).expected(format!("> {} MiB", MAX_TABLE_BYTES >> 20))]);
        }
        let mut bytes = Vec::new();
        self.stage.open(&self.original.route)?.read_to_end(&mut bytes).context("reading a staged file")?;
        let decoded = match decode(bytes, None) {
            Ok(decoded) => decoded,
            Err(error @ (NotText::Binary | NotText::Invalid(_) | NotText::UnknownEncoding(_))) => {
                return Ok(vec![finding(Code::FileNotAsNamed).expected(error.to_string())]);
            }
        };
        if decoded.decided == Decided::ByGuess {
            findings.push(finding(Code::EncodingGuessed).expected(decoded.encoding));
        }
        let source = match read::open(self.kind, &decoded.text) {
            Ok(source) => source,
            Err(read::NoTable::Broken(why)) => {
                findings.push(finding(Code::FileNotAsNamed).expected(why));
                return Ok(findings);
            }
            Err(read::NoTable::OtherShape(why)) => {
                findings.push(finding(Code::TableNone).expected(why));
                return Ok(findings);
            }
        };
        let columns = source.columns.clone();
        let mut writers = TableWriters::open(self.stage, self.folder, &self.table_name, &columns, self.config)?;
        let mut preview: Vec<Vec<Option<String>>> = Vec::new();
        let mut n_rows = 0;
        let n_ragged = source.each_row(&mut |row: &[Cell<'_>]| {
            if preview.len() < PREVIEW_ROWS {
                preview.push(row.iter().map(|cell| cell.text().map(str::to_owned)).collect());
            }
            n_rows += 1;
            writers.row(row)
        })?;
        if n_ragged > 0 {
            findings.push(finding(Code::TableRagged).expected(n_ragged.to_string()));
        }
        let written = writers.finish()?;
        findings.extend(written.left_out.into_iter().map(|why| finding(Code::TableTooWide).expected(why)));
        tables.push(Table {
            name: self.table_name.clone(),
            source: self.original.name.clone(),
            encoding: decoded.encoding,
            columns,
            n_rows,
            preview,
            derived: written.files,
        });
        Ok(findings)
    }
}
