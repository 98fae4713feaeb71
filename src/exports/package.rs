//! What stands for a whole dataset: checksums, the data package and one ZIP with everything.

use std::fmt::Write as _;

use anyhow::{Context, Result};
use rayon::prelude::*;

use super::citation::{Reference, gb_t_7714_2025};
use super::{datapackage, zip};
use crate::gate::{Publishable, Release};
use crate::model::route::Route;
use crate::model::table::DataFile;
use crate::reuse::Reuse;
use crate::rules::Regime;
use crate::site::Site;
use crate::stage::Stage;

/// What was made for a dataset as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package {
    /// The ZIP, for a dataset with files.
    pub zip: Option<DataFile>,
    /// The checksums, for a dataset with files.
    pub sums: Option<Route>,
    /// The data package.
    pub datapackage: Option<Route>,
}

/// Whose names and rules go into the archives.
#[derive(Clone, Copy)]
pub struct Issuer<'a> {
    /// The site.
    pub site: &'a Site,
    /// The regime.
    pub regime: &'a Regime,
}

impl Issuer<'_> {
    /// The permanent address of a dataset's page.
    #[must_use]
    pub fn page_url(&self, id: &str) -> String {
        format!(
            "{}{}",
            self.site.origin(),
            crate::model::route::href(&self.site.base_path(), &format!("datasets/{id}/"))
        )
    }

    /// The name of the site in the main language.
    #[must_use]
    pub fn site_name(&self) -> &str {
        self.site.title.in_language(self.site.languages.first().map_or("zh-CN", String::as_str))
    }

    /// The address of a licence's text: its own, or the site's page of terms.
    #[must_use]
    pub fn licence_url(&self, release: &Release) -> String {
        let own = &release.cleared.licence.url;
        if own.is_empty() { format!("{}{}terms/", self.site.origin(), self.site.base_path()) } else { own.clone() }
    }
}

/// In archives the reader fills in the day on which the archive was fetched.
const DAY_TO_FILL_IN: &str = "获取日期：请填写下载本文件的日期";

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
    let id = release.cleared.id.as_str();
    let folder = format!("datasets/{id}");
    let config = issuer.site.exports;
    let descriptor = datapackage::descriptor(release, &issuer.page_url(id), &issuer.licence_url(release));
    let descriptor = serde_json::to_vec_pretty(&descriptor).context("writing a data package")?;
    if config.datapackage {
        let route = Route::new(&format!("{folder}/datapackage.json"))?;
        stage.put(&route, &descriptor)?;
        res.datapackage = Some(route);
    }
    if release.files.originals.is_empty() {
        return Ok(res);
    }
    let mut sums = String::new();
    for file in release.files.all() {
        let relative = file.route.as_str().strip_prefix(&folder).unwrap_or_default().trim_start_matches('/');
        // Writing to a String cannot fail.
        let _ = writeln!(sums, "{}  {relative}", file.sha256);
    }
    let n_bytes: u64 = release.files.all().map(|file| file.size_bytes).sum();
    if config.zip && n_bytes <= config.max_mib.zip.saturating_mul(1 << 20) {
        let archive = zip::Archive { release, stage, reuse };
        let zip = archive.make(&zip::Papers {
            citation: citation_text(release, issuer),
            licence: licence_text(release, issuer),
            licence_file: licence_file(release)?,
            descriptor: &descriptor,
            sums: &sums,
        })?;
        let _ = writeln!(sums, "{}  {}", zip.sha256, zip.name);
        res.zip = Some(zip);
    }
    let route = Route::new(&format!("{folder}/SHA256SUMS"))?;
    stage.put(&route, sums.as_bytes())?;
    res.sums = Some(route);
    Ok(res)
}

/// The licence text as its giver wrote it, with the name it is offered under.
fn licence_file(release: &Release) -> Result<Option<(&str, Vec<u8>)>> {
    let Some(file) = &release.cleared.licence_file else { return Ok(None) };
    let bytes = std::fs::read(&file.path).with_context(|| format!("reading {}", file.named))?;
    Ok(Some((file.public_name.as_str(), bytes)))
}

/// The reference and the statutory sentence, ready to be copied.
fn citation_text(release: &Release, issuer: Issuer<'_>) -> String {
    let dataset = &release.cleared.dataset;
    let url = issuer.page_url(release.cleared.id.as_str());
    let reference = Reference {
        author: &dataset.provider,
        title: &dataset.title,
        site: issuer.site_name(),
        date: dataset.modified.or(dataset.issued),
        acquired_on: DAY_TO_FILL_IN,
        url: &url,
    };
    let sentence =
        issuer.regime.attribution("zh-CN", issuer.site_name(), &dataset.title, &dataset.provider, DAY_TO_FILL_IN);
    format!(
        "参考文献（GB/T 7714-2025）\n{}\n\n来源说明（{}《{}》）\n{sentence}\n",
        gb_t_7714_2025(&reference),
        issuer.regime.citation.article,
        issuer.regime.title,
    )
}

/// The licence in plain words with the address of its text, and the duty to attribute.
fn licence_text(release: &Release, issuer: Issuer<'_>) -> String {
    let licence = &release.cleared.licence;
    let mut res = format!(
        "{}\n{}\n{}\n\n{}\n{}\n",
        licence.name.in_language("zh-CN"),
        licence.id,
        issuer.licence_url(release),
        licence.summary.in_language("zh-CN"),
        licence.summary.in_language("en"),
    );
    if release.cleared.licence_file.is_some() {
        res.push_str("\n许可全文见 LICENSE-SOURCE.txt。\nThe full text is in LICENSE-SOURCE.txt.\n");
    }
    if issuer.site.demonstration {
        res.push_str(
            "\n演示：本文件来自演示网站，不代表任何机关。\nDemonstration: from a demonstration site of no authority.\n",
        );
    }
    res
}
