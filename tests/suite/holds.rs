//! Suspension and withdrawal: at once, everywhere, for good; on record, and finished after a crash.

use kaishu::records::chain;
use kaishu::records::holds::{Change, Hold, Holds, Reason};

use crate::support::Project;

const DECISION: [&str; 6] = ["--basis", "第四十条", "--by", "市数据局", "--lang", "zh"];

fn project() -> Project {
    let project = Project::new();
    project.append("site.toml", "languages = [\"zh-CN\", \"en\"]\n");
    project.write("datasets/files/b.csv", "名称,等级\n独一无二的值,一级\n");
    project.write("datasets/files/c.csv", "名称,等级\n丙,二级\n");
    project.write(
        "datasets/catalog.csv",
        "数据资源标识,数据资源名称,提供方名称,开放类型,领域分类,文件\na,甲数据,甲局,无条件开放,教育,files/c.csv\n\
         b-1,乙独有的名称,乙局,无条件开放,教育,files/b.csv\n",
    );
    project.build_well();
    project
}

fn hold(project: &Project, command: &str) -> crate::support::Ran {
    let mut args = vec!["case", command, "b-1", "--reason", "privacy"];
    args.extend(DECISION);
    project.run(&args)
}

/// Files of the site that hold a text, as they are and inside archives.
fn holding(project: &Project, text: &str) -> Vec<String> {
    let is_in = |bytes: &[u8]| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    project.site().into_iter().filter(|(_, bytes)| is_in(bytes)).map(|(path, _)| path).collect()
}

#[test]
fn a_suspended_dataset_is_gone_at_once_and_stays_gone() {
    let project = project();
    assert!(!holding(&project, "独一无二的值").is_empty());
    let ran = hold(&project, "suspend");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(holding(&project, "独一无二的值"), Vec::<String>::new());
    let mut notices = vec!["changes/feed.xml", "datasets/b-1/index.html"];
    notices.extend(["en/datasets/b-1/index.html", "en/notices/index.html", "notices/feed.xml", "notices/index.html"]);
    assert_eq!(holding(&project, "乙独有的名称"), notices);
    assert!(project.site().keys().all(|path| !path.contains("b-1/") || path.ends_with("b-1/index.html")));
    let page = project.read("public/datasets/b-1/index.html");
    for words in ["已中止开放", "第四十条", "市数据局", "个人隐私", "乙局", "[DS/OL]"] {
        assert!(page.contains(words), "{words}");
    }
    let english = project.read("public/en/datasets/b-1/index.html");
    assert!(english.contains("<dt>Basis</dt><dd lang=\"zh-CN\">第四十条"), "{english}");
    assert!(project.read("public/datasets/index.html").contains("甲数据"));
    assert!(project.read("server/gone.nginx.conf").contains("return 410"));
    let verified = project.run(&["verify"]);
    assert_eq!(verified.code, 0, "{}", verified.stderr);

    for _ in 0..2 {
        let ran = project.build();
        // What was decided is no fault of the catalog.
        assert!(ran.code == 0 && ran.stderr.contains("DATASET_HELD"), "{}", ran.stderr);
        assert!(ran.stderr.contains("0 refused") && ran.stderr.contains("1 held by a decision"), "{}", ran.stderr);
        assert_eq!(holding(&project, "独一无二的值"), Vec::<String>::new());
        assert_eq!(holding(&project, "乙独有的名称"), notices);
        assert_eq!(project.run(&["verify"]).code, 0);
    }
    assert!(project.run(&["case", "holds"]).stdout.contains("b-1"));

    let mut args = vec!["case", "resume", "b-1"];
    args.extend(DECISION);
    assert_eq!(project.run(&args).code, 0);
    project.build_well();
    assert!(!holding(&project, "独一无二的值").is_empty());
    let notices = project.read("public/notices/index.html");
    assert!(notices.contains("已恢复开放") && notices.contains("/datasets/b-1/\">乙独有的名称"), "a link: {notices}");
    assert_eq!(project.run(&["verify"]).code, 0);
}

#[test]
fn no_other_entry_brings_the_bytes_back() {
    let project = project();
    assert_eq!(hold(&project, "suspend").code, 0);
    for other in ["c,丙数据,甲局,无条件开放,教育,files/b.csv\n", "c,丙数据,甲局,无条件开放,教育,files/copy.csv\n"]
    {
        project.write("datasets/files/copy.csv", "名称,等级\n独一无二的值,一级\n");
        let catalog = project.read("datasets/catalog.csv");
        project.append("datasets/catalog.csv", other);
        assert!(project.build().stderr.contains("FILE_OF_CLOSED"), "{other}");
        assert_eq!(holding(&project, "独一无二的值"), Vec::<String>::new());
        project.write("datasets/catalog.csv", &catalog);
    }
}

/// Where all that there was is held, the site that shows the notices alone is what was decided; a fault beside it is told.
#[test]
fn a_site_whose_only_dataset_is_held_builds() {
    let project = project();
    let catalog = "数据资源标识,数据资源名称,提供方名称,开放类型,领域分类,文件\n\
         b-1,乙独有的名称,乙局,无条件开放,教育,files/b.csv\n";
    project.approve("a", "removed");
    project.write("datasets/catalog.csv", catalog);
    assert_eq!(hold(&project, "withdraw").code, 0);
    let ran = project.build();
    assert!(ran.code == 0 && ran.stderr.contains("DATASET_WITHDRAWN"), "{}", ran.stderr);
    assert!(project.read("public/datasets/b-1/index.html").contains("已撤回"));
    let verified = project.run(&["verify", "--lang", "zh"]);
    assert!(verified.code == 0 && verified.stderr.contains("撤回 1（b-1）"), "{}", verified.stderr);
    assert!(verified.stderr.contains("中止开放 0"), "{}", verified.stderr);
    project.append("datasets/catalog.csv", "c,丙,甲局,不明,教育,\n");
    let ran = project.build();
    assert!(ran.code == 2 && ran.stderr.contains("NOTHING_CLEARED"), "{}", ran.stderr);
}

/// Suspending twice is one suspension: no second decision, no second line anywhere.
#[test]
fn what_is_suspended_is_not_suspended_again() {
    let project = project();
    assert_eq!(hold(&project, "suspend").code, 0);
    let (chain, notices) = (project.read("records/chain.jsonl"), project.read("public/notices/index.html"));
    let again = hold(&project, "suspend");
    assert!(again.code == 0 && again.stderr.contains("已经中止开放"), "{}", again.stderr);
    assert_eq!(project.read("records/chain.jsonl"), chain);
    assert_eq!(project.read("public/notices/index.html"), notices);
}

/// A licence text that several datasets name is no data of the one that is held.
#[test]
fn others_under_the_same_licence_text_stay() {
    let project = project();
    project.write("datasets/licence.txt", "许可文本");
    let catalog = "数据资源标识,数据资源名称,提供方名称,开放类型,领域分类,文件,许可文件\na,甲数据,甲局,无条件开放,教育,files/c.csv,licence.txt\n\
         b-1,乙独有的名称,乙局,无条件开放,教育,files/b.csv,licence.txt\n";
    project.write("datasets/catalog.csv", catalog);
    project.append("site.toml", "[catalog.columns]\nlicence_file = \"许可文件\"\n");
    project.build_well();
    assert!(project.path("public/datasets/a/files/c.csv").exists());
    assert_eq!(hold(&project, "suspend").code, 0);
    project.build();
    assert!(project.path("public/datasets/a/files/c.csv").exists());
}

/// A list of files that is lost is made again of what is there.
#[test]
fn a_lost_ledger_does_not_keep_the_data_online() {
    let project = project();
    std::fs::remove_file(project.path("records/ledger.tsv")).unwrap();
    assert_eq!(hold(&project, "suspend").code, 0);
    assert_eq!(holding(&project, "独一无二的值"), Vec::<String>::new());
    assert_eq!(project.run(&["verify"]).code, 0);
}

/// A publication finishes the holds that it knew, and no other: one that came while it was made is still to be done.
#[test]
fn a_hold_that_came_during_a_publication_is_not_finished_by_it() {
    let project = project();
    assert_eq!(hold(&project, "suspend").code, 0);
    let text = project.read("records/chain.jsonl");
    let lines = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["event"].clone());
    let decision = lines.into_iter().find(|event| event["kind"] == "hold").unwrap();
    for (publication, is_unfinished) in [
        (serde_json::json!({ "kind": "publication", "held": [] }), true),
        (serde_json::json!({ "kind": "publication", "held": ["b-1"] }), false),
        // Of an earlier version of kaishu.
        (serde_json::json!({ "kind": "publication" }), false),
    ] {
        let path = project.path("some-chain.jsonl");
        let _ = std::fs::remove_file(&path);
        chain::append(&path, &decision).unwrap();
        chain::append(&path, &publication).unwrap();
        let holds = Holds::load(&path).unwrap();
        assert_eq!(holds.unfinished().count() == 1, is_unfinished, "{publication}");
    }
}

/// What is held and lies in the site all the same goes with the next start, whatever the record says was done.
#[test]
fn what_is_held_and_there_is_taken_down_before_a_build_reads_anything() {
    let project = project();
    assert_eq!(hold(&project, "suspend").code, 0);
    project.write("public/datasets/b-1/files/b.csv", "独一无二的值");
    project.write("datasets/catalog.csv", "");
    assert_eq!(project.build().code, 2);
    assert_eq!(holding(&project, "独一无二的值"), Vec::<String>::new());
    assert_eq!(project.run(&["verify"]).code, 0);
}

#[test]
fn a_withdrawal_needs_no_catalog() {
    let project = project();
    let mut args = vec!["case", "withdraw", "b-1", "--reason", "error", "--replacement", "https://example.org/new"];
    args.extend(DECISION);
    let ran = project.run(&args);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let rows = project.read("datasets/catalog.csv");
    let kept: Vec<&str> = rows.lines().filter(|row| !row.starts_with("b-1")).collect();
    project.write("datasets/catalog.csv", &(kept.join("\n") + "\n"));
    project.build_well();
    let page = project.read("public/datasets/b-1/index.html");
    assert!(page.contains("已撤回") && page.contains("https://example.org/new") && page.contains("乙独有的名称"));
}

/// Killed between the record and the live folder: whatever starts next takes it down.
#[test]
fn what_is_on_record_is_taken_down_by_the_next_start() {
    let project = project();
    let hold = Hold {
        kind: "hold".to_owned(),
        recorded_at: 0,
        day: kaishu::model::date::Day::parse_iso("2026-11-21").unwrap(),
        change: Change::Suspension,
        dataset: "b-1".to_owned(),
        title: "乙独有的名称".to_owned(),
        provider: "乙局".to_owned(),
        citation: String::new(),
        basis: "第四十条".to_owned(),
        decided_by: "市数据局".to_owned(),
        reason: Some(Reason::Privacy),
        case: None,
        replacement: String::new(),
    };
    chain::append(&project.path("records/chain.jsonl"), &hold).unwrap();
    let verified = project.run(&["verify"]);
    assert_eq!(verified.code, 1, "{}", verified.stderr);
    // Even a build that publishes nothing else first takes down what must not be there.
    project.append("site.toml", "\n[nonsense]\n");
    assert_eq!(project.build().code, 2);
    assert_eq!(holding(&project, "独一无二的值"), Vec::<String>::new());
    assert_eq!(project.run(&["verify"]).code, 0, "the site is whole without it");
}

/// Killed at any instant: once the decision is on record, the next start leaves nothing; before, nothing has changed.
#[test]
fn a_take_down_that_is_killed_is_finished() {
    let project = project();
    let mut args = vec!["case", "suspend", "b-1", "--reason", "privacy"];
    args.extend(DECISION);
    let mut n_finished = 0;
    for round in 0..16_u64 {
        let mut child = project.command(&args).stderr(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_micros(round * 4_000));
        let _ = child.kill();
        child.wait().unwrap();
        let was_on_record = project.run(&["case", "holds"]).stdout.contains("b-1");
        let ran = project.build();
        // A line that was durable beside the record when the process was killed is completed by the build.
        let is_on_record = ran.stderr.contains("DATASET_HELD");
        assert!(is_on_record || !was_on_record, "{}", ran.stderr);
        assert_eq!(holding(&project, "独一无二的值").is_empty(), is_on_record);
        assert_eq!(project.run(&["verify"]).code, 0);
        let left: Vec<_> = project.path("").read_dir().unwrap().map(|item| item.unwrap().file_name()).collect();
        assert!(!left.iter().any(|name| name.to_string_lossy().starts_with(".gone")), "{left:?}");
        if is_on_record {
            n_finished += 1;
            let mut args = vec!["case", "resume", "b-1"];
            args.extend(DECISION);
            assert_eq!(project.run(&args).code, 0);
            project.build_well();
        }
    }
    assert!(n_finished > 0 && n_finished < 16, "{n_finished}: the instants miss what they are for");
}

/// A build that began before the decision never brings back what it took down.
#[test]
fn a_build_that_is_under_way_brings_nothing_back() {
    let project = project();
    for round in 0..6_u64 {
        let args = ["build", "--as-of", crate::support::AS_OF];
        let mut build = project.command(&args).stderr(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(std::time::Duration::from_millis(round * 15));
        assert_eq!(hold(&project, "suspend").code, 0);
        let code = build.wait().unwrap().code();
        assert!(matches!(code, Some(0..=2)), "{code:?}");
        assert_eq!(holding(&project, "独一无二的值"), Vec::<String>::new(), "{round}");
        let verified = project.run(&["verify"]);
        assert_eq!(verified.code, 0, "{}", verified.stderr);
        let mut args = vec!["case", "resume", "b-1"];
        args.extend(DECISION);
        assert_eq!(project.run(&args).code, 0);
        project.build_well();
    }
}

#[test]
fn wrong_use_is_told() {
    let project = project();
    std::fs::rename(project.path("public"), project.path("elsewhere")).unwrap();
    let ran = hold(&project, "suspend");
    assert!(ran.code == 2 && ran.stderr.contains("--out"), "{}", ran.stderr);
    let mut args = vec!["case", "suspend", "b-1", "--reason", "privacy", "--out"];
    let elsewhere = project.path("elsewhere");
    args.push(elsewhere.to_str().unwrap());
    args.extend(DECISION);
    assert_eq!(project.run(&args).code, 0);
    assert!(!project.path("elsewhere/datasets/b-1/files").exists());
    let project = self::project();
    let mut args = vec!["case", "suspend", "unknown", "--reason", "privacy"];
    args.extend(DECISION);
    assert!(project.run(&args).stderr.contains("unknown"));
    let mut args = vec!["case", "resume", "a"];
    args.extend(DECISION);
    assert_eq!(project.run(&args).code, 2);
    assert!(!holding(&project, "独一无二的值").is_empty());
}
