//! CSL-JSON, which citation processors read.

use serde_json::{Value, json};

use super::{Reference, line};
use crate::model::date::Day;

/// An array with the one item.
///
/// Source: `csl-data.json` of CSL 1.0.2; a body is a name with `literal` alone, which no processor splits.
pub(super) fn items(reference: &Reference<'_>) -> Value {
    let mut item = json!({ "type": "dataset", "id": reference.id });
    let mut put = |name: &str, value: String| {
        if !value.is_empty() {
            item[name] = Value::String(value);
        }
    };
    put("title", line(reference.title));
    put("publisher", line(reference.site));
    put("URL", line(&reference.url));
    put("language", line(reference.language));
    put("keyword", reference.distinct_keywords().join(", "));
    put("note", reference.remark().unwrap_or_default());
    let author = line(reference.author);
    if !author.is_empty() {
        item["author"] = json!([{ "literal": author }]);
    }
    if let Some(day) = reference.date {
        item["issued"] = date(day);
    }
    if let Some(day) = reference.acquired.day() {
        item["accessed"] = date(day);
    }
    json!([item])
}

fn date(day: Day) -> Value {
    json!({ "date-parts": [[day.year(), day.month(), day.day()]] })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::metadata::cite::Acquired;
    use crate::metadata::cite::tests::{hostile, reference};

    #[test]
    fn an_item_has_every_variable() {
        let keywords = ["学校".to_owned(), "教育".to_owned()];
        let expected = json!([{
            "type": "dataset",
            "id": "1",
            "title": "名单",
            "author": [{ "literal": "市教育局, 市人社局" }],
            "publisher": "市公共数据开放网站",
            "issued": { "date-parts": [[2026, 3, 1]] },
            "accessed": { "date-parts": [[2026, 11, 21]] },
            "URL": "https://example.invalid/datasets/%E5%AD%A6/",
            "language": "zh-CN",
            "keyword": "学校, 教育",
            "note": format!("SHA-256 of 学校_2026.csv: {}", "0".repeat(64)),
        }]);
        assert_eq!(items(&reference("市教育局, 市人社局", "名单", &keywords)), expected);
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let bare =
            Reference { date: None, acquired: Acquired::Asked("日期"), sha256: None, ..reference("", "名单", &[]) };
        let items = items(&bare);
        let names: Vec<&String> = items[0].as_object().unwrap().keys().collect();
        assert_eq!(names.len(), 6, "{names:?}");
    }

    proptest! {
        #[test]
        fn titles_come_back_as_they_were(title in hostile(), author in hostile()) {
            let text = format!("{:#}", items(&reference(&author, &title, &[])));
            let back: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(back[0]["title"].as_str().unwrap_or_default(), line(&title));
            prop_assert_eq!(back[0]["author"][0]["literal"].as_str().unwrap_or_default(), line(&author));
        }
    }
}
