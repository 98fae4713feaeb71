//! Ingestion: originals are copied byte for byte, tables among them are profiled and written in every derived format.
//!
//! In: what the gate's first door let through. Out: for each dataset what was staged, and what was found. The gate's
//! second door decides on it.

pub mod build;
mod magic;
mod memory;
mod names;
mod sample;
mod screened;
mod transform;

use std::io::{Read, Write};
use std::path::Path;

use anyhow::{Context, Result};
use globset::{Glob, GlobMatcher};
use rayon::prelude::*;

use crate::decisions::Decisions;
use crate::decisions::transforms::Transform;
use crate::diag::{Code, Finding, Level, Place};
use crate::gate::{CheckedFile, Cleared, ClearedDataset, Evidence};
use crate::model::dataset::Dataset;
use crate::model::digest::Digest;
use crate::model::format::Format;
use crate::model::route::Route;
use crate::model::table::{DataFile, Table};
use crate::readers::{self, Input, Notice, Reader, Trouble};
use crate::reuse::{Kept, Reuse, Stamp, digest_of};
use crate::screening::kind::Kind;
use crate::screening::tokens::CellTokens;
use crate::screening::{Suspicion, document};
use crate::site::{ExportConfig, ReadConfig, Site};
use crate::stage::Stage;
use build::{Target, build, notice_of};
use memory::{Note, Outcome, key_of};
use names::Names;
use transform::Transformed;

/// How files are read and what is made of them.
pub struct Settings {
    exports: ExportConfig,
    reads: Vec<(GlobMatcher, ReadConfig)>,
    transforms: Vec<Transform>,
}

impl Settings {
    /// The settings of a site; its globs were checked when it was loaded.
    #[must_use]
    pub fn of(site: &Site, decisions: &Decisions) -> Self {
        let reads = site
            .tables
            .iter()
            .filter_map(|config| Some((Glob::new(&config.files).ok()?.compile_matcher(), config.clone())))
            .collect();
        Self { exports: site.exports, reads, transforms: decisions.transforms.clone() }
    }

    /// What the team says of a file: in `[[tables]]`, else in the catalog.
    fn of_file(&self, file: &CheckedFile, dataset: &Dataset) -> ReadConfig {
        let path = format!("datasets/{}", file.named);
        let stated = self.reads.iter().find(|(glob, _)| glob.is_match(Path::new(&path)));
        let mut res = stated.map_or_else(ReadConfig::default, |(_, config)| config.clone());
        if res.encoding.is_none() && !dataset.encoding.is_empty() {
            res.encoding = Some(dataset.encoding.clone());
        }
        res
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
    reuse: Option<&Reuse>,
    done: &(dyn Fn() + Sync),
) -> Result<Vec<Evidence>> {
    cleared
        .datasets()
        .par_iter()
        .map(|dataset| {
            let evidence = Ingest { dataset, stage, settings, reuse, evidence: Evidence::default() }.run();
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
    reuse: Option<&'a Reuse>,
    evidence: Evidence,
}

impl Ingest<'_> {
    fn run(mut self) -> Result<Evidence> {
        self.evidence.files.links.clone_from(&self.dataset.links);
        let mut names = Names::new(&self.dataset.files);
        for (idx, file) in self.dataset.files.iter().enumerate() {
            let config = &self.settings.of_file(file, &self.dataset.dataset);
            let id = self.dataset.id.as_str();
            let path = format!("datasets/{}", file.named);
            let transforms: Vec<&Transform> =
                self.settings.transforms.iter().filter(|transform| transform.is_about(&path)).collect();
            let key = key_of(id, file, &self.dataset.files, &self.settings.exports, config, &transforms);
            let outcome = match self.remembered(file, key)? {
                Some(outcome) => {
                    outcome.tables.iter().for_each(|table| names.take(&table.name));
                    outcome
                }
                None => self.ingest(file, config, &transforms, key, &mut |part| names.give(idx, part))?,
            };
            self.tell(file, &outcome.notes, outcome.source.1);
            let suspicions = outcome.suspicions.into_iter();
            self.evidence.suspicions.extend(suspicions.map(|(part, found)| (file.named.clone(), part, found)));
            self.evidence.files.originals.extend(outcome.original);
            self.evidence.files.tables.extend(outcome.tables);
        }
        self.screen_licence()?;
        Ok(self.evidence)
    }

    /// The licence text goes into the archive: it is looked at like any other file.
    fn screen_licence(&mut self) -> Result<()> {
        let Some(file) = &self.dataset.licence_file else { return Ok(()) };
        let seen =
            document::screen(&file.path, &file.public_name).with_context(|| format!("screening {}", file.named))?;
        let (mut suspicions, unseen) = seen.parts();
        // Who gives a licence signs it, with an address where he can be reached.
        suspicions.retain(|found| found.kind != Kind::Email);
        let named = |found| (file.named.clone(), String::new(), found);
        self.evidence.suspicions.extend(suspicions.into_iter().map(named));
        if !unseen.is_empty() {
            let sha256 = digest_of(&file.path).with_context(|| format!("reading {}", file.named))?;
            let finding = self.unseen(&file.named, sha256);
            self.evidence.findings.push(finding.about(&self.dataset.dataset.title).expected(unseen.join("、")));
        }
        Ok(())
    }

    /// What an earlier build made of the same bytes, taken into the stage.
    fn remembered(&self, file: &CheckedFile, key: Digest) -> Result<Option<Outcome>> {
        let Some(reuse) = self.reuse else { return Ok(None) };
        let Some(outcome) = reuse.find::<Outcome>(key) else { return Ok(None) };
        let (stamp, sha256) = outcome.source;
        let is_known = outcome.notes.iter().all(|note| note.code().is_some());
        if !is_known || !reuse.is_unchanged(&file.path, stamp, sha256) || !reuse.link(self.stage, &outcome.files)? {
            return Ok(None);
        }
        Ok(Some(outcome))
    }

    /// Copies and reads a file.
    fn ingest(
        &self,
        file: &CheckedFile,
        config: &ReadConfig,
        transforms: &[&Transform],
        key: Digest,
        name: &mut dyn FnMut(&str) -> String,
    ) -> Result<Outcome> {
        let before = std::fs::metadata(&file.path).map(|meta| Stamp::of(&meta));
        let unreadable = |error: &std::io::Error| Outcome {
            source: (Stamp::default(), Digest::ZERO),
            original: None,
            tables: Vec::new(),
            notes: vec![Note::new(Notice::new(Code::FileUnreadable, error.to_string()))],
            suspicions: Vec::new(),
            files: Vec::new(),
        };
        let original = match self.copy_original(file)? {
            Ok(original) => original,
            Err(error) => return Ok(unreadable(&error)),
        };
        let stamp = match before {
            Ok(stamp) => stamp,
            Err(error) => return Ok(unreadable(&error)),
        };
        let mut reading = Reading {
            stage: self.stage,
            exports: self.settings.exports,
            original: &original,
            transforms,
            unmatched: transforms.to_vec(),
            tables: Vec::new(),
            notes: Vec::new(),
            suspicions: Vec::new(),
            beside: Vec::new(),
            tokens: CellTokens::default(),
            members: Vec::new(),
        };
        reading.read(self.dataset.id.as_str(), config, name).with_context(|| format!("reading {}", file.named))?;
        let Reading { tables, notes, suspicions, .. } = reading;
        let source = (stamp, original.sha256);
        let original = if transforms.is_empty() {
            Some(original)
        } else {
            // It holds what the transforms take away.
            self.stage.withdraw(&original.route)?;
            None
        };
        let mut outcome = Outcome { source, original, tables, notes, suspicions, files: Vec::new() };
        // What may not be published is not kept either: an outcome holds values.
        let is_clean = !outcome.suspicions.iter().any(|(_, found)| found.verdict.refuses())
            && !outcome.notes.iter().any(|note| note.code().is_none_or(|code| code.level() <= Level::Refuse));
        if let Some(reuse) = self.reuse.filter(|_| is_clean) {
            outcome.files = self.kept(&outcome)?;
            reuse.keep(key, &outcome)?;
        }
        Ok(outcome)
    }

    /// How the staged files of an outcome look.
    fn kept(&self, outcome: &Outcome) -> Result<Vec<Kept>> {
        let ledger = |route: &Route| self.stage.staged(route).with_context(|| format!("{route} was not staged"));
        let files = outcome.original.iter().chain(outcome.tables.iter().flat_map(|table| &table.derived));
        let pages = outcome.tables.iter().flat_map(|table| &table.pages);
        files
            .map(|file| Kept::of(self.stage, &file.route, file.sha256))
            .chain(pages.map(|route| Kept::of(self.stage, route, ledger(route)?.sha256)))
            .collect()
    }

    /// Turns notes into findings: about values in the file, about all else at the catalog's row.
    fn tell(&mut self, file: &CheckedFile, notes: &[Note], sha256: Digest) {
        let title = &self.dataset.dataset.title;
        for note in notes {
            let Some(code) = note.code() else { continue };
            let of_part = if note.part.is_empty() { String::new() } else { format!(" · {}", note.part) };
            let finding = match &note.at {
                Some((row, column)) => {
                    let place = Place::file(format!("datasets/{}{of_part}", file.named));
                    Finding::new(code, place.at_row(*row).in_column(column.as_str()))
                }
                None if code == Code::NotScreened => self.unseen(&file.named, sha256),
                None => Finding::new(code, self.dataset.place.clone()).found(&format!("{}{of_part}", file.named)),
            };
            let finding = finding.about(title);
            self.evidence.findings.push(finding.expected(note.about.clone()));
        }
    }

    /// The finding that a file cannot be looked into: with its digest, which a ground has to give.
    fn unseen(&mut self, named: &str, sha256: Digest) -> Finding {
        self.evidence.unseen.insert(named.to_owned(), sha256);
        Finding::new(Code::NotScreened, self.dataset.place.clone()).found(&format!("{named} · sha256 {sha256}"))
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

/// The reading of one staged original.
struct Reading<'a> {
    stage: &'a Stage,
    exports: ExportConfig,
    original: &'a DataFile,
    transforms: &'a [&'a Transform],
    /// Transforms whose column no table had so far.
    unmatched: Vec<&'a Transform>,
    tables: Vec<Table>,
    notes: Vec<Note>,
    suspicions: Vec<(String, Suspicion)>,
    /// Texts of the file that stand beside the rows of its tables.
    beside: Vec<String>,
    /// Which numbers stand in the cells of its tables.
    tokens: CellTokens,
    /// Of an archive, the members that tables were found in.
    members: Vec<String>,
}

impl Reading<'_> {
    /// Reads its tables and writes what is derived from them; looks at what is no table.
    fn read(&mut self, id: &str, config: &ReadConfig, name: &mut dyn FnMut(&str) -> String) -> Result<()> {
        self.read_tables(id, config, name)?;
        for transform in std::mem::take(&mut self.unmatched) {
            self.note(Notice::new(Code::TransformUnmatched, transform.column.clone()));
        }
        self.screen_rest()
    }

    fn read_tables(&mut self, id: &str, config: &ReadConfig, name: &mut dyn FnMut(&str) -> String) -> Result<()> {
        let original = self.original;
        let label = original.format.as_ref().map_or("", Format::label);
        let Some(format) = original.format.as_ref().filter(|format| readers::reads(format)) else {
            let head = head_of(self.stage, &original.route)?;
            match original.format.as_ref().and_then(|format| magic::mismatch(format, &head)) {
                Some(why) => self.note(Notice::new(Code::FileNotAsNamed, why)),
                None => self.note(Notice::new(Code::TableNone, label)),
            }
            return Ok(());
        };
        if let Some(why) = magic::mismatch(format, &head_of(self.stage, &original.route)?) {
            self.note(Notice::new(Code::FileNotAsNamed, why));
            return Ok(());
        }
        let path = self.stage.path_of(&original.route);
        let opened = readers::open(Input { path: &path, format, config });
        let Some(opened) = self.sound(opened)? else { return Ok(()) };
        for notice in opened.notices {
            self.note(notice);
        }
        self.members = opened.members;
        for reader in opened.tables {
            let mut reader = Transformed::new(reader, self.transforms);
            let part = reader.part().to_owned();
            let table = name(&part);
            let target = Target {
                stage: self.stage,
                exports: self.exports,
                folder: &format!("datasets/{id}/data"),
                api: &format!("api/v1/datasets/{id}/{table}"),
                table: &table,
                source: &original.name,
                encoding: opened.encoding,
                size_bytes: original.size_bytes,
            };
            let built = build(&mut reader, target);
            let n_notes = self.notes.len();
            let Some(built) = self.sound(built)? else {
                self.notes[n_notes..].iter_mut().for_each(|note| note.part.clone_from(&part));
                continue;
            };
            self.beside.extend(reader.beside());
            self.tokens.append(built.tokens);
            self.unmatched.retain(|transform| !reader.has(transform));
            self.suspicions.extend(built.suspicions.into_iter().map(|found| (part.clone(), found)));
            for notice in built.notices {
                self.note(notice);
            }
            let mangled = built.mangled.into_iter();
            self.notes.extend(mangled.map(|(code, column, row)| Note::at(code, &part, row, column)));
            self.tables.push(built.table);
        }
        Ok(())
    }

    /// What came out well; what is wrong with the file is noted, what is wrong with the machine is an error.
    fn sound<T>(&mut self, res: Result<T, Trouble>) -> Result<Option<T>> {
        match res {
            Ok(value) => Ok(Some(value)),
            Err(Trouble::Machine(error)) => Err(error),
            Err(Trouble::NoTable(why)) => {
                self.note(notice_of(why));
                Ok(None)
            }
        }
    }

    fn note(&mut self, notice: Notice) {
        self.notes.push(Note::new(notice));
    }
}

fn head_of(stage: &Stage, route: &Route) -> Result<Vec<u8>> {
    let mut head = Vec::with_capacity(16);
    stage.open(route)?.take(16).read_to_end(&mut head).with_context(|| format!("reading {route}"))?;
    Ok(head)
}
