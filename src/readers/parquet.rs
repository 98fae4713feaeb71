//! Parquet: the columns of a file; nested ones as the JSON they are.

use std::fs::File;
use std::path::PathBuf;

use parquet::basic::{LogicalType, TimeUnit};
use parquet::data_type::Decimal;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use parquet::schema::types::TypePtr;

use crate::batch::{Builder, Cell};
use crate::profile::numbers::decimal_text;
use crate::readers::header::unique_names;
use crate::readers::separated::MAX_COLUMNS;
use crate::readers::{Each, Input, NoTable, Notice, Opened, Outcome, Reader, Trouble, hand_over};

struct ParquetTable {
    path: PathBuf,
    columns: Vec<String>,
    /// For each column whether its numbers are nanoseconds since 1970: the reader of rows does not say.
    nanos: Vec<bool>,
}

/// Most bytes that a row group unpacks to.
const MAX_GROUP_BYTES: i64 = 2 << 30;

/// Opens a file.
///
/// Errors: as [`crate::readers::open`].
pub fn open(input: Input<'_>) -> Result<Opened, Trouble> {
    let reader = SerializedFileReader::new(File::open(input.path)?).map_err(broken)?;
    let metadata = reader.metadata();
    if metadata.row_groups().iter().any(|group| group.total_byte_size() > MAX_GROUP_BYTES) {
        return Err(NoTable::Bomb("行组过大 / a row group that unpacks to too much".to_owned()).into());
    }
    let names: Vec<String> =
        metadata.file_metadata().schema().get_fields().iter().map(|field| field.name().to_owned()).collect();
    if names.is_empty() || names.len() > MAX_COLUMNS {
        return Err(NoTable::OtherShape(format!("{} 列 / {} columns", names.len(), names.len())).into());
    }
    let is_nanos = |field: &TypePtr| {
        let logical = field.get_basic_info().logical_type_ref();
        matches!(logical, Some(LogicalType::Timestamp(of)) if of.unit == TimeUnit::NANOS)
    };
    let nanos = metadata.file_metadata().schema().get_fields().iter().map(is_nanos).collect();
    let table = ParquetTable { nanos, path: input.path.to_owned(), columns: unique_names(&names) };
    Ok(Opened { tables: vec![Box::new(table)], notices: Vec::new(), encoding: "", members: Vec::new() })
}

fn broken(error: impl std::fmt::Display) -> Trouble {
    NoTable::Broken(error.to_string()).into()
}

impl Reader for ParquetTable {
    fn part(&self) -> &'static str {
        ""
    }

    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn is_typed(&self) -> bool {
        true
    }

    fn read(&mut self, each: &mut Each<'_>) -> Result<Outcome, Trouble> {
        let reader = SerializedFileReader::new(File::open(&self.path)?).map_err(broken)?;
        let mut builder = Builder::new(self.columns.len());
        for row in reader.get_row_iter(None).map_err(broken)? {
            let row: Row = row.map_err(broken)?;
            for ((_, field), is_nanos) in row.get_column_iter().zip(&self.nanos) {
                match field {
                    Field::Long(nanos) if *is_nanos => builder.push(Cell::Text(&nanos_text(*nanos))),
                    _ => push(&mut builder, field),
                }
            }
            if builder.is_full() {
                hand_over(&mut builder, each)?;
            }
        }
        hand_over(&mut builder, each)?;
        Ok(Outcome::Complete)
    }

    fn notices(&self) -> Vec<Notice> {
        Vec::new()
    }
}

/// A value: numbers with their digits, days and moments in the forms of ISO 8601, nested values as JSON.
fn push(builder: &mut Builder, field: &Field) {
    match field {
        Field::Null => builder.push(Cell::Missing),
        Field::Str(text) => builder.push(Cell::Text(text)),
        Field::Bool(value) => builder.push(Cell::Raw(if *value { "true" } else { "false" })),
        Field::Byte(n) => builder.push(Cell::Raw(&n.to_string())),
        Field::Short(n) => builder.push(Cell::Raw(&n.to_string())),
        Field::Int(n) => builder.push(Cell::Raw(&n.to_string())),
        Field::Long(n) => builder.push(Cell::Raw(&n.to_string())),
        Field::UByte(n) => builder.push(Cell::Raw(&n.to_string())),
        Field::UShort(n) => builder.push(Cell::Raw(&n.to_string())),
        Field::UInt(n) => builder.push(Cell::Raw(&n.to_string())),
        Field::ULong(n) => builder.push(Cell::Raw(&n.to_string())),
        Field::Float16(n) => push_float(builder, f64::from(*n)),
        Field::Float(n) if n.is_finite() => builder.push(Cell::Raw(&n.to_string())),
        Field::Double(n) => push_float(builder, *n),
        Field::Decimal(decimal) => builder.push(Cell::Raw(&decimal_of(decimal))),
        Field::Bytes(bytes) => builder.push(Cell::Text(&data_encoding::BASE64.encode(bytes.data()))),
        Field::Date(days) => builder.push(Cell::Text(&iso(i64::from(*days) * 86_400_000_000, true))),
        Field::TimestampMillis(millis) => builder.push(Cell::Text(&iso(millis.saturating_mul(1_000), false))),
        Field::TimestampMicros(micros) => builder.push(Cell::Text(&iso(*micros, false))),
        Field::Group(_) | Field::ListInternal(_) | Field::MapInternal(_) => {
            builder.push(Cell::Raw(&json_of(field).to_string()));
        }
        other => builder.push(Cell::Text(&other.to_string())),
    }
}

/// A decimal with all its digits: a whole number without a point.
fn decimal_of(decimal: &Decimal) -> String {
    let bytes = decimal.data();
    let Ok(scale) = u8::try_from(decimal.scale()) else { return format!("{decimal:?}") };
    // Two's complement, the highest byte first; 38 digits fit into sixteen bytes.
    let Some(first) = bytes.first().filter(|_| bytes.len() <= 16) else {
        return Field::Decimal(decimal.clone()).to_string().trim_end_matches('.').to_owned();
    };
    let mut wide = if *first & 0x80 == 0 { [0; 16] } else { [0xFF; 16] };
    wide[16 - bytes.len()..].copy_from_slice(bytes);
    decimal_text(i128::from_be_bytes(wide), scale)
}

fn push_float(builder: &mut Builder, number: f64) {
    if number.is_finite() {
        builder.push(Cell::Raw(&number.to_string()));
    } else {
        builder.push(Cell::Text(&number.to_string()));
    }
}

/// A moment; digits past the microsecond only where there are any.
fn nanos_text(nanos: i64) -> String {
    let text = iso(nanos.div_euclid(1_000), false);
    match nanos.rem_euclid(1_000) {
        0 => text,
        rest if text.contains('.') => format!("{text}{rest:03}"),
        rest => format!("{text}.000000{rest:03}"),
    }
}

fn iso(micros: i64, is_day: bool) -> String {
    crate::profile::time::iso_text(micros, is_day)
}

/// A nested value; numbers that JSON cannot hold are texts.
fn json_of(field: &Field) -> serde_json::Value {
    use serde_json::Value;
    match field {
        Field::Null => Value::Null,
        Field::Bool(value) => Value::Bool(*value),
        Field::Str(text) => Value::String(text.clone()),
        Field::Int(n) => Value::from(*n),
        Field::Long(n) => Value::from(*n),
        Field::Double(n) => {
            serde_json::Number::from_f64(*n).map_or_else(|| Value::String(n.to_string()), Value::Number)
        }
        Field::Group(row) => {
            Value::Object(row.get_column_iter().map(|(name, field)| (name.clone(), json_of(field))).collect())
        }
        Field::ListInternal(list) => Value::Array(list.elements().iter().map(json_of).collect()),
        Field::MapInternal(map) => Value::Array(
            map.entries().iter().map(|(key, value)| Value::Array(vec![json_of(key), json_of(value)])).collect(),
        ),
        other => Value::String(other.to_string()),
    }
}
