//! How to cite a dataset: the statutory sentence of the regime, and a reference in the national standard's form.

use crate::model::date::Day;

/// What a reference names.
#[derive(Clone, Copy, Debug)]
pub struct Reference<'a> {
    /// The provider.
    pub author: &'a str,
    /// The dataset's title.
    pub title: &'a str,
    /// The site.
    pub site: &'a str,
    /// The last update, else the publication.
    pub date: Option<Day>,
    /// The day of acquisition as text, or a word that asks the reader to fill it in.
    pub acquired_on: &'a str,
    /// The permanent address.
    pub url: &'a str,
}

/// A reference as `责任者. 题名[DS/OL]. 发布者（发布日期）[引用日期]. 访问路径.`
///
/// Source: GB/T 7714-2025, type DS, chapter 8.14 (domain requirements 2.4); the date part is left out where none is known.
#[must_use]
pub fn gb_t_7714_2025(reference: &Reference<'_>) -> String {
    let Reference { author, title, site, date, acquired_on, url } = reference;
    let date = date.map(|day| format!("（{day}）")).unwrap_or_default();
    format!("{author}. {title}[DS/OL]. {site}{date}[{acquired_on}]. {url}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_standard() {
        let reference = Reference {
            author: "市教育局",
            title: "义务教育学校名单",
            site: "市公共数据开放网站",
            date: Day::parse("2026-03-01"),
            acquired_on: "2026-11-21",
            url: "https://example.invalid/datasets/1/",
        };
        assert_eq!(
            gb_t_7714_2025(&reference),
            "市教育局. 义务教育学校名单[DS/OL]. 市公共数据开放网站（2026-03-01）[2026-11-21]. https://example.invalid/datasets/1/."
        );
    }
}
