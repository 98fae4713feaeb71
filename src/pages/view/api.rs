//! The page about the static API, rendered from the list of its operations, and what else programs can read.

use serde::Serialize;

use crate::pages::plan::{Job, OPERATIONS, Operation};
use crate::pages::view::Scope;
use crate::pages::view::shell::PageHead;

#[derive(Serialize)]
pub(super) struct ApiView {
    page: PageHead,
    files: Vec<FileRow>,
    operations: Vec<OperationRow>,
    ckan: Vec<OperationRow>,
    openapi: String,
}

#[derive(Serialize)]
struct FileRow {
    name: &'static str,
    href: String,
    about: String,
}

#[derive(Serialize)]
struct OperationRow {
    name: &'static str,
    path: &'static str,
    about: String,
    parameters: Vec<String>,
    /// An address to try, where it needs no parameter.
    href: Option<String>,
}

/// The lists of the whole catalog, and the key of what each is.
const FILES: [(&str, &str); 11] = [
    ("catalog.csv", "api_file_table"),
    ("catalog.xlsx", "api_file_table"),
    ("catalog.jsonld", "api_file_dcat"),
    ("catalog.ttl", "api_file_dcat"),
    ("catalog.rdf", "api_file_dcat"),
    ("data.json", "api_file_dcat_us"),
    ("oai.xml", "api_file_oai"),
    ("feed.xml", "api_file_feed"),
    ("changes/feed.xml", "api_file_changes"),
    ("notices/feed.xml", "api_file_notices"),
    ("sitemap.xml", "api_file_sitemap"),
];

pub(super) fn view(scope: Scope<'_>, job: &Job<'_>) -> ApiView {
    let mut page = PageHead::new(scope, job, "api", scope.strings.get("api_title"), Vec::new());
    scope.strings.get("api_lead").clone_into(&mut page.description);
    let (operations, ckan): (Vec<_>, Vec<_>) =
        OPERATIONS.iter().partition(|operation| operation.path.starts_with("/api/v1/"));
    let rows = |of: Vec<&Operation>| of.into_iter().map(|operation| row(scope, *operation)).collect();
    ApiView {
        page,
        files: FILES
            .iter()
            .map(|(name, about)| FileRow {
                name,
                href: scope.file_href(name),
                about: scope.strings.get(about).to_owned(),
            })
            .collect(),
        operations: rows(operations),
        ckan: rows(ckan),
        openapi: scope.file_href("openapi.json"),
    }
}

fn row(scope: Scope<'_>, operation: Operation) -> OperationRow {
    let parameters: Vec<String> = operation
        .parameters()
        .map(|name| format!("{name}: {}", scope.strings.get(&format!("api_parameter_{name}"))))
        .collect();
    OperationRow {
        name: operation.name,
        path: operation.path,
        about: scope.strings.get(&format!("api_{}", operation.name)).to_owned(),
        href: parameters.is_empty().then(|| scope.file_href(operation.path.trim_start_matches('/'))),
        parameters,
    }
}
