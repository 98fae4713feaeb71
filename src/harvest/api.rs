//! The static API: what there is, the datasets in pages and one by one, the ways to browse.

use anyhow::Result;
use rayon::prelude::*;
use serde_json::{Map, Value, json};

use crate::harvest::{Catalog, catalog, lines};
use crate::metadata::cite::{Acquired, Reference, gb_t_7714_2025};
use crate::metadata::{Record, json_bytes};
use crate::model::coordinates::CoordinateSystem;
use crate::model::route::Route;
use crate::model::table::Table;
use crate::pages::facets::{Kind, facet_slug, formats};
use crate::pages::plan::dataset_path;
use crate::stage::Stage;

/// How many ordinals a page of datasets has. Source: `design/frontend.md` 7.2.
pub const PER_PAGE: u32 = 100;

/// Writes `/api/v1/`.
///
/// Errors: when the stage cannot be written.
pub fn write(catalog: &Catalog<'_>, stage: &Stage) -> Result<()> {
    stage.put(&Route::new("api/v1/index.json")?, &json_bytes(&index(catalog))?)?;
    stage.put(&Route::new("api/v1/facets.json")?, &facets(catalog)?)?;
    let pages = catalog.pages(PER_PAGE);
    let numbers: Vec<u32> = pages.iter().map(|(number, _)| *number).collect();
    for (idx, (number, records)) in pages.iter().enumerate() {
        let url = |number: &u32| json!(catalog.inputs.issuer().url(&page_path(*number)));
        let mut head = Map::new();
        head.insert("page".to_owned(), json!(number));
        head.insert("prev".to_owned(), idx.checked_sub(1).and_then(|idx| numbers.get(idx)).map_or(Value::Null, url));
        head.insert("next".to_owned(), numbers.get(idx + 1).map_or(Value::Null, url));
        let items: Vec<Value> = records.iter().map(|record| brief(*record)).collect();
        stage.put(&Route::new(&page_path(*number))?, &lines(&head, "items", &items)?)?;
    }
    catalog.records.par_iter().try_for_each(|record| {
        stage.put(&Route::new(&dataset_path(record.id()))?, &json_bytes(&full(*record))?)?;
        Ok(())
    })
}

fn page_path(number: u32) -> String {
    format!("api/v1/datasets/page/{number}.json")
}

fn index(of: &Catalog<'_>) -> Value {
    let issuer = of.inputs.issuer();
    let url = |path: &str| issuer.url(path);
    json!({
        "title": issuer.site_name(),
        "version": "1",
        "generated": of.inputs.as_of.to_string(),
        "demonstration": issuer.site.demonstration,
        "datasets": { "total": of.records.len(), "first": url(&page_path(1)) },
        "dataset": url("api/v1/datasets/") + "{id}.json",
        "facets": url("api/v1/facets.json"),
        "changes": url("api/v1/changes/index.json"),
        "suspended": url("api/v1/suspended.json"),
        "openapi": url("openapi.json"),
        "documentation": url("api/"),
        "catalog": {
            "turtle": url(&catalog::path(1, "ttl")),
            "json_ld": url(&catalog::path(1, "jsonld")),
            "rdf_xml": url(&catalog::path(1, "rdf")),
            "dcat_us": url("data.json"),
            "csv": url("catalog.csv"),
            "xlsx": url("catalog.xlsx"),
        },
        "feeds": { "datasets": url("feed.xml"), "changes": url("changes/feed.xml"), "notices": url("notices/feed.xml") },
    })
}

fn facets(of: &Catalog<'_>) -> Result<Vec<u8>> {
    let issuer = of.inputs.issuer();
    let kind = |kind: Kind| {
        let values: Vec<Value> = of
            .facets
            .of(kind)
            .iter()
            .map(|facet| {
                json!({
                    "name": facet.name,
                    "slug": facet.slug,
                    "n_datasets": facet.newest.len(),
                    "url": issuer.url(&format!("{}/{}/", kind.folder(), facet.slug)),
                })
            })
            .collect();
        (kind.folder().to_owned(), Value::Array(values))
    };
    json_bytes(&Value::Object(Kind::ALL.map(kind).into_iter().collect()))
}

/// What a list tells of a dataset.
fn brief(record: Record<'_>) -> Value {
    let dataset = record.dataset();
    let mut res = json!({
        "id": record.id(),
        "title": dataset.title,
        "provider": dataset.provider,
        "keywords": dataset.keywords,
        "formats": formats(record.release),
        "licence": record.release.cleared.licence.id,
        "url": record.page_url(),
        "api": record.issuer.url(&dataset_path(record.id())),
    });
    let mut put = |key: &str, text: &str| {
        if !text.is_empty() {
            res[key] = json!(text);
        }
    };
    put("summary", &dataset.summary);
    put("theme", &dataset.theme);
    put("frequency", dataset.frequency.map_or("", crate::model::frequency::Frequency::code_name));
    put("coordinate_system", dataset.coordinate_system.map_or("", CoordinateSystem::name));
    put("issued", &dataset.issued.map(|day| day.to_string()).unwrap_or_default());
    put("modified", &dataset.modified.map(|day| day.to_string()).unwrap_or_default());
    res
}

/// Everything that is said of a dataset.
fn full(record: Record<'_>) -> Value {
    let dataset = record.dataset();
    let licence = &record.release.cleared.licence;
    let mut res = brief(record);
    let provider = record.issuer.url(&format!("providers/{}/", facet_slug(Kind::Provider, &dataset.provider)));
    res["identifier"] = json!(record.identifier());
    res["description"] = json!(record.description());
    res["provider"] = json!({ "name": dataset.provider, "url": provider });
    res["class"] = json!("unconditional");
    res["licence"] = json!({ "id": licence.id, "name": record.licence_name(), "url": record.licence_url() });
    res["attribution"] = json!(record.attribution("{acquired_on}"));
    res["citation"] = json!(gb_t_7714_2025(&Reference::of(record, Acquired::Asked("{acquired_on}"))));
    let texts = [
        ("provider_code", &dataset.provider_code),
        ("collecting_body", &dataset.collecting_body),
        ("reviewing_body", &dataset.reviewing_body),
        ("industry", &dataset.industry),
        ("category", &dataset.category),
        ("scenario", &dataset.scenario),
        ("temporal", &dataset.temporal),
        ("spatial", &dataset.spatial),
        ("source", &dataset.source),
        ("source_url", &dataset.source_url),
        ("contact_phone", &dataset.contact_phone),
        ("contact_email", &dataset.contact_email),
    ];
    for (key, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
        res[key] = json!(text);
    }
    let items = dataset.items.iter();
    res["items"] = items
        .map(|item| json!({ "name": item.name, "format": item.format, "description": item.description }))
        .collect();
    res["files"] = record.distributions().map(|file| file_of(record, file)).collect();
    res["tables"] = record.release.files.tables.iter().map(|table| table_of(record, table)).collect();
    res["links"] = json!(record.release.files.links);
    res["metadata"] = record.metadata_urls();
    res
}

fn file_of(record: Record<'_>, file: crate::metadata::Distribution<'_>) -> Value {
    let role = if file.path().starts_with("files/") {
        "original"
    } else if file.table.is_some() {
        "derived"
    } else {
        "archive"
    };
    let mut res = json!({
        "name": file.file.name,
        "url": record.url_of(&file.file.route),
        "size_bytes": file.file.size_bytes,
        "sha256": file.file.sha256.to_string(),
        "role": role,
    });
    if let Some(media_type) = file.media_type() {
        res["format"] = json!(file.format());
        res["media_type"] = json!(media_type);
    }
    if let Some(table) = file.table {
        res["table"] = json!(table.name);
    }
    res
}

fn table_of(record: Record<'_>, table: &Table) -> Value {
    let url = |route: &Route| json!(record.url_of(route));
    let page =
        |ending: &str| table.pages.iter().find(|route| route.as_str().ends_with(ending)).map_or(Value::Null, url);
    let columns: Vec<Value> =
        table.columns.iter().map(|column| json!({ "name": column.name, "type": column.column_type.name() })).collect();
    json!({
        "name": table.name,
        "source": table.source,
        "part": table.part,
        "n_rows": table.n_rows,
        "columns": columns,
        "schema": page("/schema.json"),
        "rows": page("/rows/1.json"),
    })
}
