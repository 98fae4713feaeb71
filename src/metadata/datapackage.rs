//! `datapackage.json`: the dataset as a Data Package, for the ZIP and beside the files.
//!
//! Source: Data Package, Data Resource, Table Dialect and Table Schema 2.0.

use serde_json::{Value, json};

use crate::metadata::types::{Finest, Reading, item_description, reading};
use crate::metadata::{Record, stated};
use crate::model::column::{Column, TimeForm};
use crate::model::digest::Digest;
use crate::model::table::{DataFile, Table};

const PROFILES: &str = "https://datapackage.org/profiles/2.0";

/// The descriptor; paths are relative to the dataset's own folder, as the standard asks.
#[must_use]
pub fn descriptor(record: Record<'_>) -> Value {
    let (dataset, release) = (record.dataset(), record.release);
    let page_url = record.page_url();
    let mut resources: Vec<Value> = release.files.originals.iter().map(|file| resource(file, "files")).collect();
    for table in &release.files.tables {
        let derived = |file: &DataFile| match &file.format {
            Some(format) if format.label() == "CSV" => table_resource(record, table, file),
            _ => resource(file, "data"),
        };
        resources.extend(table.derived.iter().map(derived));
    }
    if resources.is_empty() {
        // A package has a resource at least: what is elsewhere stands in where there is no file.
        resources.extend(release.files.links.iter().map(|link| link_resource(link)));
    }
    stated(json!({
        "$schema": format!("{PROFILES}/datapackage.json"),
        "id": page_url,
        "name": package_name(record.id()),
        "title": dataset.title,
        "description": dataset.summary,
        "homepage": page_url,
        "version": record.version(),
        // The standard asks for a moment; a catalog knows days, and a day in China begins at midnight there.
        "created": record.updated().map(|day| format!("{day}T00:00:00+08:00")),
        "keywords": dataset.keywords,
        "licenses": [licence(record)],
        "contributors": [
            { "title": dataset.provider, "roles": ["creator"] },
            { "title": record.issuer.host_name(), "roles": ["publisher"] },
        ],
        "sources": sources(record),
        "resources": resources,
    }))
}

/// Source: Data Package 2.0, `licenses`: `name` is an identifier of ASCII letters, digits, `.`, `-` and `_`.
fn licence(record: Record<'_>) -> Value {
    let id = &record.release.cleared.licence.id;
    let is_name = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    json!({ "name": is_name.then_some(id), "path": record.licence_url(), "title": record.licence_name() })
}

fn sources(record: Record<'_>) -> Vec<Value> {
    let dataset = record.dataset();
    if dataset.source.is_empty() && dataset.source_url.is_empty() {
        return Vec::new();
    }
    vec![json!({ "title": dataset.source, "path": dataset.source_url })]
}

/// A file whose bytes alone are described.
///
/// Its format is written as its label, not in the small letters of a file's ending: a reader that knows the ending
/// takes the file for one clean table and guesses its types, while an original may be a workbook of many sheets or text
/// in any encoding. The one form in which a table is described as one is its CSV.
fn resource(file: &DataFile, folder: &str) -> Value {
    json!({
        "$schema": format!("{PROFILES}/dataresource.json"),
        "name": package_name(&format!("{folder}-{}", file.name)),
        "path": format!("{folder}/{}", file.name),
        "bytes": file.size_bytes,
        "hash": format!("sha256:{}", file.sha256),
        "format": file.format.as_ref().map(|format| format.label().to_uppercase()),
        "mediatype": file.format.as_ref().map(crate::model::format::Format::media_type),
    })
}

fn link_resource(link: &str) -> Value {
    json!({
        "$schema": format!("{PROFILES}/dataresource.json"),
        "name": package_name(&format!("link-{link}")),
        "path": link,
    })
}

/// The CSV of a table: with how it is written, and what each column holds.
fn table_resource(record: Record<'_>, table: &Table, file: &DataFile) -> Value {
    let mut res = resource(file, "data");
    res["type"] = json!("table");
    res["format"] = json!("csv");
    res["encoding"] = json!("utf-8");
    res["dialect"] = json!({
        "$schema": format!("{PROFILES}/tabledialect.json"),
        "header": true,
        "delimiter": ",",
        "lineTerminator": "\r\n",
        "quoteChar": "\"",
        "doubleQuote": true,
    });
    let fields: Vec<Value> = table.columns.iter().map(|column| field(record, column)).collect();
    res["schema"] = json!({
        "$schema": format!("{PROFILES}/tableschema.json"),
        "fields": fields,
        // The CSV writes a missing value as an empty cell. An empty text is `""` there, which no reader tells apart.
        "missingValues": [""],
    });
    res
}

/// A field as Table Schema has it; types only where every value is one in a form that the standard can name.
fn field(record: Record<'_>, column: &Column) -> Value {
    let mut res = json!({ "name": column.name, "description": item_description(record.dataset(), &column.name) });
    let (name, format) = match reading(column) {
        Reading::Text => ("string", None),
        Reading::Integer => ("integer", None),
        Reading::Decimal => ("number", None),
        Reading::Boolean(yes, no) => {
            res["trueValues"] = json!([yes]);
            res["falseValues"] = json!([no]);
            ("boolean", None)
        }
        Reading::Date(form) => ("date", day_format(form)),
        Reading::DateTime(form, finest) => ("datetime", Some(moment_format(form, finest))),
    };
    res["type"] = json!(name);
    res["format"] = json!(format);
    res
}

/// Source: Table Schema 2.0, `date`: the default is ISO 8601, others are patterns of Python's `strptime`.
fn day_format(form: TimeForm) -> Option<&'static str> {
    match form {
        TimeForm::Slashes => Some("%Y/%m/%d"),
        TimeForm::Dots => Some("%Y.%m.%d"),
        TimeForm::Han => Some("%Y年%m月%d日"),
        TimeForm::Compact => Some("%Y%m%d"),
        TimeForm::Dashes | TimeForm::Space | TimeForm::T | TimeForm::SlashSpace => None,
    }
}

/// Source: Table Schema 2.0, `datetime`: `any` where no one pattern fits every value.
fn moment_format(form: TimeForm, finest: Finest) -> &'static str {
    match (form, finest) {
        (TimeForm::T, Finest::Second) => "%Y-%m-%dT%H:%M:%S",
        (TimeForm::T, Finest::Minute) => "%Y-%m-%dT%H:%M",
        (TimeForm::Space, Finest::Second) => "%Y-%m-%d %H:%M:%S",
        (TimeForm::Space, Finest::Minute) => "%Y-%m-%d %H:%M",
        _ => "any",
    }
}

/// A name as the standard wants it: lower-case letters, digits, `.`, `-` and `_`; others are told apart by a digest.
fn package_name(name: &str) -> String {
    let plain: String = name
        .to_lowercase()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' })
        .collect();
    if plain == name {
        return plain;
    }
    format!("{}-{}", plain.trim_matches('-'), Digest::of(name.as_bytes()).short(6))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::metadata::fixture::{Example, column, file};
    use crate::model::column::{ColumnType, Rule};

    #[test]
    fn only_the_csv_is_a_table() {
        let example = Example::new(|_, _| ());
        let package = descriptor(example.record());
        let resources = package["resources"].as_array().unwrap();
        let formats: Vec<_> = resources.iter().map(|item| (&item["format"], item.get("type").is_some())).collect();
        assert_eq!(formats, [(&json!("XLSX"), false), (&json!("csv"), true), (&json!("JSON"), false)]);
        assert_eq!(resources[1]["path"], "data/学校.csv");
        let fields = &resources[1]["schema"]["fields"];
        assert_eq!(fields[0], json!({ "name": "名称 / name", "type": "string" }));
        assert_eq!(fields[1], json!({ "name": "人数", "type": "integer", "description": "在校学生人数" }));
        assert_eq!(resources[1]["schema"]["missingValues"], json!([""]));
    }

    #[test]
    fn what_the_catalog_lacks_is_left_out() {
        let example = Example::new(|dataset, _| {
            dataset.issued = None;
            dataset.modified = None;
            dataset.summary.clear();
            dataset.keywords.clear();
        });
        let package = descriptor(example.record());
        for key in ["version", "created", "description", "keywords", "sources"] {
            assert_eq!(package.get(key), None, "{key}");
        }
    }

    #[test]
    fn links_stand_in_for_files_alone() {
        let link = "https://other.example/data?a=1";
        let with_files = Example::new(|_, files| files.links.push(link.to_owned()));
        assert_eq!(descriptor(with_files.record())["resources"].as_array().unwrap().len(), 3);
        let links_only = Example::new(|_, files| {
            files.originals.clear();
            files.tables.clear();
            files.links.push(link.to_owned());
        });
        assert_eq!(descriptor(links_only.record())["resources"][0]["path"], link);
    }

    #[test]
    fn names_of_resources_are_plain_and_differ() {
        let example = Example::new(|_, files| {
            files.originals = ["a.csv", "A.csv", "甲.csv", "乙.csv"].map(|name| file("files", name)).to_vec();
        });
        let package = descriptor(example.record());
        let names: Vec<&str> =
            package["resources"].as_array().unwrap().iter().filter_map(|item| item["name"].as_str()).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        for name in names {
            assert!(
                name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b)),
                "{name}"
            );
        }
    }

    #[test]
    fn days_have_the_pattern_they_are_written_in() {
        let example = Example::new(|_, _| ());
        let of = |form| field(example.record(), &column("日期", ColumnType::Date, Rule::EveryTime { form }));
        assert_eq!(of(TimeForm::Han)["format"], "%Y年%m月%d日");
        assert_eq!(of(TimeForm::Dashes)["format"], Value::Null);
        assert_eq!(of(TimeForm::Dashes)["type"], "date");
    }
}
