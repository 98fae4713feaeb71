//! `kaishu build` and `kaishu check`: wiring only.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};

use crate::cli::basis::Basis;
use crate::cli::pipeline::{self, Counts, Made, Options, Run};
use crate::cli::progress::Progress;
use crate::cli::unchanged::{self, Summary};
use crate::cli::{Outcome, SiteArgs, assess, locale, print, report};
use crate::diag::{Lang, Level};
use crate::model::date::Day;
use crate::model::digest::Digest;
use crate::publish::{self, Folders, PublicationEvent};
use crate::records::{self, signed};
use crate::reuse::{Reuse, digest_of};
use crate::server;
use crate::site::Site;

/// Reads everything, reports every finding, writes nothing that stays.
///
/// Errors: when the machine fails.
pub fn check(args: &SiteArgs, with_assessment: bool, lang: Lang) -> Result<Outcome> {
    require_site(&args.site, lang)?;
    let scratch = tempfile::Builder::new().prefix("kaishu-check-").tempdir().context("making a temporary folder")?;
    let progress = Progress::new(lang, args.json);
    let records = args.site.join("records");
    let run = pipeline::with_jobs(args.jobs, || -> Result<Run> {
        pipeline::run(options(args, None)?, (&scratch.path().join("stage"), None), &records, &progress)
    })??;
    report::to_terminal(&run.findings, args.json, args.all, lang);
    summary(args, lang, run.counts, None);
    if let Some(made) = run.made.as_ref().filter(|_| with_assessment) {
        assess::show(&made.assessment, args.json, args.all, lang);
    }
    Ok(outcome(&run))
}

/// Builds the site and puts it in the place of the old one.
///
/// Errors: when the machine fails; the old site is then untouched, or the message says what is left to be done.
pub fn build(args: &SiteArgs, out: Option<&Path>, lang: Lang) -> Result<Outcome> {
    require_site(&args.site, lang)?;
    let out = out.map_or_else(|| args.site.join("public"), Path::to_owned);
    let folders = Folders::new(&args.site, &out)?;
    let _lock = publish::open(&folders)?;
    take_in_decisions(args, &folders)?;
    publish::finish_takedowns(&folders, locale::now())?;
    let began = locale::now();
    let as_of = options(args, None)?.as_of;
    let input = unchanged::input(args, &folders, as_of, tool_digest()?);
    // Who wants to see everything again, or reads what is printed by a program, gets it.
    let is_asked_anew = args.all || args.json || args.verify_cache;
    if let Some(input) = input.as_ref().filter(|_| !is_asked_anew)
        && let Some(same) = unchanged::find(&args.site, &folders, input)?
    {
        return Ok(nothing_to_do(args, &folders, same, lang));
    }
    let res = build_and_publish(args, &folders, as_of, lang);
    if res.is_err() {
        // On a full disk the unfinished site is what takes the room.
        // What went wrong first is what is told.
        let _ = publish::discard(&folders);
    }
    let summary = res?;
    if let (Some(summary), Some(input)) = (summary, &input) {
        // Without it the next build reads everything: no reason to call this one failed.
        let _ = unchanged::keep(&args.site, &folders, input, began, summary);
    }
    Ok(summary.map_or(Outcome::Failed, outcome_of))
}

/// Says that the site stands as it was published.
fn nothing_to_do(args: &SiteArgs, folders: &Folders, same: Summary, lang: Lang) -> Outcome {
    print::note(print::say(
        lang,
        "各项输入自上次生成以来没有变化，网站无须重新生成；检查结果见报告，加 --all 可重新列出。",
        "nothing has changed since the last build, so nothing was built; the findings are in the report, --all lists them again.",
    ));
    summary(args, lang, same.counts, Some((&folders.out, same.n_pages, same.n_files)));
    outcome_of(same)
}

fn outcome_of(summary: Summary) -> Outcome {
    if summary.is_refused { Outcome::Refused } else { Outcome::Done }
}

/// Builds and publishes; answers how that ended, `None` where nothing could be published.
fn build_and_publish(args: &SiteArgs, folders: &Folders, as_of: Day, lang: Lang) -> Result<Option<Summary>> {
    let progress = Progress::new(lang, args.json);
    let reuse = Reuse::new(&args.site, &folders.out, args.verify_cache);
    // Who wants everything read again gets everything written again.
    let live = if args.verify_cache { None } else { publish::live(folders)? };
    let run = pipeline::with_jobs(args.jobs, || {
        let options = Options { as_of, ..options(args, Some(&reuse))? };
        pipeline::run(options, (&folders.stage, live), &folders.records, &progress)
    })??;
    // The report names what is not published: it stays in the site folder, wherever the site goes.
    report::to_files(&args.site.join("report"), &run, as_of, lang)?;
    report::to_terminal(&run.findings, args.json, args.all, lang);
    let (is_refused, counts) = (run.refused(), run.counts);
    let (Some(made), Some(basis)) = (run.made, run.basis) else {
        publish::discard(folders)?;
        summary(args, lang, counts, None);
        return Ok(None);
    };
    server::write(&args.site.join("server"), &basis.site, &basis.holds)?;
    let note = publish::seal(&made.stage, as_of)?;
    let n_files = note.files;
    let event = event(args, folders, &basis, &made, note, &run.findings)?;
    publish::commit(folders, &made.stage, event, &made.register)?;
    reuse.sweep();
    summary(args, lang, counts, Some((&folders.out, made.n_pages, n_files)));
    Ok(Some(Summary { counts, n_pages: made.n_pages, n_files, is_refused }))
}

/// Takes decisions from the machine of the endpoint into the record, where the configuration says that they come from one.
///
/// Errors: when the machine fails.
fn take_in_decisions(args: &SiteArgs, folders: &Folders) -> Result<()> {
    // What is wrong with the configuration is told by the pipeline, with its line.
    let Ok(site) = Site::load(&args.site) else { return Ok(()) };
    if let Some(key) = site.endpoint.as_ref().and_then(|endpoint| endpoint.holds_key.as_deref()) {
        let (file, chain) = (args.site.join(signed::FILE), folders.chain());
        // What is wrong with the file is a finding of the pipeline, which publishes nothing then.
        if let Ok(decisions) = signed::read(&file, key, &site.base_url, &chain) {
            signed::put_on_record(&decisions, &chain)?;
        }
    }
    Ok(())
}

fn require_site(site: &Path, lang: Lang) -> Result<()> {
    if site.join("site.toml").is_file() {
        return Ok(());
    }
    let message = match lang {
        Lang::Zh => format!("{} 中没有 site.toml；用 --site 指明站点文件夹，或用 kaishu init 新建", site.display()),
        Lang::En => format!(
            "{} has no site.toml; name the site folder with --site, or make one with kaishu init",
            site.display()
        ),
    };
    anyhow::bail!(message)
}

/// What a run is asked to do, from the arguments and the clock.
pub(super) fn options<'a>(args: &'a SiteArgs, reuse: Option<&'a Reuse>) -> Result<Options<'a>> {
    let as_of =
        args.as_of.or_else(locale::today).context("the clock shows no day between 1900 and 2100; use --as-of")?;
    let (allow_draft, allow_empty) = (args.allow_draft, args.allow_empty);
    Ok(Options { root: &args.site, as_of, allow_draft, allow_empty, reuse, endpoint_url: None })
}

fn outcome(run: &Run) -> Outcome {
    if run.made.is_none() {
        Outcome::Failed
    } else if run.refused() {
        Outcome::Refused
    } else {
        Outcome::Done
    }
}

/// The digest of the program itself.
fn tool_digest() -> Result<Digest> {
    let path = std::env::current_exe().context("finding the program")?;
    digest_of(&path).with_context(|| format!("reading {}", path.display()))
}

/// The files that the build was told by, with their digests.
fn configuration_of(args: &SiteArgs, basis: &Basis) -> Result<Vec<(String, Digest)>> {
    let site = digest_of(&args.site.join("site.toml")).context("reading site.toml")?;
    let mut res = vec![("site.toml".to_owned(), site)];
    res.extend(basis.decisions.files.iter().cloned());
    res.push(("calendar".to_owned(), basis.days.digest()));
    Ok(res)
}

/// What is recorded of a publication; the findings are kept beside the chain under their digest.
fn event(
    args: &SiteArgs,
    folders: &Folders,
    basis: &Basis,
    made: &Made,
    release: publish::ReleaseNote,
    findings: &[crate::diag::Finding],
) -> Result<PublicationEvent> {
    let mut lines: Vec<String> = findings.iter().map(|finding| finding.to_json(Lang::Zh).to_string()).collect();
    lines.push(String::new());
    let findings_digest =
        records::keep_by_digest(&folders.records.join("findings"), "jsonl", lines.join("\n").as_bytes())?;
    let history = &basis.history;
    let before: BTreeSet<&str> = history.published().collect();
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.code.level() == Level::Refuse) {
        *refused.entry(finding.code.name().to_owned()).or_default() += 1;
    }
    Ok(PublicationEvent {
        kind: "publication".to_owned(),
        recorded_at: locale::now(),
        release,
        tool: tool_digest()?,
        regime: (basis.regime.id.clone(), basis.regime.digest),
        configuration: configuration_of(args, basis)?,
        catalog: made.catalog_files.iter().map(|file| (file.path.clone(), file.sha256)).collect(),
        added: made.datasets.keys().filter(|id| !before.contains(id.as_str())).cloned().collect(),
        removed: before.iter().filter(|id| !made.datasets.contains_key(**id)).map(|id| (*id).to_owned()).collect(),
        changed: made
            .datasets
            .iter()
            .filter(|(id, sha256)| history.digest_of(id) != Some(**sha256))
            .map(|(id, sha256)| (id.clone(), *sha256))
            .collect(),
        approvals: made.approvals.clone(),
        grounds: made.grounds.clone(),
        held: Some(basis.holds.in_force().map(|hold| hold.dataset.clone()).collect()),
        n_published: made.datasets.len(),
        refused,
        findings: findings_digest,
    })
}

fn summary(args: &SiteArgs, lang: Lang, counts: Counts, site: Option<(&Path, usize, usize)>) {
    let Counts { entries, published, refused, closed, held, repeated } = counts;
    if args.json {
        let mut line = serde_json::json!({
            "type": "summary", "entries": entries, "published": published, "refused": refused,
            "closed": closed, "held": held, "repeated": repeated, "committed": site.is_some(),
        });
        if let Some((out, n_pages, n_files)) = site {
            line["out"] = out.to_string_lossy().into();
            line["pages"] = n_pages.into();
            line["files"] = n_files.into();
        }
        print::data(&line.to_string());
        return;
    }
    print::note(&match lang {
        Lang::Zh => format!(
            "目录共 {entries} 条：可发布 {published}，因问题未发布 {refused}，按目录不开放 {closed}，按决定不开放 {held}，重复 {repeated}"
        ),
        Lang::En => format!(
            "{entries} entries: {published} publishable, {refused} refused, {closed} not open as the catalog says, {held} held by a decision, {repeated} repeated"
        ),
    });
    if let Some((out, n_pages, n_files)) = site {
        let report = args.site.join("report/index.html");
        print::note(&match lang {
            Lang::Zh => {
                format!(
                    "已发布到 {}：{n_pages} 个页面，{n_files} 个文件；检查报告见 {}",
                    out.display(),
                    report.display()
                )
            }
            Lang::En => format!(
                "published to {}: {n_pages} pages, {n_files} files; the report is {}",
                out.display(),
                report.display()
            ),
        });
    }
}
