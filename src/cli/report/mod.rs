//! The team's report: on the terminal, as JSON lines, and outside the site as an HTML page and CSV files.

mod due;
mod page;
mod sheet;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use crate::cli::pipeline::Run;
use crate::cli::print::{self, say};
use crate::diag::{Code, Finding, Lang, Level};
use crate::model::date::Day;
use crate::records::replace;
use anyhow::{Context, Result};
use due::Due;

/// How many places of one kind of finding the terminal shows.
const SHOWN: usize = 3;

/// Findings of one kind, in one column of one file.
struct Group<'a> {
    code: Code,
    findings: Vec<&'a Finding>,
}

fn groups<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<Group<'a>> {
    let mut by_kind: BTreeMap<(Level, Code, String, String), Group<'_>> = BTreeMap::new();
    for finding in findings {
        let hint_key =
            if finding.code.wording(Lang::En).title.contains("{}") { finding.expected.clone() } else { String::new() };
        // Unknown columns are one matter, however many there are.
        let by_column = finding.code != Code::ColumnUnknown;
        let column = finding.place.column.as_deref().filter(|_| by_column).unwrap_or_default().to_owned();
        let key = (finding.code.level(), finding.code, column, hint_key);
        by_kind.entry(key).or_insert_with(|| Group { code: finding.code, findings: Vec::new() }).findings.push(finding);
    }
    let mut res: Vec<Group<'_>> = by_kind.into_values().collect();
    // The verdict on the whole run comes last, after its reasons.
    res.sort_by_key(|group| group.code == Code::NothingCleared);
    res
}

/// Prints every finding: as JSON lines on stdout, or in words on stderr with the like ones together.
pub fn to_terminal(findings: &[Finding], json: bool, all: bool, lang: Lang) {
    if json {
        for finding in findings {
            print::data(&finding.to_json(lang).to_string());
        }
        return;
    }
    for group in groups(findings) {
        print::note(&group_text(&group, all, lang));
    }
}

fn group_text(group: &Group<'_>, all: bool, lang: Lang) -> String {
    let Some(first) = group.findings.first() else {
        return String::new();
    };
    let level = group.code.level();
    let n_all = group.findings.len();
    let mut res = format!("\n{} [{}] {}", level.word(lang), group.code.name(), first.message(lang));
    if n_all > 1 {
        let _ = write!(res, "{}", say(lang, &format!("（共 {n_all} 处）"), &format!(" ({n_all} places)")));
    }
    // What the catalog itself says is not open needs no list of places.
    let n_shown = if all {
        n_all
    } else if group.code == Code::OpennessClosed {
        0
    } else {
        n_all.min(SHOWN)
    };
    for finding in &group.findings[..n_shown] {
        let place = finding.place.describe(lang);
        let subject = if finding.subject.is_empty() {
            String::new()
        } else {
            say(lang, &format!("《{}》", finding.subject), &format!(" “{}”", finding.subject)).to_owned()
        };
        let where_it_is = format!("{place}{subject}");
        let parts = [where_it_is.as_str(), finding.found.as_str()];
        let line = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ");
        if !line.is_empty() {
            let _ = write!(res, "\n    {line}");
        }
    }
    if n_shown < n_all && n_shown > 0 {
        let more = n_all - n_shown;
        let _ = write!(
            res,
            "\n    {}",
            say(
                lang,
                &format!("……另有 {more} 处，用 --all 或 --json 查看"),
                &format!("… {more} more; see them with --all or --json")
            )
        );
    }
    if level <= Level::Warn {
        let _ = write!(res, "\n  {}{}", say(lang, "应为：", "expected: "), first.expectation(lang));
        let _ = write!(res, "\n  {}{}", say(lang, "处理：", "hint: "), first.hint(lang));
    }
    res
}

/// The findings by provider: those about the site as a whole first, then the providers with the most to fix.
fn by_provider(run: &Run) -> Vec<(String, Vec<&Finding>)> {
    let mut parts: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &run.findings {
        parts.entry(run.owners.of_finding(finding)).or_default().push(finding);
    }
    // Who has nothing to do needs no part of his own.
    let is_idle = |findings: &Vec<&Finding>| findings.iter().all(|finding| finding.code.level() == Level::Note);
    let idle: Vec<&str> = parts.iter().filter(|(_, findings)| is_idle(findings)).map(|(name, _)| *name).collect();
    let notes: Vec<&Finding> = idle.iter().filter_map(|name| parts.remove(name)).flatten().collect();
    if !notes.is_empty() {
        parts.entry("").or_default().extend(notes);
    }
    let mut res: Vec<(String, Vec<&Finding>)> =
        parts.into_iter().map(|(provider, findings)| (provider.to_owned(), findings)).collect();
    let n_to_fix =
        |findings: &[&Finding], level| findings.iter().filter(|finding| finding.code.level() <= level).count();
    res.sort_by_cached_key(|(provider, findings)| {
        let most = std::cmp::Reverse((n_to_fix(findings, Level::Refuse), n_to_fix(findings, Level::Warn)));
        (!provider.is_empty(), most, provider.clone())
    });
    res
}

/// Writes `findings.jsonl`, `index.html` and the CSV files into the report folder.
///
/// Errors: when the folder cannot be written.
pub fn to_files(dir: &Path, run: &Run, as_of: Day, lang: Lang) -> Result<()> {
    let due = Due::of(run.basis.as_ref().map(|basis| (&basis.regime, &basis.days)), as_of);
    std::fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
    let mut lines = String::new();
    for finding in &run.findings {
        let _ = writeln!(lines, "{}", finding.to_json(lang));
    }
    replace(&dir.join("findings.jsonl"), lines.as_bytes())?;
    replace(&dir.join("index.html"), page::html(run, &due, lang)?.as_bytes())?;
    sheet::write(dir, run, &due, lang)
}
