//! One entry of the catalog: a row whose texts are clean and whose dates, lists and numbers are read.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::catalog::Catalog;
use crate::catalog::columns::{Columns, n_known};
use crate::catalog::lists::{distinct, is_web_address, items_of_json, locations, parts};
use crate::catalog::rows::{self, Cell, Row, Sink};
use crate::diag::{Code, Finding, Place};
use crate::model::coordinates::CoordinateSystem;
use crate::model::dataset::{DataItem, Dataset};
use crate::model::date::Day;
use crate::model::digest::{Digest, Hasher};
use crate::model::field::Field;
use crate::model::format::Format;
use crate::model::frequency::Frequency;
use crate::model::openness::{Openness, OpennessWords};
use crate::model::text::{clean, fold, is_placeholder, split_list};
use crate::site::CatalogConfig;

/// An entry as the catalog has it, not judged yet.
#[derive(Clone, Debug)]
pub struct Entry {
    /// File and row.
    pub place: Place,
    /// What it says about its openness.
    pub openness: OpennessWords,
    /// The fields that readers may see.
    pub dataset: Box<Dataset>,
    /// Findings of level refuse that were made while reading: the gate refuses the entry for them.
    pub faults: Vec<Finding>,
    /// Every header and cell of the row, so that rows equal in every field are known.
    pub row_digest: Digest,
    /// The header of the column that the openness class came from.
    pub openness_column: Option<Arc<str>>,
    /// The header of the column that names the files.
    pub files_column: Option<Arc<str>>,
    /// The keys of filled fields that are not for the public; their values are not kept.
    pub internal: BTreeSet<&'static str>,
    /// Every cell as it stands, where the row does not plainly say 无条件开放: what it names may have to stay closed.
    pub raw: Vec<String>,
}

/// A row that does not fit its header and is not read: what it says may concern any entry.
#[derive(Clone, Debug)]
pub struct UnreadRow {
    /// Its cells as they stand.
    pub cells: Vec<String>,
}

/// Longest title, in characters. Source: ours; the longest of 88,883 real titles is far shorter.
const MAX_TITLE_CHARS: usize = 300;
/// Longest summary, in characters.
const MAX_SUMMARY_CHARS: usize = 20_000;
/// Longest other text, in characters.
const MAX_TEXT_CHARS: usize = 5_000;

/// Reads a catalog file into entries and findings.
pub fn read_file(
    name: &str,
    bytes: Vec<u8>,
    config: &CatalogConfig,
    catalog: &mut Catalog,
    findings: &mut Vec<Finding>,
) {
    let mut reader = Reader {
        file: name.into(),
        config,
        columns: Columns::default(),
        entries: &mut catalog.entries,
        unread: &mut catalog.unread,
        findings,
    };
    if let Err(unreadable) = rows::read(name, bytes, config.encoding.as_deref(), &mut reader) {
        let mut place = Place::file(name);
        place.line = unreadable.line;
        findings.push(Finding::new(Code::CatalogUnreadable, place).expected(unreadable.why));
    }
}

impl Reader<'_> {
    /// Whether every cell that speaks of openness names the one class, and nothing else does.
    fn is_plainly_open(&self, cells: &[(usize, Cell)]) -> bool {
        // The site's own words for the class may turn any word into another.
        if self.config.values.contains_key(Field::OpennessClass.code_name()) {
            return false;
        }
        let mut n_classes = 0;
        for (column_idx, cell) in cells {
            let Some(field) = self.columns.field(*column_idx).filter(|field| is_openness(*field)) else { continue };
            let (Cell::Text(text) | Cell::Json(text)) = cell;
            if text.trim().is_empty() {
                continue;
            }
            if field != Field::OpennessClass || Openness::parse(text) != Some(Openness::Unconditional) {
                return false;
            }
            n_classes += 1;
        }
        n_classes > 0
    }
}

struct Reader<'a> {
    file: Arc<str>,
    config: &'a CatalogConfig,
    columns: Columns,
    entries: &'a mut Vec<Entry>,
    unread: &'a mut Vec<UnreadRow>,
    findings: &'a mut Vec<Finding>,
}

impl Sink for Reader<'_> {
    fn headers(&mut self, headers: &[String]) {
        self.columns = Columns::resolve(&self.file, headers, self.config, self.findings);
    }

    fn row(&mut self, row: Row<'_>) {
        let row_digest = digest_of(&self.columns.headers, row.cells);
        let raw = if self.is_plainly_open(row.cells) {
            Vec::new()
        } else {
            row.cells.iter().map(|(_, Cell::Text(text) | Cell::Json(text))| text.clone()).collect()
        };
        let mut builder = Builder {
            place: Place::file(Arc::clone(&self.file)).at_row(row.number),
            columns: &self.columns,
            dataset: Box::default(),
            openness: OpennessWords::default(),
            items: ItemLists::default(),
            internal: BTreeSet::new(),
            faults: Vec::new(),
            findings: self.findings,
        };
        for (column_idx, cell) in row.cells.drain(..) {
            if let Some(field) = self.columns.field(column_idx) {
                let header = self.columns.headers.get(column_idx).map_or("", String::as_str);
                builder.take(field, header, cell, self.config);
            }
        }
        let entry = Entry { raw, ..builder.finish(row_digest) };
        self.entries.push(entry);
    }

    fn ragged(&mut self, number: u64, cells: &[String], n_headers: usize) {
        let n_cells = cells.len();
        self.unread.push(UnreadRow { cells: cells.to_vec() });
        let place = Place::file(Arc::clone(&self.file)).at_row(number);
        self.findings
            .push(Finding::new(Code::RowRagged, place).found(&n_cells.to_string()).expected(n_headers.to_string()));
    }

    fn guessed(&mut self, encoding: &'static str) {
        self.findings.push(Finding::new(Code::EncodingGuessed, Place::file(Arc::clone(&self.file))).expected(encoding));
    }

    fn sheets_left_out(&mut self, names: &[String]) {
        let place = Place::file(Arc::clone(&self.file));
        self.findings.push(Finding::new(Code::SheetsLeftOut, place).expected(names.join("、")));
    }

    fn n_known_headers(&self, cells: &[String]) -> usize {
        n_known(cells, self.config)
    }
}

fn digest_of(headers: &[String], cells: &[(usize, Cell)]) -> Digest {
    let mut hasher = Hasher::default();
    for (column_idx, cell) in cells {
        let (Cell::Text(text) | Cell::Json(text)) = cell;
        if !text.trim().is_empty() {
            hasher.update_field(headers.get(*column_idx).map_or("", String::as_str));
            hasher.update_field(text.trim());
        }
    }
    hasher.finish()
}

/// The parallel lists that data items come in.
#[derive(Default)]
struct ItemLists {
    names: Vec<String>,
    formats: Vec<String>,
    descriptions: Vec<String>,
}

/// Whether a field speaks of openness: nothing that it says is taken for nothing.
fn is_openness(field: Field) -> bool {
    matches!(field, Field::OpennessClass | Field::OpennessSetAside | Field::IsOpen | Field::OpenCondition)
}

/// The longest text that a field may have, in characters.
fn max_chars(field: Field) -> usize {
    match field {
        Field::Title => MAX_TITLE_CHARS,
        Field::Abstract | Field::ItemName | Field::ItemFormat | Field::ItemDescription | Field::Files => {
            MAX_SUMMARY_CHARS
        }
        _ => MAX_TEXT_CHARS,
    }
}

struct Builder<'a> {
    place: Place,
    columns: &'a Columns,
    dataset: Box<Dataset>,
    openness: OpennessWords,
    items: ItemLists,
    internal: BTreeSet<&'static str>,
    faults: Vec<Finding>,
    findings: &'a mut Vec<Finding>,
}

impl Builder<'_> {
    fn take(&mut self, field: Field, header: &str, cell: Cell, config: &CatalogConfig) {
        let raw = match cell {
            Cell::Json(json) if field == Field::ItemName => {
                if let Some(items) = items_of_json(&json) {
                    self.dataset.items = items;
                } else {
                    let place = self.place.clone().in_column(header.trim());
                    self.findings.push(Finding::new(Code::ItemsUnreadable, place).found(&json));
                }
                return;
            }
            Cell::Text(text) | Cell::Json(text) => text,
        };
        let mapped = config.values.get(field.code_name()).and_then(|values| values.get(raw.trim()));
        let raw = mapped.map_or(raw.as_str(), String::as_str);
        let keep_lines = is_openness(field)
            || matches!(
                field,
                Field::Abstract
                    | Field::Keywords
                    | Field::Format
                    | Field::Files
                    | Field::ItemName
                    | Field::ItemFormat
                    | Field::ItemDescription
            );
        let (text, flaws) = clean(raw, keep_lines);
        let place = || self.place.clone().in_column(header.trim());
        if flaws.hidden {
            if is_openness(field) || matches!(field, Field::Title | Field::Identifier | Field::ProviderName) {
                self.faults.push(Finding::new(Code::TitleHidden, place()).found(raw));
            } else {
                self.findings.push(Finding::new(Code::TextHidden, place()).found(raw));
            }
        }
        if flaws.markup && field != Field::SourceUrl {
            self.findings.push(Finding::new(Code::TextMarkup, place()).found(&text));
        }
        let limit = max_chars(field);
        if text.len() > limit && text.chars().count() > limit {
            self.faults.push(Finding::new(Code::TextTooLong, place()).found(&text).expected(limit.to_string()));
            return;
        }
        if text.is_empty() || (is_placeholder(&text) && field != Field::Title && !is_openness(field)) {
            return;
        }
        self.set(field, header, text);
    }

    fn set_coordinate_system(&mut self, place: Place, text: &str) {
        self.dataset.coordinate_system = CoordinateSystem::parse(text);
        if self.dataset.coordinate_system.is_none() {
            let names: Vec<&str> = CoordinateSystem::names().collect();
            self.findings.push(Finding::new(Code::CoordinateSystem, place).found(text).expected(names.join("、")));
        }
    }

    fn set(&mut self, field: Field, header: &str, text: String) {
        let place = self.place.clone().in_column(header.trim());
        let dataset = &mut self.dataset;
        match field {
            Field::Identifier => dataset.identifier = text,
            Field::Title => dataset.title = text,
            Field::Abstract => dataset.summary = text,
            Field::Format => dataset.formats = Format::parse_list(&text),
            Field::Industry => dataset.industry = text,
            Field::Theme => dataset.theme = text,
            Field::Category => dataset.category = text,
            Field::Scenario => dataset.scenario = text,
            Field::Keywords => dataset.keywords = distinct(split_list(&text)),
            Field::Temporal => dataset.temporal = text,
            Field::Spatial => dataset.spatial = text,
            Field::CoordinateSystem => self.set_coordinate_system(place, &text),
            Field::UpdateFrequency => {
                dataset.frequency = Frequency::parse(&text);
                if dataset.frequency.is_none() {
                    self.findings.push(Finding::new(Code::FrequencyUnknown, place).found(&text));
                    dataset.frequency_text = text;
                }
            }
            Field::Issued | Field::Modified => {
                let day = Day::parse(&text);
                if day.is_none() {
                    self.findings.push(Finding::new(Code::DateUnreadable, place).found(&text));
                }
                if field == Field::Issued { dataset.issued = day } else { dataset.modified = day }
            }
            Field::ProviderName => dataset.provider = text,
            Field::ProviderCode => dataset.provider_code = text,
            Field::CollectingBody => dataset.collecting_body = text,
            Field::ReviewingBody => dataset.reviewing_body = text,
            // Each line is a word of its own: two halves of a word on two lines are not the word.
            Field::OpennessClass => self.openness.class.extend(text.lines().map(str::to_owned)),
            Field::OpennessSetAside => self.openness.set_aside.extend(text.lines().map(str::to_owned)),
            Field::IsOpen => self.openness.is_open.extend(text.lines().map(str::to_owned)),
            Field::OpenCondition => self.openness.condition.push(text),
            Field::ItemName => self.items.names = parts(&text),
            Field::ItemFormat => self.items.formats = parts(&text),
            Field::ItemDescription => self.items.descriptions = parts(&text),
            Field::Files => dataset.locations.extend(locations(&text)),
            Field::Encoding => dataset.encoding = text,
            Field::Source => dataset.source = text,
            Field::Licence => dataset.licence = text,
            Field::LicenceFile => dataset.licence_file = text,
            Field::ContactPhone => dataset.contact_phone = text,
            Field::ContactEmail => dataset.contact_email = text,
            Field::SourceUrl => {
                if is_web_address(&text) {
                    dataset.source_url = text;
                } else {
                    self.findings.push(Finding::new(Code::LinkInvalid, place).found(&text));
                }
            }
            Field::Volume => dataset.volume = text.replace([',', '，', ' '], "").parse().ok(),
            Field::Internal => self.internal.extend(Field::internal_key(&fold(header))),
        }
    }

    fn finish(mut self, row_digest: Digest) -> Entry {
        let lists = std::mem::take(&mut self.items);
        if !lists.names.is_empty() {
            let n_items = lists.names.len();
            let even = |list: &Vec<String>| list.is_empty() || list.len() == n_items;
            if !even(&lists.formats) || !even(&lists.descriptions) {
                let counts = format!("{} / {} / {}", n_items, lists.formats.len(), lists.descriptions.len());
                let column = self.columns.header_of(Field::ItemName).unwrap_or_default();
                let place = self.place.clone().in_column(column);
                self.findings.push(Finding::new(Code::ItemsUneven, place).about(&self.dataset.title).expected(counts));
            }
            let part = |list: &Vec<String>, idx: usize| {
                if list.len() == n_items { list[idx].clone() } else { String::new() }
            };
            self.dataset.items = (0..n_items)
                .map(|idx| DataItem {
                    name: lists.names[idx].clone(),
                    format: part(&lists.formats, idx),
                    description: part(&lists.descriptions, idx),
                })
                .collect();
        }
        let title = self.dataset.title.clone();
        for fault in &mut self.faults {
            fault.subject.clone_from(&title);
        }
        Entry {
            openness_column: self.columns.openness_header.clone(),
            files_column: self.columns.files_header.clone(),
            raw: Vec::new(),
            internal: self.internal,
            place: self.place,
            openness: self.openness,
            dataset: self.dataset,
            faults: self.faults,
            row_digest,
        }
    }
}
