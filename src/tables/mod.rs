//! Ingestion: originals are copied byte for byte, tables among them are profiled and written in every derived format.
//!
//! In: what the gate's first door let through. Out: for each dataset what was staged, and what was found. The gate's
//! second door decides on it.

pub mod build;
mod magic;
mod names;

use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, Result};
use globset::{Glob, GlobMatcher};
use rayon::prelude::*;

use crate::diag::{Code, Finding, Place};
use crate::gate::{CheckedFile, Cleared, ClearedDataset, Evidence};
use crate::model::format::Format;
use crate::model::route::Route;
use crate::model::table::DataFile;
use crate::readers::{self, Input, Notice, Trouble};
use crate::site::{ExportConfig, ReadConfig, Site};
use crate::stage::Stage;
use build::{Target, build, notice_of};
use names::Names;

/// How files are read and what is made of them.
pub struct Settings {
    exports: ExportConfig,
    reads: Vec<(GlobMatcher, ReadConfig)>,
    default: ReadConfig,
}

impl Settings {
    /// The settings of a site; its globs were checked when it was loaded.
    #[must_use]
    pub fn of(site: &Site) -> Self {
        let reads = site
            .tables
            .iter()
            .filter_map(|config| Some((Glob::new(&config.files).ok()?.compile_matcher(), config.clone())))
            .collect();
        Self { exports: site.exports, reads, default: ReadConfig::default() }
    }

    /// What the team says of a file; `named` is its path below `datasets/`.
    fn of_file(&self, named: &str) -> &ReadConfig {
        let path = format!("datasets/{named}");
        self.reads.iter().find(|(glob, _)| glob.is_match(Path::new(&path))).map_or(&self.default, |(_, config)| config)
    }
}

/// Ingests the files of every cleared dataset, several datasets at a time.
///
/// Shape: one item for each cleared dataset, in the same order.
/// Findings: FILE_UNREADABLE, FILE_NOT_AS_NAMED, TABLE_*, VALUES_*, ENCODING_*, each at the catalog's row or in the file.
/// Errors: when the stage cannot be written.
pub fn ingest(
    cleared: &Cleared,
    stage: &Stage,
    settings: &Settings,
    done: &(dyn Fn() + Sync),
) -> Result<Vec<Evidence>> {
    cleared
        .datasets()
        .par_iter()
        .map(|dataset| {
            let evidence = Ingest { dataset, stage, settings, evidence: Evidence::default() }.run();
            done();
            evidence
        })
        .collect()
}

/// The ingestion of one dataset.
struct Ingest<'a> {
    dataset: &'a ClearedDataset,
    stage: &'a Stage,
    settings: &'a Settings,
    evidence: Evidence,
}

impl Ingest<'_> {
    fn run(mut self) -> Result<Evidence> {
        self.evidence.files.links.clone_from(&self.dataset.links);
        let mut names = Names::new(&self.dataset.files);
        for (idx, file) in self.dataset.files.iter().enumerate() {
            let original = match self.copy_original(file)? {
                Ok(original) => original,
                Err(error) => {
                    self.find(Code::FileUnreadable, file, error.to_string());
                    continue;
                }
            };
            self.read(file, &original, &mut |part| names.of(idx, part))?;
            self.evidence.files.originals.push(original);
        }
        Ok(self.evidence)
    }

    /// Reads the tables of one file.
    fn read(&mut self, file: &CheckedFile, original: &DataFile, name: &mut dyn FnMut(&str) -> String) -> Result<()> {
        let head = head_of(self.stage, &original.route)?;
        let label = original.format.as_ref().map_or("", Format::label).to_owned();
        let Some(format) = original.format.as_ref() else {
            self.find(Code::TableNone, file, label);
            return Ok(());
        };
        if let Some(why) = magic::mismatch(format, &head) {
            self.find(Code::FileNotAsNamed, file, why);
            return Ok(());
        }
        if !readers::reads(format) {
            self.find(Code::TableNone, file, label);
            return Ok(());
        }
        let config = self.settings.of_file(&file.named);
        let path = original.route.below(self.stage.root());
        let opened = readers::open(Input { path: &path, format, config });
        let Some(opened) = self.sound(file, opened)? else { return Ok(()) };
        for notice in opened.notices {
            self.notice(file, notice);
        }
        for mut reader in opened.tables {
            let part = reader.part().to_owned();
            let table = name(&part);
            let id = self.dataset.id.as_str();
            let target = Target {
                stage: self.stage,
                exports: self.settings.exports,
                folder: &format!("datasets/{id}/data"),
                api: &format!("api/v1/datasets/{id}/{table}"),
                table: &table,
                source: &original.name,
                encoding: opened.encoding,
                size_bytes: original.size_bytes,
            };
            let built = build(&mut *reader, target);
            let Some(built) = self.sound(file, built)? else { continue };
            for notice in built.notices {
                self.notice(file, notice);
            }
            for (code, column, row) in built.mangled {
                let place = Place::file(format!("datasets/{}", file.named)).at_row(row).in_column(column);
                let finding = Finding::new(code, place).about(&self.dataset.dataset.title);
                self.evidence.findings.push(finding);
            }
            self.evidence.files.tables.push(built.table);
        }
        Ok(())
    }

    /// What came out well; what is wrong with the file becomes a finding, what is wrong with the machine an error.
    fn sound<T>(&mut self, file: &CheckedFile, res: Result<T, Trouble>) -> Result<Option<T>> {
        match res {
            Ok(value) => Ok(Some(value)),
            Err(Trouble::Machine(error)) => Err(error.context(format!("reading {}", file.named))),
            Err(Trouble::NoTable(why)) => {
                self.notice(file, notice_of(why));
                Ok(None)
            }
        }
    }

    fn notice(&mut self, file: &CheckedFile, notice: Notice) {
        self.find(notice.code, file, notice.about);
    }

    fn find(&mut self, code: Code, file: &CheckedFile, about: String) {
        let finding = Finding::new(code, self.dataset.place.clone()).about(&self.dataset.dataset.title);
        self.evidence.findings.push(finding.found(&file.named).expected(about));
    }

    /// Copies a provider's file into the stage byte for byte; the inner error is the provider's file's, the outer the
    /// disk's.
    fn copy_original(&self, file: &CheckedFile) -> Result<std::io::Result<DataFile>> {
        let route = Route::new(&format!("datasets/{}/files/{}", self.dataset.id, file.public_name))?;
        let mut source = match std::fs::File::open(&file.path) {
            Ok(source) => source,
            Err(error) => return Ok(Err(error)),
        };
        let mut writer = self.stage.writer(&route)?;
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
}

fn head_of(stage: &Stage, route: &Route) -> Result<Vec<u8>> {
    let mut head = Vec::with_capacity(16);
    stage.open(route)?.take(16).read_to_end(&mut head).with_context(|| format!("reading {route}"))?;
    Ok(head)
}
