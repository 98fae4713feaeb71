//! What lists the catalog for programs: metadata of the whole, the static API, feeds, sitemaps.
//!
//! In: what pages are made of. Out: files in the stage. Every list is one that a take-down can cut an item out of
//! (`publish::cut`), and every page of a list has its datasets by their ordinals, so that it stays as it is when others
//! come.

pub mod api;
pub mod catalog;
pub mod changes;
pub mod ckan;
pub mod feeds;
pub mod oai;
pub mod openapi;
pub mod scores;
pub mod sitemap;
pub mod table;

use std::collections::BTreeMap;
use std::io::{BufWriter, Write};

use anyhow::{Context, Result};
use serde::Serialize;
use serde_json::ser::Formatter;
use serde_json::{Map, Value};

use crate::assess::Report;
use crate::metadata::Record;
use crate::model::date::Day;
use crate::model::route::Route;
use crate::pages::facets::Facets;
use crate::pages::{Inputs, Strings};
use crate::stage::Stage;

/// A file of the site.
pub type Made = (Route, Vec<u8>);

/// What every list is made of.
pub struct Catalog<'a> {
    /// What pages are made of.
    pub inputs: &'a Inputs<'a>,
    /// The released datasets, in the order of their ordinals.
    pub records: Vec<Record<'a>>,
    /// The ways to browse.
    pub facets: Facets,
    /// The words of the site's main language.
    pub strings: &'a Strings,
    by_id: BTreeMap<&'a str, usize>,
}

impl<'a> Catalog<'a> {
    /// Gathers what lists are made of.
    #[must_use]
    pub fn new(inputs: &'a Inputs<'a>, strings: &'a Strings) -> Self {
        let facets = Facets::new(inputs.publishable.releases(), inputs.as_of);
        let records: Vec<Record<'a>> = inputs.records().collect();
        let by_id = records.iter().enumerate().map(|(idx, record)| (record.id(), idx)).collect();
        Self { inputs, records, facets, strings, by_id }
    }

    /// Whether a dataset is released.
    #[must_use]
    pub fn has(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    /// The title of a released dataset.
    #[must_use]
    pub fn title_of(&self, id: &str) -> Option<String> {
        self.by_id.get(id).map(|idx| self.records[*idx].dataset().title.clone())
    }

    /// The day of the latest update of any dataset.
    #[must_use]
    pub fn modified(&self) -> Option<Day> {
        self.records.iter().filter_map(|record| record.updated()).max()
    }

    /// The released datasets in pages of so many ordinals, each with its number from 1; the first is there always.
    #[must_use]
    pub fn pages(&self, per_page: u32) -> Vec<(u32, &[Record<'a>])> {
        let number = |record: &Record<'_>| record.release.cleared.ordinal / per_page + 1;
        let mut res: Vec<(u32, &[Record<'a>])> =
            self.records.chunk_by(|a, b| number(a) == number(b)).map(|page| (number(&page[0]), page)).collect();
        if res.first().is_none_or(|(first, _)| *first != 1) {
            res.insert(0, (1, &[]));
        }
        res
    }
}

/// Writes the files of one kind.
type Part = fn(&Catalog<'_>, &Stage) -> Result<()>;

/// Writes every list into the stage; answers how the datasets do by what others measure.
///
/// Errors: when the stage cannot be written.
pub fn write(inputs: &Inputs<'_>, strings: &Strings, stage: &Stage) -> Result<Report> {
    let catalog = Catalog::new(inputs, strings);
    // What a take-down writes anew is there always, and what search engines look for.
    let always: [Part; 3] = [changes::write, feeds::write_changes, sitemap::write];
    let wanted: [Part; 7] =
        [catalog::write, table::write, api::write, openapi::write, ckan::write, oai::write, feeds::write];
    let wanted = wanted.iter().filter(|_| inputs.site.exports.metadata);
    always.iter().chain(wanted).try_for_each(|part| part(&catalog, stage))?;
    let report = Report::of(&catalog.records);
    scores::write(&report, stage)?;
    Ok(report)
}

/// The items of a list, each made as it is written, so that a long list never stands in memory.
pub(crate) struct Each<'a, T, F> {
    /// What the items are made of.
    pub from: &'a [T],
    /// How.
    pub make: F,
}

impl<T, F: Fn(&T) -> Value> Serialize for Each<'_, T, F> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.from.iter().map(&self.make))
    }
}

/// Writes JSON of any length, each item of its outermost lists on a line of its own.
///
/// Errors: when the stage cannot be written.
pub(crate) fn put_json(stage: &Stage, route: &Route, value: &impl Serialize) -> Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, stage.writer(route)?);
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, ItemsOnLines::default());
    value.serialize(&mut serializer).with_context(|| format!("writing {route}"))?;
    out.write_all(b"\n").with_context(|| format!("writing {route}"))?;
    let writer =
        out.into_inner().map_err(std::io::IntoInnerError::into_error).with_context(|| format!("writing {route}"))?;
    writer.finish()?;
    Ok(())
}

/// JSON with each item of an outermost list on its own line: a take-down finds and cuts lines.
#[derive(Default)]
struct ItemsOnLines {
    /// How many lists the writer is in.
    depth: usize,
}

impl Formatter for ItemsOnLines {
    fn begin_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.depth += 1;
        writer.write_all(b"[")
    }

    fn begin_array_value<W: Write + ?Sized>(&mut self, writer: &mut W, is_first: bool) -> std::io::Result<()> {
        let (comma, line) = (if is_first { "" } else { "," }, if self.depth == 1 { "\n" } else { "" });
        writer.write_all(comma.as_bytes()).and_then(|()| writer.write_all(line.as_bytes()))
    }

    fn end_array<W: Write + ?Sized>(&mut self, writer: &mut W) -> std::io::Result<()> {
        self.depth -= 1;
        writer.write_all(if self.depth == 0 { b"\n]" } else { b"]" })
    }
}

/// JSON with one item of a list a line, so that a change of one dataset is a change of one line.
///
/// Errors: none that can come of data.
pub(crate) fn lines(head: &Map<String, Value>, list: &str, items: &[Value]) -> Result<Vec<u8>> {
    let mut bytes = vec![b'{'];
    for (key, value) in head {
        serde_json::to_writer(&mut bytes, key)?;
        bytes.push(b':');
        serde_json::to_writer(&mut bytes, value)?;
        bytes.extend_from_slice(b",\n");
    }
    serde_json::to_writer(&mut bytes, list)?;
    bytes.extend_from_slice(b":[");
    for (idx, item) in items.iter().enumerate() {
        bytes.extend_from_slice(if idx == 0 { b"\n" } else { b",\n" });
        serde_json::to_writer(&mut bytes, item)?;
    }
    bytes.extend_from_slice(b"\n]}\n");
    Ok(bytes)
}
