//! DCAT-US 1.1: `data.json`, which the harvesters of national catalogs read.

use serde_json::{Map, Value, json};

use crate::metadata::{Issuer, Record};
use crate::model::frequency::Frequency;

/// The whole catalog.
///
/// Shape: what the schema requires and the catalog lacks (an address to write to, a day) is taken from nothing: such
/// datasets are listed without it.
#[must_use]
pub fn catalog(issuer: Issuer<'_>, records: &[Record<'_>]) -> Value {
    json!({
        "@context": "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
        "@id": issuer.url("data.json"),
        "@type": "dcat:Catalog",
        "conformsTo": "https://project-open-data.cio.gov/v1.1/schema",
        "describedBy": "https://project-open-data.cio.gov/v1.1/schema/catalog.json",
        "dataset": records.iter().map(|record| dataset(*record)).collect::<Vec<_>>(),
    })
}

fn dataset(record: Record<'_>) -> Value {
    let dataset = record.dataset();
    let mut res = Map::new();
    let mut put = |key: &str, value: Value| {
        res.insert(key.to_owned(), value);
    };
    put("@type", json!("dcat:Dataset"));
    put("title", json!(dataset.title));
    put("description", json!(record.description()));
    put("identifier", json!(record.iri()));
    put("landingPage", json!(record.page_url()));
    put("accessLevel", json!("public"));
    put("license", json!(record.licence_url()));
    put("publisher", json!({ "@type": "org:Organization", "name": dataset.provider }));
    put("language", json!([record.issuer.language()]));
    let keywords: Vec<&str> = if dataset.keywords.is_empty() {
        // The schema wants one keyword at least; the theme is the catalog's own word for what it is about.
        [dataset.theme.as_str()].into_iter().filter(|theme| !theme.is_empty()).collect()
    } else {
        dataset.keywords.iter().map(String::as_str).collect()
    };
    if !keywords.is_empty() {
        put("keyword", json!(keywords));
    }
    if let Some(day) = record.updated() {
        put("modified", json!(day.to_string()));
    }
    if let Some(day) = dataset.issued {
        put("issued", json!(day.to_string()));
    }
    if let Some(code) = dataset.frequency.and_then(interval) {
        put("accrualPeriodicity", json!(code));
    }
    if !dataset.theme.is_empty() {
        put("theme", json!([dataset.theme]));
    }
    if !dataset.spatial.is_empty() {
        put("spatial", json!(dataset.spatial));
    }
    if let Some(contact) = contact(record) {
        put("contactPoint", contact);
    }
    let files = distributions(record);
    if !files.is_empty() {
        put("distribution", json!(files));
    }
    Value::Object(res)
}

/// Whom to write to: the dataset's address, else the site's.
fn contact(record: Record<'_>) -> Option<Value> {
    let own = (&record.dataset().contact_email, record.dataset().provider.as_str());
    let site = (&record.issuer.site.footer.email, record.issuer.host_name());
    let (email, name) = [own, site].into_iter().find(|(email, _)| !email.is_empty())?;
    Some(json!({ "@type": "vcard:Contact", "fn": name, "hasEmail": format!("mailto:{email}") }))
}

fn distributions(record: Record<'_>) -> Vec<Value> {
    let files = record.distributions().map(|distribution| {
        let mut res = json!({
            "@type": "dcat:Distribution",
            "title": distribution.file.name,
            "downloadURL": record.url_of(&distribution.file.route),
            "mediaType": distribution.media_type().unwrap_or("application/octet-stream"),
        });
        if !distribution.format().is_empty() {
            res["format"] = json!(distribution.format());
        }
        res
    });
    let links =
        record.release.files.links.iter().map(|link| json!({ "@type": "dcat:Distribution", "accessURL": link }));
    files.chain(links).collect()
}

/// An ISO 8601 repeating interval. Source: Project Open Data's list of codes; `irregular` has one, never has none.
fn interval(frequency: Frequency) -> Option<&'static str> {
    Some(match frequency {
        Frequency::Continuous => "R/PT1S",
        Frequency::Daily => "R/P1D",
        Frequency::Weekly => "R/P1W",
        Frequency::Monthly => "R/P1M",
        Frequency::Quarterly => "R/P3M",
        Frequency::SemiAnnual => "R/P6M",
        Frequency::Annual => "R/P1Y",
        Frequency::Irregular => "irregular",
        Frequency::Never => return None,
    })
}
