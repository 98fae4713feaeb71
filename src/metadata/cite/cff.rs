//! `CITATION.cff`: the Citation File Format, which is YAML.
//!
//! Every value is written as a double-quoted scalar, so that no title can become a key, a list or a comment.
//! The format has no place for the site as publisher nor for the day of acquisition.

use std::fmt::Write as _;

use super::{Reference, line, spdx_id};

/// For people who open the file.
const MESSAGE: &str = "引用本数据集时请注明以下信息。 If you use this dataset, please cite it as below.";

/// The file; `None` where the catalog has no provider or no title.
///
/// Source: Citation File Format 1.2.0, "Valid keys"; `license` takes SPDX ids and nothing else.
pub(super) fn file(reference: &Reference<'_>) -> Option<String> {
    let (author, title) = (line(reference.author), line(reference.title));
    if author.is_empty() || title.is_empty() {
        return None;
    }
    let mut res = String::new();
    let mut put = |key: &str, value: &str| {
        res.push_str(key);
        res.push_str(&scalar(value));
        res.push('\n');
    };
    put("cff-version: ", "1.2.0");
    put("message: ", MESSAGE);
    put("type: ", "dataset");
    put("title: ", &title);
    put("authors:\n  - name: ", &author);
    if let Some(day) = reference.date {
        put("date-released: ", &day.to_string());
    }
    put("url: ", &line(&reference.url));
    if let Some(id) = spdx_id(reference.licence) {
        put("license: ", id);
    }
    let mut key = "keywords:\n  - ";
    for keyword in reference.distinct_keywords() {
        put(key, &keyword);
        key = "  - ";
    }
    if let Some((name, digest)) = reference.sha256 {
        put("identifiers:\n  - type: ", "other");
        put("    value: ", &format!("sha256:{digest}"));
        put("    description: ", &format!("SHA-256 of {}", line(name)));
    }
    Some(res)
}

/// A text as a double-quoted scalar: a JSON string, and what YAML does not take as it stands as `\u` and four digits.
///
/// Source: YAML 1.2.2, 5.1 (printable characters) and 7.3.1 (double-quoted style); the line breaks of YAML 1.1 as well.
fn scalar(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    let mut res = String::with_capacity(quoted.len());
    for c in quoted.chars() {
        match c {
            '\u{7F}'..='\u{9F}' | '\u{2028}' | '\u{2029}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}' => {
                // Writing to a String cannot fail.
                let _ = write!(res, "\\u{:04X}", u32::from(c));
            }
            other => res.push(other),
        }
    }
    res
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use snapbox::IntoData;

    use super::*;
    use crate::metadata::cite::Acquired;
    use crate::metadata::cite::tests::{hostile, reference};

    /// The values in the order of the file: what follows the key or the dash, read as JSON.
    fn values(text: &str) -> Vec<(String, String)> {
        text.lines()
            .filter_map(|line| line.split_once('"'))
            .map(|(key, value)| (key.to_owned(), serde_json::from_str(&format!("\"{value}")).unwrap()))
            .collect()
    }

    #[test]
    fn a_file_has_every_key() {
        let keywords = ["学校".to_owned(), "学校".to_owned(), "教育".to_owned()];
        let text = file(&reference("市教育局", "\"名单\": #1", &keywords)).unwrap();
        snapbox::assert_data_eq!(
            text,
            snapbox::str![[r#"
cff-version: "1.2.0"
message: "引用本数据集时请注明以下信息。 If you use this dataset, please cite it as below."
type: "dataset"
title: "\"名单\": #1"
authors:
  - name: "市教育局"
date-released: "2026-03-01"
url: "https://example.invalid/datasets/%E5%AD%A6/"
license: "CC-BY-4.0"
keywords:
  - "学校"
  - "教育"
identifiers:
  - type: "other"
    value: "sha256:0000000000000000000000000000000000000000000000000000000000000000"
    description: "SHA-256 of 学校_2026.csv"

"#]]
            .raw()
        );
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let bare = Reference {
            date: None,
            acquired: Acquired::Unsaid,
            sha256: None,
            licence: "LicenseRef-terms",
            ..reference("市教育局", "名单", &[])
        };
        let text = file(&bare).unwrap();
        for key in ["date-released", "license", "keywords", "identifiers"] {
            assert!(!text.contains(key), "{text}");
        }
        assert_eq!(file(&Reference { author: "", ..bare }), None);
    }

    proptest! {
        #[test]
        fn hostile_texts_stay_values(title in hostile(), author in hostile(), keyword in hostile()) {
            let keywords = [format!("k{keyword}")];
            let (title, author) = (format!("t{title}"), format!("a{author}"));
            let text = file(&reference(&author, &title, &keywords)).unwrap();
            let values = values(&text);
            let keys: Vec<&str> = values.iter().map(|(key, _)| key.as_str()).collect();
            let expected = ["cff-version: ", "message: ", "type: ", "title: ", "  - name: ", "date-released: ", "url: ",
                "license: ", "  - ", "  - type: ", "    value: ", "    description: "];
            prop_assert_eq!(keys, expected);
            prop_assert_eq!(&values[3].1, &line(&title));
            prop_assert_eq!(&values[4].1, &line(&author));
            prop_assert_eq!(&values[8].1, &line(&keywords[0]));
        }

        #[test]
        fn scalars_are_printable(text in any::<String>()) {
            let scalar = scalar(&text);
            prop_assert_eq!(serde_json::from_str::<String>(&scalar).unwrap(), text);
            let is_allowed = |c: char| matches!(c, ' '..='~' | '\u{A0}'..='\u{FFFD}' | '\u{10000}'..);
            let is_break = |c: char| matches!(c, '\u{2028}' | '\u{2029}' | '\u{FEFF}');
            prop_assert!(scalar.chars().all(|c| is_allowed(c) && !is_break(c)), "{:?}", scalar);
        }
    }
}
