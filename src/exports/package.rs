//! What stands for a whole dataset: checksums, its metadata and one ZIP with everything.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use rayon::prelude::*;

use super::{papers, zip};
use crate::gate::{Publishable, Release};
use crate::metadata::cite::{Acquired, Reference, gb_t_7714_2025};
use crate::metadata::{Issuer, Record, json_bytes, research_object};
use crate::model::digest::Digest;
use crate::model::route::Route;
use crate::model::table::DataFile;
use crate::reuse::Reuse;
use crate::stage::Stage;

/// What was made for a dataset as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package {
    /// The ZIP, for a dataset with files.
    pub zip: Option<DataFile>,
    /// The checksums, for a dataset with files.
    pub sums: Option<Route>,
}

/// Makes the package of every dataset.
///
/// Shape: one item for each release, in the same order.
/// Errors: when the stage cannot be written.
pub fn package_all(
    publishable: &Publishable,
    issuer: Issuer<'_>,
    stage: &Stage,
    reuse: Option<&Reuse>,
    done: &(dyn Fn() + Sync),
) -> Result<Vec<Package>> {
    let packed = |release| {
        let package = package(release, issuer, stage, reuse);
        done();
        package
    };
    publishable.releases().par_iter().map(packed).collect()
}

fn package(release: &Release, issuer: Issuer<'_>, stage: &Stage, reuse: Option<&Reuse>) -> Result<Package> {
    let mut res = Package::default();
    let folder = format!("datasets/{}", release.cleared.id.as_str());
    let inside = Record { release, zip: None, issuer };
    if !release.files.originals.is_empty() || !release.files.tables.is_empty() {
        let mut sums = String::new();
        for distribution in inside.distributions() {
            // Writing to a String cannot fail.
            let _ = writeln!(sums, "{}  {}", distribution.file.sha256, distribution.path());
        }
        let n_bytes: u64 = release.files.all().map(|file| file.size_bytes).sum();
        let config = issuer.site.exports;
        if config.zip && n_bytes <= config.max_mib.zip.saturating_mul(1 << 20) {
            let entries = archive_entries(inside, sums.clone())?;
            let zip = zip::Archive { release, stage, reuse }.make(&entries)?;
            let _ = writeln!(sums, "{}  {}", zip.sha256, zip.name);
            res.zip = Some(zip);
        }
        let route = Route::new(&format!("{folder}/{SUMS}"))?;
        stage.put(&route, sums.as_bytes())?;
        res.sums = Some(route);
    }
    let record = Record { release, zip: res.zip.as_ref(), issuer };
    for (path, bytes) in papers::all(record, Acquired::On(issuer.as_of))? {
        stage.put(&Route::new(&format!("{folder}/{path}"))?, &bytes)?;
    }
    Ok(res)
}

/// In archives the reader fills in the day on which the archive was fetched.
const DAY_TO_FILL_IN: &str = "获取日期：请填写下载本文件的日期";

/// The reference and the statutory sentence, ready to be copied.
fn citation_text(record: Record<'_>) -> String {
    let regime = record.issuer.regime;
    format!(
        "参考文献（GB/T 7714-2025）\n{}\n\n来源说明（{}《{}》）\n{}\n",
        gb_t_7714_2025(&Reference::of(record, Acquired::Asked(DAY_TO_FILL_IN))),
        regime.citation.article,
        regime.title,
        record.attribution(DAY_TO_FILL_IN),
    )
}

/// What goes into the archive beside the dataset's files; the same from day to day as long as the dataset is.
///
/// Shape: `sums` are those of the dataset's files; the archive's own are of everything in it but themselves.
fn archive_entries(record: Record<'_>, mut sums: String) -> Result<Vec<(String, Vec<u8>)>> {
    let mut res = vec![
        ("CITATION.txt".to_owned(), citation_text(record).into_bytes()),
        ("LICENSE.txt".to_owned(), licence_text(record).into_bytes()),
    ];
    res.extend(licence_file(record.release)?);
    res.extend(papers::all(record, Acquired::Unsaid)?);
    let mut names: Vec<&str> = res.iter().map(|(name, _)| name.as_str()).collect();
    names.push(SUMS);
    let description = json_bytes(&research_object::describe(record, &names))?;
    res.push(("ro-crate-metadata.json".to_owned(), description));
    for (name, bytes) in &res {
        // Writing to a String cannot fail.
        let _ = writeln!(sums, "{}  {name}", Digest::of(bytes));
    }
    res.push((SUMS.to_owned(), sums.into_bytes()));
    Ok(res)
}

/// The list of checksums, beside the files and in the archive.
const SUMS: &str = "SHA256SUMS";

/// The licence text as its giver wrote it, with the name it is offered under.
fn licence_file(release: &Release) -> Result<Option<(String, Vec<u8>)>> {
    let Some(file) = &release.cleared.licence_file else { return Ok(None) };
    let bytes = std::fs::read(&file.path).with_context(|| format!("reading {}", file.named))?;
    Ok(Some((file.public_name.clone(), bytes)))
}

/// The licence in plain words with the address of its text, and the duty to attribute.
fn licence_text(record: Record<'_>) -> String {
    let licence = &record.release.cleared.licence;
    let mut res = format!(
        "{}\n{}\n{}\n\n{}\n{}\n",
        licence.name.in_language("zh-CN"),
        licence.id,
        record.licence_url(),
        licence.summary.in_language("zh-CN"),
        licence.summary.in_language("en"),
    );
    if record.release.cleared.licence_file.is_some() {
        res.push_str("\n许可全文见 LICENSE-SOURCE.txt。\nThe full text is in LICENSE-SOURCE.txt.\n");
    }
    if record.issuer.site.demonstration {
        res.push_str(
            "\n演示：本文件来自演示网站，不代表任何机关。\nDemonstration: from a demonstration site of no authority.\n",
        );
    }
    res
}
