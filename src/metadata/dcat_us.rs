//! DCAT-US 1.1: `data.json`, which the harvesters of national catalogs read.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::metadata::{Issuer, Record};
use crate::model::frequency::Frequency;

/// The catalog, of which the list of datasets is made as it is written.
#[derive(Serialize)]
pub struct Catalog<L> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@id")]
    id: String,
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "conformsTo")]
    conforms_to: &'static str,
    #[serde(rename = "describedBy")]
    described_by: &'static str,
    dataset: L,
}

impl<L> Catalog<L> {
    /// The catalog of a site with its list of [`dataset`]s.
    #[must_use]
    pub fn new(issuer: Issuer<'_>, dataset: L) -> Self {
        Self {
            context: "https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld",
            id: issuer.url("data.json"),
            kind: "dcat:Catalog",
            conforms_to: "https://project-open-data.cio.gov/v1.1/schema",
            described_by: "https://project-open-data.cio.gov/v1.1/schema/catalog.json",
            dataset,
        }
    }
}

/// A dataset; what the schema requires and neither the catalog nor the site says (an address to write to, a day) is left
/// out all the same.
#[must_use]
pub fn dataset(record: Record<'_>) -> Value {
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
