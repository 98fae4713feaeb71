//! The catalog: every entry that its files hold, read but not judged.
//!
//! 1. [`rows`] turns a file (CSV, XLSX, JSON) into rows of named cells.
//! 2. [`columns`] says which field each header means.
//! 3. [`entry`] makes an [`Entry`] of each row: texts cleaned, dates and lists read.
//!
//! Nothing here decides what is published; that is the gate's.

mod columns;
pub mod content;
pub mod entry;
mod lists;
mod rows;
mod workbook;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use walkdir::WalkDir;

pub use entry::{Entry, UnreadRow};

use crate::diag::{Code, Finding, Place};
use crate::model::digest::Digest;
use crate::site::Site;

/// Largest catalog file. Source: ours; 100,000 entries of 4 KB take 400 MB.
const MAX_FILE_BYTES: u64 = 1 << 30;

/// All entries of all catalog files, in the order of file names and rows.
#[derive(Debug, Default)]
pub struct Catalog {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Rows that do not fit their header.
    pub unread: Vec<UnreadRow>,
    /// The files, for the record and for the check that none of them is published.
    pub files: Vec<CatalogFile>,
}

/// A catalog file that was read.
#[derive(Clone, Debug)]
pub struct CatalogFile {
    /// From the site folder, with `/`.
    pub path: String,
    /// Its digest.
    pub sha256: Digest,
}

/// Reads every catalog file of the site.
///
/// Findings: CATALOG_*, COLUMN_*, ROW_RAGGED, DATE_*, TEXT_* and the like; any finding of level stop means that the
/// catalog is not whole.
/// Errors: when a folder cannot be listed.
pub fn load(root: &Path, site: &Site) -> Result<(Catalog, Vec<Finding>)> {
    let mut findings = Vec::new();
    let mut catalog = Catalog::default();
    let paths = match find_files(root, &site.catalog.files)? {
        Ok(paths) => paths,
        Err(bad_glob) => {
            findings.push(
                Finding::new(Code::ConfigInvalid, Place::file("site.toml"))
                    .found(&bad_glob)
                    .expected("[catalog] files"),
            );
            return Ok((catalog, findings));
        }
    };
    if paths.is_empty() {
        findings
            .push(Finding::new(Code::CatalogMissing, Place::file("site.toml")).expected(site.catalog.files.join(", ")));
    }
    for path in paths {
        let name = relative_name(root, &path);
        let size_bytes = path.metadata().map(|meta| meta.len()).unwrap_or_default();
        if size_bytes > MAX_FILE_BYTES {
            let limit = format!("{} MiB", MAX_FILE_BYTES >> 20);
            findings.push(
                Finding::new(Code::CatalogTooLarge, Place::file(name.as_str()))
                    .found(&size_bytes.to_string())
                    .expected(limit),
            );
            continue;
        }
        match std::fs::read(&path) {
            Ok(bytes) => {
                catalog.files.push(CatalogFile { path: name.clone(), sha256: Digest::of(&bytes) });
                entry::read_file(&name, bytes, &site.catalog, &mut catalog, &mut findings);
            }
            Err(error) => {
                findings.push(
                    Finding::new(Code::CatalogUnreadable, Place::file(name.as_str())).expected(error.to_string()),
                );
            }
        }
    }
    let stopped = findings.iter().any(|finding| finding.code.level() == crate::diag::Level::Stop);
    if catalog.entries.is_empty() && !stopped && !findings.iter().any(|finding| finding.code == Code::RowRagged) {
        let place = catalog.files.first().map_or_else(Place::none, |file| Place::file(file.path.as_str()));
        findings.push(Finding::new(Code::CatalogEmpty, place));
    }
    Ok((catalog, findings))
}

/// Lists the files that the globs name, sorted; `Err` holds a glob that is none.
fn find_files(root: &Path, globs: &[String]) -> Result<std::result::Result<Vec<PathBuf>, String>> {
    let mut builder = globset::GlobSetBuilder::new();
    for glob in globs {
        match globset::GlobBuilder::new(glob).literal_separator(true).build() {
            Ok(glob) => builder.add(glob),
            Err(error) => return Ok(Err(error.to_string())),
        };
    }
    let set = builder.build().context("putting the catalog globs together")?;
    let mut paths = Vec::new();
    let prefixes: std::collections::BTreeSet<&str> =
        globs.iter().map(|glob| glob.split(['*', '?', '[', '{']).next().unwrap_or_default()).collect();
    for prefix in prefixes {
        let literal = root.join(prefix);
        let start = if literal.is_dir() { literal } else { literal.parent().unwrap_or(root).to_owned() };
        if !start.is_dir() {
            continue;
        }
        for item in WalkDir::new(&start).max_depth(4).sort_by_file_name() {
            let item = item.with_context(|| format!("listing {}", start.display()))?;
            let name = relative_name(root, item.path());
            let hidden = item.file_name().to_string_lossy().starts_with(['.', '~']);
            if item.path().is_file() && !hidden && set.is_match(&name) {
                paths.push(item.into_path());
            }
        }
    }
    paths.sort();
    paths.dedup();
    Ok(Ok(paths))
}

/// A path from the site folder, with `/` between its parts.
fn relative_name(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap_or(path);
    relative.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}
