//! Parquet: row groups of 100,000 rows, pages of 32 KB with an index, zstd; columns are encoded on all cores.
//!
//! A column has a type here only where each value can be written back as the number, day or moment that it is; all
//! others are text. Source: design/frontend.md 3.2.

use std::ops::Range;
use std::sync::Arc;

use anyhow::{Context, Result};
use bytes::Bytes;
use parquet::basic::{Compression, Encoding, LogicalType, Repetition, TimeUnit, Type as Physical, ZstdLevel};
use parquet::column::writer::{ColumnCloseResult, ColumnWriter, get_column_writer};
use parquet::data_type::ByteArray;
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr, WriterVersion};
use parquet::file::writer::{SerializedFileWriter, SerializedPageWriter, TrackedWrite};
use parquet::schema::types::{ColumnDescPtr, ColumnPath, Type};
use rayon::prelude::*;

use super::{Made, Order, Place, TableWriter};
use crate::batch::{Batch, Cell};
use crate::model::column::{Column, ColumnType, Distinct};
use crate::profile::shape::{MAX_DIGITS, Number};
use crate::profile::time;
use crate::stage::{StageWriter, Staged};

/// Rows of a group. Source: design/frontend.md 3.2.
const GROUP_ROWS: usize = 100_000;
/// Text of a group, so that long texts do not fill the memory.
const GROUP_BYTES: usize = 64 << 20;
/// Bytes of a page. Source: design/frontend.md 3.2.
const PAGE_BYTES: usize = 32 << 10;
/// Most different values of a column that is written with a dictionary.
const DICTIONARY_VALUES: u64 = 10_000;

/// How a column is stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Storage {
    Text,
    Integer,
    Decimal(u8),
    Boolean,
    Date,
    DateTime,
}

impl Storage {
    fn of(column: &Column) -> Self {
        let digits = column.digits;
        match column.column_type {
            ColumnType::Integer => Self::Integer,
            ColumnType::Decimal | ColumnType::Coordinate if digits.whole + digits.scale <= MAX_DIGITS => {
                Self::Decimal(digits.scale)
            }
            ColumnType::Boolean if is_true_false(column) => Self::Boolean,
            ColumnType::Date => Self::Date,
            ColumnType::DateTime => Self::DateTime,
            _ => Self::Text,
        }
    }

    fn schema(self, name: &str) -> Result<Type> {
        let (physical, logical) = match self {
            Self::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Self::Integer => (Physical::INT64, Some(LogicalType::integer(64, true))),
            Self::Decimal(scale) => {
                (Physical::INT64, Some(LogicalType::decimal(i32::from(scale), i32::from(MAX_DIGITS))))
            }
            Self::Boolean => (Physical::BOOLEAN, None),
            Self::Date => (Physical::INT32, Some(LogicalType::Date)),
            Self::DateTime => (Physical::INT64, Some(LogicalType::timestamp(false, TimeUnit::MICROS))),
        };
        let mut builder = Type::primitive_type_builder(name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical);
        if let Self::Decimal(scale) = self {
            builder = builder.with_precision(i32::from(MAX_DIGITS)).with_scale(i32::from(scale));
        }
        builder.build().with_context(|| format!("the Parquet type of column {name}"))
    }
}

/// `true` and `false` are truth values; other pairs of words stay words.
fn is_true_false(column: &Column) -> bool {
    column.profile.samples.iter().all(|value| matches!(value.as_str(), "true" | "false"))
}

/// Values of a column in the group that is being gathered.
struct Gathered {
    storage: Storage,
    values: Values,
    /// For each row 1 where there is a value, 0 where there is none.
    levels: Vec<i16>,
}

enum Values {
    Long(Vec<i64>),
    Short(Vec<i32>),
    Truth(Vec<bool>),
    Text { bytes: Vec<u8>, ends: Vec<usize> },
}

struct ParquetWriter<'a> {
    place: Place,
    file: SerializedFileWriter<StageWriter<'a>>,
    properties: WriterPropertiesPtr,
    descriptors: Vec<ColumnDescPtr>,
    columns: Vec<Gathered>,
    n_rows: usize,
}

pub(super) fn open<'a>(order: Order<'a>) -> Result<Box<dyn TableWriter + 'a>> {
    let mut properties = WriterProperties::builder()
        .set_created_by("kaishu".to_owned())
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_data_page_size_limit(PAGE_BYTES)
        .set_dictionary_enabled(false);
    let mut fields = Vec::with_capacity(order.columns.len());
    let mut columns = Vec::with_capacity(order.columns.len());
    for column in order.columns {
        let storage = Storage::of(column);
        let path = ColumnPath::from(column.name.clone());
        let is_dictionary = storage == Storage::Text
            && matches!(column.profile.distinct, Some(Distinct::Exactly(n)) if n <= DICTIONARY_VALUES);
        properties = properties.set_column_dictionary_enabled(path.clone(), is_dictionary);
        if matches!(storage, Storage::Integer | Storage::Decimal(_) | Storage::Date | Storage::DateTime) {
            properties = properties.set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
        }
        fields.push(Arc::new(storage.schema(&column.name)?));
        columns.push(Gathered::new(storage));
    }
    let schema = Arc::new(Type::group_type_builder("table").with_fields(fields).build()?);
    let properties = Arc::new(properties.build());
    let place = order.place("parquet")?;
    let out = order.stage.writer(&place.route)?;
    let file = SerializedFileWriter::new(out, schema, Arc::clone(&properties))?;
    let descriptors = file.schema_descr().columns().to_vec();
    Ok(Box::new(ParquetWriter { place, file, properties, descriptors, columns, n_rows: 0 }))
}

/// Walks values with one way to take each; `None` where one is not taken.
#[inline]
fn gather<'a>(
    cells: impl Iterator<Item = Cell<'a>>,
    levels: &mut Vec<i16>,
    mut push: impl FnMut(&str) -> Option<()>,
) -> Option<()> {
    for cell in cells {
        let text = cell.text();
        levels.push(i16::from(text.is_some()));
        if let Some(text) = text {
            push(text)?;
        }
    }
    Some(())
}

impl Gathered {
    fn new(storage: Storage) -> Self {
        let values = match storage {
            Storage::Text => Values::Text { bytes: Vec::new(), ends: Vec::new() },
            Storage::Integer | Storage::Decimal(_) | Storage::DateTime => Values::Long(Vec::new()),
            Storage::Date => Values::Short(Vec::new()),
            Storage::Boolean => Values::Truth(Vec::new()),
        };
        Self { storage, values, levels: Vec::new() }
    }

    /// Takes values.
    ///
    /// Errors: when one is not of the column's type: the profile saw every value before, so the file has changed since.
    fn take<'a>(&mut self, cells: impl Iterator<Item = Cell<'a>>) -> Result<()> {
        let Self { storage, values, levels } = self;
        let storage = *storage;
        let is_taken = match values {
            Values::Text { bytes, ends } => gather(cells, levels, |text| {
                bytes.extend_from_slice(text.as_bytes());
                ends.push(bytes.len());
                Some(())
            }),
            Values::Long(values) => gather(cells, levels, |text| storage.long(text).map(|value| values.push(value))),
            Values::Short(values) => {
                gather(cells, levels, |text| time::parse(text.as_bytes()).map(|(_, moment)| values.push(moment.days)))
            }
            Values::Truth(values) => gather(cells, levels, |text| {
                values.push(text == "true");
                Some(())
            }),
        };
        is_taken.context("a value that was not there when the table was profiled: the file changed meanwhile")
    }

    fn n_bytes(&self) -> usize {
        match &self.values {
            Values::Text { bytes, .. } => bytes.len(),
            Values::Long(values) => values.len() * 8,
            Values::Short(values) => values.len() * 4,
            Values::Truth(values) => values.len(),
        }
    }

    /// Encodes what was gathered, and begins again.
    fn encode(&mut self, descriptor: &ColumnDescPtr, properties: &WriterPropertiesPtr) -> Result<Encoded> {
        let mut sink = TrackedWrite::new(Vec::with_capacity(self.n_bytes() / 2));
        let page_writer = SerializedPageWriter::new(&mut sink);
        let mut writer = get_column_writer(Arc::clone(descriptor), Arc::clone(properties), Box::new(page_writer));
        let levels = Some(self.levels.as_slice());
        match (&mut writer, &mut self.values) {
            (ColumnWriter::Int64ColumnWriter(writer), Values::Long(values)) => {
                writer.write_batch(values, levels, None)?
            }
            (ColumnWriter::Int32ColumnWriter(writer), Values::Short(values)) => {
                writer.write_batch(values, levels, None)?
            }
            (ColumnWriter::BoolColumnWriter(writer), Values::Truth(values)) => {
                writer.write_batch(values, levels, None)?
            }
            (ColumnWriter::ByteArrayColumnWriter(writer), Values::Text { bytes, ends }) => {
                let whole = Bytes::from(std::mem::take(bytes));
                let begins = std::iter::once(0).chain(ends.iter().copied());
                let values: Vec<ByteArray> =
                    begins.zip(ends.iter()).map(|(begin, end)| ByteArray::from(whole.slice(begin..*end))).collect();
                writer.write_batch(&values, levels, None)?
            }
            _ => anyhow::bail!("a column of another type than its schema says"),
        };
        let closed = writer.close()?;
        *self = Self::new(self.storage);
        Ok((Bytes::from(sink.into_inner()?), closed))
    }
}

type Encoded = (Bytes, ColumnCloseResult);

impl Storage {
    fn long(self, text: &str) -> Option<i64> {
        if self == Self::DateTime {
            return time::parse(text.as_bytes()).map(|(_, moment)| moment.since_1970_us());
        }
        let number = Number::parse(text.as_bytes())?;
        match self {
            Self::Decimal(scale) => {
                let further = u32::from(scale.checked_sub(number.scale)?);
                number.mantissa.checked_mul(10_i64.checked_pow(further)?)
            }
            _ => (number.scale == 0).then_some(number.mantissa),
        }
    }
}

impl ParquetWriter<'_> {
    /// Takes rows into the group.
    fn gather(&mut self, ranges: &[(&Batch, Range<usize>)]) -> Result<()> {
        self.columns.par_iter_mut().enumerate().try_for_each(|(idx, column)| {
            ranges.iter().try_for_each(|(batch, rows)| column.take(batch.column_rows(idx, rows.clone())))
        })
    }

    fn end_group(&mut self) -> Result<()> {
        let encoded: Vec<Encoded> = self
            .columns
            .par_iter_mut()
            .zip(&self.descriptors)
            .map(|(column, descriptor)| column.encode(descriptor, &self.properties))
            .collect::<Result<_>>()?;
        let mut group = self.file.next_row_group()?;
        for (bytes, closed) in encoded {
            group.append_column(&bytes, closed)?;
        }
        group.close()?;
        self.n_rows = 0;
        Ok(())
    }
}

impl TableWriter for ParquetWriter<'_> {
    fn rows(&mut self, batches: &[Batch]) -> Result<()> {
        let mut ranges = Vec::with_capacity(batches.len());
        for batch in batches {
            let mut begin = 0;
            while begin < batch.n_rows() {
                let end = batch.n_rows().min(begin + GROUP_ROWS - self.n_rows);
                ranges.push((batch, begin..end));
                self.n_rows += end - begin;
                begin = end;
                if self.n_rows >= GROUP_ROWS {
                    self.gather(&std::mem::take(&mut ranges))?;
                    self.end_group()?;
                }
            }
        }
        self.gather(&ranges)?;
        if self.columns.iter().map(Gathered::n_bytes).sum::<usize>() >= GROUP_BYTES {
            self.end_group()?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Made> {
        if self.n_rows > 0 {
            self.end_group()?;
        }
        let place = self.place;
        let out = self.file.into_inner().with_context(|| format!("writing {}", place.route))?;
        let staged: Staged = out.finish()?;
        Ok(Made::one(place.file(staged)))
    }
}
