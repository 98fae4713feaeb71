//! One table: read once for its profile, once for all derived files together.

use anyhow::{Context, Result, anyhow};
use rayon::prelude::*;

use crate::batch::{Batch, Cell};
use crate::diag::Code;
use crate::exports::{Made, Order, TableWriters};
use crate::model::column::{Column, Mangled};
use crate::model::table::{PREVIEW_ROWS, Table};
use crate::profile::Profiler;
use crate::readers::{NoTable, Notice, Outcome, Reader, Trouble};
use crate::screening::tokens::CellTokens;
use crate::screening::{Suspicion, TableScreen};
use crate::site::ExportConfig;
use crate::stage::Stage;
use crate::tables::sample::Samplers;

/// Where the derived files of a table go.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    /// Where files are made.
    pub stage: &'a Stage,
    /// Which files are wanted.
    pub exports: ExportConfig,
    /// The folder of derived files.
    pub folder: &'a str,
    /// The folder in the static API.
    pub api: &'a str,
    /// The table's part of the address.
    pub table: &'a str,
    /// The name of the original.
    pub source: &'a str,
    /// The encoding of the original.
    pub encoding: &'static str,
    /// How large the original is.
    pub size_bytes: u64,
}

/// A table and what there is to say of it.
pub struct Built {
    /// The table.
    pub table: Table,
    /// What there is to say.
    pub notices: Vec<Notice>,
    /// Mangled values: what, in which column, in which row first.
    pub mangled: Vec<(Code, String, u64)>,
    /// What screening found.
    pub suspicions: Vec<Suspicion>,
    /// Which numbers stand in the cells.
    pub tokens: CellTokens,
}

/// Reads a table and writes its derived files.
///
/// Errors: when the machine fails, or the file turns out to hold no table; nothing is left staged then.
pub fn build(reader: &mut dyn Reader, target: Target<'_>) -> Result<Built, Trouble> {
    let (profiled, kept) = first_reading(reader, MAX_KEPT_BYTES / rayon::current_num_threads())?;
    let order = Order {
        stage: target.stage,
        folder: target.folder,
        api: target.api,
        table: target.table,
        columns: &profiled.columns,
        n_rows: profiled.n_rows,
        is_typed: reader.is_typed(),
        config: target.exports,
        size_bytes: target.size_bytes,
    };
    let mut samplers = Samplers::of(&profiled.columns, profiled.n_rows);
    let made = match kept {
        Some(kept) => write_kept(kept, order, &mut samplers)?,
        None => write(reader, order, &mut samplers)?,
    };
    let mut notices = reader.notices();
    notices.extend(notices_of(&made));
    let mangled = profiled.columns.iter().flat_map(mangled_of).collect();
    let table = Table {
        name: target.table.to_owned(),
        source: target.source.to_owned(),
        part: reader.part().to_owned(),
        encoding: target.encoding.to_owned(),
        columns: profiled.columns,
        n_rows: profiled.n_rows,
        preview: profiled.preview,
        samples: samplers.finish(),
        derived: made.files,
        pages: made.pages,
    };
    Ok(Built { table, notices, mangled, suspicions: profiled.suspicions, tokens: profiled.tokens })
}

/// What the first reading teaches.
pub struct Profiled {
    /// The columns.
    pub columns: Vec<Column>,
    /// How many rows there are.
    pub n_rows: u64,
    /// The first rows.
    pub preview: Vec<Vec<Option<String>>>,
    /// What screening found.
    pub suspicions: Vec<Suspicion>,
    /// Which numbers stand in the cells.
    pub tokens: CellTokens,
}

/// Reads a table for its profile alone.
///
/// Errors: when the machine fails, or the file turns out to hold no table.
pub fn profile(reader: &mut dyn Reader) -> Result<Profiled, Trouble> {
    Ok(first_reading(reader, 0)?.0)
}

/// Most bytes of rows that are kept between the two readings, over all cores: a small table is read once.
const MAX_KEPT_BYTES: usize = 256 << 20;

/// All rows of a table, in the groups that they came in.
type Kept = Vec<Vec<Batch>>;

/// Reads a table for its profile; its rows are kept where they take no more than some bytes.
fn first_reading(reader: &mut dyn Reader, max_kept_bytes: usize) -> Result<(Profiled, Option<Kept>), Trouble> {
    loop {
        let mut gathered = Gathered::new(reader.columns());
        let mut kept = Some(Kept::new());
        let mut n_bytes = 0;
        let outcome = reader.read(&mut |batches| {
            gathered.add(&batches);
            n_bytes += batches.iter().map(Batch::n_held).sum::<usize>();
            if n_bytes > max_kept_bytes {
                kept = None;
            } else if let Some(kept) = &mut kept {
                kept.push(batches);
            }
            Ok(())
        })?;
        if outcome == Outcome::Again {
            continue;
        }
        // What a header says has a say in screening: the walk that counts is one that began with every header.
        if gathered.names != reader.columns() {
            let Some(kept) = &kept else { continue };
            gathered = Gathered::new(reader.columns());
            for batches in kept {
                gathered.add(batches);
            }
        }
        return Ok((gathered.finish(reader.columns()), kept));
    }
}

/// Into how many shares a core the columns are put, so that cores whose columns are easy take more.
const SHARES_A_CORE: usize = 4;

#[derive(Default)]
struct Gathered {
    /// Names of columns as far as they are known before the reading.
    names: Vec<String>,
    profilers: Vec<Profiler>,
    screen: TableScreen,
    n_rows: u64,
    preview: Vec<Vec<Option<String>>>,
}

impl Gathered {
    fn new(names: &[String]) -> Self {
        Self { names: names.to_vec(), ..Self::default() }
    }

    fn add(&mut self, batches: &[Batch]) {
        let n_columns = batches.iter().map(Batch::n_columns).max().unwrap_or_default();
        self.widen(n_columns.max(self.names.len()));
        let screens = self.screen.columns(self.profilers.len(), &self.names);
        // Cores meet once for all batches. A few columns at a time walk a batch while its text stays in the cache.
        let n_at_once = (self.profilers.len() / (SHARES_A_CORE * rayon::current_num_threads())).max(1);
        let shares = self.profilers.par_chunks_mut(n_at_once).zip(screens.par_chunks_mut(n_at_once));
        shares.enumerate().for_each(|(share_idx, (profilers, screens))| {
            for batch in batches {
                let columns = profilers.iter_mut().zip(screens.iter_mut());
                for (idx, (profiler, screen)) in (share_idx * n_at_once..).zip(columns) {
                    profiler.add(batch, idx, |value| screen.take(value));
                }
            }
        });
        for batch in batches {
            self.screen.end_batch(batch);
            let n_wanted = (PREVIEW_ROWS - self.preview.len()).min(batch.n_rows());
            let row = |idx| batch.row(idx).map(|cell: Cell<'_>| cell.text().map(str::to_owned)).collect();
            self.preview.extend((0..n_wanted).map(row));
            self.n_rows += batch.n_rows() as u64;
        }
    }

    /// Begins further columns, which no row so far has.
    fn widen(&mut self, n_columns: usize) {
        while self.profilers.len() < n_columns {
            let idx = self.profilers.len();
            let mut profiler = Profiler::new(idx, self.names.get(idx).map_or("", String::as_str));
            profiler.add_missing(self.n_rows);
            self.profilers.push(profiler);
        }
    }

    fn finish(mut self, names: &[String]) -> Profiled {
        self.widen(names.len());
        for row in &mut self.preview {
            row.resize(names.len(), None);
        }
        let columns = self.profilers.into_par_iter().zip(names).map(|(profiler, name)| profiler.finish(name)).collect();
        let (suspicions, tokens) = self.screen.finish(names);
        Profiled { columns, n_rows: self.n_rows, preview: self.preview, suspicions, tokens }
    }
}

/// Writes derived files from rows that were kept.
fn write_kept(kept: Kept, order: Order<'_>, samplers: &mut Samplers) -> Result<Made> {
    let mut writers = TableWriters::open(order)?;
    for mut batches in kept {
        for batch in &mut batches {
            batch.widen(order.columns.len());
        }
        samplers.add(&batches);
        writers.rows(&batches)?;
    }
    writers.finish().context("finishing derived files")
}

/// Reads a table for its derived files.
fn write(reader: &mut dyn Reader, order: Order<'_>, samplers: &mut Samplers) -> Result<Made> {
    let mut writers = TableWriters::open(order)?;
    let mut n_rows = 0;
    let outcome = reader.read(&mut |batches| {
        n_rows += batches.iter().map(|batch| batch.n_rows() as u64).sum::<u64>();
        samplers.add(&batches);
        writers.rows(&batches)
    });
    let changed = || anyhow!("{}: the file changed while it was read", order.table);
    match outcome {
        Ok(Outcome::Complete) if n_rows == order.n_rows => {}
        Ok(_) | Err(Trouble::NoTable(_)) => return Err(changed()),
        Err(Trouble::Machine(error)) => return Err(error),
    }
    writers.finish().context("finishing derived files")
}

fn notices_of(made: &Made) -> Vec<Notice> {
    let mut notices: Vec<Notice> =
        made.left_out.iter().map(|why| Notice::new(Code::TableTooWide, why.clone())).collect();
    if !made.beyond_limit.is_empty() {
        notices.push(Notice::new(Code::ExportLimit, made.beyond_limit.join(", ")));
    }
    if let Some((n_sheets, n_files)) = made.split {
        notices.push(Notice::new(Code::TableSplit, format!("{n_sheets} / {n_files}")));
    }
    notices
}

/// What a spreadsheet did to the values of a column: what, in which column, in which row first.
pub fn mangled_of(column: &Column) -> impl Iterator<Item = (Code, String, u64)> {
    column.mangled.iter().map(|(what, row)| {
        let code = match what {
            Mangled::Scientific => Code::ValuesScientific,
            Mangled::Hashes => Code::ValuesHashes,
            Mangled::SerialDays => Code::ValuesSerialDays,
            Mangled::LostCharacter => Code::ValuesLost,
        };
        (code, column.name.clone(), *row)
    })
}

/// The finding that tells why a file holds no table.
#[must_use]
pub fn notice_of(why: NoTable) -> Notice {
    match why {
        NoTable::Broken(why) => Notice::new(Code::FileNotAsNamed, why),
        NoTable::Bomb(why) => Notice::new(Code::ArchiveBomb, why),
        NoTable::OtherShape(why) => Notice::new(Code::TableNone, why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Builder;

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(64))]

        /// What the profile tells screening spares work and changes nothing.
        #[test]
        fn screening_beside_the_profile_finds_what_it_finds_alone(
            header in "[手机号姓名编码日期金额]{0,3}",
            forms in proptest::collection::vec(
                "1[3-9][0-9]{9}|0515-[2-9][0-9]{7}|[0-9]{1,19}(\\.[0-9]{1,4})?|202[0-6]-0[1-9]-1[0-9]( 0[0-9]:30)?|\
                 张[三四]|[a-z]{1,5}@q\\.com|苏J[0-9]{5}|\\*{2}|",
                1..60,
            ),
            picks in proptest::collection::vec(0_usize..60, 0..2_000),
        ) {
            let names = [header.clone()];
            let mut builder = Builder::new(1);
            // Picks repeat values; what follows makes too many different ones to count.
            let texts = picks.iter().map(|pick| forms[pick % forms.len()].clone());
            for text in texts.chain((0..700_u32).map(|idx| format!("1381234{:04}", idx * 7))) {
                builder.row([if text.len() == 2 { Cell::Missing } else { Cell::Text(&text) }]);
            }
            let batches = [builder.take()];
            let mut alone = TableScreen::default();
            alone.add(&batches, &names);
            let mut beside = TableScreen::default();
            // The columns from the 257th on have fewer values counted.
            let mut profiler = Profiler::new(300, &header);
            let screen = beside.columns(1, &names);
            profiler.add(&batches[0], 0, |value| screen[0].take(value));
            beside.end_batch(&batches[0]);
            proptest::prop_assert_eq!(alone.finish(&names).0, beside.finish(&names).0);
        }
    }
}
