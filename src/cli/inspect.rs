//! `kaishu inspect`: what kaishu makes of one file, without a site: tables, types, profile, and the derived files.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::json;

use crate::cli::pipeline::with_jobs;
use crate::cli::{Outcome, print};
use crate::diag::{Finding, Lang, Level, Place};
use crate::gate::finding_of;
use crate::model::column::{Column, ColumnType, Distinct, Rule};
use crate::model::digest::Digest;
use crate::model::format::Format;
use crate::model::route::table_stem;
use crate::readers::{self, Input, Notice, Opened, Reader, Trouble};
use crate::reuse;
use crate::screening::{Suspicion, TableScreen, without_numbers};
use crate::site::{ExportConfig, ReadConfig};
use crate::stage::Stage;
use crate::tables::build::{Target, build, mangled_of, notice_of, profile};

/// What to do with the file.
pub struct Wanted {
    /// The file.
    pub file: PathBuf,
    /// Where derived files go; none are made without.
    pub out: Option<PathBuf>,
    /// Which are made.
    pub formats: Vec<String>,
    /// Whether to print JSON.
    pub json: bool,
    /// Whether to screen for personal data and do nothing else.
    pub screen: bool,
    /// Threads.
    pub jobs: Option<usize>,
    /// How to read it.
    pub config: ReadConfig,
}

/// A table in words and in JSON.
struct Shown {
    table: String,
    columns: Vec<Column>,
    n_rows: u64,
    suspicions: Vec<Suspicion>,
    json: serde_json::Value,
}

/// Inspects a file.
///
/// Errors: when the file cannot be read or the output folder is not empty.
pub fn run(wanted: &Wanted, lang: Lang) -> Result<Outcome> {
    with_jobs(wanted.jobs, || inspect(wanted, lang))?
}

fn inspect(wanted: &Wanted, lang: Lang) -> Result<Outcome> {
    let name = wanted.file.file_name().context("a file, please")?.to_string_lossy().into_owned();
    let Some(format) = Format::of_file(&name).filter(readers::reads) else {
        bail!(
            "{}",
            print::say(
                lang,
                &format!("{name} 的格式不读作表格，网站上按原文件提供"),
                &format!("{name} is of a format that is not read as a table; a site offers it as it is"),
            )
        );
    };
    let stage = wanted.out.as_deref().map(stage_of).transpose()?;
    let sha256 = stage.is_some().then(|| reuse::digest_of(&wanted.file)).transpose().context("reading the file")?;
    let size_bytes = std::fs::metadata(&wanted.file).context("reading the file's size")?.len();
    let opened = readers::open(Input { path: &wanted.file, format: &format, config: &wanted.config });
    let (mut tables, mut notices, encoding) = match opened {
        Ok(Opened { tables, notices, encoding, .. }) => (tables, notices, encoding),
        Err(trouble) => (Vec::new(), vec![told(trouble)?], ""),
    };
    let mut has_table = false;
    let mut findings = Vec::new();
    let about = About { name: &name, encoding, size_bytes, sha256 };
    for reader in &mut tables {
        let part = reader.part().to_owned();
        let suspicions = if wanted.screen {
            has_table = true;
            screen_table(&mut **reader, wanted.json, &mut notices)?
        } else {
            let Some(shown) = inspect_table(&mut **reader, &about, wanted, stage.as_ref(), &mut notices)? else {
                continue;
            };
            has_table = true;
            print_table(&shown, lang, wanted.json);
            shown.suspicions
        };
        let place = Place::file(if part.is_empty() { name.clone() } else { format!("{name} · {part}") });
        findings.extend(suspicions.iter().map(|suspicion| finding_of(place.clone(), suspicion)));
    }
    findings.extend(
        notices.iter().map(|notice| {
            Finding::new(notice.code, Place::file(name.as_str())).expected(without_numbers(&notice.about))
        }),
    );
    let is_refused = say(&findings, lang, wanted.json);
    Ok(if is_refused || !has_table { Outcome::Refused } else { Outcome::Done })
}

/// What is known of the file as a whole.
struct About<'a> {
    name: &'a str,
    encoding: &'static str,
    size_bytes: u64,
    sha256: Option<Digest>,
}

/// Profiles one table, and writes its derived files where they are wanted; `None` where it is no table after all.
fn inspect_table(
    reader: &mut dyn Reader,
    about: &About<'_>,
    wanted: &Wanted,
    stage: Option<&Stage>,
    notices: &mut Vec<Notice>,
) -> Result<Option<Shown>> {
    let About { name, encoding, size_bytes, sha256 } = *about;
    let stem = table_stem(name.rsplit_once('.').map_or(name, |(stem, _)| stem));
    let part = reader.part().to_owned();
    let table = if part.is_empty() { stem } else { table_stem(&format!("{stem}-{part}")) };
    let made = match stage {
        None => profile(reader).map(|profiled| {
            notices.extend(reader.notices());
            (profiled.columns, profiled.n_rows, Vec::new(), profiled.suspicions)
        }),
        Some(stage) => {
            let api = format!("api/{table}");
            let exports = exports_of(&wanted.formats);
            let target =
                Target { stage, exports, folder: "data", api: &api, table: &table, source: name, encoding, size_bytes };
            build(reader, target).map(|built| {
                notices.extend(built.notices);
                (built.table.columns, built.table.n_rows, built.table.derived, built.suspicions)
            })
        }
    };
    let (columns, n_rows, files, suspicions) = match made {
        Ok(made) => made,
        Err(trouble) => {
            notices.push(told(trouble)?);
            return Ok(None);
        }
    };
    for (code, column, row) in columns.iter().flat_map(mangled_of) {
        notices.push(Notice::new(code, format!("{column}, {row}")));
    }
    let files: Vec<_> = files
        .iter()
        .map(|file| json!({ "name": file.name, "bytes": file.size_bytes, "sha256": file.sha256.to_string() }))
        .collect();
    let json = json!({
        "type": "table", "file": name, "part": part, "table": table, "encoding": encoding,
        "sha256": sha256.map(|digest| digest.to_string()), "rows": n_rows, "columns": columns, "files": files,
    });
    Ok(Some(Shown { table, columns, n_rows, suspicions, json }))
}

/// Reads one table for personal data alone.
fn screen_table(reader: &mut dyn Reader, as_json: bool, notices: &mut Vec<Notice>) -> Result<Vec<Suspicion>> {
    loop {
        let names = reader.columns().to_vec();
        let mut screen = TableScreen::default();
        let mut seconds = 0.0;
        let outcome = reader.read(&mut |batches| {
            let begin = std::time::Instant::now();
            screen.add(&batches, &names);
            seconds += begin.elapsed().as_secs_f64();
            Ok(())
        });
        match outcome {
            Ok(outcome) if outcome == readers::Outcome::Again || names != reader.columns() => {}
            Ok(_) => {
                if as_json {
                    let line = json!({ "type": "screening", "seconds": seconds, "bytes": screen.n_bytes() });
                    print::data(&line.to_string());
                }
                return Ok(screen.finish(reader.columns()).0);
            }
            Err(trouble) => {
                notices.push(told(trouble)?);
                return Ok(Vec::new());
            }
        }
    }
}

fn stage_of(out: &Path) -> Result<Stage> {
    if out.read_dir().is_ok_and(|mut items| items.next().is_some()) {
        bail!("{} 不是空文件夹 / is not empty", out.display());
    }
    Stage::create(out)
}

fn exports_of(formats: &[String]) -> ExportConfig {
    let has = |name: &str| formats.iter().any(|format| format == name);
    ExportConfig {
        csv: has("csv"),
        json: has("json"),
        jsonl: has("jsonl"),
        xlsx: has("xlsx"),
        parquet: has("parquet"),
        rows: has("rows"),
        zip: false,
        datapackage: false,
        metadata: false,
        search: false,
        dots: false,
        max_mib: crate::site::Limits::none(),
    }
}

/// What is wrong with a file is told; what is wrong with the machine stops the command.
fn told(trouble: Trouble) -> Result<Notice> {
    match trouble {
        Trouble::Machine(error) => Err(error),
        Trouble::NoTable(why) => Ok(notice_of(why)),
    }
}

/// Prints what there is to say; answers whether a site would refuse the file.
fn say(findings: &[Finding], lang: Lang, as_json: bool) -> bool {
    for finding in findings {
        if as_json {
            print::data(&finding.to_json(lang).to_string());
        } else {
            let column = finding.place.column.as_deref().map_or_else(String::new, |column| format!(" [{column}]"));
            let code = finding.code;
            print::note(&format!("{} {}{column}: {}", code.level().word(lang), code.name(), finding.message(lang)));
        }
    }
    findings.iter().any(|finding| finding.code.level() <= Level::Refuse)
}

fn print_table(shown: &Shown, lang: Lang, as_json: bool) {
    if as_json {
        print::data(&shown.json.to_string());
        return;
    }
    for line in words_of(&shown.table, &shown.columns, shown.n_rows, lang) {
        print::data(&line);
    }
}

fn words_of(table: &str, columns: &[Column], n_rows: u64, lang: Lang) -> Vec<String> {
    let n_columns = columns.len();
    let mut res = vec![match lang {
        Lang::Zh => format!("{table}：{n_rows} 行，{n_columns} 列"),
        Lang::En => format!("{table}: {n_rows} rows, {n_columns} columns"),
    }];
    res.extend(columns.iter().map(|column| {
        let profile = &column.profile;
        let distinct = match profile.distinct {
            Some(Distinct::Exactly(n)) => n.to_string(),
            Some(Distinct::About(n)) => format!("≈{n}"),
            None => "-".to_owned(),
        };
        let range = match (&profile.numbers, &profile.span) {
            (Some(numbers), _) => {
                format!("{} … {}, {} {}", numbers.min, numbers.max, print::say(lang, "平均", "mean"), numbers.mean)
            }
            (None, Some(span)) => format!("{} … {}", span.first, span.last),
            (None, None) => profile.top.first().map_or_else(String::new, |top| format!("{} ×{}", top.value, top.count)),
        };
        let (missing, different) = (print::say(lang, "缺失", "missing"), print::say(lang, "不同值", "different"));
        format!(
            "  {}  [{}: {}]  {missing} {}  {different} {distinct}  {range}",
            column.name,
            type_word(column.column_type, lang),
            rule_words(column.rule, lang),
            profile.n_missing,
        )
    }));
    res
}

fn type_word(column_type: ColumnType, lang: Lang) -> &'static str {
    let (zh, en) = match column_type {
        ColumnType::Text => ("文本", "text"),
        ColumnType::Code => ("代码", "code"),
        ColumnType::Integer => ("整数", "integer"),
        ColumnType::Decimal => ("小数", "decimal"),
        ColumnType::Coordinate => ("坐标", "coordinate"),
        ColumnType::Boolean => ("是否", "boolean"),
        ColumnType::Date => ("日期", "date"),
        ColumnType::DateTime => ("日期时间", "date and time"),
    };
    print::say(lang, zh, en)
}

fn rule_words(rule: Rule, lang: Lang) -> String {
    let (zh, en) = match rule {
        Rule::NoValue => ("没有值".to_owned(), "no value".to_owned()),
        Rule::NameOfCode => ("列名表示代码".to_owned(), "the name says so".to_owned()),
        Rule::LeadingZero { row } => (format!("第 {row} 行以 0 开头"), format!("row {row} begins with a zero")),
        Rule::LongDigits { row } => (format!("第 {row} 行达到 15 位"), format!("row {row} has 15 digits or more")),
        Rule::EveryWhole => ("全部为整数".to_owned(), "every value".to_owned()),
        Rule::EveryNumber => ("全部为数值".to_owned(), "every value".to_owned()),
        Rule::EveryCoordinate => ("列名和取值范围".to_owned(), "name and range".to_owned()),
        Rule::TwoWords => ("只有两种写法".to_owned(), "two words".to_owned()),
        Rule::EveryTime { .. } => ("写法一致".to_owned(), "one form".to_owned()),
        Rule::Counterexample { row, held } => {
            (format!("第 {row} 行不是{}", type_word(held, lang)), format!("row {row} is no {}", type_word(held, lang)))
        }
        Rule::Words => ("文字".to_owned(), "words".to_owned()),
    };
    print::say(lang, &zh, &en).to_owned()
}
