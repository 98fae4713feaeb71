//! GB/T 7714 as numbered references have it: a dataset on the web, `[DS/OL]`.

use super::{Reference, line, sentences};

/// A reference as `责任者. 题名[DS/OL]. 发布者（发布日期）[引用日期]. 访问路径.`
///
/// Source: GB/T 7714-2025, type DS, chapter 8.14 (domain requirements 2.4); parts are left out where they are not known.
#[must_use]
pub fn gb_t_7714_2025(reference: &Reference<'_>) -> String {
    let date = reference.date.map(|day| format!("（{day}）")).unwrap_or_default();
    entry(reference, &date)
}

/// A reference as `责任者. 题名[DS/OL]. 发布者, 年[引用日期]. 访问路径.`
///
/// Source: GB/T 7714-2015, electronic resources (domain requirements 2.4), which many editors still ask for.
#[must_use]
pub fn gb_t_7714_2015(reference: &Reference<'_>) -> String {
    let year = reference.date.map(|day| format!(", {}", day.year())).unwrap_or_default();
    entry(reference, &year)
}

fn entry(reference: &Reference<'_>, date: &str) -> String {
    let acquired = reference.acquired.words().map(|words| format!("[{words}]")).unwrap_or_default();
    let title = format!("{}[DS/OL]", line(reference.title));
    let published = format!("{}{date}{acquired}", line(reference.site));
    sentences(&[&line(reference.author), &title, &published, &reference.url])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::cite::{Acquired, tests::reference};

    #[test]
    fn follows_the_standard() {
        let reference = reference("市教育局", "义务教育学校名单", &[]);
        assert_eq!(
            gb_t_7714_2025(&reference),
            "市教育局. 义务教育学校名单[DS/OL]. 市公共数据开放网站（2026-03-01）[2026-11-21]. https://example.invalid/datasets/%E5%AD%A6/."
        );
        assert_eq!(
            gb_t_7714_2015(&reference),
            "市教育局. 义务教育学校名单[DS/OL]. 市公共数据开放网站, 2026[2026-11-21]. https://example.invalid/datasets/%E5%AD%A6/."
        );
    }

    #[test]
    fn what_is_not_known_leaves_no_gap() {
        let reference = Reference { date: None, acquired: Acquired::Unsaid, ..reference("", "名单", &[]) };
        let expected = "名单[DS/OL]. 市公共数据开放网站. https://example.invalid/datasets/%E5%AD%A6/.";
        assert_eq!(gb_t_7714_2025(&reference), expected);
        assert_eq!(gb_t_7714_2015(&reference), expected);
    }

    #[test]
    fn a_word_asks_for_the_day() {
        let reference =
            Reference { acquired: Acquired::Asked("获取日期"), ..reference("市教育局", "名单", &[]) };
        assert!(gb_t_7714_2025(&reference).contains("[获取日期]. "));
    }
}
