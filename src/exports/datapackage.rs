//! `datapackage.json`: the dataset as a Data Package. Source: Data Package 2.0, Table Schema for the column names.

use serde_json::{Value, json};

use crate::gate::Release;
use crate::model::column::{Column, ColumnType, Rule, TimeForm};
use crate::model::table::{DataFile, Table};

/// The descriptor; paths are relative to the dataset's own folder, as the standard asks.
pub(super) fn descriptor(release: &Release, page_url: &str, licence_url: &str) -> Value {
    let dataset = &release.cleared.dataset;
    let mut resources: Vec<Value> = release.files.originals.iter().map(|file| resource(file, "files", None)).collect();
    for table in &release.files.tables {
        resources.extend(table.derived.iter().map(|file| resource(file, "data", Some(table))));
    }
    let mut package = json!({
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "id": page_url,
        "name": package_name(release.cleared.id.as_str()),
        "title": dataset.title,
        "homepage": page_url,
        "licenses": [{ "name": release.cleared.licence.id, "path": licence_url, "title": release.cleared.licence.name.in_language("zh-CN") }],
        "contributors": [{ "title": dataset.provider, "roles": ["publisher"] }],
        "resources": resources,
    });
    let mut put = |key: &str, value: Value| {
        package[key] = value;
    };
    if !dataset.summary.is_empty() {
        put("description", json!(dataset.summary));
    }
    if !dataset.keywords.is_empty() {
        put("keywords", json!(dataset.keywords));
    }
    if let Some(day) = dataset.modified.or(dataset.issued) {
        put("version", json!(day.to_string()));
        put("created", json!(format!("{day}T00:00:00+08:00")));
    }
    if !dataset.source.is_empty() {
        put("sources", json!([{ "title": dataset.source }]));
    }
    package
}

fn resource(file: &DataFile, folder: &str, table: Option<&Table>) -> Value {
    let name = package_name(&format!("{folder}-{}", file.name));
    let mut res = json!({
        "name": name,
        "path": format!("{folder}/{}", file.name),
        "bytes": file.size_bytes,
        "hash": format!("sha256:{}", file.sha256),
    });
    if let Some(format) = &file.format {
        res["format"] = json!(format.label().to_lowercase());
        res["mediatype"] = json!(format.media_type());
    }
    if let Some(table) = table
        && file.format.as_ref().is_some_and(|format| format.label() == "CSV")
    {
        let fields: Vec<Value> = table.columns.iter().map(field).collect();
        res["type"] = json!("table");
        res["encoding"] = json!("utf-8");
        res["schema"] = json!({ "fields": fields });
    }
    res
}

/// A field as Table Schema has it; types only where every value is one in the standard's own form.
fn field(column: &Column) -> Value {
    let (name, format) = match (column.column_type, column.rule) {
        (ColumnType::Integer, _) => ("integer", None),
        (ColumnType::Decimal | ColumnType::Coordinate, _) => ("number", None),
        (ColumnType::Date, Rule::EveryTime { form: TimeForm::Dashes }) => ("date", None),
        (ColumnType::Date, Rule::EveryTime { form: TimeForm::Compact }) => ("date", Some("%Y%m%d")),
        (ColumnType::DateTime, Rule::EveryTime { form: TimeForm::T | TimeForm::Space }) => ("datetime", Some("any")),
        _ => ("string", None),
    };
    let mut res = json!({ "name": column.name, "type": name });
    if let Some(format) = format {
        res["format"] = json!(format);
    }
    res
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
    format!("{}-{}", plain.trim_matches('-'), crate::model::digest::Digest::of(name.as_bytes()).short(6))
}
