//! Croissant 1.1: the dataset as loaders of machine learning read it, with its record sets.
//!
//! Source: Croissant Format Specification 1.1, MLCommons, 29 January 2026.

use serde_json::{Value, json};

use crate::metadata::cite::{Acquired, Reference, gb_t_7714_2025};
use crate::metadata::schema_org::{host, provider};
use crate::metadata::types::{Reading, item_description, reading};
use crate::metadata::{Distribution, Record, iri, stated};
use crate::model::column::{Column, TimeForm};
use crate::model::table::{DataFile, Table};

/// The description; `None` for a dataset without files.
#[must_use]
pub fn describe(record: Record<'_>) -> Option<Value> {
    let files: Vec<Value> = record.distributions().map(|own| file_object(record, &own)).collect();
    if files.is_empty() {
        return None;
    }
    let record_sets: Vec<Value> = record.csv_files().map(|(table, file)| record_set(record, table, file)).collect();
    let (dataset, issuer) = (record.dataset(), record.issuer);
    let page_url = record.page_url();
    // The day of acquisition is the reader's; a day of ours would change the archive at every build.
    let reference = Reference::of(record, Acquired::Unsaid);
    Some(stated(json!({
        "@context": context(issuer.language()),
        "@type": "sc:Dataset",
        "@id": record.iri(),
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "url": page_url,
        "name": dataset.title,
        "description": record.description(),
        "identifier": record.identifier(),
        "sameAs": dataset.source_url,
        "license": record.licence_url(),
        "version": record.version(),
        // What was last updated has been public since then at the latest.
        "datePublished": dataset.issued.or(dataset.modified),
        "dateModified": record.updated(),
        "citeAs": gb_t_7714_2025(&reference),
        "keywords": dataset.keywords,
        "creator": provider(record),
        "publisher": host(issuer, issuer.language()),
        "inLanguage": issuer.language(),
        "isAccessibleForFree": true,
        "distribution": files,
        "recordSet": record_sets,
    })))
}

fn file_object(record: Record<'_>, own: &Distribution<'_>) -> Value {
    json!({
        "@type": "cr:FileObject",
        "@id": iri(own.path()),
        "name": own.file.name,
        "contentUrl": record.url_of(&own.file.route),
        "contentSize": format!("{} B", own.file.size_bytes),
        // Every file object has one; this is what is said of bytes of which nothing is known.
        "encodingFormat": own.media_type().unwrap_or("application/octet-stream"),
        "sha256": own.file.sha256,
    })
}

fn record_set(record: Record<'_>, table: &Table, file: &DataFile) -> Value {
    let id = format!("records/{}", iri(&table.name));
    let source = iri(Distribution { file, table: Some(table) }.path());
    let field = |column: &Column| {
        json!({
            "@type": "cr:Field",
            "@id": format!("{id}/{}", field_id(&column.name)),
            "name": column.name,
            "description": item_description(record.dataset(), &column.name),
            "dataType": data_type(column),
            "source": { "fileObject": { "@id": source }, "extract": { "column": column.name } },
        })
    };
    let fields: Vec<Value> = table.columns.iter().map(field).collect();
    json!({ "@type": "cr:RecordSet", "@id": id, "name": table.name, "field": fields })
}

/// A column's part of an identifier; a name of dots alone would be a step up in a path.
fn field_id(name: &str) -> String {
    if name.chars().all(|c| c == '.') { "%2E".repeat(name.len()) } else { iri(name).replace('/', "%2F") }
}

/// Only types that loaders make of a cell as it stands: they know ISO 8601, and take every word for true but none.
fn data_type(column: &Column) -> &'static str {
    match reading(column) {
        Reading::Integer => "sc:Integer",
        Reading::Decimal => "sc:Float",
        Reading::Boolean("true" | "TRUE", _) => "sc:Boolean",
        Reading::Date(TimeForm::Dashes) => "sc:Date",
        Reading::DateTime(TimeForm::T | TimeForm::Space, _) => "sc:DateTime",
        Reading::Text | Reading::Boolean(..) | Reading::Date(_) | Reading::DateTime(..) => "sc:Text",
    }
}

/// Source: Croissant Format Specification 1.1, appendix "JSON-LD context"; the language is that of the catalog.
fn context(language: &str) -> Value {
    json!({
        "@language": language,
        "@vocab": "https://schema.org/",
        "arrayShape": "cr:arrayShape",
        "citeAs": "cr:citeAs",
        "column": "cr:column",
        "conformsTo": "dct:conformsTo",
        "containedIn": "cr:containedIn",
        "cr": "http://mlcommons.org/croissant/",
        "data": { "@id": "cr:data", "@type": "@json" },
        "dataType": { "@id": "cr:dataType", "@type": "@vocab" },
        "dct": "http://purl.org/dc/terms/",
        "description": { "@container": "@language" },
        "equivalentProperty": "cr:equivalentProperty",
        "examples": { "@id": "cr:examples", "@type": "@json" },
        "extract": "cr:extract",
        "field": "cr:field",
        "fileObject": "cr:fileObject",
        "fileProperty": "cr:fileProperty",
        "fileSet": "cr:fileSet",
        "format": "cr:format",
        "includes": "cr:includes",
        "isArray": "cr:isArray",
        "isLiveDataset": "cr:isLiveDataset",
        "jsonPath": "cr:jsonPath",
        "key": "cr:key",
        "md5": "cr:md5",
        "name": { "@container": "@language" },
        "parentField": "cr:parentField",
        "path": "cr:path",
        "rai": "http://mlcommons.org/croissant/RAI/",
        "recordSet": "cr:recordSet",
        "references": "cr:references",
        "regex": "cr:regex",
        "repeated": "cr:repeated",
        "replace": "cr:replace",
        "samplingRate": "cr:samplingRate",
        "sc": "https://schema.org/",
        "separator": "cr:separator",
        "source": "cr:source",
        "subField": "cr:subField",
        "transform": "cr:transform",
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::metadata::fixture::{Example, column};
    use crate::model::column::{ColumnType, Rule};

    #[test]
    fn no_file_no_description() {
        let example = Example::new(|_, files| {
            files.originals.clear();
            files.tables.clear();
        });
        assert_eq!(describe(example.record()), None);
    }

    #[test]
    fn records_are_read_from_the_csv() {
        let example = Example::new(|_, _| ());
        let value = describe(example.record()).unwrap();
        assert_eq!(value["version"], "2026.3.1");
        let cite_as = value["citeAs"].as_str().unwrap();
        assert!(cite_as.contains("2026-03-01") && !cite_as.contains("2026-11-21"), "{cite_as}");
        assert_eq!(value["@context"]["@language"], "zh-CN");
        let field = &value["recordSet"][0]["field"][0];
        assert_eq!(field["@id"], "records/学校/名称%20%2F%20name");
        assert_eq!(field["source"]["fileObject"]["@id"], "data/学校.csv");
        assert_eq!(field["source"]["extract"]["column"], "名称 / name");
        let ids: Vec<_> = value["distribution"].as_array().unwrap().iter().map(|file| &file["@id"]).collect();
        assert_eq!(ids, ["files/学校.xlsx", "data/学校.csv", "data/学校.json"]);
        assert_eq!(value["distribution"][1]["contentSize"], "12 B");
    }

    #[test]
    fn every_field_has_an_identifier_of_its_own() {
        let names = ["a b", "a%20b", "a/b", "a%2Fb", "..", "%2E%2E", "\"", "甲", "."];
        let ids: BTreeSet<String> = names.iter().map(|name| field_id(name)).collect();
        assert_eq!(ids.len(), names.len());
        assert!(ids.iter().all(|id| !id.contains(['/', ' ', '"']) && id != ".."));
    }

    #[test]
    fn words_for_yes_and_no_stay_text() {
        let mut answers = column("公办", ColumnType::Boolean, Rule::TwoWords);
        answers.profile.samples = vec!["是".to_owned()];
        assert_eq!(data_type(&answers), "sc:Text");
        answers.profile.samples = vec!["false".to_owned()];
        assert_eq!(data_type(&answers), "sc:Boolean");
    }
}
