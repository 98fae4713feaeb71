//! File formats: from what catalogs write to one label, an address part and a media type.

use crate::model::text::{fold, split_list};

/// A file format by its label, such as `CSV`; letters and digits only.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, serde::Serialize, serde::Deserialize)]
pub struct Format(String);

/// Words in catalogs that do not stand for themselves.
const ALIASES: &[(&str, &str)] = &[
    ("cvs", "CSV"),
    ("excel", "XLSX"),
    ("xlsm", "XLSX"),
    ("电子表格", "XLSX"),
    ("ndjson", "JSONL"),
    ("geojson", "GeoJSON"),
    ("jpeg", "JPG"),
    ("接口", "API"),
    ("数据接口", "API"),
    ("文本", "TXT"),
    ("parquet", "Parquet"),
    ("sqlite", "SQLite"),
    ("sqlite3", "SQLite"),
];

/// Words that name a shelf, not a format.
const NO_FORMAT: &[&str] =
    &["电子表格", "数据库", "图形图像", "自描述格式", "电子文件", "流媒体", "其他", "file", "null"];

impl Format {
    /// The label, such as `CSV`.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.0
    }

    /// The format of a file by its name's ending; `None` without one.
    #[must_use]
    pub fn of_file(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        Self::from_word(extension)
    }

    /// Reads the format cell of a catalog: a list in any of the forms that real catalogs use.
    ///
    /// Shape: sorted, without repeats. Words that name no format are left out.
    #[must_use]
    pub fn parse_list(cell: &str) -> Vec<Self> {
        let mut res: Vec<Self> = split_list(cell)
            .into_iter()
            .flat_map(|part| part.split(['+', ' ', '/']))
            .flat_map(|part| match part.rsplit_once(['-', '－']) {
                Some((shelf, format)) if NO_FORMAT.contains(&fold(shelf).as_str()) => vec![format],
                _ => vec![part],
            })
            .filter_map(Self::from_word)
            .collect();
        res.sort();
        res.dedup();
        res
    }

    fn from_word(word: &str) -> Option<Self> {
        let word = fold(word);
        let word = word.trim_matches('.');
        if word.is_empty() || NO_FORMAT.contains(&word) && !ALIASES.iter().any(|(from, _)| *from == word) {
            return None;
        }
        if let Some((_, label)) = ALIASES.iter().find(|(from, _)| *from == word) {
            return Some(Self((*label).to_owned()));
        }
        let plain = word.len() <= 12 && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        plain.then(|| Self(word.to_ascii_uppercase()))
    }

    /// The media type as registered with IANA, or the common one; `application/octet-stream` where none is known.
    #[must_use]
    pub fn media_type(&self) -> &'static str {
        let ending = self.0.to_ascii_lowercase();
        MEDIA_TYPES.iter().find(|(known, _)| *known == ending).map_or(UNKNOWN, |(_, media_type)| media_type)
    }
}

const UNKNOWN: &str = "application/octet-stream";

/// Media types by the endings of files: what the site says of a file, and what web servers are told to send.
pub const MEDIA_TYPES: &[(&str, &str)] = &[
    ("html", "text/html"),
    ("css", "text/css"),
    ("js", "application/javascript"),
    ("svg", "image/svg+xml"),
    ("csv", "text/csv"),
    ("tsv", "text/tab-separated-values"),
    ("txt", "text/plain"),
    ("json", "application/json"),
    ("jsonl", "application/jsonl"),
    ("jsonld", "application/ld+json"),
    ("geojson", "application/geo+json"),
    ("ttl", "text/turtle"),
    ("rdf", "application/rdf+xml"),
    ("bib", "application/x-bibtex"),
    ("ris", "application/x-research-info-systems"),
    ("cff", "application/yaml"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("xls", "application/vnd.ms-excel"),
    ("xlsb", "application/vnd.ms-excel.sheet.binary.macroenabled.12"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("doc", "application/msword"),
    ("xml", "application/xml"),
    ("pdf", "application/pdf"),
    ("zip", "application/zip"),
    ("ics", "text/calendar"),
    ("db", "application/vnd.sqlite3"),
    ("sqlite", "application/vnd.sqlite3"),
    ("parquet", "application/vnd.apache.parquet"),
    ("jpg", "image/jpeg"),
    ("png", "image/png"),
];

/// The media type of a file of the site, by its path from the site's root.
///
/// Feeds and what stands in for CKAN's answers say more by their place than by their ending.
#[must_use]
pub fn media_type_of(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or(path);
    let ending = name.rsplit_once('.').map_or(String::new(), |(_, ending)| ending.to_ascii_lowercase());
    if name == "feed.xml" {
        return "application/atom+xml";
    }
    if path.starts_with("api/3/action/") {
        return "application/json";
    }
    match name {
        "SHA256SUMS" => "text/plain",
        "opensearch.xml" => "application/opensearchdescription+xml",
        _ => MEDIA_TYPES.iter().find(|(known, _)| *known == ending).map_or(UNKNOWN, |(_, media_type)| media_type),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(cell: &str) -> Vec<String> {
        Format::parse_list(cell).into_iter().map(|format| format.0).collect()
    }

    #[test]
    fn reads_what_real_catalogs_write() {
        assert_eq!(labels("['xls', 'json']"), ["JSON", "XLS"]);
        assert_eq!(labels("电子表格-xlsx"), ["XLSX"]);
        assert_eq!(labels("CSV."), ["CSV"]);
        assert_eq!(labels(".cvs"), ["CSV"]);
        assert_eq!(labels("zip+csv"), ["CSV", "ZIP"]);
        assert_eq!(labels("json、excel"), ["JSON", "XLSX"]);
        assert_eq!(labels("file"), Vec::<String>::new());
        assert_eq!(labels("自描述格式-其他"), Vec::<String>::new());
    }
}
