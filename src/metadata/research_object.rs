//! RO-Crate 1.2: what lies in the archive, for research tools.
//!
//! Source: RO-Crate Metadata Specification 1.2.

use serde_json::{Value, json};

use crate::metadata::schema_org::{contact, host, provider, temporal_coverage};
use crate::metadata::{Distribution, Record, iri, stated};
use crate::model::table::Table;

/// The name of the description in the archive. Source: RO-Crate 1.2, "RO-Crate Metadata Document".
pub const FILE_NAME: &str = "ro-crate-metadata.json";

/// `ro-crate-metadata.json`; `papers` are the other files of the archive, by path.
#[must_use]
pub fn describe(record: Record<'_>, papers: &[&str]) -> Value {
    let originals = record.release.files.originals.iter().map(|file| Distribution { file, table: None });
    let tables = record.release.files.tables.iter();
    let derived =
        tables.flat_map(|table| table.derived.iter().map(move |file| Distribution { file, table: Some(table) }));
    let mut files: Vec<Value> = originals.chain(derived).map(|own| file_entity(&own)).collect();
    files.extend(papers.iter().filter(|path| **path != FILE_NAME).map(|path| paper(path)));
    let mut graph = vec![
        json!({
            "@id": FILE_NAME,
            "@type": "CreativeWork",
            "about": { "@id": "./" },
            "conformsTo": { "@id": "https://w3id.org/ro/crate/1.2" },
        }),
        root(record, &files),
        author(record),
        host(record.issuer, record.issuer.language()),
        licence(record),
    ];
    graph.extend(contact(record));
    graph.extend(place(record));
    graph.extend(files);
    stated(json!({ "@context": "https://w3id.org/ro/crate/1.2/context", "@graph": graph }))
}

/// The archive as a whole.
fn root(record: Record<'_>, files: &[Value]) -> Value {
    let dataset = record.dataset();
    let parts: Vec<Value> = files.iter().map(|file| json!({ "@id": file["@id"] })).collect();
    json!({
        "@id": "./",
        "@type": "Dataset",
        "name": dataset.title,
        "description": record.description(),
        "identifier": record.identifier(),
        "url": record.page_url(),
        "sameAs": dataset.source_url,
        "license": { "@id": record.licence_url() },
        "author": { "@id": record.provider_iri() },
        "publisher": { "@id": record.issuer.host_iri() },
        // What was last updated has been public since then at the latest.
        "datePublished": dataset.issued.or(dataset.modified),
        "dateModified": record.updated(),
        "version": record.version(),
        "keywords": dataset.keywords,
        "inLanguage": record.issuer.language(),
        "isAccessibleForFree": true,
        "temporalCoverage": temporal_coverage(&dataset.temporal),
        "spatialCoverage": place(record).map(|place| json!({ "@id": place["@id"] })),
        "hasPart": parts,
    })
}

/// The provider; what it refers to is an entity of its own, as in every flat graph.
fn author(record: Record<'_>) -> Value {
    let mut res = provider(record);
    res["contactPoint"] = json!(contact(record).map(|contact| json!({ "@id": contact["@id"] })));
    res
}

fn licence(record: Record<'_>) -> Value {
    let licence = &record.release.cleared.licence;
    json!({
        "@id": record.licence_url(),
        "@type": "CreativeWork",
        "name": record.licence_name(),
        "identifier": licence.id,
        "description": licence.summary.in_language(record.issuer.language()),
    })
}

fn place(record: Record<'_>) -> Option<Value> {
    let spatial = &record.dataset().spatial;
    (!spatial.is_empty()).then(|| json!({ "@id": "#place", "@type": "Place", "name": spatial }))
}

fn file_entity(own: &Distribution<'_>) -> Value {
    json!({
        "@id": iri(own.path()),
        "@type": "File",
        "name": own.file.name,
        "description": own.table.map(derivation),
        "encodingFormat": own.media_type(),
        // In bytes. Source: RO-Crate 1.2, "Core Metadata for Data Entities".
        "contentSize": own.file.size_bytes.to_string(),
        "sha256": own.file.sha256,
    })
}

/// Which file a table was read from, which part of it, and how large the table is.
fn derivation(table: &Table) -> String {
    let part = if table.part.is_empty() { String::new() } else { format!(" · {}", table.part) };
    format!("由 {}{part} 转换，{} 行，{} 列", table.source, table.n_rows, table.columns.len())
}

/// A file that is written with the archive itself: nothing but its name is known yet, and that it is a text.
fn paper(path: &str) -> Value {
    json!({ "@id": iri(path), "@type": "File", "name": path, "encodingFormat": paper_type(path) })
}

/// Source: the IANA registry of media types; for BibTeX and RIS the names in common use.
fn paper_type(path: &str) -> &'static str {
    let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending {
        "json" => "application/json",
        "jsonld" => "application/ld+json",
        "xml" => "application/xml",
        "cff" => "application/yaml",
        "ttl" => "text/turtle",
        "bib" => "application/x-bibtex",
        "ris" => "application/x-research-info-systems",
        _ => "text/plain",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::metadata::fixture::Example;

    fn entity<'a>(value: &'a Value, id: &str) -> &'a Value {
        value["@graph"].as_array().unwrap().iter().find(|entity| entity["@id"] == id).unwrap()
    }

    #[test]
    fn every_file_of_the_archive_is_a_part() {
        let example = Example::new(|dataset, _| dataset.spatial = "全市".to_owned());
        let value = describe(example.record(), &["LICENSE.txt", "CITATION.cff", FILE_NAME]);
        let root = entity(&value, "./");
        let parts: Vec<&str> =
            root["hasPart"].as_array().unwrap().iter().filter_map(|part| part["@id"].as_str()).collect();
        assert_eq!(parts, ["files/学校.xlsx", "data/学校.csv", "data/学校.json", "LICENSE.txt", "CITATION.cff"]);
        for part in parts {
            assert_eq!(entity(&value, part)["@type"], "File");
        }
        assert_eq!(entity(&value, "LICENSE.txt")["encodingFormat"], "text/plain");
        assert_eq!(entity(&value, "CITATION.cff")["encodingFormat"], "application/yaml");
        assert_eq!(entity(&value, "data/学校.csv")["description"], "由 学校.xlsx 转换，2 行，2 列");
        assert_eq!(entity(&value, "data/学校.csv")["contentSize"], "12");
        assert_eq!(entity(&value, FILE_NAME)["about"]["@id"], "./");
        assert_eq!(entity(&value, "#place")["name"], "全市");
    }

    #[test]
    fn the_graph_is_flat_and_whole() {
        let example = Example::new(|dataset, _| dataset.contact_phone = "0515-12345678".to_owned());
        let value = describe(example.record(), &[]);
        let graph = value["@graph"].as_array().unwrap();
        let ids: BTreeSet<&str> = graph.iter().filter_map(|entity| entity["@id"].as_str()).collect();
        assert_eq!(ids.len(), graph.len());
        let root = entity(&value, "./");
        for key in ["license", "author", "publisher"] {
            assert!(ids.contains(root[key]["@id"].as_str().unwrap()), "{key}");
            assert_eq!(root[key].as_object().unwrap().len(), 1, "{key}");
        }
        let author = entity(&value, root["author"]["@id"].as_str().unwrap());
        let contact = entity(&value, author["contactPoint"]["@id"].as_str().unwrap());
        assert_eq!(contact["telephone"], "0515-12345678");
        assert_eq!(root["datePublished"], "2026-01-02");
        assert_eq!(root.get("spatialCoverage"), None);
    }
}
