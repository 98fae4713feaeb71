//! The stages in their order, from a site folder to a complete stage; what becomes of it is the command's.

use std::path::Path;

use anyhow::{Context, Result};

use crate::calendar::WorkingDays;
use crate::catalog::{self, CatalogFile, content};
use crate::cli::progress::Progress;
use crate::diag::{self, Code, Finding, Level, Place};
use crate::exports::package::{Issuer, package_all};
use crate::gate;
use crate::model::date::Day;
use crate::pages::{self, Inputs, theme};
use crate::records::ids::Register;
use crate::reuse::Reuse;
use crate::rules::Regime;
use crate::rules::Validity;
use crate::rules::licences::Licences;
use crate::site::Site;
use crate::stage::Stage;
use crate::tables;

/// What a run is asked to do.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The site folder.
    pub root: &'a Path,
    /// The day the site is built for.
    pub as_of: Day,
    /// Whether draft rules may be used.
    pub allow_draft: bool,
    /// Whether a site without datasets may be made.
    pub allow_empty: bool,
    /// What earlier builds made.
    pub reuse: Option<&'a Reuse>,
}

/// What a run found, and what it made where nothing stopped it.
pub struct Run {
    /// Every finding, sorted.
    pub findings: Vec<Finding>,
    /// How many entries went which way.
    pub counts: Counts,
    /// The complete stage, where nothing stopped the run.
    pub made: Option<Made>,
}

/// How many entries went which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// In the catalog.
    pub entries: usize,
    /// Published.
    pub published: usize,
    /// Refused for a fault.
    pub refused: usize,
    /// Not unconditionally open, as the catalog says.
    pub closed: usize,
    /// Equal to an earlier entry in every field.
    pub repeated: usize,
}

/// A complete stage and what is recorded about it.
pub struct Made {
    /// The stage.
    pub stage: Stage,
    /// The site's configuration.
    pub site: Site,
    /// The regime in force.
    pub regime: Regime,
    /// The catalog files.
    pub catalog_files: Vec<CatalogFile>,
    /// The register with the new identifiers.
    pub register: Register,
    /// The ids of what is published.
    pub ids: Vec<String>,
    /// How many pages there are.
    pub n_pages: usize,
}

impl Run {
    /// Whether anything was refused.
    pub fn refused(&self) -> bool {
        self.findings.iter().any(|finding| finding.code.level() <= Level::Refuse)
    }
}

fn stops(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.code.level() == Level::Stop)
}

/// What the first half of a run hands to the second.
struct Judged {
    site: Site,
    regime: Regime,
    licences: Licences,
    theme: theme::Theme,
    content: Vec<content::ContentPage>,
    catalog_files: Vec<CatalogFile>,
    register: Register,
    cleared: gate::Cleared,
}

/// Runs every stage into a staging folder.
///
/// Errors: when the machine fails; everything about the data is a finding.
pub fn run(options: Options<'_>, stage_root: &Path, ids: &Path, progress: &Progress) -> Result<Run> {
    let mut findings = Vec::new();
    let mut counts = Counts::default();
    let made = match judge(options, ids, progress, &mut findings, &mut counts)? {
        Some(judged) => make(judged, options, stage_root, progress, &mut findings, &mut counts)?,
        None => None,
    };
    diag::sort(&mut findings);
    Ok(Run { findings, counts, made })
}

/// Reads the input and passes it through the gate's first door; `None` when something stops the run.
fn judge(
    options: Options<'_>,
    ids: &Path,
    progress: &Progress,
    findings: &mut Vec<Finding>,
    counts: &mut Counts,
) -> Result<Option<Judged>> {
    let Some((site, regime, licences)) = configuration(options, findings) else { return Ok(None) };
    let reading = progress.start("读取目录", "reading the catalog", 0);
    let (catalog, more) = catalog::load(options.root, &site)?;
    findings.extend(more);
    counts.entries = catalog.entries.len() + catalog.unread.len();
    reading.end(&format!("{} / {}", catalog.files.len(), catalog.entries.len()));
    let (content, more) = content::load(options.root, &site)?;
    findings.extend(more);
    let theme = match theme::load(options.root, &site)? {
        Ok(theme) => Some(theme),
        Err(more) => {
            findings.extend(more);
            None
        }
    };
    let mut register = Register::load(ids)?;
    let catalog_files = catalog.files.clone();
    let rules =
        gate::Rules { root: options.root, site: &site, regime: &regime, licences: &licences, as_of: options.as_of };
    let stopped = stops(findings);
    let judging = progress.start("逐条审核", "judging entries", 0);
    let decision = gate::clear(catalog, &rules, &mut register);
    findings.extend(decision.findings);
    counts.refused = decision.n_refused;
    counts.closed = decision.n_closed;
    counts.repeated = decision.n_repeated;
    let cleared = decision.cleared;
    judging.end(&cleared.datasets().len().to_string());
    if cleared.datasets().is_empty() && !options.allow_empty && !stopped {
        findings.push(nothing_cleared(findings, *counts));
    }
    let theme = theme.filter(|_| !stops(findings));
    Ok(theme.map(|theme| Judged { site, regime, licences, theme, content, catalog_files, register, cleared }))
}

/// Makes every file of the site; `None` when the gate's second door lets nothing through or a template has a mistake.
fn make(
    judged: Judged,
    options: Options<'_>,
    stage_root: &Path,
    progress: &Progress,
    findings: &mut Vec<Finding>,
    counts: &mut Counts,
) -> Result<Option<Made>> {
    let Judged { site, regime, licences, theme, content, catalog_files, register, cleared } = judged;
    let n_cleared = cleared.datasets().len();
    let stage = Stage::create(stage_root)?;
    let ingesting = progress.start("转换数据", "converting data", n_cleared);
    let evidence = tables::ingest(&cleared, &stage, &tables::Settings::of(&site), options.reuse, &|| ingesting.step())?;
    ingesting.end(&n_cleared.to_string());
    let (publishable, more) = gate::release(cleared, evidence, &regime, &stage)?;
    findings.extend(more);
    if publishable.releases().iter().any(|release| !release.files.originals.is_empty()) {
        findings.push(Finding::new(Code::ScreeningAbsent, Place::none()));
    }
    counts.published = publishable.releases().len();
    counts.refused += n_cleared - counts.published;
    if counts.published == 0 && !options.allow_empty {
        findings.push(nothing_cleared(findings, *counts));
        return Ok(None);
    }
    let packing = progress.start("打包下载", "packing downloads", counts.published);
    let issuer = Issuer { site: &site, regime: &regime };
    let packages = package_all(&publishable, issuer, &stage, options.reuse, &|| packing.step())?;
    packing.end(&counts.published.to_string());
    let inputs = Inputs {
        site: &site,
        regime: &regime,
        licences: &licences,
        as_of: options.as_of,
        publishable: &publishable,
        packages: &packages,
        content: &content,
    };
    let rendering = progress.start("生成页面", "rendering pages", counts.published * site.languages.len());
    let rendered = match pages::render(&inputs, theme, &stage, &|| rendering.step())? {
        Ok(rendered) => rendered,
        Err(more) => {
            findings.extend(more);
            return Ok(None);
        }
    };
    rendering.end(&rendered.n_pages.to_string());
    let ids = publishable.releases().iter().map(|release| release.cleared.id.as_str().to_owned()).collect();
    Ok(Some(Made { stage, site, regime, catalog_files, register, ids, n_pages: rendered.n_pages }))
}

/// Reads `site.toml`, the regime and the licences, and checks that the regime may be used.
fn configuration(options: Options<'_>, findings: &mut Vec<Finding>) -> Option<(Site, Regime, Licences)> {
    let site = keep(Site::load(options.root), findings)?;
    let regime = keep(Regime::load(options.root, &site.regime), findings)?;
    keep(WorkingDays::load(options.root), findings)?;
    let place = || Place::file("site.toml").in_column("regime");
    if regime.is_premature(options.as_of) && !options.allow_draft {
        findings.push(Finding::new(Code::RegimeDraft, place()).found(&regime.title));
    }
    findings.extend(site.unfinished());
    if let Validity::Expired(day) = regime.validity(options.as_of) {
        findings.push(Finding::new(Code::RegimeExpired, place()).found(&regime.title).expected(day.to_string()));
    }
    match Licences::new(&site.licence, &regime) {
        Ok(licences) => Some((site, regime, licences)),
        Err(id) => {
            let place = Place::file("site.toml").in_column("[licence] default");
            findings.push(Finding::new(Code::ConfigInvalid, place).found(&id).expected("[licence] default"));
            None
        }
    }
}

fn keep<T>(res: std::result::Result<T, Box<Finding>>, findings: &mut Vec<Finding>) -> Option<T> {
    match res {
        Ok(value) => Some(value),
        Err(finding) => {
            findings.push(*finding);
            None
        }
    }
}

/// Why nothing can be published, by the most frequent reason.
fn nothing_cleared(findings: &[Finding], counts: Counts) -> Finding {
    let mut by_code: std::collections::BTreeMap<Code, usize> = std::collections::BTreeMap::new();
    for finding in
        findings.iter().filter(|finding| finding.code.level() == Level::Refuse || finding.code == Code::OpennessClosed)
    {
        *by_code.entry(finding.code).or_default() += 1;
    }
    let mut reasons: Vec<(usize, Code)> = by_code.into_iter().map(|(code, n)| (n, code)).collect();
    reasons.sort_by_key(|(n, code)| (std::cmp::Reverse(*n), *code));
    let reasons = reasons.iter().map(|(n, code)| format!("{} {n}", code.name())).collect::<Vec<_>>().join(", ");
    Finding::new(Code::NothingCleared, Place::none())
        .found(&format!("{} / {}", counts.published, counts.entries))
        .expected(reasons)
}

/// Runs something with a number of threads of its own.
///
/// Errors: when the threads cannot be made.
pub fn with_jobs<T: Send>(n_jobs: Option<usize>, run: impl FnOnce() -> T + Send) -> Result<T> {
    let mut builder = rayon::ThreadPoolBuilder::new();
    if let Some(n_jobs) = n_jobs {
        builder = builder.num_threads(n_jobs.max(1));
    }
    Ok(builder.build().context("starting threads")?.install(run))
}
