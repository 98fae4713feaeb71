//! The team's report as a page that a person can work through: by provider, with what to fix, why, and by when.

use anyhow::{Context, Result};
use serde::Serialize;

use super::due::Due;
use super::{Group, groups};
use crate::cli::pipeline::Run;
use crate::cli::print::say;
use crate::diag::{Finding, Lang, Level};

#[derive(Serialize)]
struct ReportView {
    lang: &'static str,
    title: &'static str,
    lead: String,
    summary: Vec<(String, String)>,
    contents: &'static str,
    parts: Vec<PartView>,
    nothing: &'static str,
    words: Words,
}

/// The words of the page.
#[derive(Serialize)]
struct Words {
    expected: &'static str,
    hint: &'static str,
    why: &'static str,
    when: &'static str,
    headers: Vec<&'static str>,
}

/// What concerns one provider, or the site as a whole.
#[derive(Serialize)]
struct PartView {
    anchor: String,
    name: String,
    tally: String,
    groups: Vec<GroupView>,
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
    why: String,
    when: String,
    rows: Vec<Vec<String>>,
    show: String,
    open: bool,
}

/// The report as one HTML page without any script or outside file.
///
/// Errors: when the built-in template fails, which a test rules out.
pub fn html(run: &Run, due: &Due, lang: Lang) -> Result<String> {
    let counts = run.counts;
    let number = |zh: &'static str, en: &'static str, n: usize| (say(lang, zh, en).to_owned(), n.to_string());
    let view = ReportView {
        lang: say(lang, "zh-CN", "en"),
        title: say(lang, "发布检查报告", "Publication report"),
        lead: due.lead(lang),
        summary: vec![
            number("目录条目", "Entries", counts.entries),
            number("可发布", "Publishable", counts.published),
            number("因问题未发布", "Refused", counts.refused),
            number("按目录不开放", "Not open", counts.closed),
            number("按决定不开放", "Held by decisions", counts.held),
            number("重复", "Repeated", counts.repeated),
        ],
        contents: say(lang, "按提供单位", "By provider"),
        parts: parts(run, due, lang),
        nothing: say(lang, "没有发现问题。", "Nothing was found."),
        words: Words {
            expected: say(lang, "应为", "Expected"),
            hint: say(lang, "处理", "What to do"),
            why: say(lang, "依据", "Why"),
            when: say(lang, "期限", "By when"),
            headers: match lang {
                Lang::Zh => vec!["位置", "数据集", "发现"],
                Lang::En => vec!["Place", "Dataset", "Found"],
            },
        },
    };
    let mut tera = tera::Tera::new();
    tera.add_raw_template("report.html", include_str!("report.html")).context("reading the report's template")?;
    let context = tera::Context::from_serialize(&view).context("making the report")?;
    tera.render("report.html", &context).context("rendering the report")
}

/// The site as a whole first, then the providers, those with most to fix first.
fn parts(run: &Run, due: &Due, lang: Lang) -> Vec<PartView> {
    super::by_provider(run)
        .into_iter()
        .enumerate()
        .map(|(idx, (provider, findings))| {
            let n_of = |level: Level| findings.iter().filter(|finding| finding.code.level() == level).count();
            let (n_refuse, n_warn) = (n_of(Level::Stop) + n_of(Level::Refuse), n_of(Level::Warn));
            PartView {
                anchor: format!("p{idx}"),
                name: if provider.is_empty() {
                    say(lang, "站点和目录", "Site and catalog").to_owned()
                } else {
                    provider
                },
                tally: match lang {
                    Lang::Zh => format!("未发布 {n_refuse}，请核对 {n_warn}"),
                    Lang::En => format!("{n_refuse} refused, {n_warn} to check"),
                },
                groups: groups(findings.iter().copied()).iter().map(|group| group_view(group, due, lang)).collect(),
            }
        })
        .collect()
}

fn group_view(group: &Group<'_>, due: &Due, lang: Lang) -> GroupView {
    let first = group.findings.first();
    let words = |text: fn(&Finding, Lang) -> String| first.map(|finding| text(finding, lang)).unwrap_or_default();
    let row = |finding: &&Finding| vec![finding.place.describe(lang), finding.subject.clone(), finding.found.clone()];
    GroupView {
        level: group.code.level().name(),
        level_word: group.code.level().word(lang),
        code: group.code.name(),
        message: words(Finding::message),
        count: group.findings.len(),
        expected: words(Finding::expectation),
        hint: words(Finding::hint),
        why: due.why(group.code, lang),
        when: due.when(group.code, lang),
        rows: group.findings.iter().map(row).collect(),
        show: match lang {
            Lang::Zh => format!("查看 {} 处", group.findings.len()),
            Lang::En => format!("show {}", group.findings.len()),
        },
        open: group.findings.len() <= 20,
    }
}
