//! The team's report: on the terminal, as JSON lines, and as an HTML page outside the site.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::cli::pipeline::Run;
use crate::cli::print::{self, say};
use crate::diag::{Code, Finding, Lang, Level};
use crate::records::replace;

/// How many places of one kind of finding the terminal shows.
const SHOWN: usize = 3;

/// Findings of one kind, in one column of one file.
struct Group<'a> {
    code: Code,
    findings: Vec<&'a Finding>,
}

fn groups(findings: &[Finding]) -> Vec<Group<'_>> {
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

#[derive(Serialize)]
struct ReportView {
    lang: &'static str,
    title: &'static str,
    summary: Vec<(String, String)>,
    groups: Vec<GroupView>,
    nothing: &'static str,
    expected: &'static str,
    hint: &'static str,
    headers: Vec<&'static str>,
}

#[derive(Serialize)]
struct GroupView {
    level: &'static str,
    level_word: &'static str,
    code: &'static str,
    message: String,
    count: usize,
    expected: String,
    hint: String,
    source: &'static str,
    rows: Vec<Vec<String>>,
    show: String,
    open: bool,
}

/// Writes `findings.jsonl` and `index.html` into the report folder.
///
/// Errors: when the folder cannot be written.
pub fn to_files(dir: &Path, run: &Run, lang: Lang) -> Result<()> {
    std::fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
    let mut lines = String::new();
    for finding in &run.findings {
        let _ = writeln!(lines, "{}", finding.to_json(lang));
    }
    replace(&dir.join("findings.jsonl"), lines.as_bytes())?;
    replace(&dir.join("index.html"), html(run, lang)?.as_bytes())
}

/// The report as one HTML page without any script or outside file.
///
/// Errors: when the built-in template fails, which a test rules out.
fn html(run: &Run, lang: Lang) -> Result<String> {
    let counts = run.counts;
    let number = |zh: &'static str, en: &'static str, n: usize| (say(lang, zh, en).to_owned(), n.to_string());
    let view = ReportView {
        lang: say(lang, "zh-CN", "en"),
        title: say(lang, "发布检查报告", "Publication report"),
        summary: vec![
            number("目录条目", "Entries", counts.entries),
            number("可发布", "Publishable", counts.published),
            number("因问题未发布", "Refused", counts.refused),
            number("按目录不开放", "Not open", counts.closed),
            number("重复", "Repeated", counts.repeated),
        ],
        groups: groups(&run.findings).iter().map(|group| group_view(group, lang)).collect(),
        nothing: say(lang, "没有发现问题。", "Nothing was found."),
        expected: say(lang, "应为", "Expected"),
        hint: say(lang, "处理", "What to do"),
        headers: match lang {
            Lang::Zh => vec!["位置", "数据集", "发现"],
            Lang::En => vec!["Place", "Dataset", "Found"],
        },
    };
    let mut tera = tera::Tera::new();
    tera.add_raw_template("report.html", include_str!("report.html")).context("reading the report's template")?;
    let context = tera::Context::from_serialize(&view).context("making the report")?;
    tera.render("report.html", &context).context("rendering the report")
}

fn group_view(group: &Group<'_>, lang: Lang) -> GroupView {
    let first = group.findings.first();
    let words = |text: fn(&Finding, Lang) -> String| first.map(|finding| text(finding, lang)).unwrap_or_default();
    GroupView {
        level: group.code.level().name(),
        level_word: group.code.level().word(lang),
        code: group.code.name(),
        message: words(Finding::message),
        count: group.findings.len(),
        expected: words(Finding::expectation),
        hint: words(Finding::hint),
        source: group.code.source(),
        rows: group
            .findings
            .iter()
            .map(|finding| vec![finding.place.describe(lang), finding.subject.clone(), finding.found.clone()])
            .collect(),
        show: match lang {
            Lang::Zh => format!("查看 {} 处", group.findings.len()),
            Lang::En => format!("show {}", group.findings.len()),
        },
        open: group.findings.len() <= 20,
    }
}
