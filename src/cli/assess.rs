//! `kaishu check --assess`: how the site and each dataset do by what others measure, and which field would earn more.

use serde_json::json;

use crate::assess::{Assessed, Report, Scheme, Summary, points};
use crate::cli::print;
use crate::diag::Lang;

/// How many datasets are listed without `--all`: those with the fewest points.
const SHOWN: usize = 10;

/// Prints a report: tables for people on stderr, or JSON lines on stdout.
pub fn show(report: &Report, json: bool, all: bool, lang: Lang) {
    if json {
        report.summaries.iter().for_each(summary_json);
        report.datasets.iter().for_each(dataset_json);
        return;
    }
    for summary in &report.summaries {
        summary_text(summary, report.datasets.len(), lang);
    }
    let mut datasets: Vec<&Assessed> = report.datasets.iter().collect();
    datasets.sort_by_key(|dataset| dataset.earned);
    let shown = if all { datasets.len() } else { SHOWN };
    print::note(print::say(
        lang,
        "\n各数据集得分（MQA/405、FAIR/24、W3C/35），低者在前：",
        "\ndatasets (MQA/405, FAIR/24, W3C/35), the lowest first:",
    ));
    for dataset in datasets.iter().take(shown) {
        let [mqa, fair, dwbp] = dataset.earned.map(points);
        let fields: Vec<&str> = dataset.fields.iter().map(|field| field.label()).collect();
        let more = match (fields.is_empty(), lang) {
            (true, _) => String::new(),
            (false, Lang::Zh) => format!("；可补充：{}", fields.join("、")),
            (false, Lang::En) => format!("; to fill in: {}", fields.join(", ")),
        };
        print::note(&format!("  {mqa:>6} {fair:>5} {dwbp:>5}  {} {}{more}", dataset.id, dataset.title));
    }
    if datasets.len() > shown {
        print::note(&match lang {
            Lang::Zh => {
                format!("  其余 {} 个用 --all 列出；全部得分见网站的 quality/datasets.csv", datasets.len() - shown)
            }
            Lang::En => {
                format!("  {} more with --all; the site has all in quality/datasets.csv", datasets.len() - shown)
            }
        });
    }
}

fn chosen(lang: Lang, [chinese, english]: [&str; 2]) -> String {
    print::say(lang, chinese, english).to_owned()
}

fn summary_text(summary: &Summary, n_datasets: usize, lang: Lang) {
    let name = chosen(lang, summary.scheme.name());
    print::note(&format!("\n{name}: {} / {}", points(summary.earned), summary.scheme.points()));
    for (criterion, n_lacking, missing) in &summary.missing {
        let [chinese, english] = criterion.remedy.words();
        let (what, remedy) = (chosen(lang, criterion.name), print::say(lang, &chinese, &english).to_owned());
        print::note(&format!(
            "  -{:<6} {} {what} ({n_lacking}/{n_datasets}) → {remedy}",
            points(*missing),
            criterion.id
        ));
    }
}

fn summary_json(summary: &Summary) {
    let missing: Vec<_> = summary
        .missing
        .iter()
        .map(|(criterion, n_lacking, missing)| {
            let fields: Vec<&str> = criterion.remedy.fields().iter().map(|field| field.code_name()).collect();
            json!({ "criterion": criterion.id, "datasets": n_lacking, "points": points(*missing), "fields": fields })
        })
        .collect();
    let line = json!({
        "assessment": summary.scheme.name()[1],
        "earned": points(summary.earned),
        "of": summary.scheme.points(),
        "missing": missing,
    });
    print::data(&line.to_string());
}

fn dataset_json(dataset: &Assessed) {
    let earned: serde_json::Map<String, serde_json::Value> = Scheme::ALL
        .iter()
        .zip(dataset.earned)
        .map(|(scheme, earned)| (format!("{scheme:?}").to_lowercase(), json!(points(earned))))
        .collect();
    let fields: Vec<&str> = dataset.fields.iter().map(|field| field.code_name()).collect();
    print::data(
        &json!({ "dataset": dataset.id, "title": dataset.title, "earned": earned, "fields": fields }).to_string(),
    );
}
