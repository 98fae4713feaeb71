//! CSV on the Web: what the columns of a CSV are, beside the file.
//!
//! Source: W3C Metadata Vocabulary for Tabular Data, 17 December 2015.

use serde_json::{Value, json};

use crate::metadata::types::{Finest, Reading, item_description, reading};
use crate::metadata::{Record, stated};
use crate::model::column::{Column, TimeForm};
use crate::model::route::href;
use crate::model::table::{DataFile, Table};

/// The description of one CSV; its `url` is relative to the folder of the CSV.
#[must_use]
pub fn describe(record: Record<'_>, table: &Table, file: &DataFile) -> Value {
    let dataset = record.dataset();
    let columns: Vec<Value> = table.columns.iter().map(|own| column(record, own)).collect();
    stated(json!({
        "@context": ["http://www.w3.org/ns/csvw", { "@language": record.issuer.language() }],
        "@type": "Table",
        "url": href("", &file.name),
        "dc:title": dataset.title,
        "dc:description": dataset.summary,
        "dc:license": { "@id": record.licence_url() },
        "dc:creator": { "@id": record.provider_iri(), "schema:name": dataset.provider },
        "dc:publisher": { "@id": record.issuer.host_iri(), "schema:name": record.issuer.host_name() },
        "dc:isPartOf": { "@id": record.page_url() },
        "dc:issued": dataset.issued.map(|day| json!({ "@value": day.to_string(), "@type": "xsd:date" })),
        "dc:modified": record.updated().map(|day| json!({ "@value": day.to_string(), "@type": "xsd:date" })),
        "dcat:keyword": dataset.keywords,
        "dialect": {
            "encoding": "utf-8",
            "header": true,
            "delimiter": ",",
            "quoteChar": "\"",
            "doubleQuote": true,
            "lineTerminators": ["\r\n"],
        },
        // A missing value is an empty cell.
        "null": [""],
        "tableSchema": { "columns": columns },
    }))
}

fn column(record: Record<'_>, column: &Column) -> Value {
    json!({
        "name": column_name(&column.name),
        "titles": column.name,
        "dc:description": item_description(record.dataset(), &column.name),
        "datatype": datatype(column),
    })
}

/// A name that can stand in a URI template: percent-encoded, without an underscore in front.
///
/// Source: Metadata Vocabulary for Tabular Data §5.6, `name`; RFC 6570 §2.3.
fn column_name(name: &str) -> String {
    let encode = |(idx, c): (usize, char)| match c {
        '_' if idx > 0 => c.to_string(),
        c if c.is_ascii_alphanumeric() => c.to_string(),
        // Letters that addresses keep, variables do not.
        c if c.is_ascii() => format!("%{:02X}", u32::from(c)),
        c => href("", c.encode_utf8(&mut [0; 4])),
    };
    name.chars().enumerate().map(encode).collect()
}

/// Only formats that every processor knows; values in another form are text.
///
/// Source: Model for Tabular Data and Metadata on the Web §6.4.3 and §6.4.4.
fn datatype(column: &Column) -> Value {
    match reading(column) {
        Reading::Integer => json!("integer"),
        Reading::Decimal => json!("decimal"),
        Reading::Boolean(yes, no) => json!({ "base": "boolean", "format": format!("{yes}|{no}") }),
        Reading::Date(TimeForm::Dashes) => json!({ "base": "date", "format": "yyyy-MM-dd" }),
        Reading::Date(TimeForm::Compact) => json!({ "base": "date", "format": "yyyyMMdd" }),
        Reading::DateTime(form, finest) => match moment_format(form, finest) {
            Some(format) => json!({ "base": "dateTime", "format": format }),
            None => json!("string"),
        },
        Reading::Date(_) | Reading::Text => json!("string"),
    }
}

fn moment_format(form: TimeForm, finest: Finest) -> Option<&'static str> {
    match (form, finest) {
        (TimeForm::T, Finest::Second) => Some("yyyy-MM-ddTHH:mm:ss"),
        (TimeForm::T, Finest::Minute) => Some("yyyy-MM-ddTHH:mm"),
        (TimeForm::Space, Finest::Second) => Some("yyyy-MM-dd HH:mm:ss"),
        (TimeForm::Space, Finest::Minute) => Some("yyyy-MM-dd HH:mm"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::fixture::{Example, column as of_type, file};
    use crate::model::column::{ColumnType, Rule};

    #[test]
    fn the_address_is_the_bare_encoded_name() {
        let example = Example::new(|_, _| ());
        let record = example.record();
        let table = &record.release.files.tables[0];
        let metadata = describe(record, table, &file("data", "学 校.csv"));
        assert_eq!(metadata["url"], "%E5%AD%A6%20%E6%A0%A1.csv");
        assert_eq!(metadata["@context"][1]["@language"], "zh-CN");
        let columns = &metadata["tableSchema"]["columns"];
        assert_eq!(columns[0]["titles"], "名称 / name");
        assert_eq!(columns[0].get("dc:description"), None);
        assert_eq!(columns[1]["datatype"], "integer");
        assert_eq!(metadata["null"], json!([""]));
    }

    #[test]
    fn forms_that_are_not_standard_stay_text() {
        let of = |form| datatype(&of_type("日期", ColumnType::Date, Rule::EveryTime { form }));
        assert_eq!(of(TimeForm::Compact), json!({ "base": "date", "format": "yyyyMMdd" }));
        assert_eq!(of(TimeForm::Slashes), "string");
        assert_eq!(of(TimeForm::Han), "string");
    }

    proptest::proptest! {
        #[test]
        fn names_are_variables_of_templates_and_read_back(name in "_?[a/.~\"%_ 甲-]{1,8}") {
            let encoded = column_name(&name);
            proptest::prop_assert!(encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'%'));
            proptest::prop_assert!(!encoded.starts_with('_'));
            proptest::prop_assert_eq!(crate::model::route::percent_decode(&encoded), Some(name));
        }
    }
}
