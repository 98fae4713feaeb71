//! What programs read of the whole catalog: complete, in stable pages, and without what was taken off the site.

use serde_json::Value;

use crate::support::Project;

/// A catalog of so many entries without files.
fn catalog(n_entries: usize) -> Project {
    let project = Project::new();
    let mut text = "数据资源标识,数据资源名称,提供方名称,开放类型,领域分类,关键字,更新日期\n".to_owned();
    for idx in 0..n_entries {
        text.push_str(&format!("e{idx},名称{idx},甲局,无条件开放,教育,学校,2026-01-01\n"));
    }
    project.write("datasets/catalog.csv", &text);
    project
}

fn json(project: &Project, name: &str) -> Value {
    serde_json::from_str(&project.read(&format!("public/{name}"))).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The path of an address of the site, below `public/`.
fn local(url: &str) -> String {
    let path = url.split_once("://").unwrap().1.split_once('/').unwrap().1;
    kaishu::model::route::percent_decode(path).unwrap()
}

fn ids(items: &Value) -> Vec<String> {
    items.as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn pages_of_the_api_name_every_dataset_once_and_stay_as_they_are() {
    let project = catalog(230);
    project.build_well();
    let index = json(&project, "api/v1/index.json");
    let mut next = index["datasets"]["first"].clone();
    let mut found = Vec::new();
    while let Some(url) = next.as_str() {
        let page = json(&project, &local(url));
        found.extend(ids(&page["items"]));
        next = page["next"].clone();
    }
    assert_eq!(found, (0..230).map(|idx| format!("e{idx}")).collect::<Vec<_>>());
    let before = project.read("public/api/v1/datasets/page/1.json");
    let entry = json(&project, "api/v1/datasets/e7.json");
    assert_eq!((entry["title"].as_str(), entry["class"].as_str()), (Some("名称7"), Some("unconditional")));
    // Another entry at the end changes no page but the last.
    project.append("datasets/catalog.csv", "e999,名称,甲局,无条件开放,教育,学校,2026-01-01\n");
    project.build_well();
    let after = project.read("public/api/v1/datasets/page/1.json");
    assert_eq!(before, after);
}

#[test]
fn a_catalog_beyond_a_thousand_datasets_is_paged() {
    let project = catalog(1_003);
    project.build_well();
    let first = project.read("public/catalog.ttl");
    assert!(first.contains("hydra:next") && first.contains("catalog/page/2.ttl"));
    for ending in ["ttl", "rdf", "jsonld"] {
        let second = project.read(&format!("public/catalog/page/2.{ending}"));
        assert!(second.contains("datasets/e1002/") && !second.contains("datasets/e999/"), "{ending}");
        assert!(!project.path(&format!("public/catalog/page/3.{ending}")).exists());
    }
}

/// The names of columns are those of the regulations, so that kaishu reads its own list again.
#[test]
fn the_list_as_a_table_is_a_catalog() {
    let project = catalog(5);
    project.build_well();
    let again = Project::new();
    again.write_bytes("datasets/catalog.csv", &std::fs::read(project.path("public/catalog.csv")).unwrap());
    again.build_well();
    assert_eq!(ids(&json(&again, "api/v1/datasets/page/1.json")["items"]), ["e0", "e1", "e2", "e3", "e4"]);
    assert!(project.read("public/catalog.csv").starts_with("数据资源标识,数据资源名称,"));
}

#[test]
fn what_is_suspended_leaves_every_list_at_once_and_copies_are_told() {
    let project = Project::new();
    project.write("datasets/files/b.csv", "名称,等级\n独有的值,一级\n");
    project.write(
        "datasets/catalog.csv",
        "数据资源标识,数据资源名称,提供方名称,开放类型,领域分类,关键字,更新日期,文件\n\
         aa,甲数据,甲局,无条件开放,教育,学校,2026-01-01,\n\
         b-1,乙数据,乙局,无条件开放,教育,学校,2026-01-01,files/b.csv\n",
    );
    project.build_well();
    let lists = [
        "catalog.ttl",
        "catalog.rdf",
        "catalog.jsonld",
        "catalog.csv",
        "data.json",
        "oai.xml",
        "sitemap.xml",
        "feed.xml",
        "themes/教育/feed.xml",
        "providers/乙局/feed.xml",
        "api/v1/datasets/page/1.json",
        "api/3/action/package_search",
        "api/3/action/package_list",
    ];
    for list in lists {
        assert!(project.read(&format!("public/{list}")).contains("b-1"), "{list}");
    }
    let decision = ["--basis", "第四十条", "--by", "市数据局", "--reason", "privacy"];
    let ran = project.run(&[&["case", "suspend", "b-1"], &decision[..]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for list in lists {
        let text = project.read(&format!("public/{list}"));
        assert!(!text.contains("b-1"), "{list}: {text}");
        assert!(
            list.starts_with("providers/乙局") || text.contains("/aa/") || text.contains("\"aa\""),
            "{list}: {text}"
        );
    }
    for gone in ["api/v1/datasets/b-1.json", "api/3/action/package_show/b-1", "datasets/b-1/metadata/dcat.ttl"] {
        assert!(!project.path(&format!("public/{gone}")).exists(), "{gone}");
    }
    // No file but those that tell of the decision names it, and search is asked file by file elsewhere.
    let told = ["datasets/b-1/index.html", "api/v1/changes/2026-11.json", "api/v1/suspended.json", "changes/feed.xml"];
    let names_it = |bytes: &[u8]| bytes.windows(3).any(|window| window == b"b-1");
    for (path, _) in project.site().into_iter().filter(|(_, bytes)| names_it(bytes)) {
        assert!(told.contains(&path.as_str()) || path.starts_with("notices/"), "{path}");
    }
    assert_eq!(json(&project, "api/v1/index.json")["datasets"]["total"], 1);
    assert_eq!(json(&project, "api/3/action/package_search")["result"]["count"], 1);
    assert_eq!(json(&project, "api/v1/suspended.json")["datasets"][0]["dataset"], "b-1");
    let feed = project.read("public/changes/feed.xml");
    assert!(feed.contains("中止开放：乙数据") && feed.contains("发布：甲数据"), "{feed}");
    let gone = project.read("server/gone.nginx.conf");
    assert!(gone.contains("/api/v1/datasets/b-1.json") && gone.contains("package_show/b-1"));
    assert_eq!(project.run(&["verify"]).code, 0);
    // What an ordinary build makes is the same lists, and again nothing of it.
    project.build();
    for list in lists.iter().filter(|list| project.path(&format!("public/{list}")).exists()) {
        assert!(!project.read(&format!("public/{list}")).contains("b-1"), "{list}");
    }
}

/// A list that is not what its name says cannot be cut: it goes, rather than that it goes on naming the dataset.
#[test]
fn a_list_that_cannot_be_read_goes_with_the_dataset() {
    let project = catalog(2);
    project.build_well();
    project.write("public/data.json", "{ /datasets/e1/ ");
    let ran = project.run(&["case", "suspend", "e1", "--basis", "第四十条", "--by", "市数据局", "--reason", "privacy"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(!project.path("public/data.json").exists());
    assert_eq!(project.run(&["verify"]).code, 0);
}

/// Names of files and media types are told to web servers and to readers by one table.
#[test]
fn web_servers_are_told_what_the_pages_announce() {
    let project = catalog(1);
    project.build_well();
    let page = project.read("public/datasets/e0/index.html");
    let nginx = project.read("server/nginx.conf");
    let mut n_links = 0;
    for link in page.split("<link ").skip(1).filter(|link| link.contains("rel=\"describedby\"")) {
        let part = |name: &str| link.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap();
        let ending = part("href").rsplit_once('.').unwrap().1;
        assert!(nginx.contains(&format!("{} {ending};", part("type"))), "{link}");
        assert!(project.path(&format!("public{}", part("href"))).exists(), "{link}");
        n_links += 1;
    }
    assert!(n_links >= 4, "{n_links}");
}
