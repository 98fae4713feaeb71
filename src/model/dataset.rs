//! A dataset as the catalog describes it.

use std::fmt;

use crate::model::coordinates::CoordinateSystem;
use crate::model::date::Day;
use crate::model::digest::{Digest, Hasher};
use crate::model::format::Format;
use crate::model::frequency::Frequency;

/// The permanent identifier of a dataset: its part of every address.
///
/// One to 100 characters, letters and digits of any script, `-`, `_` and `.`; not starting with `.`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct DatasetId(String);

impl DatasetId {
    /// Makes an id from the catalog's own identifier: `/`, `:` and white space become `-`.
    ///
    /// `None` when nothing usable is left, when the result is longer than 100 bytes or a word that addresses reserve.
    #[must_use]
    pub fn parse(identifier: &str) -> Option<Self> {
        let id: String = identifier
            .trim()
            .chars()
            .map(|c| if c == '/' || c == ':' || c.is_whitespace() { '-' } else { c })
            .collect();
        let plain = id.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c));
        let usable = plain && id.len() <= 100 && !id.starts_with('.') && id.chars().any(char::is_alphanumeric);
        // The static API has a file `<id>.json` beside a folder `<id>/`.
        let is_json = id.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("json"));
        let is_free = id != "page" && id != "index.html" && !is_json;
        (usable && is_free).then_some(Self(id))
    }

    /// An id made from the content of an entry that has none, as it first came in.
    #[must_use]
    pub fn assigned(fingerprint: Digest) -> Self {
        Self(format!("k{}", fingerprint.short(10)))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DatasetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A data item (数据项): a column of the dataset as the catalog describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataItem {
    /// 数据项名称.
    pub name: String,
    /// 数据项格式, as written.
    pub format: String,
    /// 数据项说明.
    pub description: String,
}

/// Where data can be had: a file of the site folder, or a link to somewhere else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A path below `datasets/`, with `/` between its parts; not yet checked.
    File(String),
    /// An http or https address.
    Link(String),
}

/// The fields of an entry that readers may see, read from the catalog but not judged.
///
/// Texts are clean (no control characters, white space folded) and empty where the catalog says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dataset {
    /// The identifier exactly as the catalog writes it.
    pub identifier: String,
    /// 数据资源名称.
    pub title: String,
    /// 数据资源摘要; may hold line breaks.
    pub summary: String,
    /// 数据资源提供方名称.
    pub provider: String,
    /// 数据资源提供方代码.
    pub provider_code: String,
    /// 收集机构.
    pub collecting_body: String,
    /// 审核机构.
    pub reviewing_body: String,
    /// 领域分类.
    pub theme: String,
    /// 行业分类.
    pub industry: String,
    /// 资源分类.
    pub category: String,
    /// 场景分类.
    pub scenario: String,
    /// 关键字.
    pub keywords: Vec<String>,
    /// 数据格式 as declared.
    pub formats: Vec<Format>,
    /// 更新频率, where it reads as one.
    pub frequency: Option<Frequency>,
    /// 更新频率 as written, where it does not.
    pub frequency_text: String,
    /// 数据覆盖时间.
    pub temporal: String,
    /// 数据覆盖地域.
    pub spatial: String,
    /// 坐标系 of longitudes and latitudes.
    pub coordinate_system: Option<CoordinateSystem>,
    /// 发布日期.
    pub issued: Option<Day>,
    /// 更新日期.
    pub modified: Option<Day>,
    /// 数据项.
    pub items: Vec<DataItem>,
    /// 文件.
    pub locations: Vec<Location>,
    /// 字符编码 of the files that are texts.
    pub encoding: String,
    /// 数据来源.
    pub source: String,
    /// 许可, as written.
    pub licence: String,
    /// 许可文件, a path below `datasets/`.
    pub licence_file: String,
    /// 联系电话.
    pub contact_phone: String,
    /// 联系邮箱.
    pub contact_email: String,
    /// 详情页网址.
    pub source_url: String,
    /// 数据量 in rows, as the catalog states it.
    pub volume: Option<u64>,
}

impl Dataset {
    /// Digests every field, so that two entries have one fingerprint exactly when all fields are equal.
    #[must_use]
    pub fn fingerprint(&self) -> Digest {
        let mut hasher = Hasher::default();
        self.feed(&mut hasher, true);
        hasher.finish()
    }

    /// Digests every field but the title, to know a retitled entry again.
    #[must_use]
    pub fn fingerprint_untitled(&self) -> Digest {
        let mut hasher = Hasher::default();
        self.feed(&mut hasher, false);
        hasher.finish()
    }

    fn feed(&self, hasher: &mut Hasher, with_title: bool) {
        if with_title {
            hasher.update_field(&self.title);
        }
        for text in [
            &self.identifier,
            &self.summary,
            &self.provider,
            &self.provider_code,
            &self.collecting_body,
            &self.reviewing_body,
            &self.theme,
            &self.industry,
            &self.category,
            &self.scenario,
            &self.frequency_text,
            &self.temporal,
            &self.spatial,
            &self.source,
            &self.licence,
            &self.licence_file,
            &self.contact_phone,
            &self.contact_email,
            &self.source_url,
        ] {
            hasher.update_field(text);
        }
        hasher.update_field(self.frequency.map_or("", Frequency::code_name));
        for day in [self.issued, self.modified] {
            hasher.update_field(&day.map(|day| day.to_string()).unwrap_or_default());
        }
        hasher.update_field(&self.volume.map(|n_rows| n_rows.to_string()).unwrap_or_default());
        let formats: Vec<&str> = self.formats.iter().map(Format::label).collect();
        hasher.update_field(&formats.join(","));
        hasher.update_field(&self.keywords.join("\n"));
        hasher.update_field(&self.items.len().to_string());
        for item in &self.items {
            hasher.update_field(&item.name);
            hasher.update_field(&item.format);
            hasher.update_field(&item.description);
        }
        for location in &self.locations {
            match location {
                Location::File(path) | Location::Link(path) => hasher.update_field(path),
            }
        }
        // Only where it is stated, so that entries registered before the field was known keep their identifiers.
        if !self.encoding.is_empty() {
            hasher.update_field(&self.encoding);
        }
        if let Some(system) = self.coordinate_system {
            hasher.update_field(system.name());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_become_address_parts() {
        assert_eq!(DatasetId::parse("307010203001/000123").unwrap().as_str(), "307010203001-000123");
        assert_eq!(DatasetId::parse("9007199254740993123").unwrap().as_str(), "9007199254740993123");
        for bad in ["", "   ", "..", ".hidden", "a<b", "a\u{202E}b", "page", "\u{0}", "a.json"] {
            assert_eq!(DatasetId::parse(bad), None, "{bad:?}");
        }
    }
}
