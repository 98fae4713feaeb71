//! CSV, TSV and TXT: the text is cut between records into pieces, and the pieces are split into cells on all cores.

use std::path::PathBuf;

use rayon::prelude::*;

use crate::batch::Batch;
use crate::diag::Code;
use crate::readers::boundaries::{Cut, Dialect, last_cut};
use crate::readers::cells::split;
use crate::readers::head::TextFile;
use crate::readers::header::{Header, unique_names};
use crate::readers::layout::{Found, Layout};
use crate::readers::{Each, Input, NoTable, Notice, Opened, Outcome, Reader, Trouble};
use crate::separated::delimiter_of_records;
use crate::site::ReadConfig;

/// How large a piece is, where records allow it.
const PIECE_BYTES: usize = 256 << 10;
/// How many pieces there are for each core at a time.
const PIECES_A_CORE: usize = 8;
/// Largest record. Source: ours; a value of a table is no book.
const MAX_RECORD_BYTES: usize = 64 << 20;
/// More columns than a page or a workbook can hold.
pub const MAX_COLUMNS: usize = 4_000;
/// By how much a row may be wider than twice the header.
const MAX_FURTHER_COLUMNS: usize = 16;
/// How many records at the beginning are looked at.
const SAMPLE_RECORDS: usize = 200;

struct Separated {
    path: PathBuf,
    file: TextFile,
    layout: Layout,
    header: Header,
    columns: Vec<String>,
    missing: Vec<String>,
    /// The line of a quotation mark in a wrong place; from then on marks are letters.
    bad_quote: Option<u64>,
    found: Found,
}

/// Finds dialect and headers.
///
/// Errors: as [`crate::readers::open`].
pub fn open(input: Input<'_>) -> Result<Opened, Trouble> {
    let file = TextFile::open(input.path, input.config.encoding.as_deref())?;
    let label = input.format.label();
    if file.text.trim().is_empty() {
        return Err(NoTable::OtherShape("空文件 / empty".to_owned()).into());
    }
    let (dialect, bad_quote) = dialect_of(&file, label, input.config)?;
    let rows = sample(&file.text, dialect);
    if label == "TXT" && !is_even(&rows) {
        return Err(NoTable::OtherShape("普通文本 / plain text".to_owned()).into());
    }
    let none = || NoTable::OtherShape("没有表头所在的行 / no row of headers where it is said to be".to_owned());
    let header = Header::find(&rows, input.config).ok_or_else(none)?;
    let n_header = header.names.len();
    let mut notices = Vec::new();
    if let Some(guess) = file.guess {
        let code = if guess.is_doubtful() { Code::EncodingDoubtful } else { Code::EncodingGuessed };
        notices.push(Notice::new(code, format!("{}: {}", guess.words(), file.sample())));
    }
    notices.extend(notices_of(&header, &rows));
    let encoding = file.encoding.name();
    let table = Separated {
        path: input.path.to_owned(),
        columns: unique_names(&header.names),
        layout: Layout { dialect, n_header, n_columns: n_header },
        missing: input.config.missing.clone(),
        header,
        file,
        bad_quote,
        found: Found::default(),
    };
    Ok(Opened { tables: vec![Box::new(table)], notices, encoding, members: Vec::new() })
}

/// What there is to say of headers that are not the plain first row.
pub fn notices_of(header: &Header, rows: &[Vec<String>]) -> Vec<Notice> {
    let mut notices = Vec::new();
    if header.n_above > 0 {
        let above: Vec<&str> = rows
            .iter()
            .take(header.n_above)
            .flatten()
            .map(|cell| cell.trim())
            .filter(|cell| !cell.is_empty())
            .collect();
        notices.push(Notice::new(Code::TablePreamble, format!("{}: {}", header.n_above, above.join(" "))));
    }
    if header.n_rows > 1 {
        notices.push(Notice::new(Code::TableHeaderRows, header.n_rows.to_string()));
    }
    if header.is_doubtful {
        notices.push(Notice::new(Code::TableHeaderDoubtful, (header.n_above + 1).to_string()));
    }
    let named: Vec<&str> = header.names.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
    let n_different = named.iter().collect::<std::collections::BTreeSet<_>>().len();
    let n_odd = header.names.len() - n_different;
    if n_odd > 0 {
        notices.push(Notice::new(Code::TableHeaderNames, n_odd.to_string()));
    }
    notices
}

/// The signs, and the line of a misplaced quotation mark where marks are taken for letters.
fn dialect_of(file: &TextFile, label: &str, config: &ReadConfig) -> Result<(Dialect, Option<u64>), Trouble> {
    let find = |quotes: bool| -> Result<Dialect, Trouble> {
        let delimiter = match (config.delimiter, label) {
            (Some(delimiter), _) => delimiter.byte(),
            (None, "TSV" | "TAB") => b'\t',
            (None, "PSV") => b'|',
            _ => delimiter_of_records(&file.text, quotes)
                .ok_or_else(|| NoTable::OtherShape("两种分隔符都讲得通 / two separators fit alike".to_owned()))?,
        };
        Ok(Dialect { delimiter, quotes })
    };
    let quoted = find(true)?;
    match last_cut(file.text.as_bytes(), quoted, file.is_whole) {
        Cut::BadQuote(at) => Ok((find(false)?, Some(line_of(&file.text.as_bytes()[..at])))),
        Cut::At(_) | Cut::None => Ok((quoted, None)),
    }
}

fn line_of(before: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', before).count() as u64 + 1
}

fn sample(text: &str, dialect: Dialect) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new();
    reader.has_headers(false).flexible(true).delimiter(dialect.delimiter).quoting(dialect.quotes);
    let records = reader.from_reader(text.as_bytes()).into_records();
    let cells = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
    records.map_while(Result::ok).take(SAMPLE_RECORDS).map(cells).collect()
}

/// Whether nearly all records have the same number of values, more than one: else a text is no table.
fn is_even(rows: &[Vec<String>]) -> bool {
    let mut widths: Vec<usize> = rows.iter().map(Vec::len).collect();
    widths.sort_unstable();
    let usual = widths.get(widths.len() / 2).copied().unwrap_or_default();
    usual > 1 && widths.iter().filter(|width| **width == usual).count() * 10 >= widths.len() * 9
}

impl Reader for Separated {
    fn part(&self) -> &'static str {
        ""
    }

    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn is_typed(&self) -> bool {
        false
    }

    fn read(&mut self, each: &mut Each<'_>) -> Result<Outcome, Trouble> {
        self.found = Found::default();
        match self.read_pieces(each) {
            Ok(()) => self.conclude(),
            Err(Stopped::Trouble(trouble)) => Err(trouble),
            Err(Stopped::BadQuote(line)) if self.bad_quote.is_none() => {
                self.bad_quote = Some(line);
                self.layout.dialect.quotes = false;
                Ok(Outcome::Again)
            }
            Err(Stopped::BadQuote(line)) => Err(bad_quote(line).into()),
            Err(Stopped::NotUtf8(offset)) if self.file.is_supposed => {
                self.file.guess_again(&self.path, offset)?;
                Ok(Outcome::Again)
            }
            Err(Stopped::NotUtf8(_)) => {
                Err(NoTable::Broken(crate::decode::NotText::Invalid(self.file.encoding.name()).to_string()).into())
            }
        }
    }

    fn notices(&self) -> Vec<Notice> {
        let mut notices = Vec::new();
        if let (Some(guess), true) = (self.file.guess, self.file.text.is_ascii()) {
            notices.push(Notice::new(Code::EncodingDoubtful, guess.words()));
        }
        notices.extend(self.bad_quote.map(|line| Notice::new(Code::TableQuotesLiteral, line.to_string())));
        if self.found.n_ragged > 0 {
            notices.push(Notice::new(Code::TableRagged, self.found.n_ragged.to_string()));
        }
        notices
    }
}

/// Whether a value stands in marks: then marks are no letters in this file, however one of them is misplaced.
fn has_quoted_cell(batch: &Batch) -> bool {
    let is_quoted = |text: &str| text.len() >= 2 && text.starts_with('"') && text.ends_with('"');
    (0..batch.n_rows()).any(|idx| batch.row(idx).any(|cell| cell.text().is_some_and(is_quoted)))
}

fn bad_quote(line: u64) -> NoTable {
    NoTable::OtherShape(format!(
        "第 {line} 行的引号不合规范 / line {line}: a quotation mark that RFC 4180 does not allow"
    ))
}

/// Why reading stopped before the end.
enum Stopped {
    Trouble(Trouble),
    /// The line of a misplaced quotation mark.
    BadQuote(u64),
    /// The byte from which on to look for another encoding.
    NotUtf8(u64),
}

impl<E: Into<Trouble>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self::Trouble(error.into())
    }
}

/// Some whole records, and where they begin in the text.
struct Piece {
    bytes: Vec<u8>,
    offset: u64,
}

impl Separated {
    fn read_pieces(&mut self, each: &mut Each<'_>) -> Result<(), Stopped> {
        let stream = self.file.stream(&self.path)?;
        let mut pieces =
            Pieces { stream, pending: Vec::new(), offset: 0, n_lines: 0, is_end: false, dialect: self.layout.dialect };
        let n_at_once = rayon::current_num_threads() * PIECES_A_CORE;
        let mut n_skipped = self.header.n_above + self.header.n_rows;
        let mut group = pieces.next_group(n_at_once)?;
        while !group.is_empty() {
            // The next pieces are read while these are worked on.
            let (next, done) = rayon::join(
                || pieces.next_group(n_at_once),
                || -> Result<Found, Stopped> {
                    let (batches, found) = self.split_group(group, n_skipped)?;
                    each(batches).map_err(Trouble::Machine)?;
                    Ok(found)
                },
            );
            self.found.add(done?);
            n_skipped = 0;
            group = next?;
        }
        Ok(())
    }

    fn split_group(&self, group: Vec<Piece>, n_skipped: usize) -> Result<(Vec<Batch>, Found), Stopped> {
        let split_piece = |(idx, piece): (usize, Piece)| -> Result<(Batch, Found), Stopped> {
            let offset = piece.offset + self.file.n_mark;
            let text = String::from_utf8(piece.bytes).map_err(|_| Stopped::NotUtf8(offset))?;
            if memchr::memchr(0, text.as_bytes()).is_some() {
                return Err(NoTable::Broken(crate::decode::NotText::Binary.to_string()).into());
            }
            let (mut batch, found) = split(text, self.layout, if idx == 0 { n_skipped } else { 0 });
            if self.bad_quote.is_some() && has_quoted_cell(&batch) {
                return Err(Stopped::BadQuote(self.bad_quote.unwrap_or(1)));
            }
            if !self.missing.is_empty() {
                batch.blank(&self.missing);
            }
            Ok((batch, found))
        };
        let split: Vec<(Batch, Found)> =
            group.into_par_iter().enumerate().map(split_piece).collect::<Result<_, _>>()?;
        let mut total = Found::default();
        let batches = split
            .into_iter()
            .map(|(batch, found)| {
                total.add(found);
                batch
            })
            .collect();
        Ok((batches, total))
    }

    /// Looks back on all rows.
    fn conclude(&mut self) -> Result<Outcome, Trouble> {
        let Found { widest, n_ragged, n_blank, .. } = self.found;
        let n_header = self.layout.n_header;
        if let Some(line) = self.bad_quote
            && n_ragged > 0
        {
            // Marks may be taken for letters only where every row comes out even.
            return Err(bad_quote(line).into());
        }
        if widest > MAX_COLUMNS || widest > n_header * 2 + MAX_FURTHER_COLUMNS {
            // One wide row would make every other row as wide: that is not the table that the header describes.
            return Err(NoTable::OtherShape(format!(
                "表头 {n_header} 列，数据行 {widest} 列 / a row of {widest} cells under a header of {n_header}"
            ))
            .into());
        }
        if n_header == 1 && widest <= 1 && n_blank > 0 {
            // The splitter passes over empty lines: in one column they may be rows without a value.
            return Err(NoTable::OtherShape("只有一列且有空行 / one column with empty lines".to_owned()).into());
        }
        if widest > self.layout.n_columns {
            self.layout.n_columns = widest;
            let mut names = self.header.names.clone();
            names.resize(widest, String::new());
            self.columns = unique_names(&names);
            return Ok(Outcome::Again);
        }
        Ok(Outcome::Complete)
    }
}

/// The text in pieces of whole records.
struct Pieces<R> {
    stream: crate::decode::stream::TextStream<R>,
    pending: Vec<u8>,
    /// Where `pending` begins in the text.
    offset: u64,
    /// Line ends before `pending`.
    n_lines: u64,
    is_end: bool,
    dialect: Dialect,
}

impl<R: std::io::Read> Pieces<R> {
    fn next_group(&mut self, n_pieces: usize) -> Result<Vec<Piece>, Stopped> {
        let mut group = Vec::with_capacity(n_pieces);
        while group.len() < n_pieces {
            match self.next_piece()? {
                Some(piece) => group.push(piece),
                None => break,
            }
        }
        Ok(group)
    }

    fn next_piece(&mut self) -> Result<Option<Piece>, Stopped> {
        let mut n_wanted = PIECE_BYTES;
        loop {
            if !self.is_end && self.pending.len() < n_wanted {
                self.pending.reserve(n_wanted + PIECE_BYTES / 4 - self.pending.len());
                let n_more = n_wanted - self.pending.len();
                self.is_end = !self.stream.fill(&mut self.pending, n_more)?;
            }
            if self.pending.is_empty() {
                return Ok(None);
            }
            match last_cut(&self.pending, self.dialect, self.is_end) {
                Cut::At(cut) => return Ok(Some(self.cut_off(cut))),
                Cut::BadQuote(at) => {
                    return Err(Stopped::BadQuote(self.n_lines + line_of(&self.pending[..at])));
                }
                Cut::None if self.pending.len() >= MAX_RECORD_BYTES => {
                    let line = self.n_lines + 1;
                    let limit = MAX_RECORD_BYTES >> 20;
                    return Err(NoTable::OtherShape(format!(
                        "第 {line} 行起的一条记录超过 {limit} MiB / line {line}: a record of more than {limit} MiB"
                    ))
                    .into());
                }
                Cut::None => n_wanted = self.pending.len() * 2,
            }
        }
    }

    fn cut_off(&mut self, cut: usize) -> Piece {
        let rest = self.pending[cut..].to_vec();
        let mut bytes = std::mem::replace(&mut self.pending, rest);
        bytes.truncate(cut);
        let offset = self.offset;
        self.offset += cut as u64;
        self.n_lines += memchr::memchr_iter(b'\n', &bytes).count() as u64;
        Piece { bytes, offset }
    }
}
