//! Tables in text: CSV and TSV with a header, JSON arrays of objects.
//!
//! Every value is kept as the source has it. Columns get unique names; a row that is too short is filled with missing
//! values, further cells get columns of their own, and both are counted.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde_json::value::RawValue;

use crate::exports::Cell;
use crate::model::format::Format;

/// What a file is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Separated values.
    Separated,
    /// JSON.
    Json,
}

impl Kind {
    /// The kind of a format; `None` for what is offered as it is.
    pub fn of(format: &Format) -> Option<Self> {
        match format.label() {
            "CSV" | "TSV" => Some(Self::Separated),
            "JSON" => Some(Self::Json),
            _ => None,
        }
    }
}

/// Why there is no table.
#[derive(Debug)]
pub enum NoTable {
    /// The file is not what its ending says.
    Broken(String),
    /// The file is sound and holds something else.
    OtherShape(String),
}

/// More columns than a page or a workbook can hold.
const MAX_COLUMNS: usize = 4_000;

/// A table that is ready to be read row by row.
#[derive(Debug)]
pub struct Source<'a> {
    /// Column names, unique and not empty.
    pub columns: Vec<String>,
    rows: Rows<'a>,
}

#[derive(Debug)]
enum Rows<'a> {
    Separated {
        text: &'a str,
        delimiter: u8,
    },
    Json {
        text: &'a str,
        index: BTreeMap<String, usize>,
    },
}

/// Finds the columns of a table.
///
/// Errors: [`NoTable`], with the reason in English words.
pub fn open(kind: Kind, text: &str) -> Result<Source<'_>, NoTable> {
    match kind {
        Kind::Separated => open_separated(text),
        Kind::Json => open_json(text),
    }
}

impl Source<'_> {
    /// Calls back for each row, in order; answers how many rows had another number of cells than the header.
    ///
    /// Errors: what the callback answers.
    pub fn each_row(self, each: &mut dyn FnMut(&[Cell<'_>]) -> Result<()>) -> Result<u64> {
        let n_columns = self.columns.len();
        match self.rows {
            Rows::Separated { text, delimiter } => each_separated(text, delimiter, n_columns, each),
            Rows::Json { text, index } => each_object(text, &index, each),
        }
    }
}

fn separated_reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(text.as_bytes())
}

fn open_separated(text: &str) -> Result<Source<'_>, NoTable> {
    let first_line = text.lines().next().unwrap_or_default();
    let count = |delimiter: char| first_line.matches(delimiter).count();
    let delimiter = [',', '\t', ';', '|']
        .into_iter()
        .rev()
        .max_by_key(|delimiter| count(*delimiter))
        .unwrap_or(',');
    let mut reader = separated_reader(text, delimiter as u8);
    let mut record = csv::StringRecord::new();
    let mut header: Option<Vec<String>> = None;
    let mut widest = 0;
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(NoTable::Broken(error.to_string())),
        }
        widest = widest.max(record.len());
        if header.is_none() {
            header = Some(record.iter().map(str::to_owned).collect());
        }
    }
    let Some(mut header) = header else {
        return Err(NoTable::OtherShape("empty".to_owned()));
    };
    if widest > MAX_COLUMNS {
        return Err(NoTable::OtherShape(format!("{widest} columns")));
    }
    header.resize(widest.max(header.len()), String::new());
    Ok(Source {
        columns: unique_names(&header),
        rows: Rows::Separated {
            text,
            delimiter: delimiter as u8,
        },
    })
}

fn each_separated(
    text: &str,
    delimiter: u8,
    n_columns: usize,
    each: &mut dyn FnMut(&[Cell<'_>]) -> Result<()>,
) -> Result<u64> {
    let mut reader = separated_reader(text, delimiter);
    let mut record = csv::StringRecord::new();
    let mut n_ragged = 0;
    let mut n_header = None;
    while reader.read_record(&mut record)? {
        let Some(n_header) = n_header else {
            n_header = Some(record.len());
            continue;
        };
        if record.len() != n_header {
            n_ragged += 1;
        }
        // The format does not tell an empty text from no value; readers take an empty cell for no value.
        let mut row: Vec<Cell<'_>> = record
            .iter()
            .map(|cell| {
                if cell.is_empty() {
                    Cell::Missing
                } else {
                    Cell::Text(cell)
                }
            })
            .collect();
        row.resize(n_columns, Cell::Missing);
        each(&row)?;
    }
    Ok(n_ragged)
}

/// Names that are neither empty nor twice there: `列3` for an empty one, `x_2` for the second x.
fn unique_names(header: &[String]) -> Vec<String> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut res = Vec::with_capacity(header.len());
    for (idx, name) in header.iter().enumerate() {
        let base = if name.trim().is_empty() {
            format!("列{}", idx + 1)
        } else {
            name.trim().to_owned()
        };
        let mut unique = base.clone();
        let mut n = 2;
        while !taken.insert(unique.clone()) {
            unique = format!("{base}_{n}");
            n += 1;
        }
        res.push(unique);
    }
    res
}

type Object<'a> = Vec<(Cow<'a, str>, &'a RawValue)>;

fn open_json(text: &str) -> Result<Source<'_>, NoTable> {
    let value: &RawValue =
        serde_json::from_str(text).map_err(|error| NoTable::Broken(error.to_string()))?;
    if !value.get().starts_with('[') {
        return Err(NoTable::OtherShape(
            "a JSON object, not an array".to_owned(),
        ));
    }
    let mut index = BTreeMap::new();
    let mut columns: Vec<String> = Vec::new();
    let mut problem = None;
    objects(text, &mut |object| {
        let Some(object) = object else {
            problem = Some("an array of plain values".to_owned());
            return Ok(false);
        };
        for (key, _) in &object {
            if !index.contains_key(key.as_ref()) {
                index.insert(key.clone().into_owned(), columns.len());
                columns.push(key.clone().into_owned());
            }
        }
        if columns.len() > MAX_COLUMNS {
            problem = Some(format!("more than {MAX_COLUMNS} keys"));
        }
        Ok(problem.is_none())
    })
    .map_err(|error| NoTable::Broken(error.to_string()))?;
    match problem {
        Some(why) => Err(NoTable::OtherShape(why)),
        None if columns.is_empty() => Err(NoTable::OtherShape("empty".to_owned())),
        None => Ok(Source {
            columns: unique_names(&columns),
            rows: Rows::Json { text, index },
        }),
    }
}

fn each_object(
    text: &str,
    index: &BTreeMap<String, usize>,
    each: &mut dyn FnMut(&[Cell<'_>]) -> Result<()>,
) -> Result<u64> {
    objects(text, &mut |object| {
        let object = object.unwrap_or_default();
        let mut texts: Vec<Option<Cow<'_, str>>> = Vec::with_capacity(object.len());
        for (_, value) in &object {
            let raw = value.get();
            texts.push(if raw.starts_with('"') {
                Some(serde_json::from_str(raw).map(Cow::<str>::Owned)?)
            } else {
                None
            });
        }
        let mut row = vec![Cell::Missing; index.len()];
        for ((key, value), text) in object.iter().zip(&texts) {
            if let Some(idx) = index.get(key.as_ref()) {
                row[*idx] = match text {
                    Some(text) => Cell::Text(text),
                    None if value.get() == "null" => Cell::Missing,
                    None => Cell::Raw(value.get()),
                };
            }
        }
        each(&row)?;
        Ok(true)
    })?;
    Ok(0)
}

/// Walks the objects of an array; hands over `None` for an item that is no object; stops when told.
fn objects(text: &str, each: &mut dyn FnMut(Option<Object<'_>>) -> Result<bool>) -> Result<()> {
    let items: Vec<&RawValue> = serde_json::from_str(text)?;
    for item in items {
        let object = if item.get().starts_with('{') {
            Some(members(item.get())?)
        } else {
            None
        };
        if !each(object)? {
            break;
        }
    }
    Ok(())
}

fn members(raw: &str) -> serde_json::Result<Object<'_>> {
    struct Members;
    impl<'de> serde::de::Visitor<'de> for Members {
        type Value = Object<'de>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: serde::de::MapAccess<'de>>(
            self,
            mut map: A,
        ) -> Result<Object<'de>, A::Error> {
            let mut res = Vec::new();
            while let Some((key, value)) = map.next_entry::<Key<'de>, &'de RawValue>()? {
                res.push((key.0, value));
            }
            Ok(res)
        }
    }
    let mut deserializer = serde_json::Deserializer::from_str(raw);
    serde::Deserializer::deserialize_map(&mut deserializer, Members)
}

#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(kind: Kind, text: &str) -> (Vec<String>, Vec<String>, u64) {
        let source = open(kind, text).unwrap();
        let columns = source.columns.clone();
        let mut seen = Vec::new();
        let n_ragged = source
            .each_row(&mut |row| {
                seen.push(format!("{row:?}"));
                Ok(())
            })
            .unwrap();
        (columns, seen, n_ragged)
    }

    #[test]
    fn separated_values_keep_every_digit() {
        let (columns, seen, n_ragged) =
            rows(Kind::Separated, "a,,a\r\n007,\"1,5\",\r\n1\r\n1,2,3,4\r\n");
        assert_eq!(columns, ["a", "列2", "a_2", "列4"]);
        assert_eq!(seen[0], "[Text(\"007\"), Text(\"1,5\"), Missing, Missing]");
        assert_eq!(n_ragged, 2);
    }

    #[test]
    fn json_numbers_are_copied() {
        let (columns, seen, _) = rows(
            Kind::Json,
            r#"[{"n":12345678901234567890.10},{"n":null,"x":"","y":[1]}]"#,
        );
        assert_eq!(columns, ["n", "x", "y"]);
        assert_eq!(
            seen[0],
            "[Raw(\"12345678901234567890.10\"), Missing, Missing]"
        );
        assert_eq!(seen[1], "[Missing, Text(\"\"), Raw(\"[1]\")]");
    }

    #[test]
    fn what_is_no_table_is_said() {
        assert!(matches!(
            open(Kind::Json, "{\"a\":1}"),
            Err(NoTable::OtherShape(_))
        ));
        assert!(matches!(
            open(Kind::Json, "[1,2]"),
            Err(NoTable::OtherShape(_))
        ));
        assert!(matches!(open(Kind::Json, "[{]"), Err(NoTable::Broken(_))));
    }

    proptest::proptest! {
        #[test]
        fn never_panics(text in "[\\[\\]{}\",:a0n\\\\ \r\n;]{0,80}") {
            for kind in [Kind::Separated, Kind::Json] {
                if let Ok(source) = open(kind, &text) {
                    let n_columns = source.columns.len();
                    source.each_row(&mut |row| { assert_eq!(row.len(), n_columns); Ok(()) }).unwrap();
                }
            }
        }
    }
}
