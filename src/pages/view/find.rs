//! The search on the page of all datasets: what its script is told, and the way there from every other list.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::model::route::href;
use crate::pages::facets::Kind;
use crate::pages::view::Scope;

/// What the form tells its script.
#[derive(Serialize)]
pub(super) struct Find {
    script: String,
    /// The folder of the index.
    index: String,
    texts: String,
    /// The language of the catalog, where it is not the page's own.
    lang: Option<String>,
}

/// The strings that the script says: those whose keys begin so, and those.
const FAMILIES: [&str; 3] = ["find_", "freq_", "kind_"];
const OTHERS: [&str; 9] = [
    "date_form",
    "date_months",
    "page_n",
    "updated_on",
    "rows_n",
    "overdue",
    "on_time",
    "catalog_only",
    "quality_state",
];

/// The search; nothing where the theme has no script for it.
pub(super) fn find(scope: Scope<'_>) -> Option<Find> {
    if !scope.site.inputs.site.exports.search {
        return None;
    }
    let script = scope.site.theme.asset_routes.get("search.js")?;
    let is_said = |key: &str| FAMILIES.iter().any(|family| key.starts_with(family)) || OTHERS.contains(&key);
    let texts: Map<String, Value> = scope
        .strings
        .all()
        .iter()
        .filter(|(key, _)| is_said(key))
        .map(|(key, text)| (key.clone(), text.as_str().into()))
        .collect();
    Some(Find {
        script: scope.file_href(script.as_str()),
        index: scope.file_href("search/"),
        texts: Value::Object(texts).to_string(),
        lang: scope.data_lang().map(str::to_owned),
    })
}

/// The search within what a list is of; tags are no choice there, so they are the question.
pub(super) fn within(scope: Scope<'_>, kind: Kind, name: &str) -> Option<String> {
    if !scope.site.inputs.site.exports.search {
        return None;
    }
    let key = if kind == Kind::Tag { "q" } else { kind.key() };
    Some(format!("{}?{key}={}", scope.page_href("datasets"), href("", name).replace('/', "%2F")))
}
