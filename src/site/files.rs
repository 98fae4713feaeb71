//! `[[tables]]` and `[exports]`: how data files are read, and what is made of them.

use serde::{Deserialize, Serialize};

/// `[[tables]]`: what the team says of some data files.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReadConfig {
    /// A glob from the site folder.
    pub files: String,
    /// The encoding of texts.
    pub encoding: Option<String>,
    /// The sign between values.
    pub delimiter: Option<Delimiter>,
    /// The first row of headers, from 1.
    pub header_row: Option<u64>,
    /// How many rows of headers there are.
    pub header_rows: Option<u8>,
    /// Words that stand for no value.
    pub missing: Vec<String>,
    /// What merged cells of a workbook stand for.
    pub merged: Merged,
    /// Whether somebody looked at hidden sheets, rows and columns and allows them to be published.
    pub hidden_is_checked: bool,
}

/// The sign between values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delimiter {
    /// A comma.
    #[serde(rename = ",")]
    Comma,
    /// A semicolon.
    #[serde(rename = ";")]
    Semicolon,
    /// A tab.
    #[serde(rename = "\t")]
    Tab,
    /// A vertical bar.
    #[serde(rename = "|")]
    Bar,
    /// A colon.
    #[serde(rename = ":")]
    Colon,
    /// A space.
    #[serde(rename = " ")]
    Space,
}

impl Delimiter {
    /// The sign.
    #[must_use]
    pub fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Bar => b'|',
            Self::Colon => b':',
            Self::Space => b' ',
        }
    }
}

/// What merged cells stand for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Merged {
    /// Their value holds for every row that they reach over.
    #[default]
    Down,
    /// Their value stands in the first cell only.
    None,
}

/// `[exports]`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(clippy::struct_excessive_bools, reason = "one switch for each kind of file, as the team writes them")]
pub struct ExportConfig {
    /// UTF-8 CSV of each table.
    pub csv: bool,
    /// JSON of each table.
    pub json: bool,
    /// JSON Lines of each table.
    pub jsonl: bool,
    /// XLSX of each table.
    pub xlsx: bool,
    /// Parquet of each table.
    pub parquet: bool,
    /// Pages of rows for scripts, below `api/v1/`.
    pub rows: bool,
    /// One ZIP for each dataset with files.
    pub zip: bool,
    /// datapackage.json for each dataset.
    pub datapackage: bool,
    /// What programs read of datasets and catalog: metadata, citations, the static API, feeds of datasets.
    pub metadata: bool,
    /// The index that readers' browsers search, and the forms that ask it.
    pub search: bool,
    /// A picture of where places lie, on the page of a dataset with longitudes and latitudes.
    pub dots: bool,
    /// Up to what size of the original, in MiB, each kind is made.
    pub max_mib: Limits,
}

impl Default for ExportConfig {
    fn default() -> Self {
        Self {
            csv: true,
            json: true,
            jsonl: true,
            xlsx: true,
            parquet: true,
            rows: true,
            zip: true,
            datapackage: true,
            metadata: true,
            search: true,
            dots: true,
            max_mib: Limits::default(),
        }
    }
}

/// `[exports.max_mib]`: the largest original, in MiB, of which each kind of file is made.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// UTF-8 CSV.
    pub csv: u64,
    /// JSON.
    pub json: u64,
    /// JSON Lines.
    pub jsonl: u64,
    /// XLSX: a workbook opens slowly long before it is full.
    pub xlsx: u64,
    /// Parquet.
    pub parquet: u64,
    /// Pages of rows: one file for each 1,000 rows.
    pub rows: u64,
    /// ZIP.
    pub zip: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { csv: 16_384, json: 2_048, jsonl: 2_048, xlsx: 128, parquet: 16_384, rows: 256, zip: 4_096 }
    }
}

impl Limits {
    /// No limit.
    #[must_use]
    pub fn none() -> Self {
        let max = u64::MAX;
        Self { csv: max, json: max, jsonl: max, xlsx: max, parquet: max, rows: max, zip: max }
    }
}
