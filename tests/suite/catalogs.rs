//! The real catalogs of eight cities: exactly the unconditional entries appear, and of the others no trace.

use std::collections::BTreeSet;

use crate::support::{AS_OF, Project, repository};

fn check(name: &str) {
    let expected: serde_json::Value = serde_json::from_str(
        &std::fs::read_to_string(repository().join("tests/fixtures/catalogs/expected.json")).unwrap(),
    )
    .unwrap();
    let expected = &expected[name];
    let published = usize::try_from(expected["published"].as_u64().unwrap()).unwrap();
    let project = Project::from_catalog_fixture(name);
    let ran = project.run(&["build", "--json", "--as-of", AS_OF]);
    let lines: Vec<serde_json::Value> = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let summary = lines.iter().find(|line| line["type"] == "summary").unwrap();
    assert_eq!(summary["entries"], expected["records"], "{name}");
    assert_eq!(summary["published"].as_u64().unwrap() as usize, published, "{name}");
    if published == 0 {
        assert_eq!(ran.code, 2);
        assert!(!project.path("public").exists());
        assert!(lines.iter().any(|line| line["code"] == "NOTHING_CLEARED"));
        assert!(lines.iter().any(|line| line["code"] == "OPENNESS_MISSING" || line["code"] == "OPENNESS_UNKNOWN"));
        return;
    }
    assert_eq!(ran.code, 0, "{name}: {}", ran.stderr);
    let pages = project.path("public/datasets").read_dir().unwrap().filter(|item| {
        let item = item.as_ref().unwrap();
        item.file_type().unwrap().is_dir() && item.file_name() != "page"
    });
    assert_eq!(pages.count(), published, "{name}");
    let repeated = expected["unconditional"].as_u64().unwrap() - expected["distinct_unconditional"].as_u64().unwrap();
    let reported = lines.iter().filter(|line| line["code"] == "DUPLICATE_RECORD").count() as u64;
    assert!(reported >= repeated, "{name}: {reported} < {repeated}");
    no_trace_of_closed(name, &project);
}

/// Titles of entries that are not open, and of no open one, must not stand in any file of the site.
fn no_trace_of_closed(name: &str, project: &Project) {
    let records: Vec<serde_json::Value> = serde_json::from_str(&project.read("datasets/catalog.json")).unwrap();
    let is_open = |record: &serde_json::Value| {
        record.as_object().unwrap().values().any(|value| value.as_str() == Some("无条件开放"))
    };
    let title = |record: &serde_json::Value| {
        let keys = ["标题", "数据集名称", "目录名称"];
        keys.iter().find_map(|key| record[*key].as_str()).unwrap().trim().to_owned()
    };
    let open_text: String =
        records.iter().filter(|record| is_open(record)).map(|record| format!("{record}\n")).collect();
    let closed: BTreeSet<String> = records
        .iter()
        .filter(|record| !is_open(record))
        .map(title)
        .filter(|title| title.chars().count() >= 6 && !open_text.contains(title.as_str()))
        .take(150)
        .collect();
    let site: Vec<(String, String)> =
        project.site().into_iter().map(|(path, bytes)| (path, String::from_utf8_lossy(&bytes).into_owned())).collect();
    for title in &closed {
        let escaped = title.replace('&', "&amp;");
        let found = site.iter().find(|(path, text)| path.contains(title.as_str()) || text.contains(&escaped));
        assert!(found.is_none(), "{name}: `{title}` stands in {}", found.unwrap().0);
    }
}

#[test]
fn anshun() {
    check("guizhou_anshun");
}

#[test]
fn guilin() {
    check("guangxi_guilin");
}

#[test]
fn guiyang() {
    check("guizhou_guiyang");
}

#[test]
fn shanghai() {
    check("shanghai_shanghai");
}

#[test]
fn suzhou_of_anhui() {
    check("anhui_suzhou");
}

#[test]
fn yancheng() {
    check("jiangsu_yancheng");
}

#[test]
fn jinhua() {
    check("zhejiang_jinhua");
}

#[test]
fn lianyungang() {
    check("jiangsu_lianyungang");
}

#[test]
fn yancheng_without_its_mapping_publishes_nothing_and_says_why() {
    let project = Project::from_catalog_fixture("jiangsu_yancheng");
    project.replace("site.toml", "openness_class = \"开放条件\"", "");
    let ran = project.build();
    assert_eq!(ran.code, 2);
    assert!(!project.path("public").exists());
    for words in ["OPENNESS_UNKNOWN", "可开放", "[catalog.columns]", "NOTHING_CLEARED"] {
        assert!(ran.stderr.contains(words), "{words} is missing in {}", ran.stderr);
    }
}
