//! XML that is a flat list: one element a row below the root, plain elements and attributes in it as columns.
//!
//! Entities of the document's own are not resolved: what needs them is no table.

use std::io::{BufReader, Read};
use std::path::PathBuf;

use quick_xml::Reader as XmlReader;
use quick_xml::events::{BytesStart, Event};

use crate::batch::CellRef;
use crate::decode::stream::{StreamError, TextStream};
use crate::readers::head::TextFile;
use crate::readers::separated::MAX_COLUMNS;
use crate::readers::sparse::{Registry, SparseRows};
use crate::readers::{Each, Input, NoTable, Notice, Opened, Outcome, Reader, Trouble};

const PIECE_BYTES: usize = 256 << 10;
/// Largest text of an element.
const MAX_TEXT_BYTES: usize = 16 << 20;

struct Xml {
    path: PathBuf,
    file: TextFile,
    registry: Registry,
}

/// Opens a list.
///
/// Errors: as [`crate::readers::open`].
pub fn open(input: Input<'_>) -> Result<Opened, Trouble> {
    let mut file = TextFile::open(input.path, input.config.encoding.as_deref())?;
    if let (None, Some(stated)) = (&input.config.encoding, stated_encoding(&file)) {
        file = TextFile::open(input.path, Some(&stated))?;
    }
    let encoding = file.encoding.name();
    let table = Xml { path: input.path.to_owned(), file, registry: Registry::default() };
    Ok(Opened { tables: vec![Box::new(table)], notices: Vec::new(), encoding, members: Vec::new() })
}

/// The encoding that the declaration states, where no mark says otherwise. Source: XML 1.0, 4.3.3.
fn stated_encoding(file: &TextFile) -> Option<String> {
    if file.n_mark > 0 {
        return None;
    }
    let declaration = file.text.split_once("?>")?.0;
    let (_, after) = declaration.split_once("encoding")?;
    let label = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = label.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    label[1..].split(quote).next().map(str::to_owned)
}

/// The decoded text as a stream of bytes.
struct Decoded<R> {
    stream: TextStream<R>,
    pending: Vec<u8>,
    at: usize,
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.pending.len() {
            self.pending.clear();
            self.at = 0;
            self.stream.fill(&mut self.pending, 64 << 10).map_err(|error| match error {
                StreamError::Disk(error) => error,
                StreamError::Text(error) => std::io::Error::new(std::io::ErrorKind::InvalidData, error.to_string()),
            })?;
        }
        let n_bytes = out.len().min(self.pending.len() - self.at);
        out[..n_bytes].copy_from_slice(&self.pending[self.at..self.at + n_bytes]);
        self.at += n_bytes;
        Ok(n_bytes)
    }
}

fn broken(error: impl std::fmt::Display) -> Trouble {
    NoTable::Broken(error.to_string()).into()
}

fn nested() -> Trouble {
    NoTable::OtherShape("不是扁平的列表 / no flat list".to_owned()).into()
}

/// Where in the list the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    Outside,
    List,
    Row,
    Cell,
}

/// The rows as they come together.
struct List {
    rows: SparseRows,
    /// The name of the row elements.
    row_name: Option<String>,
    cell_name: String,
    text: String,
    in_row: Vec<String>,
}

impl List {
    fn attributes(&mut self, element: &BytesStart<'_>, prefix: &str) -> Result<(), Trouble> {
        for attribute in element.attributes() {
            let attribute = attribute.map_err(broken)?;
            let key = attribute.key.into_inner();
            if key == "xmlns" || key.starts_with("xmlns:") {
                continue;
            }
            let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).map_err(broken)?;
            self.cell(&format!("{prefix}@{key}"), &value)?;
        }
        Ok(())
    }

    fn cell(&mut self, name: &str, text: &str) -> Result<(), Trouble> {
        if self.in_row.iter().any(|known| known == name) {
            // An element that is there twice in a row is a list in a list.
            return Err(nested());
        }
        self.in_row.push(name.to_owned());
        let (start, end) = self.rows.append(text);
        self.rows.push(name, CellRef::text(start, end));
        Ok(())
    }

    fn begin_row(&mut self, element: &BytesStart<'_>) -> Result<(), Trouble> {
        let name = element.name().into_inner();
        match &self.row_name {
            Some(known) if known != name => return Err(nested()),
            Some(_) => {}
            None => self.row_name = Some(name.to_owned()),
        }
        self.in_row.clear();
        self.attributes(element, "")
    }
}

impl Reader for Xml {
    fn part(&self) -> &'static str {
        ""
    }

    fn columns(&self) -> &[String] {
        self.registry.names()
    }

    fn is_typed(&self) -> bool {
        false
    }

    fn read(&mut self, each: &mut Each<'_>) -> Result<Outcome, Trouble> {
        let stream = self.file.stream(&self.path)?;
        let mut reader = XmlReader::from_reader(BufReader::new(Decoded { stream, pending: Vec::new(), at: 0 }));
        let mut buffer = Vec::new();
        let mut list = List {
            rows: SparseRows::default(),
            row_name: None,
            cell_name: String::new(),
            text: String::new(),
            in_row: Vec::new(),
        };
        let mut at = At::Outside;
        loop {
            let event = reader.read_event_into(&mut buffer).map_err(broken)?;
            if matches!(event, Event::Eof) {
                break;
            }
            at = step(&mut list, at, event)?;
            buffer.clear();
            if list.text.len() > MAX_TEXT_BYTES || list.rows.n_columns() > MAX_COLUMNS {
                return Err(nested());
            }
            if at == At::List && list.rows.n_bytes() >= PIECE_BYTES {
                let piece = std::mem::take(&mut list.rows).finish();
                each(vec![self.registry.place(piece)]).map_err(Trouble::Machine)?;
            }
        }
        if at != At::Outside {
            return Err(NoTable::Broken("XML 不完整 / the XML ends early".to_owned()).into());
        }
        if !list.rows.is_empty() {
            each(vec![self.registry.place(list.rows.finish())]).map_err(Trouble::Machine)?;
        }
        if self.registry.len() == 0 {
            return Err(nested());
        }
        self.registry.complete();
        Ok(Outcome::Complete)
    }

    fn notices(&self) -> Vec<Notice> {
        Vec::new()
    }
}

fn step(list: &mut List, at: At, event: Event<'_>) -> Result<At, Trouble> {
    Ok(match (event, at) {
        (Event::Start(_), At::Outside) => At::List,
        (Event::Start(element), At::List) => {
            list.begin_row(&element)?;
            At::Row
        }
        (Event::Empty(element), At::List) => {
            list.begin_row(&element)?;
            list.rows.end_row();
            At::List
        }
        (Event::Start(element), At::Row) => {
            element.name().into_inner().clone_into(&mut list.cell_name);
            list.text.clear();
            let name = list.cell_name.clone();
            list.attributes(&element, &name)?;
            At::Cell
        }
        (Event::Empty(element), At::Row) => {
            let name = element.name().into_inner().to_owned();
            list.attributes(&element, &name)?;
            // `<a/>` is an element without a value.
            list.in_row.push(name.clone());
            list.rows.push(&name, CellRef::MISSING);
            At::Row
        }
        (Event::End(_), At::Cell) => {
            let (name, text) = (list.cell_name.clone(), std::mem::take(&mut list.text));
            list.cell(&name, &text)?;
            At::Row
        }
        (Event::End(_), At::Row) => {
            list.rows.end_row();
            At::List
        }
        (Event::End(_), _) => At::Outside,
        (Event::Text(text), At::Cell) => {
            list.text.push_str(&text.xml10_content());
            At::Cell
        }
        (Event::CData(text), At::Cell) => {
            list.text.push_str(&text.xml10_content());
            At::Cell
        }
        (Event::GeneralRef(reference), At::Cell) => {
            list.text.push(resolve(&reference)?);
            At::Cell
        }
        // Text between elements is white space, or mixed content, which is no table.
        (Event::Text(text), _) if !text.xml10_content().trim().is_empty() => return Err(nested()),
        (Event::Start(_) | Event::Empty(_) | Event::CData(_) | Event::GeneralRef(_), _) => return Err(nested()),
        (_, at) => at,
    })
}

/// A character reference, or one of the five entities that every document has. Source: XML 1.0, 4.6.
fn resolve(reference: &quick_xml::events::BytesRef<'_>) -> Result<char, Trouble> {
    if let Some(c) = reference.resolve_char_ref().map_err(broken)? {
        return Ok(c);
    }
    match reference.xml10_content().as_ref() {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        other => Err(NoTable::OtherShape(format!("&{other};")).into()),
    }
}
