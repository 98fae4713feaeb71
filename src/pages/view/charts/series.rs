//! A number over time: a line that breaks where the data do.

use std::fmt::Write as _;

use crate::model::dataset::Dataset;
use crate::model::table::{Sample, Table};
use crate::pages::strings::{Strings, count, showable};
use crate::pages::view::charts::scale::{NumberScale, place};
use crate::pages::view::charts::{ChartView, MARGIN, Plot, WIDTH, levels, marks, time_scale, title_of, width_of};
use crate::profile::numbers::approximate;
use crate::profile::shape::Number;
use crate::profile::time;

/// A row of the sample with what its texts mean.
struct Point<'a> {
    /// Seconds since 1970-01-01.
    at: i64,
    value: f64,
    texts: &'a [String; 2],
}

const HEIGHT: i32 = 200;
const TOP: i32 = 12;
const BOTTOM: i32 = HEIGHT - 26;
/// Fewest points that make a line.
const LEAST_POINTS: usize = 3;
/// A step in time that is so many times longer than the usual one is a gap.
const GAP: i64 = 5;
/// How many rows the table below has at most.
const TABLE_ROWS: usize = 30;

/// The picture of a series; `None` where there is no line to draw.
pub(super) fn view(strings: &Strings, dataset: &Dataset, table: &Table, sample: &Sample) -> Option<ChartView> {
    let points = points(sample);
    let (first, last) = (points.first()?, points.last()?);
    if points.len() < LEAST_POINTS || first.at == last.at {
        return None;
    }
    let [time_column, column] = sample.columns.map(|idx| table.columns.get(idx));
    let (time_column, column) = time_column.zip(column)?;
    let lowest = points.iter().min_by(|a, b| a.value.total_cmp(&b.value))?;
    let highest = points.iter().max_by(|a, b| a.value.total_cmp(&b.value))?;
    let scale = NumberScale::around(lowest.value, highest.value, 4);
    let labels = scale.labels(strings);
    let left = labels.iter().map(|(_, label)| width_of(label)).max().unwrap_or_default() + 8;
    let right = WIDTH - MARGIN;
    let times = time_scale::marks(strings, first.at, last.at).into_iter();
    let title = title_of(strings, dataset, column);
    let span = [("name", title.as_str()), ("first", &first.texts[0]), ("last", &last.texts[0])];
    let told = [
        ("n", count(points.len() as u64)),
        ("low", lowest.texts[1].clone()),
        ("low_day", lowest.texts[0].clone()),
        ("high", highest.texts[1].clone()),
        ("high_day", highest.texts[0].clone()),
    ];
    let told: Vec<(&str, &str)> = told.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let rows = rows(&points);
    let shown = [("n", &*count(rows.len() as u64)), ("all", &*count(points.len() as u64))];
    Some(ChartView {
        title: strings.fill("chart_series", &span),
        plot: Some(Plot {
            kind: "line",
            description: strings.fill("chart_series_told", &told),
            width: WIDTH,
            height: HEIGHT,
            left,
            right,
            top: TOP,
            bottom: BOTTOM,
            levels: levels(labels, TOP, BOTTOM),
            marks: marks(times.map(|(at, label)| (share(at, first.at, last.at), label)), left, right),
            path: path(&points, &scale, (left, right)),
            scale_bar: None,
            table_title: strings.fill("chart_table", &shown),
            head: vec![showable(&time_column.name), showable(&column.name)],
            rows,
        }),
        bars: None,
        note: if sample.is_all {
            String::new()
        } else {
            strings.fill("chart_sampled", &[("n", &count(points.len() as u64)), ("rows", &count(table.n_rows))])
        },
    })
}

/// The rows in the order of time; what does not read as a moment and a number is left out.
fn points(sample: &Sample) -> Vec<Point<'_>> {
    let read = |texts| -> Option<Point<'_>> {
        let [moment, number]: &[String; 2] = texts;
        let number = Number::parse(number.as_bytes())?;
        Some(Point { at: seconds(moment)?, value: approximate(number.mantissa, number.scale), texts })
    };
    let mut points: Vec<Point<'_>> = sample.rows.iter().filter_map(read).collect();
    points.sort_by_key(|point| point.at);
    points
}

/// A day, a moment, a month or a year.
fn seconds(text: &str) -> Option<i64> {
    if let Some((_, moment)) = time::parse(text.as_bytes()) {
        return Some(moment.since_1970_us() / 1_000_000);
    }
    if let Some(days) = time::month(text) {
        return Some(i64::from(days) * 86_400);
    }
    let year = text.parse().ok().filter(|year| (1000..3000).contains(year))?;
    Some(i64::from(time::days_since_1970(year, 1, 1)?) * 86_400)
}

#[expect(clippy::cast_precision_loss, reason = "seconds of three thousand years have 11 digits")]
fn share(at: i64, first: i64, last: i64) -> f64 {
    (at - first) as f64 / (last - first).max(1) as f64
}

/// The line in tenths of a unit, each point as the way from the one before.
fn path(points: &[Point<'_>], scale: &NumberScale, (left, right): (i32, i32)) -> String {
    let mut steps: Vec<i64> = points.windows(2).map(|pair| pair[1].at - pair[0].at).collect();
    steps.sort_unstable();
    let usual = steps.get(steps.len() / 2).copied().unwrap_or_default().max(1);
    let (first, last) = (points.first().map_or(0, |point| point.at), points.last().map_or(0, |point| point.at));
    let mut path = String::new();
    let mut before: Option<(i64, i32, i32)> = None;
    for point in points {
        let x = left * 10 + place(share(point.at, first, last), (right - left) * 10);
        let y = BOTTOM * 10 - place(scale.share(point.value), (BOTTOM - TOP) * 10);
        match before {
            Some((at, from_x, from_y)) if point.at - at <= usual * GAP => {
                let _ = write!(path, "l{} {}", x - from_x, y - from_y);
            }
            // A point alone is a line of no length, which round ends make a dot.
            _ => {
                let _ = write!(path, "M{x} {y}h0");
            }
        }
        before = Some((point.at, x, y));
    }
    path
}

/// Evenly spread rows for the table, the first and the last among them.
fn rows(points: &[Point<'_>]) -> Vec<Vec<String>> {
    let n_rows = points.len().min(TABLE_ROWS);
    let chosen = (0..n_rows).map(|idx| idx * (points.len() - 1) / (n_rows - 1).max(1));
    chosen.map(|idx| points[idx].texts.iter().map(|text| showable(text)).collect()).collect()
}
