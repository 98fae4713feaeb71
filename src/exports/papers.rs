//! The files of metadata and citation of one dataset, by their paths below its folder.

use anyhow::Result;

use crate::metadata::cite::{self, Acquired, Reference};
use crate::metadata::graph::Graph;
use crate::metadata::{Record, croissant, csvw, datacite, datapackage, dcat, json_bytes};

/// A file by its path below the dataset's folder.
pub(super) type Paper = (String, Vec<u8>);

/// Every file of metadata and citation.
///
/// Errors: none that can come of data.
pub(super) fn all(record: Record<'_>, acquired: Acquired<'_>) -> Result<Vec<Paper>> {
    let mut res: Vec<Paper> = Vec::new();
    let is_wanted = record.issuer.site.exports.metadata;
    let graph = if is_wanted { dcat::dataset(record) } else { Graph::default() };
    for paper in record.papers() {
        let bytes = match paper.path {
            "metadata/dcat.jsonld" => Some(graph.json_ld()?),
            "metadata/dcat.ttl" => Some(graph.turtle()?),
            "datapackage.json" => Some(json_bytes(&datapackage::descriptor(record))?),
            "metadata/croissant.jsonld" => croissant::describe(record).map(|value| json_bytes(&value)).transpose()?,
            "metadata/datacite.json" => datacite::json(record).map(|value| json_bytes(&value)).transpose()?,
            "metadata/datacite.xml" => datacite::xml(record)?,
            // The five files of citation come together below.
            _ => None,
        };
        res.extend(bytes.map(|bytes| (paper.path.to_owned(), bytes)));
    }
    if !is_wanted {
        return Ok(res);
    }
    let reference = Reference::of(record, acquired);
    res.extend(cite::files(&reference).into_iter().map(|(name, bytes)| (format!("cite/{name}"), bytes)));
    for (table, file) in record.csv_files() {
        res.push((format!("data/{}-metadata.json", file.name), json_bytes(&csvw::describe(record, table, file))?));
    }
    Ok(res)
}
