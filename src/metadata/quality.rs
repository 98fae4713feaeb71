//! What can be measured of a dataset, in the W3C's Data Quality Vocabulary.
//!
//! Each measure is a fact that kaishu counted itself; nothing is graded here.

use crate::metadata::graph::{Graph, Node};
use crate::metadata::{Issuer, Record};
use crate::model::dataset::Dataset;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// The part of the cells of all tables that hold a value.
    Cells,
    /// The part of the descriptive fields of the catalog that are filled.
    Fields,
    /// Whether there is a table that programs can read.
    Readable,
}

/// A value of a metric.
#[derive(Clone, Debug)]
pub struct Measurement {
    /// What stands for it.
    pub iri: String,
    metric: Metric,
    value: String,
}

impl Metric {
    /// The word in its address.
    fn name(self) -> &'static str {
        match self {
            Self::Cells => "cells",
            Self::Fields => "fields",
            Self::Readable => "readable",
        }
    }

    fn iri(self, issuer: Issuer<'_>) -> String {
        format!("{}#metric-{}", issuer.url("quality/"), self.name())
    }

    /// The type of its values, its dimension, and what it is, in Chinese and English.
    fn facts(self) -> (&'static str, &'static str, [&'static str; 2]) {
        let completeness = "http://www.w3.org/2016/05/ldqd#completeness";
        match self {
            Self::Cells => (
                "xsd:decimal",
                completeness,
                ["有值的单元格占全部单元格的比例", "share of the cells of all tables that hold a value"],
            ),
            Self::Fields => (
                "xsd:decimal",
                completeness,
                ["已填写的目录描述字段所占的比例", "share of the descriptive fields of the catalog that are filled"],
            ),
            Self::Readable => (
                "xsd:boolean",
                "http://www.w3.org/2016/05/ldqd#interoperability",
                ["是否有程序可以直接读取的表", "whether there is a table that programs can read"],
            ),
        }
    }
}

impl Measurement {
    /// Says the measurement and its metric.
    pub fn describe(&self, graph: &mut Graph, record: Record<'_>) {
        let (datatype, dimension, [chinese, english]) = self.metric.facts();
        let metric = self.metric.iri(record.issuer);
        graph.add(
            Node::new(self.iri.as_str(), "dqv:QualityMeasurement")
                .iri("dqv:isMeasurementOf", metric.as_str())
                .iri("dqv:computedOn", record.iri())
                .typed("dqv:value", &self.value, datatype),
        );
        graph.add(
            Node::new(metric, "dqv:Metric")
                .text("skos:definition", chinese, "zh-CN")
                .text("skos:definition", english, "en")
                .term("dqv:expectedDataType", datatype)
                .iri("dqv:inDimension", dimension),
        );
    }
}

/// The measures of a dataset; of cells only where there are tables with cells.
#[must_use]
pub fn measurements(record: Record<'_>) -> Vec<Measurement> {
    let one = |metric: Metric, value: String| Measurement {
        iri: record.part_iri(&format!("measure-{}", metric.name())),
        metric,
        value,
    };
    let tables = &record.release.files.tables;
    let n_cells: u64 = tables.iter().map(|table| table.n_rows * table.columns.len() as u64).sum();
    let n_missing: u64 = tables.iter().flat_map(|table| &table.columns).map(|column| column.profile.n_missing).sum();
    let (n_filled, n_fields) = filled(record.dataset());
    let mut res =
        vec![one(Metric::Fields, share(n_filled, n_fields)), one(Metric::Readable, (!tables.is_empty()).to_string())];
    if n_cells > 0 {
        res.push(one(Metric::Cells, share(n_cells - n_missing.min(n_cells), n_cells)));
    }
    res
}

/// How many of the descriptive fields are filled, and how many there are.
fn filled(dataset: &Dataset) -> (u64, u64) {
    let texts = [
        &dataset.title,
        &dataset.summary,
        &dataset.provider,
        &dataset.theme,
        &dataset.industry,
        &dataset.temporal,
        &dataset.spatial,
        &dataset.source,
    ];
    let others = [
        !dataset.keywords.is_empty(),
        dataset.frequency.is_some(),
        dataset.issued.is_some(),
        dataset.modified.is_some(),
        !dataset.items.is_empty(),
        !dataset.contact_phone.is_empty() || !dataset.contact_email.is_empty(),
    ];
    let n_filled = texts.iter().filter(|text| !text.is_empty()).count() + others.iter().filter(|is| **is).count();
    (n_filled as u64, (texts.len() + others.len()) as u64)
}

/// A share as a decimal with four digits, such as `0.9970`; never 1 where something is missing.
fn share(part: u64, whole: u64) -> String {
    let ten_thousandths = u128::from(part) * 10_000 / u128::from(whole.max(1));
    format!("{}.{:04}", ten_thousandths / 10_000, ten_thousandths % 10_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_down() {
        assert_eq!(share(9_999_999, 10_000_000), "0.9999");
        assert_eq!(share(3, 3), "1.0000");
        assert_eq!(share(0, 0), "0.0000");
    }
}
