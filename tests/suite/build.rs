//! Building: formats of the catalog, downloads, the record, identifiers.

use std::io::{Cursor, Read};

use crate::support::{AS_OF, CATALOG, Project, kaishu, repository, tree};

#[test]
fn the_example_of_the_repository_builds_and_says_that_it_is_one() {
    let out = tempfile::tempdir().unwrap();
    let site = tempfile::tempdir().unwrap();
    for name in ["site.toml", "content", "datasets", "themes", "regimes"] {
        copy(&repository().join(name), &site.path().join(name));
    }
    let status = kaishu()
        .args(["build", "--as-of", AS_OF, "--site"])
        .arg(site.path())
        .arg("--out")
        .arg(out.path().join("public"))
        .output()
        .unwrap();
    assert_eq!(status.status.code(), Some(0), "{}", String::from_utf8_lossy(&status.stderr));
    let site = tree(&out.path().join("public"));
    let mut n_pages = 0;
    for (path, bytes) in &site {
        let text = String::from_utf8_lossy(bytes);
        let is_page = path.ends_with(".html");
        n_pages += usize::from(is_page);
        assert!(!is_page || text.contains("演示网站：") || text.contains("Demonstration:"), "{path}");
        for marker in ["ZZCLOSED", "zzclosed", "禁印", "demo-closed"] {
            assert!(!path.contains(marker) && !text.contains(marker), "{path} has {marker}");
        }
    }
    assert!(n_pages > 100);
    let datasets = site.keys().filter(|path| {
        path.starts_with("datasets/") && path.matches('/').count() == 2 && path.ends_with("/index.html")
    });
    assert!(datasets.count() >= 24);
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    if from.is_file() {
        std::fs::copy(from, to).unwrap();
        return;
    }
    for (name, bytes) in tree(from) {
        let path = to.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}

#[test]
fn originals_are_untouched_and_tables_keep_every_character() {
    let project = Project::new();
    project.build_well();
    let site = project.site();
    assert_eq!(site["datasets/stops/files/stops.csv"], project.read("datasets/files/stops.csv").into_bytes());
    assert_eq!(
        String::from_utf8_lossy(&site["datasets/stops/data/stops.csv"]),
        "编号,名称\r\n007,东站\r\n008,\"西站,北口\"\r\n"
    );
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&site["datasets/stops/data/stops.json"]).unwrap();
    assert_eq!(rows[0]["编号"], "007");
    let lines = String::from_utf8_lossy(&site["datasets/stops/data/stops.jsonl"]).into_owned();
    assert_eq!(lines.lines().count(), 2);
    let mut workbook: calamine::Xlsx<_> =
        calamine::open_workbook_from_rs(Cursor::new(site["datasets/stops/data/stops.xlsx"].clone())).unwrap();
    let range = calamine::Reader::worksheet_range(&mut workbook, "stops").unwrap();
    assert_eq!(range.get_value((1, 0)), Some(&calamine::Data::String("007".to_owned())));
}

#[test]
fn the_zip_holds_everything_and_its_checksums_are_true() {
    let project = Project::new();
    project.build_well();
    let site = project.site();
    let mut zip = zip::ZipArchive::new(Cursor::new(site["datasets/stops/stops.zip"].clone())).unwrap();
    let mut names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    names.sort();
    assert_eq!(
        names,
        [
            "CITATION.txt",
            "LICENSE.txt",
            "SHA256SUMS",
            "cite/CITATION.cff",
            "cite/citation.bib",
            "cite/citation.csl.json",
            "cite/citation.ris",
            "cite/citation.txt",
            "data/stops.csv",
            "data/stops.csv-metadata.json",
            "data/stops.json",
            "data/stops.jsonl",
            "data/stops.parquet",
            "data/stops.xlsx",
            "datapackage.json",
            "files/stops.csv",
            "metadata/croissant.jsonld",
            "metadata/datacite.json",
            "metadata/datacite.xml",
            "metadata/dcat.jsonld",
            "metadata/dcat.ttl",
            "ro-crate-metadata.json",
        ]
    );
    let mut text = |name: &str| {
        let mut bytes = Vec::new();
        zip.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    let sums = String::from_utf8(text("SHA256SUMS")).unwrap();
    assert_eq!(sums.lines().count(), names.len() - 1);
    for line in sums.lines() {
        let (digest, name) = line.split_once("  ").unwrap();
        assert_eq!(kaishu::model::digest::Digest::of(&text(name)).to_string(), digest, "{name}");
    }
    let citation = String::from_utf8(text("CITATION.txt")).unwrap();
    assert!(citation.contains("市交通运输局. 公交站点[DS/OL]. 测试市公共数据开放网站（2026-03-01）["), "{citation}");
    assert!(citation.contains("数据来源：测试市公共数据开放网站《公交站点》，提供单位：市交通运输局。"), "{citation}");
    let package: serde_json::Value = serde_json::from_slice(&text("datapackage.json")).unwrap();
    assert_eq!(package["resources"].as_array().unwrap().len(), 6);
}

#[test]
fn one_catalog_in_every_format_gives_one_site() {
    let reference = Project::new();
    reference.build_well();
    let expected = reference.site();

    let with_mark = Project::new();
    with_mark.write("datasets/catalog.csv", &format!("\u{FEFF}{CATALOG}"));
    let gb = Project::new();
    gb.write_bytes("datasets/catalog.csv", &encoding_rs::GB18030.encode(CATALOG).0);
    let titled = Project::new();
    titled.write("datasets/catalog.csv", &format!("开放目录,,\n{CATALOG}").replace('\n', "\r\n"));
    let split = Project::new();
    let lines: Vec<&str> = CATALOG.lines().collect();
    std::fs::remove_file(split.path("datasets/catalog.csv")).unwrap();
    for (idx, line) in lines[1..].iter().enumerate() {
        split.write(&format!("datasets/catalog/{idx}.csv"), &format!("{}\n{line}\n", lines[0]));
    }
    let json = Project::new();
    std::fs::remove_file(json.path("datasets/catalog.csv")).unwrap();
    json.write("datasets/catalog.json", &as_json(CATALOG));
    let workbook = Project::new();
    std::fs::remove_file(workbook.path("datasets/catalog.csv")).unwrap();
    workbook.write_bytes("datasets/catalog.xlsx", &as_workbook(CATALOG));
    for (name, project) in [
        ("mark", with_mark),
        ("gb18030", gb),
        ("title row", titled),
        ("folder", split),
        ("json", json),
        ("xlsx", workbook),
    ] {
        project.build_well();
        let site = project.site();
        assert_eq!(site.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{name}");
        for (path, bytes) in &site {
            assert!(bytes == &expected[path], "{name}: {path} differs");
        }
    }
}

fn records(text: &str) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn as_json(text: &str) -> String {
    let rows = records(text);
    let objects: Vec<serde_json::Value> = rows[1..]
        .iter()
        .map(|row| {
            rows[0]
                .iter()
                .cloned()
                .zip(row.iter().map(|cell| serde_json::json!(cell)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        })
        .collect();
    serde_json::to_string(&objects).unwrap()
}

fn as_workbook(text: &str) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_string(0, 0, "公共数据开放目录").unwrap();
    for (row_idx, row) in records(text).iter().enumerate() {
        for (column_idx, cell) in row.iter().enumerate() {
            sheet.write_string(row_idx as u32 + 2, column_idx as u16, cell).unwrap();
        }
    }
    workbook.save_to_buffer().unwrap()
}

#[test]
fn an_identifier_once_assigned_stays_when_the_title_changes() {
    let project = Project::new();
    project
        .write("datasets/catalog.csv", "名称,提供方名称,开放类型,摘要\n甲,市局,无条件开放,一\n乙,市局,无条件开放,二\n");
    project.build();
    let before = project.read("records/ids.csv");
    let pages = |project: &Project| -> Vec<String> {
        project
            .site()
            .into_keys()
            .filter(|path| path.starts_with("datasets/k") && path.ends_with("index.html"))
            .collect()
    };
    let first = pages(&project);
    assert_eq!(first.len(), 2, "{before}");
    project.replace("datasets/catalog.csv", "甲,", "甲（新名称）,");
    project.build();
    assert_eq!(pages(&project), first);
}

#[test]
fn what_vanished_from_the_catalog_leaves_the_site_and_is_on_record() {
    let project = Project::new();
    project.build_well();
    assert!(project.path("public/datasets/stops/files/stops.csv").exists());
    let without: String =
        CATALOG.lines().filter(|line| !line.starts_with("stops")).map(|line| format!("{line}\n")).collect();
    project.write("datasets/catalog.csv", &without);
    let before = project.site();
    let ran = project.build();
    assert!(ran.code == 2 && ran.stderr.contains("DATASET_VANISHED"), "{}", ran.stderr);
    assert_eq!(project.site(), before, "a silent take-down stops the build");
    project.approve("stops", "removed");
    project.build_well();
    for (path, bytes) in project.site() {
        assert!(!path.contains("stops") && !String::from_utf8_lossy(&bytes).contains("公交站点"), "{path}");
    }
    let chain = project.read("records/chain.jsonl");
    assert_eq!(chain.lines().count(), 2);
    let last: serde_json::Value = serde_json::from_str(chain.lines().last().unwrap()).unwrap();
    assert_eq!(last["event"]["removed"], serde_json::json!(["stops"]));
    assert_eq!(last["event"]["approvals"][0]["reference"], "测数〔2026〕1号");
    assert_eq!(project.run(&["verify"]).code, 0);
}

#[test]
fn init_makes_a_folder_that_builds() {
    let project = Project::empty();
    let dir = project.path("我的网站");
    let ran = kaishu().args(["init", "--lang", "zh"]).arg(&dir).output().unwrap();
    assert_eq!(ran.status.code(), Some(0));
    let ran = kaishu().args(["build", "--as-of", AS_OF, "--site"]).arg(&dir).output().unwrap();
    assert_eq!(ran.status.code(), Some(0), "{}", String::from_utf8_lossy(&ran.stderr));
    assert!(dir.join("public/datasets/example-hours/index.html").exists());
    let again = kaishu().args(["init"]).arg(&dir).output().unwrap();
    assert_eq!(again.status.code(), Some(2));
}

#[test]
fn verify_finds_a_changed_a_missing_and_a_foreign_file_and_a_changed_record() {
    let project = Project::new();
    project.build_well();
    assert_eq!(project.run(&["verify", "--lang", "en"]).code, 0);
    project.append("public/index.html", "<!-- -->");
    std::fs::remove_file(project.path("public/about/index.html")).unwrap();
    project.write("public/extra.html", "x");
    let ran = project.run(&["verify", "--lang", "en"]);
    assert_eq!(ran.code, 1);
    for words in ["changed after publication: index.html", "missing: about/index.html", "not published: extra.html"] {
        assert!(ran.stderr.contains(words), "{words} is missing in {}", ran.stderr);
    }
    project.replace("records/chain.jsonl", "\"n_published\":2", "\"n_published\":3");
    let ran = project.run(&["verify", "--lang", "en"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("chain.jsonl line 1") && ran.stderr.contains("backup"), "{}", ran.stderr);
}

#[test]
fn a_theme_overrides_file_by_file() {
    let project = Project::new();
    project.append("site.toml", "theme = \"city\"\n");
    project.write(
        "themes/city/templates/not_found.html",
        "{% extends \"base.html\" %}{% block main %}<p>OWN 404</p>{% endblock %}",
    );
    project.write("themes/city/i18n/zh-CN.toml", "nav_quality = \"数据体检\"\n");
    project.write("themes/city/assets/site.css", "body { color: #123456; }\n");
    project.write("themes/city/assets/emblem.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n");
    project.build_well();
    let assets: Vec<String> = project.site().into_keys().filter(|path| path.starts_with("assets/")).collect();
    assert!(assets.iter().any(|path| path.starts_with("assets/emblem-")), "{assets:?}");
    let css = assets.iter().find(|path| path.ends_with(".css")).unwrap();
    assert!(project.read(&format!("public/{css}")).contains("#123456"));
    assert!(project.read("public/404.html").contains("OWN 404"));
    let home = project.read("public/index.html");
    assert!(home.contains("数据体检") && home.contains("查找公共数据"));
}

#[test]
fn every_dataset_stands_on_one_numbered_page_of_each_list_it_belongs_to() {
    let project = Project::new();
    let rows: Vec<String> = (0..120)
        .map(|n| format!("d{n},数据{n},局,{},2026-01-{:02},无条件开放", ["甲", "乙"][n % 2], n % 28 + 1))
        .collect();
    project.write(
        "datasets/catalog.csv",
        &format!("数据资源标识,数据资源名称,提供方名称,领域分类,更新日期,开放类型\n{}\n", rows.join("\n")),
    );
    project.build();
    let cards = |page: &str| -> Vec<String> {
        let html = project.read(&format!("public/{page}index.html"));
        let list = html.split("<ul class=\"cards\">").nth(1).unwrap().split("</ul>").next().unwrap();
        list.split("<h3><a href=\"/datasets/").skip(1).map(|rest| rest.split('/').next().unwrap().to_owned()).collect()
    };
    for (folder, n_all, n_pages) in [("datasets/", 120, 3), ("providers/局/", 120, 3), ("themes/甲/", 60, 2)] {
        let newest = cards(folder);
        assert_eq!(newest.len(), 50, "{folder}");
        let mut all: Vec<String> = (1..=n_pages).flat_map(|n| cards(&format!("{folder}page/{n}/"))).collect();
        assert_eq!(all.len(), n_all, "{folder}");
        assert!(!project.path(&format!("public/{folder}page/{}", n_pages + 1)).exists());
        all.sort();
        all.dedup();
        assert_eq!(all.len(), n_all, "{folder}");
        assert!(project.read(&format!("public/{folder}index.html")).contains(&format!("page/{n_pages}/")), "{folder}");
    }
}

#[test]
fn a_draft_needs_consent_and_marks_every_page_and_an_expired_regime_shows_a_notice() {
    let project = Project::new();
    project.replace("site.toml", "yancheng-2022", "yangzhou-2021-draft");
    let ran = project.build();
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("REGIME_DRAFT") && ran.stderr.contains("--allow-draft"), "{}", ran.stderr);
    assert!(!project.path("public").exists());
    let ran = project.run(&["build", "--allow-draft", "--as-of", AS_OF]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for (path, bytes) in project.site().iter().filter(|(path, _)| path.ends_with(".html")) {
        let text = String::from_utf8_lossy(bytes);
        assert!(text.contains("data-mark=\"草案\"") && text.contains("尚未施行"), "{path}");
    }
    project.replace("site.toml", "yangzhou-2021-draft", "shuangyashan-2026");
    let ran = project.run(&["build", "--lang", "en", "--as-of", "2028-02-11"]);
    assert!(ran.stderr.contains("REGIME_EXPIRED"), "{}", ran.stderr);
    assert!(project.read("public/index.html").contains("有效期已于 2028-02-10 届满"));
}
