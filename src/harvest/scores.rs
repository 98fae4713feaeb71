//! How each dataset does by what others measure, as a table; the page on quality has the sums.

use anyhow::{Context, Result};

use crate::assess::{Report, Scheme, points};
use crate::model::field::Field;
use crate::model::route::Route;
use crate::stage::Stage;

/// Where the table lies.
pub const PATH: &str = "quality/datasets.csv";

/// Writes the table.
///
/// Errors: when the stage cannot be written.
pub fn write(report: &Report, stage: &Stage) -> Result<()> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let scheme = |scheme: Scheme| format!("{}（{}）", scheme.name()[0], scheme.points());
    let [mqa, fair, dwbp] = Scheme::ALL.map(scheme);
    csv.write_record(["数据资源标识", "数据资源名称", "网址", &mqa, &fair, &dwbp, "可补充的目录字段"])?;
    for dataset in &report.datasets {
        let fields: Vec<&str> = dataset.fields.iter().map(|field| Field::label(*field)).collect();
        let [mqa, fair, dwbp] = dataset.earned.map(points);
        csv.write_record([&dataset.id, &dataset.title, &dataset.url, &mqa, &fair, &dwbp, &fields.join("、")])?;
    }
    stage.put(&Route::new(PATH)?, &csv.into_inner().context("writing the scores")?)?;
    Ok(())
}
