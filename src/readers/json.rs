//! JSON arrays of objects, JSON Lines and GeoJSON, of any length: cut into items, the items read on all cores.
//!
//! Nested objects become columns named by their path, lists stay the JSON they are. Numbers are copied, never computed.

use std::path::PathBuf;

use rayon::prelude::*;
use serde_json::value::RawValue;

use crate::batch::{Batch, CellRef};
use crate::decode::NotText;
use crate::decode::stream::TextStream;
use crate::json;
use crate::readers::head::TextFile;
use crate::readers::items::{Items, Scanner};
use crate::readers::separated::MAX_COLUMNS;
use crate::readers::sparse::{JOIN, Piece, Registry, SparseRows};
use crate::readers::{Each, Input, NoTable, Notice, Opened, Outcome, Reader, Trouble};

const PIECE_BYTES: usize = 256 << 10;
/// Largest item. Source: ours; a row of a table is no book.
const MAX_ITEM_BYTES: usize = 64 << 20;
/// Most text beside the list, where an object holds it.
const MAX_REST_BYTES: usize = 4 << 20;

struct Json {
    path: PathBuf,
    file: TextFile,
    items: Items,
    /// What stands before the first item, with the bracket that opens the list.
    before: String,
    /// What stands after the last item, once all were read.
    rest: String,
    is_geo: bool,
    registry: Registry,
}

/// Finds the list of objects.
///
/// Errors: as [`crate::readers::open`].
pub fn open(input: Input<'_>) -> Result<Opened, Trouble> {
    let file = TextFile::open(input.path, input.config.encoding.as_deref())?;
    let encoding = file.encoding.name();
    let (items, before) = find_list(&file, input.format.label())?;
    let is_geo = is_feature_collection(&before);
    let mut notices = Vec::new();
    notices.extend(file.guess.map(|guess| Notice::new(crate::diag::Code::EncodingDoubtful, guess.words())));
    let table = Json {
        path: input.path.to_owned(),
        file,
        items,
        before,
        rest: String::new(),
        is_geo,
        registry: Registry::default(),
    };
    Ok(Opened { tables: vec![Box::new(table)], notices, encoding, members: Vec::new() })
}

/// Where the items are: in the outermost array, one a line, or in the one list of objects that an object holds.
fn find_list(file: &TextFile, label: &str) -> Result<(Items, String), Trouble> {
    let text = file.text.trim_start();
    let begin = file.text.len() - text.len();
    if text.is_empty() {
        return Err(NoTable::OtherShape("空文件 / empty".to_owned()).into());
    }
    if text.starts_with('[') {
        return Ok((Items::InArray, file.text[..=begin].to_owned()));
    }
    if !text.starts_with('{') {
        return Err(NoTable::Broken("不是 JSON / no JSON".to_owned()).into());
    }
    let mut scanner = Scanner::new(Items::Alone);
    let mut found = Vec::new();
    let whole = scanner.scan(file.text.as_bytes(), begin, &mut found);
    let is_several = found.len() > 1 || (found.len() == 1 && matches!(label, "JSONL" | "NDJSON"));
    if is_several {
        return Ok((Items::Alone, String::new()));
    }
    whole?;
    match inner_list(text) {
        Some(end) => Ok((Items::InArray, file.text[..begin + end].to_owned())),
        None if file.is_whole => match json::check(text) {
            Ok(()) => Err(NoTable::OtherShape("JSON 对象，不是数组 / a JSON object, not an array".to_owned()).into()),
            Err(error) => Err(NoTable::Broken(error.to_string()).into()),
        },
        None => Err(NoTable::OtherShape("JSON 对象，不是数组 / a JSON object, not an array".to_owned()).into()),
    }
}

/// Behind the bracket that opens the first list of objects among the members of an object.
fn inner_list(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0_u64, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b'[' if depth == 1 => {
                let inside = text.get(at + 1..)?.trim_start();
                if inside.starts_with('{') {
                    return Some(at + 1);
                }
                depth += 1;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Source: RFC 7946 3.3.
fn is_feature_collection(before: &str) -> bool {
    let plain: String = before.chars().filter(|c| !c.is_whitespace()).collect();
    plain.ends_with("\"features\":[")
}

impl Reader for Json {
    fn part(&self) -> &'static str {
        ""
    }

    fn columns(&self) -> &[String] {
        self.registry.names()
    }

    fn is_typed(&self) -> bool {
        true
    }

    fn read(&mut self, each: &mut Each<'_>) -> Result<Outcome, Trouble> {
        let mut stream = self.file.stream(&self.path)?;
        let mut pending = Vec::new();
        stream.fill(&mut pending, self.before.len())?;
        let rest = pending.split_off(self.before.len().min(pending.len()));
        let mut pieces = Pieces { stream, pending: rest, at: 0, scanner: Scanner::new(self.items), is_end: false };
        let n_at_once = rayon::current_num_threads() * 8;
        let mut group = pieces.next_group(n_at_once)?;
        while !group.is_empty() {
            let is_geo = self.is_geo;
            let registry = &mut self.registry;
            let (next, done) = rayon::join(
                || pieces.next_group(n_at_once),
                || -> Result<(), Trouble> {
                    let read: Vec<Piece> =
                        group.into_par_iter().map(|cut| rows_of(cut, is_geo)).collect::<Result<_, Trouble>>()?;
                    let batches: Vec<Batch> = read.into_iter().map(|piece| registry.place(piece)).collect();
                    if registry.len() > MAX_COLUMNS {
                        let why = format!("超过 {MAX_COLUMNS} 个键 / more than {MAX_COLUMNS} keys");
                        return Err(NoTable::OtherShape(why).into());
                    }
                    each(batches).map_err(Trouble::Machine)
                },
            );
            done?;
            group = next?;
        }
        self.check_rest(pieces)?;
        if self.registry.len() == 0 {
            return Err(NoTable::OtherShape("空文件 / empty".to_owned()).into());
        }
        Ok(if self.registry.complete() { Outcome::Again } else { Outcome::Complete })
    }

    fn notices(&self) -> Vec<Notice> {
        Vec::new()
    }

    fn beside(&self) -> Vec<String> {
        vec![self.before.clone(), self.rest.clone()]
    }
}

impl Json {
    /// What stands around the list has to be JSON too, and must hold no second list of objects.
    fn check_rest<R: std::io::Read>(&mut self, mut pieces: Pieces<R>) -> Result<(), Trouble> {
        if self.items == Items::Alone {
            return Ok(());
        }
        let mut rest = pieces.pending.split_off(pieces.at.min(pieces.pending.len()));
        while pieces.stream.fill(&mut rest, 64 << 10)? {
            if rest.len() > MAX_REST_BYTES {
                return Err(NoTable::OtherShape("列表之外还有大量内容 / much stands beside the list".to_owned()).into());
            }
        }
        let rest = String::from_utf8(rest)
            .map_err(|_| NoTable::Broken(NotText::Invalid(self.file.encoding.name()).to_string()))?;
        if inner_list(&format!("{{\"\":1{}", rest.trim_start())).is_some() {
            return Err(NoTable::OtherShape("对象中有两个列表 / an object with two lists".to_owned()).into());
        }
        json::check(&format!("{}]{rest}", self.before)).map_err(|error| NoTable::Broken(error.to_string()))?;
        self.rest = rest;
        Ok(())
    }
}

/// Whole items, and where they are in the text.
struct CutOff {
    bytes: Vec<u8>,
    items: Vec<(usize, usize)>,
}

struct Pieces<R> {
    stream: TextStream<R>,
    pending: Vec<u8>,
    /// How far `pending` was looked at.
    at: usize,
    scanner: Scanner,
    is_end: bool,
}

impl<R: std::io::Read> Pieces<R> {
    fn next_group(&mut self, n_pieces: usize) -> Result<Vec<CutOff>, Trouble> {
        let mut group = Vec::new();
        while group.len() < n_pieces {
            match self.next_piece()? {
                Some(piece) => group.push(piece),
                None => break,
            }
        }
        Ok(group)
    }

    fn next_piece(&mut self) -> Result<Option<CutOff>, Trouble> {
        let mut items = Vec::new();
        loop {
            if !self.scanner.is_closed {
                self.at = self.scanner.scan(&self.pending, self.at, &mut items)?;
            }
            let is_last = self.scanner.is_closed || self.is_end;
            match items.last() {
                Some((_, end)) if *end >= PIECE_BYTES || is_last => {
                    let end = *end;
                    let rest = self.pending[end..].to_vec();
                    let mut bytes = std::mem::replace(&mut self.pending, rest);
                    bytes.truncate(end);
                    self.at -= end;
                    self.scanner.forget(end);
                    return Ok(Some(CutOff { bytes, items }));
                }
                None if self.scanner.is_closed => return Ok(None),
                None if self.is_end && self.scanner.is_between() && self.scanner.is_alone() => return Ok(None),
                None if self.is_end => {
                    return Err(NoTable::Broken("JSON 不完整 / the JSON ends early".to_owned()).into());
                }
                None if self.pending.len() > MAX_ITEM_BYTES => {
                    let limit = MAX_ITEM_BYTES >> 20;
                    return Err(NoTable::OtherShape(format!(
                        "一个对象超过 {limit} MiB / an object of more than {limit} MiB"
                    ))
                    .into());
                }
                _ => self.is_end = !self.stream.fill(&mut self.pending, PIECE_BYTES)?,
            }
        }
    }
}

/// The rows of some items.
fn rows_of(cut: CutOff, is_geo: bool) -> Result<Piece, Trouble> {
    let text = String::from_utf8(cut.bytes).map_err(|_| NoTable::Broken(NotText::Invalid("UTF-8").to_string()))?;
    let source = text.clone();
    let mut rows = SparseRows::new(text);
    let mut path = String::new();
    for (begin, end) in cut.items {
        let item = source.get(begin..end).unwrap_or_default();
        members(item, begin, &mut path, is_geo, &mut rows)?;
        rows.end_row();
    }
    Ok(rows.finish())
}

/// Adds the members of an object that begins at `offset` in the piece.
fn members(item: &str, offset: usize, path: &mut String, is_geo: bool, rows: &mut SparseRows) -> Result<(), Trouble> {
    let broken = |error: serde_json::Error| Trouble::NoTable(NoTable::Broken(error.to_string()));
    let object = json::members(item).map_err(broken)?;
    if let Some(key) = json::repeated_key(&object) {
        let why = format!("同一对象中 {key} 出现两次 / an object has the key `{key}` twice");
        return Err(NoTable::OtherShape(why).into());
    }
    for (key, value) in &object {
        let is_outer = path.is_empty();
        let n_before = path.len();
        let raw = value.get();
        let begin = offset + (raw.as_ptr() as usize - item.as_ptr() as usize);
        // GeoJSON: what a feature is like stands in its properties; `type` is always Feature.
        if is_geo && is_outer && key == "type" {
            continue;
        }
        if !(is_geo && is_outer && key == "properties") {
            if !is_outer {
                path.push(JOIN);
            }
            path.push_str(key);
        }
        let is_geometry = is_geo && is_outer && key == "geometry";
        if raw.starts_with('{') && raw.len() > 2 && !is_geometry && !is_empty_object(raw) {
            members(raw, begin, path, is_geo && !is_outer, rows)?;
        } else if !path.is_empty() {
            let cell = cell_of(value, begin, rows).map_err(broken)?;
            rows.push(path, cell);
        }
        if is_geometry {
            push_point(raw, begin, rows);
        }
        path.truncate(n_before);
    }
    Ok(())
}

/// The place of a point, beside the geometry itself. Source: RFC 7946 3.1.1 and 3.1.2: longitude, then latitude.
fn push_point(raw: &str, begin: usize, rows: &mut SparseRows) {
    #[derive(serde::Deserialize)]
    struct Point<'a> {
        r#type: std::borrow::Cow<'a, str>,
        #[serde(borrow)]
        coordinates: Vec<&'a RawValue>,
    }
    let Ok(point) = serde_json::from_str::<Point<'_>>(raw) else { return };
    if point.r#type != "Point" || point.coordinates.len() < 2 {
        return;
    }
    for (name, value) in ["longitude", "latitude"].iter().zip(&point.coordinates) {
        let start = begin + (value.get().as_ptr() as usize - raw.as_ptr() as usize);
        rows.push(&format!("geometry{JOIN}{name}"), CellRef::raw(start, start + value.get().len()));
    }
}

fn is_empty_object(raw: &str) -> bool {
    raw[1..].trim_start().starts_with('}')
}

fn cell_of(value: &RawValue, begin: usize, rows: &mut SparseRows) -> serde_json::Result<CellRef> {
    let raw = value.get();
    let end = begin + raw.len();
    if raw == "null" {
        return Ok(CellRef::MISSING);
    }
    if raw.starts_with('"') {
        if !raw.contains('\\') {
            return Ok(CellRef::text(begin + 1, end - 1));
        }
        let text = json::string_of(value)?.unwrap_or_default();
        let (start, end) = rows.append(&text);
        return Ok(CellRef::text(start, end));
    }
    match json::compact(raw) {
        std::borrow::Cow::Borrowed(_) => Ok(CellRef::raw(begin, end)),
        std::borrow::Cow::Owned(compact) => {
            let (start, end) = rows.append(&compact);
            Ok(CellRef::raw(start, end))
        }
    }
}
