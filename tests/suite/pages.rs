//! Snapshots of pages: what a change to a template or a view does to them is seen in the diff.
//!
//! `SNAPSHOTS=overwrite cargo test --test suite pages` writes them anew; read the diff before you keep it.

use snapbox::Data;
use snapbox::assert_data_eq;

use crate::support::{Project, repository};

fn compare(project: &Project, page: &str, snapshot: &str) {
    // Assets carry a part of their digest in their names; it is not what these snapshots are about.
    let html = project.read(&format!("public/{page}"));
    let mut tidy = String::new();
    for (idx, part) in html.split("/assets/").enumerate() {
        if idx == 0 {
            tidy.push_str(part);
            continue;
        }
        let (name, rest) = part.split_at(part.find(['"', '&']).unwrap());
        let (stem, digest) = name.rsplit_once('-').unwrap();
        let extension = digest.split('.').nth(1).unwrap();
        tidy.push_str(&format!("/assets/{stem}.{extension}{rest}"));
    }
    // So does what is kept for when there is no network.
    if let Some((before, after)) = tidy.clone().split_once("offline.js?v=") {
        tidy = format!("{before}offline.js?{}", after.split_once("&amp;").unwrap().1);
    }
    let path = repository().join("tests/suite/pages").join(snapshot);
    assert_data_eq!(tidy, Data::read_from(&path, None).raw());
}

#[test]
fn pages_look_as_they_did() {
    let project = Project::new();
    project.append("site.toml", "languages = [\"zh-CN\", \"en\"]\n");
    project.write("content/notices/plan.md", "+++\ntitle = \"开放计划\"\ndate = 2026-11-20\n+++\n\n正文 **重点**。\n");
    project.build_well();
    for (page, snapshot) in [
        ("index.html", "home.html"),
        ("datasets/index.html", "datasets.html"),
        ("datasets/stops/index.html", "dataset.html"),
        ("datasets/schools/index.html", "dataset-without-files.html"),
        ("en/datasets/stops/index.html", "dataset-en.html"),
        ("themes/index.html", "themes.html"),
        ("providers/市交通运输局/index.html", "provider.html"),
        ("terms/index.html", "terms.html"),
        ("licence/index.html", "licence.html"),
        ("objection/index.html", "objection.html"),
        ("quality/index.html", "quality.html"),
        ("notices/plan/index.html", "notice.html"),
        ("404.html", "404.html"),
    ] {
        compare(&project, page, snapshot);
    }
}

/// A line over days that breaks, dots of places, bars of kinds: drawn by hand, so that the snapshot can be read.
#[test]
fn charts_look_as_they_did() {
    let project = Project::new();
    let row = "counts,客流,每日客流,CSV,交通运输,客流,每日,2026-11-20,市交通运输局,市交通运输局,市数据局,无条件开放,客流（万人次）,";
    project.append("datasets/catalog.csv", &format!("{row}files/days.csv;files/places.csv\n"));
    let days = (1..=30).filter(|day| !(10..=18).contains(day));
    let days: String = days.map(|day| format!("2026-09-{day:02},{},{}\n", day % 2, day * day * 97)).collect();
    project.write("datasets/files/days.csv", &format!("日期,序号,客流\n{days}"));
    let places = (0..12).map(|n| format!("站{n},{},12{}.5{n},3{}.2{n}\n", ["公交", "<地铁>"][n % 2], n % 2, n % 3));
    project.write("datasets/files/places.csv", &format!("名称,类型,经度,纬度\n{}", places.collect::<String>()));
    project.build_well();
    compare(&project, "datasets/counts/index.html", "dataset-charts.html");
}
