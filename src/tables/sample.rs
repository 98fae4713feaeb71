//! Evenly spread rows of a few columns, taken while derived files are written: what a picture of the whole table needs.
//!
//! Rows are chosen by their number alone, so a table of ten million rows costs no more looks than one of a thousand.
//! Which columns tell something together is decided from their profiles; `docs/charts.md` has the rules.

use crate::batch::{Batch, Cell};
use crate::model::column::{Column, ColumnType, Distinct};
use crate::model::table::{SAMPLE_ROWS, Sample, Subject};
use crate::profile::{names, time};

/// How many rows are looked at for one sample at most, where values are missing in many.
const MAX_LOOKED: u64 = 4_000;
/// Fewest values of a series.
const LEAST_VALUES: u64 = 8;
/// Least share of different days among all, in percent: past it one number stands for one day.
const LEAST_DISTINCT: u64 = 95;
/// Longest text that is kept; numbers and days are shorter.
const MAX_BYTES: usize = 64;

/// The samples of a table that are being taken.
pub struct Samplers {
    n_seen: u64,
    samplers: Vec<Sampler>,
}

struct Sampler {
    subject: Subject,
    columns: [usize; 2],
    /// Rows of the table, and how many of them are looked at.
    n_rows: u64,
    n_looked: u64,
    /// Which of these is next.
    next: u64,
    rows: Vec<[String; 2]>,
}

impl Samplers {
    /// Decides what is worth a sample.
    pub fn of(columns: &[Column], n_rows: u64) -> Self {
        let begin = |subject, columns: [usize; 2], n_values: u64| Sampler {
            subject,
            columns,
            n_rows,
            n_looked: n_looked(n_rows, n_values),
            next: 0,
            rows: Vec::new(),
        };
        let values = |idx: usize| n_rows - columns[idx].profile.n_missing.min(n_rows);
        let series =
            series(columns, n_rows).map(|(time, number)| begin(Subject::Series, [time, number], values(number)));
        let places = places(columns).map(|(east, north)| begin(Subject::Places, [east, north], values(east)));
        Self { n_seen: 0, samplers: series.into_iter().chain(places).collect() }
    }

    /// Takes what it wants from the next rows.
    pub fn add(&mut self, batches: &[Batch]) {
        for batch in batches {
            for sampler in &mut self.samplers {
                sampler.add(batch, self.n_seen);
            }
            self.n_seen += batch.n_rows() as u64;
        }
    }

    /// The samples; none without rows.
    pub fn finish(self) -> Vec<Sample> {
        self.samplers.into_iter().map(Sampler::finish).filter(|sample| !sample.rows.is_empty()).collect()
    }
}

impl Sampler {
    fn add(&mut self, batch: &Batch, n_before: u64) {
        while self.next < self.n_looked {
            let Ok(row) = usize::try_from(nth(self.next, self.n_looked, self.n_rows) - n_before) else { return };
            if row >= batch.n_rows() {
                return;
            }
            let [first, second] = self.columns.map(|idx| batch.column_rows(idx, row..row + 1).next());
            let text = |cell: Option<Cell<'_>>| {
                cell.and_then(Cell::text).filter(|text| text.len() <= MAX_BYTES).map(str::to_owned)
            };
            self.rows.extend(text(first).zip(text(second)).map(|(first, second)| [first, second]));
            self.next += 1;
        }
    }

    fn finish(self) -> Sample {
        let n_kept = self.rows.len();
        let is_all = self.n_looked == self.n_rows && n_kept <= SAMPLE_ROWS;
        let rows = if n_kept <= SAMPLE_ROWS {
            self.rows
        } else {
            let wanted: Vec<u64> =
                (0..SAMPLE_ROWS as u64).map(|at| nth(at, SAMPLE_ROWS as u64, n_kept as u64)).collect();
            let numbered = (0..).zip(self.rows);
            numbered.filter(|(idx, _)| wanted.binary_search(idx).is_ok()).map(|(_, row)| row).collect()
        };
        Sample { subject: self.subject, columns: self.columns, rows, is_all }
    }
}

/// How many rows to look at, so that about [`SAMPLE_ROWS`] of them have a value.
fn n_looked(n_rows: u64, n_values: u64) -> u64 {
    let wanted = u128::from(n_rows) * SAMPLE_ROWS as u128 / u128::from(n_values.max(1));
    n_rows.min(u64::try_from(wanted).unwrap_or(u64::MAX).clamp(SAMPLE_ROWS as u64, MAX_LOOKED))
}

/// The row of a place among evenly spread ones: the first place is the first row, the last the last.
fn nth(at: u64, n_places: u64, n_rows: u64) -> u64 {
    let (at, gaps, last) = (u128::from(at), u128::from(n_places.max(2) - 1), u128::from(n_rows.max(1) - 1));
    u64::try_from(at * last / gaps).unwrap_or(u64::MAX)
}

/// A column of days, months or years that has one row for each, and the number that is worth a line over it.
fn series(columns: &[Column], n_rows: u64) -> Option<(usize, usize)> {
    let (time, _) = columns.iter().enumerate().find(|(_, column)| is_time_axis(column, n_rows))?;
    let told = |column: &Column| n_rows - column.profile.n_missing.min(n_rows);
    let candidates = || columns.iter().enumerate().filter(|(idx, column)| *idx != time && is_measure(column, n_rows));
    let n_most = candidates().map(|(_, column)| told(column)).max()?;
    // A sum over the others tells more than any of them; a column that is half empty tells less.
    let well_told = |(_, column): &(usize, &Column)| told(column) * 2 >= n_most;
    let total = candidates().filter(well_told).find(|(_, column)| names::is_total(&column.name));
    let (number, _) = total.or_else(|| candidates().find(well_told))?;
    Some((time, number))
}

fn is_time_axis(column: &Column, n_rows: u64) -> bool {
    let is_time = match column.column_type {
        ColumnType::Date | ColumnType::DateTime => true,
        ColumnType::Integer => names::is_year(&column.name) && is_within(column, 1000.0, 2999.0),
        _ => false,
    } || is_months(column);
    let n_values = n_rows - column.profile.n_missing.min(n_rows);
    let n_distinct = column.profile.distinct.map_or(0, Distinct::value);
    is_time && n_values >= LEAST_VALUES && n_distinct * 100 >= n_values * LEAST_DISTINCT
}

/// Whether a column says that it holds months and its first values are.
fn is_months(column: &Column) -> bool {
    let samples = &column.profile.samples;
    names::is_month(&column.name) && !samples.is_empty() && samples.iter().all(|text| time::month(text).is_some())
}

fn is_within(column: &Column, least: f64, most: f64) -> bool {
    let bounds = |text: &String| text.parse::<f64>().is_ok_and(|value| (least..=most).contains(&value));
    column.profile.numbers.as_ref().is_some_and(|numbers| bounds(&numbers.min) && bounds(&numbers.max))
}

/// Whether a column counts or measures something that changes.
fn is_measure(column: &Column, n_rows: u64) -> bool {
    let n_values = n_rows - column.profile.n_missing.min(n_rows);
    let n_distinct = column.profile.distinct.map_or(0, Distinct::value);
    matches!(column.column_type, ColumnType::Integer | ColumnType::Decimal)
        && n_values >= LEAST_VALUES
        && n_distinct >= 3
        && !names::is_numbering(&column.name)
        && !names::is_year(&column.name)
        && !is_months(column)
}

/// Longitude and latitude, where a table has one of each.
fn places(columns: &[Column]) -> Option<(usize, usize)> {
    let of = |degrees: f64| {
        let mut found = columns.iter().enumerate().filter(move |(_, column)| {
            column.column_type == ColumnType::Coordinate
                && names::max_degrees(&column.name).is_some_and(|max| (max - degrees).abs() < 1.0)
        });
        // Two of a kind are two systems or two ends of a line: which go together is not for us to guess.
        found.next().filter(|_| found.next().is_none()).map(|(idx, _)| idx)
    };
    of(180.0).zip(of(90.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Builder;
    use crate::profile::Profiler;

    fn sampled(names: &[&str], rows: &[Vec<String>]) -> Vec<Sample> {
        let batches: Vec<Batch> = rows
            .chunks(7)
            .map(|rows| {
                let mut builder = Builder::new(names.len());
                for row in rows {
                    builder.row(row.iter().map(|text| if text.is_empty() { Cell::Missing } else { Cell::Text(text) }));
                }
                builder.take()
            })
            .collect();
        let columns = names.iter().enumerate().map(|(idx, name)| {
            let mut profiler = Profiler::new(idx, name);
            for batch in &batches {
                profiler.add(batch, idx, |_| {});
            }
            profiler.finish(name)
        });
        let columns: Vec<Column> = columns.collect();
        let mut samplers = Samplers::of(&columns, rows.len() as u64);
        samplers.add(&batches);
        samplers.finish()
    }

    fn day(idx: usize) -> String {
        crate::profile::time::iso_text(i64::try_from(idx).unwrap() * 86_400_000_000, true)
    }

    #[test]
    fn a_series_is_one_row_a_day_and_its_number_the_sum() {
        let rows = (0..50).map(|n| vec![n.to_string(), day(n), (n * 7 % 11).to_string(), (n * 2).to_string()]);
        let rows: Vec<Vec<String>> = rows.collect();
        let samples = sampled(&["序号", "日期", "男", "合计"], &rows);
        assert_eq!(samples.len(), 1);
        assert_eq!((samples[0].subject, samples[0].columns, samples[0].is_all), (Subject::Series, [1, 3], true));
        assert_eq!(samples[0].rows[49], [day(49), "98".to_owned()]);
        // Two rows a day are no series.
        let twice: Vec<_> = (0..50).map(|n| vec![day(n / 2), (n * 7 % 11).to_string()]).collect();
        assert_eq!(sampled(&["日期", "人数"], &twice), []);
    }

    #[test]
    fn samples_are_bounded_and_reach_from_the_first_row_to_the_last() {
        let rows = (0..9_000).map(|n| vec![day(n), if n % 3 == 0 { n.to_string() } else { String::new() }]);
        let rows: Vec<Vec<String>> = rows.collect();
        let samples = sampled(&["日期", "人数"], &rows);
        let kept = &samples[0].rows;
        assert!(kept.len() <= SAMPLE_ROWS && kept.len() >= SAMPLE_ROWS / 4 && !samples[0].is_all, "{}", kept.len());
        assert!(kept[0][0] == day(0) && kept[kept.len() - 1][0] > day(8_900));
        let small = (0..1_000).map(|n| vec![day(n), if n < 600 { n.to_string() } else { String::new() }]);
        let small = sampled(&["日期", "人数"], &small.collect::<Vec<_>>());
        assert_eq!(small[0].rows.len(), SAMPLE_ROWS);
    }

    #[test]
    fn years_and_places_are_known_by_name_and_range() {
        let rows: Vec<_> = (0..20).map(|n| vec![(1990 + n).to_string(), (n * n).to_string()]).collect();
        assert_eq!(sampled(&["年份", "产值"], &rows).len(), 1);
        assert_eq!(sampled(&["批次", "产值"], &rows), []);
        let months =
            |form: fn(usize) -> String| -> Vec<_> { (0..20).map(|n| vec![form(n), (n * n).to_string()]).collect() };
        assert_eq!(
            sampled(&["统计月份", "产值"], &months(|n| format!("{}-{:02}", 2020 + n / 12, n % 12 + 1))).len(),
            1
        );
        assert_eq!(sampled(&["月份", "产值"], &months(|n| format!("{}{:02}", 2020 + n / 12, n % 12 + 1))).len(), 1);
        assert_eq!(sampled(&["月份", "产值"], &months(|n| (n % 12 + 1).to_string())), []);
        let rows: Vec<_> = (0..3).map(|n| vec![format!("30.{n}"), format!("120.{n}")]).collect();
        let samples = sampled(&["lat", "lng"], &rows);
        assert_eq!((samples[0].subject, samples[0].columns), (Subject::Places, [1, 0]));
        let both: Vec<_> = rows.iter().map(|row| [row.clone(), vec![row[1].clone()]].concat()).collect();
        assert_eq!(sampled(&["lat", "lng", "经度"], &both), []);
    }
}
