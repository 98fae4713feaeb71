//! Where places lie to one another: dots north up, without a base map, a border or a shore.
//!
//! Nothing is converted: degrees are drawn as they stand in the data, with east and west drawn together as they are on
//! the ground at that latitude. Source: `design/frontend.md` 5.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::model::column::Column;
use crate::model::dataset::Dataset;
use crate::model::table::{Sample, Table};
use crate::pages::strings::{Strings, count, showable};
use crate::pages::view::charts::scale::{NumberScale, place};
use crate::pages::view::charts::{ChartView, MARGIN, Plot, ScaleBar, WIDTH, levels, marks, width_of};

const TOP: i32 = 12;
/// Room below for labels and the scale bar.
const BELOW: i32 = 44;
const MAX_HEIGHT: i32 = 240;
const MIN_SIDE: i32 = 100;
/// Room for a label of degrees.
const LABEL_WIDTH: i32 = 56;
/// Fewest dots that are worth a picture.
const LEAST_DOTS: usize = 3;
/// How far from the middle half a place may lie, in widths of that half, to count as near.
const FENCE: f64 = 3.0;
/// Where all places take so many times the room of those that are near, only these are drawn: else a wrong coordinate
/// would leave nothing of the picture but a dot.
const BLUR: f64 = 3.0;
/// Kilometres of a degree of latitude.
const KM_OF_DEGREE: f64 = 111.32;

/// The picture of places; `None` where they are too few or all in one point.
pub(super) fn view(strings: &Strings, dataset: &Dataset, table: &Table, sample: &Sample) -> Option<ChartView> {
    let [east, north] = sample.columns.map(|idx| table.columns.get(idx));
    let (east, north) = east.zip(north)?;
    let (west_east, south_north) = (frame(east)?, frame(north)?);
    let read = |[x, y]: &[String; 2]| Some((x.parse::<f64>().ok()?, y.parse::<f64>().ok()?));
    let places: Vec<(f64, f64)> = sample.rows.iter().filter_map(read).collect();
    let is_within = |value: f64, (low, high): (f64, f64)| (low..=high).contains(&value);
    let drawn = places.iter().copied().filter(|(x, y)| is_within(*x, west_east) && is_within(*y, south_north));
    let drawn: Vec<(f64, f64)> = drawn.collect();
    if drawn.len() < LEAST_DOTS {
        return None;
    }
    let narrowing = cosine(f64::midpoint(south_north.0, south_north.1)).max(0.05);
    let north_scale = NumberScale::within(south_north.0, south_north.1, 4);
    let north_labels = degrees(north_scale.labels(strings));
    let left = north_labels.iter().map(|(_, label)| width_of(label)).max().unwrap_or_default() + 8;
    // One length stands for as much ground from south to north as from west to east.
    let (width, height) = ((west_east.1 - west_east.0) * narrowing, south_north.1 - south_north.0);
    let room = f64::from(WIDTH - MARGIN - left);
    let unit = (room / width).min(f64::from(MAX_HEIGHT) / height);
    let side = |degrees: f64, most: i32| place(degrees * unit / f64::from(most), most).max(MIN_SIDE.min(most));
    let right = left + side(width, WIDTH - MARGIN - left);
    let bottom = TOP + side(height, MAX_HEIGHT);
    let n_steps = u32::try_from((right - left) / LABEL_WIDTH).unwrap_or(2).clamp(2, 4);
    let east_scale = NumberScale::within(west_east.0, west_east.1, n_steps);
    let name = |column: &Column| showable(&column.name);
    let n_outside = places.len() - drawn.len();
    Some(ChartView {
        title: strings.fill("chart_places", &[("n", &count(drawn.len() as u64))]),
        plot: Some(Plot {
            kind: "dots",
            description: strings.fill("chart_places_told", &[("east", &name(east)), ("north", &name(north))]),
            width: WIDTH,
            height: bottom + BELOW,
            left,
            right,
            top: TOP,
            bottom,
            levels: levels(north_labels, TOP, bottom),
            marks: marks(degrees(east_scale.labels(strings)).into_iter(), left, right),
            path: dots(&drawn, (&east_scale, &north_scale), (left, right), bottom),
            scale_bar: scale_bar(strings, unit, (left, right)),
            table_title: strings.get("chart_bounds").to_owned(),
            head: ["field_name", "chart_least", "chart_middle", "chart_most"]
                .map(|key| strings.get(key).to_owned())
                .to_vec(),
            rows: [east, north].into_iter().map(bounds).collect(),
        }),
        bars: None,
        note: note(strings, dataset, table, sample, n_outside),
    })
}

/// The span that is drawn: all of it, or what is near its middle half.
fn frame(column: &Column) -> Option<(f64, f64)> {
    let numbers = column.profile.numbers.as_ref()?;
    let read = |text: &String| text.parse::<f64>().ok().filter(|value| value.is_finite());
    let (min, max) = (read(&numbers.min)?, read(&numbers.max)?);
    let (low, high) = (read(&numbers.quartiles[0])?, read(&numbers.quartiles[2])?);
    let reach = (high - low) * FENCE;
    let near = (min.max(low - reach), max.min(high + reach));
    let is_blurred = near.1 - near.0 > 1e-6 && max - min > (near.1 - near.0) * BLUR;
    let (min, max) = if is_blurred { near } else { (min, max) };
    (max - min > 1e-6).then_some((min, max))
}

fn degrees(labels: Vec<(f64, String)>) -> Vec<(f64, String)> {
    labels.into_iter().map(|(share, label)| (share, format!("{label}°"))).collect()
}

/// Every dot as the way from the one before, from west to east; dots in one place are one.
fn dots(
    drawn: &[(f64, f64)],
    (east, north): (&NumberScale, &NumberScale),
    (left, right): (i32, i32),
    bottom: i32,
) -> String {
    let at = |(x, y): &(f64, f64)| {
        (left + place(east.share(*x), right - left), bottom - place(north.share(*y), bottom - TOP))
    };
    let places: BTreeSet<(i32, i32)> = drawn.iter().map(at).collect();
    let mut path = String::new();
    let mut before = (0, 0);
    for (x, y) in places {
        let letter = if path.is_empty() { 'M' } else { 'm' };
        let _ = write!(path, "{letter}{} {}h0", x - before.0, y - before.1);
        before = (x, y);
    }
    path
}

/// A round number of kilometres, at most a third of the picture; `unit` is the length of a degree.
fn scale_bar(strings: &Strings, unit: f64, (left, right): (i32, i32)) -> Option<ScaleBar> {
    let km = f64::from(right - left) / 3.0 / unit * KM_OF_DEGREE;
    let (share, label) = NumberScale::within(0.0, km, 2).labels(strings).pop().filter(|(share, _)| *share > 0.0)?;
    let to = left + place(share, (right - left) / 3);
    Some(ScaleBar { from: left, to, label: strings.fill("chart_km", &[("n", &label)]) })
}

/// The cosine of degrees from -90 to 90, the same to the last bit on every machine.
fn cosine(degrees: f64) -> f64 {
    let square = (degrees.to_radians()).powi(2);
    1.0 - square / 2.0 * (1.0 - square / 12.0 * (1.0 - square / 30.0 * (1.0 - square / 56.0)))
}

fn bounds(column: &Column) -> Vec<String> {
    let numbers = column.profile.numbers.as_ref();
    let of = |text: fn(&crate::model::column::Numbers) -> &String| numbers.map(text).cloned().unwrap_or_default();
    vec![
        showable(&column.name),
        of(|numbers| &numbers.min),
        of(|numbers| &numbers.quartiles[1]),
        of(|numbers| &numbers.max),
    ]
}

fn note(strings: &Strings, dataset: &Dataset, table: &Table, sample: &Sample, n_outside: usize) -> String {
    let mut parts = vec![strings.get("chart_sketch").to_owned()];
    if let Some(system) = dataset.coordinate_system {
        parts.push(strings.fill("chart_system", &[("name", system.name())]));
    }
    if !sample.is_all {
        let values = [("n", &*count(sample.rows.len() as u64)), ("rows", &*count(table.n_rows))];
        parts.push(strings.fill("chart_sampled", &values));
    }
    if n_outside > 0 {
        parts.push(strings.fill("chart_outside", &[("n", &count(n_outside as u64))]));
    }
    parts.join(strings.get("chart_between"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cosine_is_near_enough() {
        for degrees in [-90.0_f64, -60.0, 0.0, 30.25, 45.0, 60.0, 89.0] {
            assert!((cosine(degrees) - degrees.to_radians().cos()).abs() < 1e-4, "{degrees}");
        }
    }
}
