//! A released dataset for the tests of the vocabularies, let through by the gate as every other.

#![cfg(test)]

use std::collections::BTreeSet;
use std::path::Path;

use super::{Issuer, Record};
use crate::catalog::{Catalog, Entry};
use crate::decisions::Decisions;
use crate::diag::Place;
use crate::gate::{Evidence, Publishable, Rules, clear, release};
use crate::model::column::{Column, ColumnType, Digits, Profile, Rule};
use crate::model::dataset::{DataItem, Dataset};
use crate::model::date::Day;
use crate::model::digest::Digest;
use crate::model::format::Format;
use crate::model::openness::OpennessWords;
use crate::model::route::Route;
use crate::model::table::{DataFile, DatasetFiles, Table};
use crate::records::history::History;
use crate::records::holds::Holds;
use crate::records::ids::Register;
use crate::rules::Regime;
use crate::rules::licences::Licences;
use crate::site::Site;
use crate::stage::Stage;

/// A site with one dataset.
pub(crate) struct Example {
    site: Site,
    regime: Regime,
    publishable: Publishable,
}

impl Example {
    /// A dataset of one CSV file with a column of text and one of whole numbers, changed by the test before it goes
    /// through the gate.
    pub(crate) fn new(change: impl FnOnce(&mut Dataset, &mut DatasetFiles)) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let site: Site = toml::from_str(SITE).unwrap();
        let regime = Regime::load(root, &site.regime).unwrap();
        let licences = Licences::new(&site.licence, &regime).unwrap();
        let (mut dataset, mut files) = (dataset(), files());
        change(&mut dataset, &mut files);
        let rules = Rules {
            root,
            site: &site,
            regime: &regime,
            licences: &licences,
            decisions: &Decisions::default(),
            history: &History::default(),
            holds: &Holds::default(),
            as_of: as_of(),
        };
        let catalog = Catalog { entries: vec![entry(dataset)], ..Catalog::default() };
        let cleared = clear(catalog, &rules, &mut Register::default()).cleared;
        let dir = tempfile::tempdir().unwrap();
        let stage = Stage::create(dir.path()).unwrap();
        let evidence = vec![Evidence { files, ..Evidence::default() }];
        let publishable = release(cleared, evidence, &rules, &stage).unwrap().publishable;
        Self { site, regime, publishable }
    }

    /// The dataset.
    pub(crate) fn record(&self) -> Record<'_> {
        let issuer = Issuer { site: &self.site, regime: &self.regime, as_of: as_of() };
        Record { release: &self.publishable.releases()[0], zip: None, issuer }
    }
}

const SITE: &str = r#"
title = { zh-CN = "市公共数据开放网站", en = "City open data" }
description = { zh-CN = "浏览、下载、引用。", en = "Browse, download, cite." }
base_url = "https://data.example/open"
regime = "yancheng-2022"
languages = ["zh-CN", "en"]
[footer]
host = { zh-CN = "市数据局", en = "City data bureau" }
"#;

fn as_of() -> Day {
    Day::parse("2026-11-21").unwrap()
}

fn dataset() -> Dataset {
    Dataset {
        identifier: "d/1".to_owned(),
        title: "学校名单".to_owned(),
        summary: "全市学校。".to_owned(),
        provider: "市教育局".to_owned(),
        keywords: vec!["学校".to_owned(), "教育".to_owned()],
        issued: Day::parse("2026-01-02"),
        modified: Day::parse("2026-03-01"),
        items: vec![DataItem {
            name: "人数".to_owned(),
            format: "整数".to_owned(),
            description: "在校学生人数".to_owned(),
        }],
        ..Dataset::default()
    }
}

fn files() -> DatasetFiles {
    let columns = vec![
        column("名称 / name", ColumnType::Text, Rule::Words),
        column("人数", ColumnType::Integer, Rule::EveryWhole),
    ];
    let table = Table {
        name: "学校".to_owned(),
        source: "学校.xlsx".to_owned(),
        part: String::new(),
        encoding: String::new(),
        columns,
        n_rows: 2,
        preview: Vec::new(),
        samples: Vec::new(),
        derived: vec![file("data", "学校.csv"), file("data", "学校.json")],
        pages: Vec::new(),
    };
    DatasetFiles { originals: vec![file("files", "学校.xlsx")], tables: vec![table], links: Vec::new() }
}

/// A file of the dataset; its digest is that of its name.
pub(crate) fn file(folder: &str, name: &str) -> DataFile {
    DataFile {
        route: Route::new(&format!("datasets/d-1/{folder}/{name}")).unwrap(),
        name: name.to_owned(),
        format: Format::of_file(name),
        size_bytes: 12,
        sha256: Digest::of(name.as_bytes()),
    }
}

/// A column of which nothing is known but its type.
pub(crate) fn column(name: &str, column_type: ColumnType, rule: Rule) -> Column {
    let (digits, profile) = (Digits::default(), Profile::default());
    Column { name: name.to_owned(), column_type, rule, digits, profile, mangled: Vec::new() }
}

fn entry(dataset: Dataset) -> Entry {
    let class = vec!["无条件开放".to_owned()];
    Entry {
        place: Place::none(),
        openness: OpennessWords { class, ..OpennessWords::default() },
        dataset: Box::new(dataset),
        faults: Vec::new(),
        row_digest: Digest::ZERO,
        openness_column: None,
        files_column: None,
        internal: BTreeSet::new(),
        raw: Vec::new(),
    }
}
