//! The casebook: steps that the rules allow, periods in working days, nothing lost, nobody else reads it.

use std::os::unix::fs::PermissionsExt;

use crate::support::{Project, Ran, kaishu};

fn project(regime: &str) -> Project {
    let project = Project::new();
    project.replace("site.toml", "yancheng-2022", regime);
    project
}

fn receive(project: &Project, more: &[&str]) -> String {
    let ran = project.run(&[&["case", "receive", "--by", "张主任", "--statement", "第3列含有住址"], more].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    ran.stdout.trim().to_owned()
}

/// Runs a step, by the command and what follows the receipt.
fn record(project: &Project, receipt: &str, step: &[&str]) -> Ran {
    project.run(&[&["case", step[0], receipt, "--by", "市教育局", "--lang", "en"], &step[1..]].concat())
}

fn recorded(project: &Project, receipt: &str, steps: &[&[&str]]) {
    for step in steps {
        let ran = record(project, receipt, step);
        assert_eq!(ran.code, 0, "{step:?}: {}", ran.stderr);
    }
}

fn refused(project: &Project, receipt: &str, step: &[&str], words: &str) {
    let ran = record(project, receipt, step);
    assert!(ran.code == 2 && ran.stderr.contains(words), "{step:?}: {}", ran.stderr);
}

const WITHDRAWN: [&str; 5] = ["decide", "--outcome", "withdraw", "--reasons", "经核实含有个人信息"];

/// Source: the regime's article on objections: feedback is a duty, review is known.
#[test]
fn an_objection_with_feedback_and_review() {
    let project = project("shuangyashan-2026");
    project.build_well();
    project.write("letter.txt", "第3列含有住址");
    let letter = project.path("letter.txt");
    let attach = ["attach", "--evidence", letter.to_str().unwrap()];
    let receipt = receive(&project, &["--kind", "objection", "--dataset", "stops", "--ground", "个人隐私"]);
    refused(&project, &receipt, &["feedback"], "not decided");
    refused(&project, &receipt, &["decide", "--outcome", "keep_open", "--reasons", "x"], "no such outcome");
    refused(&project, &receipt, &["decide", "--outcome", "withdraw"], "--reasons");
    // Evidence suspends the dataset at once; the decision withdraws it.
    recorded(&project, &receipt, &[&["request-evidence"], &attach]);
    assert!(!project.path("public/datasets/stops/files").exists());
    recorded(&project, &receipt, &[&WITHDRAWN]);
    assert!(project.run(&["case", "holds", "--lang", "en"]).stdout.contains("withdrawn"));
    refused(&project, &receipt, &["close"], "told first");
    recorded(&project, &receipt, &[&["feedback"], &["review"]]);
    refused(&project, &receipt, &["close"], "review is under way");
    // Evidence that comes in now belongs to the review; asking for it would open the case again.
    recorded(&project, &receipt, &[&attach]);
    refused(&project, &receipt, &["request-evidence"], "decided already");
    recorded(&project, &receipt, &[&["review", "--reasons", "维持"]]);
    refused(&project, &receipt, &["close"], "told first");
    recorded(&project, &receipt, &[&["feedback"], &["close"]]);
    refused(&project, &receipt, &["feedback"], "closed");
    assert!(project.run(&["case", "list"]).stdout.is_empty());
    // Each step is on the record, without a word of what was said.
    let record = project.read("records/chain.jsonl");
    for step in ["received", "suspended", "decided", "review_decided", "closed"] {
        assert!(record.contains(&format!("\"step\":\"{step}\"")), "{record}");
    }
    assert!(record.contains("\"outcome\":\"withdraw\"") && !record.contains("住址") && !record.contains("主任"));
    assert_eq!(record.matches("\"kind\":\"case\"").count(), 11, "each once: {record}");
    let shown = project.run(&["case", "show", &receipt, "--lang", "en"]).stdout;
    assert!(shown.contains("第3列含有住址") && shown.contains("the review was decided"), "{shown}");
}

#[test]
fn what_a_regulation_does_not_know_is_not_done() {
    let project = project("yancheng-2022");
    let receipt = receive(&project, &["--kind", "objection", "--ground", "个人信息"]);
    // The refusal names what the rules know, and that there is no review comes before when it might be asked for.
    let known = "no such outcome for this kind of case; they know: withdraw, open_after_processing, keep_open";
    refused(&project, &receipt, &["decide", "--outcome", "resume_open", "--reasons", "x"], known);
    refused(&project, &receipt, &["review"], "no review");
    recorded(
        &project,
        &receipt,
        &[&["notify", "--to", "authority"], &["decide", "--outcome", "keep_open", "--reasons", "x"]],
    );
    refused(&project, &receipt, &["review"], "no review");
    // Feedback is left unsaid by this text: no duty holds up the end.
    recorded(&project, &receipt, &[&["close"]]);
    let ran =
        project.run(&["case", "receive", "--kind", "objection", "--ground", "x", "--statement", "y", "--by", "z"]);
    assert!(ran.code == 2 && ran.stderr.contains("个人信息"), "{}", ran.stderr);
}

#[test]
fn periods_are_working_days_with_their_article_and_the_overdue_come_first() {
    let project = project("shuangyashan-2026");
    let on = ["--on", "2026-02-13"];
    let late = receive(&project, &[&["--kind", "correction", "--ground", "数据不准确"], &on[..]].concat());
    let fresh = receive(&project, &["--kind", "objection", "--ground", "商业秘密"]);
    let last_day = project.run(&["workdays", "2026-02-13", "5"]).stdout.trim().to_owned();
    let listed = project.run(&["case", "list", "--lang", "en"]).stdout;
    let rows: Vec<&str> = listed.lines().collect();
    assert!(rows[0].starts_with(&late) && rows[1].starts_with(&fresh), "{listed}");
    assert!(rows[0].contains(&last_day) && rows[0].contains("overdue") && rows[0].contains('第'), "{listed}");
    assert!(rows[1].contains("a target of ours"), "{listed}");
    let json: serde_json::Value =
        serde_json::from_str(project.run(&["case", "list", "--json"]).stdout.lines().next().unwrap()).unwrap();
    assert_eq!(json["due"][0]["last_day"], last_day.as_str());
}

#[test]
fn cases_are_the_staffs_alone_and_never_in_the_site() {
    let project = project("yancheng-2022");
    receive(&project, &["--kind", "report", "--ground", "违法利用", "--contact", "ZZCONTACT"]);
    let mode = |name: &str| std::fs::metadata(project.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("cases"), mode("cases/cases.db")), (0o700, 0o600));
    project.build_well();
    assert!(project.site().values().all(|bytes| !bytes.windows(9).any(|window| window == b"ZZCONTACT")));
    let within = project.path("cases/x");
    assert_eq!(project.run(&["build", "--out", within.to_str().unwrap()]).code, 2);
}

/// Killed while it is put on file: what was acknowledged is there, once; what was not is there whole or not at all.
#[test]
fn an_acknowledged_case_survives_a_kill() {
    let project = project("yancheng-2022");
    let args = ["case", "receive", "--kind", "report", "--ground", "g", "--statement", "s", "--by", "b"];
    let mut acknowledged = Vec::new();
    for round in 0..24_u64 {
        let mut child = project.command(&args).stdout(std::process::Stdio::piped()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_micros(round * 1_500));
        let _ = child.kill();
        let said = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
        acknowledged.extend(said.lines().map(str::to_owned));
    }
    let listed = project.run(&["case", "list"]).stdout;
    for receipt in &acknowledged {
        assert_eq!(listed.matches(receipt.as_str()).count(), 1, "{receipt}");
    }
    assert!(listed.lines().all(|line| line.contains("KS-2026-")), "{listed}");
}

/// The letter of a review tells what was decided first, that a review was asked for, and what is decided now.
#[test]
fn the_letter_of_a_review_tells_its_whole_way() {
    let project = project("shuangyashan-2026");
    project.build_well();
    let receipt = receive(&project, &["--kind", "objection", "--dataset", "stops", "--ground", "个人隐私"]);
    let decide = ["decide", "--outcome", "resume_open", "--reasons", "经核实不含住址"];
    recorded(&project, &receipt, &[&decide, &["review"], &["review", "--reasons", "原决定依据充分"]]);
    let letter = project.path("review.html");
    let ran = project.run(&["case", "letter", &receipt, "review", "--to", letter.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let text = project.read("review.html");
    for words in [
        "已经复核",
        "恢复开放。理由：经核实不含住址",
        "申请复核，复核结果如下",
        "理由：原决定依据充分",
        "维持原处理结果",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    assert!(!text.contains("letter_"), "every text has its words: {text}");
}

/// Files have one numbering, from 1 in each case; counts have headings; messages are in one language.
#[test]
fn what_staff_read_is_plain() {
    let project = project("yancheng-2022");
    project.write("a.txt", "ZZA");
    project.write("b.txt", "ZZB");
    let (a, b) = (project.path("a.txt"), project.path("b.txt"));
    let kind = ["--kind", "report", "--ground", "g", "--evidence"];
    receive(&project, &[&kind[..], &[a.to_str().unwrap()]].concat());
    let receipt = receive(&project, &[&kind[..], &[b.to_str().unwrap()]].concat());
    let shown = project.run(&["case", "show", &receipt, "--lang", "zh"]).stdout;
    assert!(shown.contains("附件 1\tb.txt"), "{shown}");
    let to = project.path("taken.txt");
    let take =
        |number: &str| project.run(&["case", "file", &receipt, number, "--to", to.to_str().unwrap(), "--lang", "zh"]);
    let none = take("2");
    assert!(
        none.code == 2 && none.stderr.contains("没有附件 2") && !none.stderr.contains("has no file"),
        "{}",
        none.stderr
    );
    assert_eq!(take("1").code, 0);
    assert_eq!(project.read("taken.txt"), "ZZB");
    let stats = project.run(&["case", "stats", "--lang", "zh"]).stdout;
    assert!(stats.contains("类别\n  举报\t2") && stats.contains("办理状态\n"), "{stats}");
    let exported: serde_json::Value =
        serde_json::from_str(project.run(&["case", "export", &receipt]).stdout.lines().next().unwrap()).unwrap();
    assert!(exported["events"][0]["time"].as_str().unwrap().ends_with("+08:00"), "{exported}");
    project.build_well();
    let suspend = ["case", "suspend", "stops", "--basis", "第一条", "--by", "x", "--reason", "error", "--lang", "zh"];
    let ran = project.run(&suspend);
    assert!(ran.code == 0 && ran.stderr.contains("没有写明文件名称"), "{}", ran.stderr);
    let keygen = kaishu().args(["case", "keygen", "--lang", "zh"]).output().unwrap();
    assert!(String::from_utf8(keygen.stderr).unwrap().contains("kaishu case keygen staff.key"));
}
