//! The part of CKAN's action API that can be files: what harvesters read. Everything is read-only.
//!
//! A static host ignores what follows `?`: `package_show?id=x` works with the rewrite among the web server's snippets,
//! `package_show/x` works everywhere, and `package_search` is the complete result whatever is asked.
//! Source: CKAN's action API, version 3.

use std::collections::BTreeMap;

use anyhow::Result;
use rayon::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use crate::harvest::{Catalog, Each, lines, put_json};
use crate::metadata::{Record, json_bytes};
use crate::model::route::{Route, slug};
use crate::pages::facets::{Facet, Kind};
use crate::pages::plan::ckan_name;
use crate::stage::Stage;

/// Writes `/api/3/action/`.
///
/// Errors: when the stage cannot be written.
pub fn write(catalog: &Catalog<'_>, stage: &Stage) -> Result<()> {
    let put = |name: &str, result: &Value| put(catalog, stage, name, result);
    catalog
        .records
        .par_iter()
        .try_for_each(|record| put(&format!("package_show/{}", ckan_name(record.id())), &package(*record)))?;
    let head = json!({ "success": true, "help": help(catalog, "package_list") });
    let ids: Vec<Value> = catalog.records.iter().map(|record| json!(ckan_name(record.id()))).collect();
    stage.put(&route("package_list")?, &lines(head.as_object().unwrap_or(&serde_json::Map::new()), "result", &ids)?)?;
    let results = Each { from: &catalog.records, make: |record: &Record<'_>| package(*record) };
    let found = Found { count: catalog.records.len(), results };
    let answer = Answer { help: help(catalog, "package_search"), success: true, result: found };
    put_json(stage, &route("package_search")?, &answer)?;
    let organizations: Vec<Value> =
        catalog.facets.of(Kind::Provider).iter().map(|facet| group(catalog, facet, true)).collect();
    let groups: Vec<Value> = catalog.facets.of(Kind::Theme).iter().map(|facet| group(catalog, facet, false)).collect();
    for (kind, all) in [("organization", &organizations), ("group", &groups)] {
        put(&format!("{kind}_list"), &all.iter().map(|one| one["name"].clone()).collect())?;
        for one in all {
            put(&format!("{kind}_show/{}", one["name"].as_str().unwrap_or_default()), one)?;
        }
    }
    put("tag_list", &catalog.facets.of(Kind::Tag).iter().map(|facet| json!(facet.name)).collect())?;
    put("license_list", &licences(catalog))?;
    put("site_read", &json!(true))?;
    let issuer = catalog.inputs.issuer();
    let status = json!({
        "ckan_version": "2.11.0",
        "site_url": issuer.url(""),
        "site_title": issuer.site_name(),
        "site_description": issuer.site.description.in_language(issuer.language()),
        "locale_default": issuer.language(),
        "extensions": [],
    });
    put("status_show", &status)
}

/// How CKAN answers.
#[derive(Serialize)]
struct Answer<R> {
    help: String,
    success: bool,
    result: R,
}

/// What a search finds: everything.
#[derive(Serialize)]
struct Found<L> {
    count: usize,
    results: L,
}

fn route(name: &str) -> Result<Route> {
    Ok(Route::new(&format!("api/3/action/{name}"))?)
}

fn help(catalog: &Catalog<'_>, name: &str) -> String {
    format!("{}#{}", catalog.inputs.issuer().url("api/"), name.split('/').next().unwrap_or(name))
}

fn put(catalog: &Catalog<'_>, stage: &Stage, name: &str, result: &Value) -> Result<()> {
    stage
        .put(&route(name)?, &json_bytes(&json!({ "help": help(catalog, name), "success": true, "result": result }))?)?;
    Ok(())
}

fn resources(record: Record<'_>) -> Vec<Value> {
    let files = record.distributions().map(|file| {
        json!({
            "id": format!("{}-{}", record.id(), file.file.sha256.short(12)),
            "package_id": record.id(),
            "name": file.file.name,
            "url": record.url_of(&file.file.route),
            "format": file.format(),
            "mimetype": file.media_type(),
            "size": file.file.size_bytes,
            "hash": format!("sha256:{}", file.file.sha256),
            "state": "active",
        })
    });
    let links = record.release.files.links.iter().enumerate().map(|(idx, link)| {
        json!({ "id": format!("{}-link-{}", record.id(), idx + 1), "package_id": record.id(), "name": link, "url": link, "format": "", "state": "active" })
    });
    files.chain(links).collect()
}

fn package(record: Record<'_>) -> Value {
    let dataset = record.dataset();
    let licence = &record.release.cleared.licence;
    let resources = resources(record);
    let mut extras = BTreeMap::from([("identifier", record.identifier().to_owned()), ("uri", record.iri())]);
    if let Some(frequency) = dataset.frequency {
        extras.insert("frequency", frequency.code_name().to_owned());
    }
    for (key, text) in
        [("temporal", &dataset.temporal), ("spatial_text", &dataset.spatial), ("provenance", &dataset.source)]
    {
        if !text.is_empty() {
            extras.insert(key, text.clone());
        }
    }
    let groups: Vec<Value> = [&dataset.theme]
        .into_iter()
        .filter(|theme| !theme.is_empty())
        .map(|theme| json!({ "name": ckan_name(&slug(theme)), "title": theme, "display_name": theme }))
        .collect();
    let mut res = json!({
        "id": record.id(),
        "name": ckan_name(record.id()),
        "title": dataset.title,
        "notes": record.description(),
        "url": record.page_url(),
        "author": dataset.provider,
        "license_id": licence.id,
        "license_title": record.licence_name(),
        "license_url": record.licence_url(),
        "isopen": licence.open,
        "private": false,
        "state": "active",
        "type": "dataset",
        "organization": { "id": ckan_name(&slug(&dataset.provider)), "name": ckan_name(&slug(&dataset.provider)), "title": dataset.provider, "type": "organization", "state": "active", "is_organization": true },
        "groups": groups,
        "tags": dataset.keywords.iter().map(|tag| json!({ "name": tag, "display_name": tag, "state": "active" })).collect::<Vec<_>>(),
        "extras": extras.into_iter().map(|(key, value)| json!({ "key": key, "value": value })).collect::<Vec<_>>(),
        "num_resources": resources.len(),
        "num_tags": dataset.keywords.len(),
        "resources": resources,
    });
    for (key, day) in [("metadata_created", dataset.issued), ("metadata_modified", record.updated())] {
        if let Some(day) = day {
            res[key] = json!(format!("{day}T00:00:00"));
        }
    }
    if !dataset.contact_email.is_empty() {
        res["maintainer_email"] = json!(dataset.contact_email);
    }
    res
}

fn group(catalog: &Catalog<'_>, facet: &Facet, is_organization: bool) -> Value {
    let kind = if is_organization { Kind::Provider } else { Kind::Theme };
    json!({
        "id": ckan_name(&facet.slug),
        "name": ckan_name(&facet.slug),
        "title": facet.name,
        "display_name": facet.name,
        "package_count": facet.newest.len(),
        "is_organization": is_organization,
        "type": if is_organization { "organization" } else { "group" },
        "state": "active",
        "url": catalog.inputs.issuer().url(&format!("{}/{}/", kind.folder(), facet.slug)),
    })
}

/// The licences of the released datasets.
fn licences(catalog: &Catalog<'_>) -> Value {
    let by_id: BTreeMap<&str, Record<'_>> =
        catalog.records.iter().map(|record| (record.release.cleared.licence.id.as_str(), *record)).collect();
    let of = |(id, record): (&str, Record<'_>)| {
        let licence = &record.release.cleared.licence;
        json!({
            "id": id,
            "title": record.licence_name(),
            "url": record.licence_url(),
            "status": "active",
            "od_conformance": if licence.open { "approved" } else { "not reviewed" },
        })
    };
    by_id.into_iter().map(of).collect()
}
