//! The whole catalog as DCAT, in pages of 1,000 datasets, and as DCAT-US.

use anyhow::Result;

use crate::harvest::{Catalog, Each, put_json};
use crate::metadata::graph::{Graph, Node};
use crate::metadata::{Record, dcat, dcat_us};
use crate::model::route::Route;
use crate::stage::Stage;

/// How many ordinals a page has: 200 datasets take a validator half a minute.
pub const PER_PAGE: u32 = 1_000;
/// Writes a graph in one syntax.
type Syntax = fn(&Graph) -> Result<Vec<u8>>;
/// The syntaxes, by the ending of their files.
const SYNTAXES: [(&str, Syntax); 3] = [("ttl", Graph::turtle), ("jsonld", Graph::json_ld), ("rdf", Graph::rdf_xml)];

/// Writes `catalog.ttl`, `.jsonld`, `.rdf` with their further pages, and `data.json`.
///
/// Errors: when the stage cannot be written.
pub fn write(catalog: &Catalog<'_>, stage: &Stage) -> Result<()> {
    let pages = catalog.pages(PER_PAGE);
    let numbers: Vec<u32> = pages.iter().map(|(number, _)| *number).collect();
    let issuer = catalog.inputs.issuer();
    for (idx, (number, records)) in pages.iter().enumerate() {
        let mut graph = dcat::catalog(issuer, records, catalog.modified());
        for record in *records {
            graph.extend(dcat::dataset(*record));
        }
        for (ending, to_bytes) in SYNTAXES {
            let mut page = graph.clone();
            if numbers.len() > 1 {
                page.add(paging(catalog, &numbers, idx, ending));
            }
            stage.put(&Route::new(&path(*number, ending))?, &to_bytes(&page)?)?;
        }
    }
    let datasets = Each { from: &catalog.records, make: |record: &Record<'_>| dcat_us::dataset(*record) };
    put_json(stage, &Route::new("data.json")?, &dcat_us::Catalog::new(issuer, datasets))
}

/// Where a page lies.
#[must_use]
pub fn path(number: u32, ending: &str) -> String {
    if number == 1 { format!("catalog.{ending}") } else { format!("catalog/page/{number}.{ending}") }
}

/// Where to go on, in the vocabulary that harvesters know.
fn paging(catalog: &Catalog<'_>, numbers: &[u32], idx: usize, ending: &str) -> Node {
    let url = |number: u32| catalog.inputs.issuer().url(&path(number, ending));
    let mut node = Node::new(url(numbers[idx]), "hydra:PartialCollectionView").and("hydra:PagedCollection").typed(
        "hydra:itemsPerPage",
        PER_PAGE,
        "xsd:integer",
    );
    if let (Some(first), Some(last)) = (numbers.first(), numbers.last()) {
        // Both forms of each word: older harvesters know the names that end in Page.
        node = node.iri("hydra:first", url(*first)).iri("hydra:firstPage", url(*first));
        node = node.iri("hydra:last", url(*last)).iri("hydra:lastPage", url(*last));
    }
    if let Some(before) = idx.checked_sub(1).and_then(|idx| numbers.get(idx)) {
        node = node.iri("hydra:previous", url(*before)).iri("hydra:previousPage", url(*before));
    }
    if let Some(after) = numbers.get(idx + 1) {
        node = node.iri("hydra:next", url(*after)).iri("hydra:nextPage", url(*after));
    }
    node
}
