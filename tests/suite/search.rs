//! The search index: complete, stable, and without what was taken off the site.

use std::collections::{BTreeMap, BTreeSet};

use kaishu::model::route::Route;
use kaishu::search::fold::Folder;
use kaishu::search::grams::{self, Gram};
use kaishu::search::postings::{self, Shard};
use kaishu::search::{removal, unpack};
use serde_json::Value;

use crate::support::{Project, repository};

const HEADER: &str = "数据资源标识,数据资源名称,摘要,提供方名称,开放类型,领域分类,关键字,更新日期,数据项名称\n";

fn project(n_entries: usize) -> Project {
    let project = Project::new();
    let mut text = HEADER.to_owned();
    for idx in 0..n_entries {
        text.push_str(&format!(
            "e{idx},公交站点{idx},全市公交停靠站台的位置,市交通局,无条件开放,交通,出行,2026-01-01,站名\n"
        ));
    }
    text.push_str("b-1,鼋鼍观测,鼋鼍栖息地蟠蜿,鼋鼍保护所,无条件开放,鼋鼍保护,鼋鼍,2026-02-01,鼋鼍编号\n");
    project.write("datasets/catalog.csv", &text);
    project.build_well();
    project
}

/// The files of the index as programs read them, by path: unpacked where they are packed.
fn index(project: &Project) -> BTreeMap<String, Vec<u8>> {
    let files = project.site().into_iter().filter(|(path, _)| path.starts_with("search/"));
    files
        .map(|(path, bytes)| if path.ends_with(".bin") { (path, unpack(&bytes).unwrap()) } else { (path, bytes) })
        .collect()
}

fn list(project: &Project) -> Value {
    serde_json::from_str(&project.read("public/search/m.json")).unwrap()
}

/// Every posting of the index.
fn postings_of(project: &Project) -> Shard {
    let is_shard = |path: &str| path.starts_with("search/p");
    let files = index(project).into_iter().filter(|(path, _)| is_shard(path));
    files.flat_map(|(_, bytes)| postings::decode(&bytes).unwrap()).collect()
}

/// What a reader's browser does: the datasets that have every gram of a word, asked of the shard that should have it.
fn found(project: &Project, word: &str) -> BTreeSet<u32> {
    let list = list(project);
    let shards = list["shards"].as_array().unwrap();
    let mut own = Vec::new();
    grams::add(&Folder::new().fold(word), &mut own);
    let having = |gram: &Gram| -> BTreeSet<u32> {
        let number = gram.shard(shards.len() as u32);
        let hash = shards[number as usize].as_str().unwrap();
        let Ok(bytes) = std::fs::read(project.path(&format!("public/search/p{number}-{hash}.bin"))) else {
            return BTreeSet::new();
        };
        let mut shard = postings::decode(&unpack(&bytes).unwrap()).unwrap();
        shard.remove(&gram.text()).unwrap_or_default().into_iter().collect()
    };
    own.iter().map(having).reduce(|a, b| &a & &b).unwrap()
}

#[test]
fn every_text_of_a_dataset_is_found_and_nothing_of_what_is_closed() {
    let project = Project::new();
    project.build_well();
    for word in ["公交站点", "市交通运输局", "全市公交", "公交", "编号", "名称", "運輸"] {
        assert_eq!(found(&project, word), BTreeSet::from([0]), "{word}");
    }
    assert_eq!(found(&project, "学校").len(), 1);
    for (path, bytes) in index(&project) {
        assert!(!String::from_utf8_lossy(&bytes).to_lowercase().contains("zz"), "{path}");
    }
    assert_eq!((list(&project)["format"].as_u64(), list(&project)["total"].as_u64()), (Some(1), Some(2)));
}

/// What a change of one dataset changes is bounded; what it does not touch keeps its bytes and its name.
#[test]
fn a_change_of_one_dataset_changes_few_files() {
    let project = project(120);
    let before = index(&project);
    project.replace("datasets/catalog.csv", "e7,公交站点7,", "e7,公交站点7新,");
    project.build_well();
    let after = index(&project);
    let changed: Vec<&String> = after.keys().filter(|path| before.get(*path) != after.get(*path)).collect();
    let kinds: BTreeSet<char> = changed.iter().filter_map(|path| path.chars().nth("search/".len())).collect();
    assert_eq!(kinds, BTreeSet::from(['c', 'm', 'p']), "{changed:?}");
    assert_eq!(changed.len(), 3, "{changed:?}");
}

#[test]
fn nothing_of_what_is_suspended_is_left_and_the_others_are_found() {
    let project = project(60);
    assert_eq!(found(&project, "鼋鼍"), BTreeSet::from([60]));
    let decision = ["--basis", "第四十条", "--by", "市数据局", "--reason", "privacy"];
    let ran = project.run(&[&["case", "suspend", "b-1"], &decision[..]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let left = index(&project);
    for (path, bytes) in &left {
        let text = String::from_utf8_lossy(bytes);
        // The table of readings is the same for all sites: a character there tells nothing.
        let is_table = path.starts_with("search/y") || path.starts_with("search/v");
        assert!(is_table || !text.contains(['鼋', '鼍', '蟠', '蜿']), "{path}");
        assert!(!text.contains("b-1"), "{path}");
    }
    assert!(postings_of(&project).values().flatten().all(|ordinal| *ordinal < 60));
    assert_eq!(found(&project, "公交站点5"), (0..60).filter(|idx| *idx == 5 || idx / 10 == 5).collect());
    let verified = project.run(&["verify"]);
    assert_eq!(verified.code, 0, "{}", verified.stderr);
    // The next build makes the very files that the take-down left, and those are what a site without it has.
    project.build();
    assert_eq!(index(&project), left);
    let without = Project::new();
    let catalog = project.read("datasets/catalog.csv");
    without.write("datasets/catalog.csv", catalog.split("b-1,").next().unwrap());
    without.build_well();
    assert_eq!(index(&without), left);
}

/// The only dataset of all: its files go, and the list says that there is none.
#[test]
fn the_last_dataset_leaves_an_empty_index() {
    let project = project(0);
    let cut = removal::without(&project.path("public"), "b-1").unwrap();
    let changed: Vec<&str> = cut.changed.iter().map(|(route, _)| route.as_str()).collect();
    assert_eq!(changed, ["search/m.json"]);
    let left: Value = serde_json::from_slice(&cut.changed[0].1).unwrap();
    assert_eq!((left["total"].as_u64(), left["columns"].as_array().map(Vec::len)), (Some(0), Some(0)));
    assert_eq!(cut.gone.len(), index(&project).len() - 3, "all but the list and the two tables");
}

/// An index that cannot be read tells nobody that the dataset is not in it: it goes as a whole.
#[test]
fn an_index_that_cannot_be_read_goes_with_the_dataset() {
    for (kind, bytes) in [('p', &b"\x1f\x8b"[..]), ('c', b"x"), ('d', b""), ('m', b"{}")] {
        let project = project(3);
        let all = index(&project);
        let path = all.keys().rev().find(|path| path.chars().nth("search/".len()) == Some(kind)).unwrap();
        project.write_bytes(&format!("public/{path}"), bytes);
        let cut = removal::without(&project.path("public"), "b-1").unwrap();
        assert_eq!((cut.changed.len(), cut.gone.len()), (0, all.len()), "{path}");
    }
}

/// Killed between the new list and the old files: what no list names goes with the next start.
#[test]
fn what_no_list_names_goes() {
    let project = project(3);
    project.write_bytes("public/search/p3-0000000000.bin", b"old");
    let cut = removal::without(&project.path("public"), "unknown").unwrap();
    assert!(cut.changed.is_empty());
    assert_eq!(cut.gone.iter().map(Route::as_str).collect::<Vec<_>>(), ["search/p3-0000000000.bin"]);
}

/// The cases that `search.js` is tested with too.
#[test]
fn texts_are_folded_as_in_the_browser() {
    let folder = Folder::new();
    let cases = std::fs::read_to_string(repository().join("tests/suite/search/fold.tsv")).unwrap();
    for line in cases.lines() {
        let (text, wanted) = line.split_once('\t').unwrap();
        assert_eq!(folder.fold(text), wanted);
    }
}

proptest::proptest! {
    /// Whatever bytes stand in the place of a file, nothing panics, and the index is cut or goes.
    #[test]
    fn any_bytes_are_unpacked_or_refused(bytes in proptest::collection::vec(0_u8.., 0..200)) {
        if let Ok(unpacked) = unpack(&bytes) {
            let _ = postings::decode(&unpacked);
        }
    }
}
