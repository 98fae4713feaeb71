//! `openapi.json`: the static API described for programs; the page `/api/` is rendered from the same description.
//!
//! Source: OpenAPI 3.1.

use anyhow::Result;
use serde_json::{Map, Value, json};

use crate::harvest::Catalog;
use crate::metadata::json_bytes;
use crate::model::route::Route;
use crate::pages::facets::Kind;
use crate::pages::plan::{OPERATIONS, Operation, ckan_name};
use crate::stage::Stage;

/// Writes `openapi.json`, in the site's main language.
///
/// Errors: when the stage cannot be written.
pub fn write(catalog: &Catalog<'_>, stage: &Stage) -> Result<()> {
    let described = describe(catalog);
    stage.put(&Route::new("openapi.json")?, &json_bytes(&described)?)?;
    Ok(())
}

fn describe(catalog: &Catalog<'_>) -> Value {
    let (issuer, strings) = (catalog.inputs.issuer(), catalog.strings);
    let paths: Map<String, Value> = OPERATIONS
        .iter()
        .map(|operation| (operation.path.to_owned(), json!({ "get": get(*operation, catalog) })))
        .collect();
    let terms = issuer.url("terms/");
    let base = issuer.url("");
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": format!("{} API", issuer.site_name()),
            "version": "1",
            "description": strings.get("api_lead"),
            "termsOfService": terms,
            "license": { "name": strings.get("terms_short"), "url": terms },
        },
        "servers": [{ "url": base.trim_end_matches('/') }],
        "paths": paths,
        "components": { "schemas": schemas() },
    })
}

/// A value that a parameter can have on this site; no dataset is named, so that a take-down finds none of it here.
fn example(catalog: &Catalog<'_>, operation: Operation, parameter: &str) -> Option<Value> {
    let first = |kind: Kind| Some(json!(ckan_name(&catalog.facets.of(kind).first()?.slug)));
    match (parameter, operation.name) {
        ("page", _) => Some(json!(1)),
        ("month", _) => Some(json!(catalog.inputs.as_of.to_string().get(..7)?)),
        ("name", "organization_show") => first(Kind::Provider),
        ("name", _) => first(Kind::Theme),
        _ => None,
    }
}

fn get(operation: Operation, catalog: &Catalog<'_>) -> Value {
    let strings = catalog.strings;
    let parameters: Vec<Value> = operation
        .parameters()
        .map(|name| {
            let mut parameter = json!({
                "name": name,
                "in": "path",
                "required": true,
                "description": strings.get(&format!("api_parameter_{name}")),
                "schema": { "type": if name == "page" { "integer" } else { "string" } },
            });
            if let Some(example) = example(catalog, operation, name) {
                parameter["example"] = example;
            }
            parameter
        })
        .collect();
    json!({
        "operationId": operation.name,
        "summary": strings.get(&format!("api_{}", operation.name)),
        "parameters": parameters,
        "responses": {
            "200": {
                "description": strings.get("api_found"),
                "content": { "application/json": { "schema": { "$ref": format!("#/components/schemas/{}", operation.schema) } } },
            },
            "404": { "description": strings.get("api_not_found") },
        },
    })
}

/// A text.
fn text() -> Value {
    json!({ "type": "string" })
}

/// An address.
fn url() -> Value {
    json!({ "type": "string", "format": "uri" })
}

/// An address, or nothing.
fn url_or_null() -> Value {
    json!({ "type": ["string", "null"], "format": "uri" })
}

fn count() -> Value {
    json!({ "type": "integer", "minimum": 0 })
}

fn list(item: &Value) -> Value {
    json!({ "type": "array", "items": item })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// An object whose named members are there always; others may be.
fn object(members: &[(&str, Value)]) -> Value {
    let names: Vec<&str> = members.iter().map(|(name, _)| *name).collect();
    let properties: Map<String, Value> =
        members.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({ "type": "object", "required": names, "properties": properties })
}

fn schemas() -> Value {
    let any = json!({ "type": "object" });
    json!({
        "Index": object(&[("title", text()), ("version", text()), ("generated", json!({ "type": "string", "format": "date" })),
            ("datasets", object(&[("total", count()), ("first", url())])), ("dataset", text()), ("facets", url()), ("changes", url()),
            ("suspended", url()), ("openapi", url()), ("catalog", any.clone()), ("feeds", any.clone())]),
        "DatasetPage": object(&[("page", count()), ("prev", url_or_null()),
            ("next", url_or_null()), ("items", list(&reference("DatasetBrief")))]),
        "DatasetBrief": object(&[("id", text()), ("title", text()), ("provider", text()), ("keywords", list(&text())),
            ("formats", list(&text())), ("licence", text()), ("url", url()), ("api", url())]),
        "Dataset": object(&[("id", text()), ("identifier", text()), ("title", text()), ("description", text()),
            ("provider", object(&[("name", text()), ("url", url())])), ("keywords", list(&text())), ("class", json!({ "const": "unconditional" })),
            ("licence", object(&[("id", text()), ("name", text()), ("url", url())])), ("attribution", text()), ("citation", text()),
            ("items", list(&object(&[("name", text()), ("format", text()), ("description", text())]))),
            ("files", list(&reference("File"))), ("tables", list(&reference("Table"))), ("links", list(&url())), ("metadata", any.clone()),
            ("url", url()), ("api", url())]),
        "File": object(&[("name", text()), ("url", url()), ("size_bytes", count()),
            ("sha256", json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" })),
            ("role", json!({ "enum": ["original", "derived", "archive"] }))]),
        "Table": object(&[("name", text()), ("source", text()), ("n_rows", count()),
            ("columns", list(&object(&[("name", text()), ("type", text())]))), ("schema", url_or_null()), ("rows", url_or_null())]),
        "TableSchema": object(&[("table", text()), ("rows", count()), ("rows_a_page", count()), ("pages", count()), ("columns", list(&any))]),
        "Rows": object(&[("columns", list(&text())), ("rows", list(&json!({ "type": "array" }))), ("start", count()), ("total", count()),
            ("next", json!({ "type": ["string", "null"] }))]),
        "Facets": json!({ "type": "object", "additionalProperties":
            list(&object(&[("name", text()), ("slug", text()), ("n_datasets", count()), ("url", url())])) }),
        "Months": object(&[("months", list(&object(&[("month", text()), ("url", url())])))]),
        "Changes": object(&[("month", text()), ("changes", list(&object(&[("at", json!({ "type": "string", "format": "date-time" })),
            ("dataset", text()), ("change", json!({ "enum": ["published", "updated", "suspended", "withdrawn", "restored"] })),
            ("url", url())])))]),
        "Suspended": object(&[("datasets", list(&object(&[("dataset", text()), ("state", json!({ "enum": ["suspended", "withdrawn"] })),
            ("since", json!({ "type": "string", "format": "date" })), ("basis", text()), ("url", url())])))]),
        "Ckan": object(&[("success", json!({ "const": true })), ("help", text()), ("result", json!({}))]),
    })
}
