//! RIS, which reference managers import.

use std::fmt::Write as _;

use super::{Reference, line};
use crate::model::date::Day;

/// One reference, `TY` first and `ER` last; lines end as the format asks, with CR and LF.
///
/// Source: "RIS Format Specifications" (Research Information Systems, 2001), which knows nothing of bodies as authors: what
/// follows a comma is a given name there, so a comma in the author's name is written full-width.
pub(super) fn entry(reference: &Reference<'_>) -> String {
    let mut res = String::from("TY  - DATA\r\n");
    let mut put = |tag: &str, value: &str| {
        if !value.is_empty() {
            // Writing to a String cannot fail.
            let _ = write!(res, "{tag}  - {value}\r\n");
        }
    };
    put("ID", &line(reference.id));
    put("AU", &line(reference.author).replace(", ", "，").replace(',', "，"));
    put("TI", &line(reference.title));
    put("PB", &line(reference.site));
    if let Some(day) = reference.date {
        put("PY", &day.year().to_string());
        put("DA", &date(day));
    }
    put("Y2", &reference.acquired.day().map(date).unwrap_or_default());
    put("UR", &line(&reference.url));
    put("LA", &line(reference.language));
    for keyword in reference.distinct_keywords() {
        put("KW", &keyword);
    }
    put("N1", &reference.remark().unwrap_or_default());
    res.push_str("ER  - \r\n");
    res
}

/// A day as `YYYY/MM/DD/other`, with nothing other to say.
fn date(day: Day) -> String {
    format!("{:04}/{:02}/{:02}/", day.year(), day.month(), day.day())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use snapbox::IntoData;

    use super::*;
    use crate::metadata::cite::Acquired;
    use crate::metadata::cite::tests::{hostile, reference};

    fn is_tagged(line: &str) -> bool {
        let bytes = line.as_bytes();
        bytes.len() >= 6
            && bytes[0].is_ascii_uppercase()
            && (bytes[1].is_ascii_uppercase() || bytes[1].is_ascii_digit())
            && bytes[2..6] == *b"  - "
    }

    #[test]
    fn an_entry_has_every_tag() {
        let keywords = ["学校".to_owned(), "学校".to_owned(), "教育".to_owned()];
        let entry = entry(&reference("市教育局, 市人社局", "名单", &keywords));
        assert!(entry.ends_with("\r\nER  - \r\n"));
        snapbox::assert_data_eq!(
            entry.replace("\r\n", "|\n"),
            snapbox::str![[r"
TY  - DATA|
ID  - 1|
AU  - 市教育局，市人社局|
TI  - 名单|
PB  - 市公共数据开放网站|
PY  - 2026|
DA  - 2026/03/01/|
Y2  - 2026/11/21/|
UR  - https://example.invalid/datasets/%E5%AD%A6/|
LA  - zh-CN|
KW  - 学校|
KW  - 教育|
N1  - SHA-256 of 学校_2026.csv: 0000000000000000000000000000000000000000000000000000000000000000|
ER  - |

"]]
            .raw()
        );
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let bare = Reference {
            date: None,
            acquired: Acquired::Asked("日期"),
            sha256: None,
            language: "",
            ..reference("", "名单", &[])
        };
        let entry = entry(&bare);
        let tags: Vec<&str> = entry.lines().map(|line| &line[..2]).collect();
        assert_eq!(tags, ["TY", "ID", "TI", "PB", "UR", "ER"]);
    }

    proptest! {
        #[test]
        fn every_line_has_its_tag(title in hostile(), author in hostile(), keyword in hostile()) {
            let keywords = [keyword];
            let entry = entry(&reference(&author, &title, &keywords));
            for line in entry.strip_suffix("\r\n").unwrap().split("\r\n") {
                prop_assert!(is_tagged(line) && !line.contains(['\r', '\n']), "{:?}", line);
            }
            let n_ends = entry.split("\r\n").filter(|line| line.starts_with("ER  - ")).count();
            prop_assert_eq!(n_ends, 1);
        }
    }
}
