//! The report as CSV: one file for all, one for each provider to be sent on.

use std::path::Path;

use anyhow::{Context, Result};

use super::by_provider;
use super::due::Due;
use crate::cli::pipeline::Run;
use crate::diag::{Finding, Lang, Level};
use crate::model::route::slug;
use crate::records::replace;

/// Writes `findings.csv` and `providers/<name>.csv`; files of an earlier run go.
///
/// Errors: when the folder cannot be written.
pub fn write(dir: &Path, run: &Run, due: &Due, lang: Lang) -> Result<()> {
    let parts = by_provider(run);
    let all =
        parts.iter().flat_map(|(provider, findings)| findings.iter().map(move |finding| (provider.as_str(), *finding)));
    replace(&dir.join("findings.csv"), &sheet(all, due, lang)?)?;
    let folder = dir.join("providers");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("emptying {}", folder.display()))?;
    }
    std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    for (provider, findings) in parts.iter().filter(|(provider, _)| !provider.is_empty()) {
        let to_fix: Vec<&Finding> = findings.iter().copied().filter(|finding| is_to_fix(finding)).collect();
        if !to_fix.is_empty() {
            let rows = to_fix.into_iter().map(|finding| (provider.as_str(), finding));
            replace(&folder.join(format!("{}.csv", slug(provider))), &sheet(rows, due, lang)?)?;
        }
    }
    Ok(())
}

/// What a provider has something to do about.
fn is_to_fix(finding: &Finding) -> bool {
    finding.code.level() <= Level::Warn
}

/// UTF-8 with a mark, because people open it in a spreadsheet, which else takes it for another encoding.
fn sheet<'a>(rows: impl Iterator<Item = (&'a str, &'a Finding)>, due: &Due, lang: Lang) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(b"\xEF\xBB\xBF".to_vec());
    let headers = match lang {
        Lang::Zh => {
            ["提供单位", "数据集", "处理结果", "问题", "位置", "发现", "应为", "处理方法", "依据", "期限", "代码"]
        }
        Lang::En => [
            "Provider",
            "Dataset",
            "Result",
            "What is wrong",
            "Place",
            "Found",
            "Expected",
            "What to do",
            "Why",
            "By when",
            "Code",
        ],
    };
    writer.write_record(headers).context("writing the report")?;
    for (provider, finding) in rows {
        let code = finding.code;
        let cells = [
            provider.to_owned(),
            finding.subject.clone(),
            code.level().word(lang).to_owned(),
            finding.message(lang),
            finding.place.describe(lang),
            finding.found.clone(),
            finding.expectation(lang),
            finding.hint(lang),
            due.why(code, lang),
            due.when(code, lang),
            code.name().to_owned(),
        ];
        writer.write_record(cells.iter().map(|cell| inert(cell))).context("writing the report")?;
    }
    writer.into_inner().context("writing the report")
}

/// A cell that no spreadsheet takes for a formula.
fn inert(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}
