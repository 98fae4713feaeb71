//! The stages in their order, from a site folder to a complete stage; what becomes of it is the command's.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::assess;
use crate::catalog::{self, CatalogFile, content};
use crate::cli::basis::Basis;
use crate::cli::owners::Owners;
use crate::cli::progress::Progress;
use crate::decisions::approvals::Approval;
use crate::decisions::grounds::Ground;
use crate::diag::{self, Code, Finding, Level, Place};
use crate::exports::package::package_all;
use crate::gate;
use crate::harvest;
use crate::metadata::Issuer;
use crate::model::date::Day;
use crate::model::digest::Digest;
use crate::pages::{self, Inputs, theme};
use crate::records::IDS_FILE;
use crate::records::ids::Register;
use crate::reuse::Reuse;
use crate::search;
use crate::stage::{Live, Stage};
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
    /// Where forms post to instead of where the configuration says, in a preview.
    pub endpoint_url: Option<&'a str>,
}

/// What a run found, and what it made where nothing stopped it.
pub struct Run {
    /// Every finding, sorted.
    pub findings: Vec<Finding>,
    /// How many entries went which way.
    pub counts: Counts,
    /// What the run is based on, where that could be read.
    pub basis: Option<Basis>,
    /// Whose each finding is.
    pub owners: Owners,
    /// The complete stage, where nothing stopped the run.
    pub made: Option<Made>,
}

/// How many entries went which way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// In the catalog.
    pub entries: usize,
    /// Published.
    pub published: usize,
    /// Refused for a fault.
    pub refused: usize,
    /// Not unconditionally open, as the catalog says.
    pub closed: usize,
    /// Kept off the site by a decision on record.
    pub held: usize,
    /// Equal to an earlier entry in every field.
    pub repeated: usize,
}

/// A complete stage and what is recorded about it.
pub struct Made {
    /// The stage.
    pub stage: Stage,
    /// The catalog files.
    pub catalog_files: Vec<CatalogFile>,
    /// The register with the new identifiers.
    pub register: Register,
    /// What is published, each with the digest of its files.
    pub datasets: BTreeMap<String, Digest>,
    /// The approvals that datasets leave on.
    pub approvals: Vec<Approval>,
    /// The grounds that something is published on.
    pub grounds: Vec<Ground>,
    /// How the datasets do by what others measure.
    pub assessment: assess::Report,
    /// How many pages there are.
    pub n_pages: usize,
}

impl Counts {
    /// Whether decisions alone leave nothing to publish: then an empty site is what was decided, and no mistake.
    fn is_emptied_by_decision(self) -> bool {
        self.held > 0 && self.refused == 0
    }
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
    theme: theme::Theme,
    content: Vec<content::ContentPage>,
    catalog_files: Vec<CatalogFile>,
    register: Register,
    cleared: gate::Cleared,
    approvals: Vec<Approval>,
}

/// Runs every stage into a staging folder: of the whole site, or of what differs from the one that is live.
///
/// Errors: when the machine fails; everything about the data is a finding.
pub fn run(
    options: Options<'_>,
    (stage_root, live): (&Path, Option<Live>),
    records: &Path,
    progress: &Progress,
) -> Result<Run> {
    let mut run =
        Run { findings: Vec::new(), counts: Counts::default(), basis: None, owners: Owners::default(), made: None };
    if let Some(basis) = Basis::load(options, records, &mut run.findings)? {
        if let Some(judged) = judge(&basis, options, records, progress, &mut run)? {
            run.made = make(&basis, judged, options, (stage_root, live), progress, &mut run)?;
        }
        run.basis = Some(basis);
    }
    diag::sort(&mut run.findings);
    Ok(run)
}

/// Reads the input and passes it through the gate's first door; `None` when something stops the run.
fn judge(
    basis: &Basis,
    options: Options<'_>,
    records: &Path,
    progress: &Progress,
    run: &mut Run,
) -> Result<Option<Judged>> {
    let Run { findings, counts, owners, .. } = run;
    let site = &basis.site;
    let reading = progress.start("读取目录", "reading the catalog", 0);
    let (catalog, more) = catalog::load(options.root, site)?;
    findings.extend(more);
    counts.entries = catalog.entries.len() + catalog.unread.len();
    *owners = Owners::of(&catalog.entries);
    reading.end(&format!("{} / {}", catalog.files.len(), catalog.entries.len()));
    let (content, more) = content::load(options.root, site)?;
    findings.extend(more);
    let theme = match theme::load(options.root, site)? {
        Ok(theme) => {
            findings.extend(theme.warnings.iter().cloned());
            Some(theme)
        }
        Err(more) => {
            findings.extend(more);
            None
        }
    };
    let mut register = Register::load(&records.join(IDS_FILE))?;
    let catalog_files = catalog.files.clone();
    let rules = basis.rules(options);
    let stopped = stops(findings);
    let judging = progress.start("逐条审核", "judging entries", 0);
    let decision = gate::clear(catalog, &rules, &mut register);
    findings.extend(decision.findings);
    counts.refused = decision.n_refused;
    counts.closed = decision.n_closed;
    counts.held = decision.n_held;
    counts.repeated = decision.n_repeated;
    let cleared = decision.cleared;
    judging.end(&cleared.datasets().len().to_string());
    let may_be_empty = options.allow_empty || counts.is_emptied_by_decision();
    if cleared.datasets().is_empty() && !may_be_empty && !stopped {
        findings.push(nothing_cleared(findings, *counts));
    }
    let theme = theme.filter(|_| !stops(findings));
    let approvals = decision.approvals;
    Ok(theme.map(|theme| Judged { theme, content, catalog_files, register, cleared, approvals }))
}

/// Makes every file of the site; `None` when the gate's second door lets nothing through or a template has a mistake.
fn make(
    basis: &Basis,
    judged: Judged,
    options: Options<'_>,
    (stage_root, live): (&Path, Option<Live>),
    progress: &Progress,
    run: &mut Run,
) -> Result<Option<Made>> {
    let Run { findings, counts, .. } = run;
    let Judged { theme, content, catalog_files, register, cleared, approvals } = judged;
    let Basis { site, regime, licences, decisions, .. } = basis;
    let n_cleared = cleared.datasets().len();
    let stage = Stage::beside(stage_root, live)?;
    let ingesting = progress.start("转换数据", "converting data", n_cleared);
    let settings = tables::Settings::of(site, decisions);
    let evidence = tables::ingest(&cleared, &stage, &settings, options.reuse, &|| ingesting.step())?;
    ingesting.end(&n_cleared.to_string());
    let rules = basis.rules(options);
    let gate::Released { publishable, findings: more, grounds } = gate::release(cleared, evidence, &rules, &stage)?;
    findings.extend(more);
    counts.published = publishable.releases().len();
    counts.refused += n_cleared - counts.published;
    if counts.published == 0 && !options.allow_empty && !counts.is_emptied_by_decision() {
        findings.push(nothing_cleared(findings, *counts));
        return Ok(None);
    }
    let packing = progress.start("打包下载", "packing downloads", counts.published);
    let issuer = Issuer { site, regime, as_of: options.as_of };
    let packages = package_all(&publishable, issuer, &stage, options.reuse, &|| packing.step())?;
    packing.end(&counts.published.to_string());
    let of_release = |release: &gate::Release| (release.cleared.id.to_string(), release.digest());
    let datasets: BTreeMap<String, Digest> = publishable.releases().iter().map(of_release).collect();
    let history = basis.history.after(options.as_of, &datasets);
    let inputs = Inputs {
        site,
        regime,
        licences,
        history: &history,
        holds: &basis.holds,
        cases: &basis.cases,
        days: &basis.days,
        as_of: options.as_of,
        publishable: &publishable,
        packages: &packages,
        content: &content,
    };
    // The theme goes into the rendering; lists need its words.
    let strings = theme.languages[0].strings.clone();
    let rendering = progress.start("生成页面", "rendering pages", counts.published * site.languages.len());
    let rendered = match pages::render(&inputs, theme, &stage, &|| rendering.step())? {
        Ok(rendered) => rendered,
        Err(more) => {
            findings.extend(more);
            return Ok(None);
        }
    };
    rendering.end(&rendered.n_pages.to_string());
    let n_pages = rendered.n_pages;
    let assessment = harvest::write(&inputs, &strings, &stage)?;
    if site.exports.search {
        let indexing = progress.start("建立检索", "indexing for search", 0);
        search::write(&inputs, &stage)?;
        indexing.end(&counts.published.to_string());
    }
    Ok(Some(Made { stage, catalog_files, register, datasets, approvals, grounds, assessment, n_pages }))
}

/// Why nothing can be published, by the most frequent reason.
fn nothing_cleared(findings: &[Finding], counts: Counts) -> Finding {
    let mut by_code: BTreeMap<Code, usize> = BTreeMap::new();
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
