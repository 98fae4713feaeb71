//! Builds that write only what changed: whatever was built before, the site is what a first build makes of the same input.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::support::{AS_OF, Project, kaishu, tree};

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }
}

/// What a row of the catalog says.
#[derive(Clone)]
struct Entry {
    title: String,
    summary: String,
    theme: &'static str,
    provider: &'static str,
    tag: &'static str,
    modified: String,
    /// Which edition of its file; 0 is none.
    file: usize,
}

const THEMES: [&str; 3] = ["统计", "教育", "交通运输"];
const PROVIDERS: [&str; 3] = ["市统计局", "市教育局", "市交通运输局"];
const TAGS: [&str; 4] = ["学校", "公交", "人口", "名录"];

impl Entry {
    fn new(dice: &mut Dice, n: usize) -> Self {
        Self {
            title: format!("数据{n}"),
            summary: format!("第{n}项数据"),
            theme: THEMES[dice.roll(3)],
            provider: PROVIDERS[dice.roll(3)],
            tag: TAGS[dice.roll(4)],
            modified: format!("2026-{:02}-{:02}", 1 + dice.roll(10), 1 + dice.roll(28)),
            file: dice.roll(3),
        }
    }
}

fn write_catalog(project: &Project, entries: &BTreeMap<String, Entry>) {
    let rows: String = entries
        .iter()
        .map(|(id, e)| {
            let file = if e.file == 0 { String::new() } else { format!("files/{id}.csv") };
            if e.file > 0 {
                project.write(&format!("datasets/{file}"), &format!("编号,名称\n{id},第{}版\n", e.file));
            }
            format!(
                "{id},{},{},{},{},{},{},每年,无条件开放,{file}\n",
                e.title, e.summary, e.theme, e.provider, e.tag, e.modified
            )
        })
        .collect();
    let head = "数据资源标识,数据资源名称,摘要,领域分类,提供方名称,关键字,更新日期,更新频率,开放类型,文件\n";
    project.write("datasets/catalog.csv", &format!("{head}{rows}"));
}

/// A notice or a template.
fn write_around(project: &Project, dice: &mut Dice, n: usize) -> &'static str {
    if dice.roll(2) == 0 {
        let page = format!("+++\ntitle = \"公告{n}\"\ndate = 2026-11-20\n+++\n正文{n}\n");
        project.write("content/notices/note.md", &page);
        return "content";
    }
    let template = format!("{{% extends \"base.html\" %}}{{% block main %}}<p>没有 {n}</p>{{% endblock %}}");
    project.write("themes/default/templates/not_found.html", &template);
    "template"
}

/// One edit, as a team makes it; answers what it was.
fn edit(project: &Project, entries: &mut BTreeMap<String, Entry>, dice: &mut Dice, n: usize) -> String {
    let ids: Vec<String> = entries.keys().cloned().collect();
    let id = ids[dice.roll(ids.len())].clone();
    let entry = entries.get_mut(&id).unwrap();
    let what = match dice.roll(11) {
        0 => {
            let new = format!("d{:03}", 500 + n);
            let entry = Entry::new(dice, n);
            entries.insert(new, entry);
            "add"
        }
        1 if ids.len() > 40 => {
            entries.remove(&id);
            project.approve(&id, "removed");
            "remove"
        }
        2 => {
            entry.title = format!("改名{n}");
            "retitle"
        }
        3 => {
            entry.provider = PROVIDERS[dice.roll(3)];
            "provider"
        }
        4 => {
            entry.theme = THEMES[dice.roll(3)];
            entry.tag = TAGS[dice.roll(4)];
            "theme"
        }
        5 => {
            entry.file = usize::from(entry.file == 0);
            "files"
        }
        6 => {
            entry.file += 1;
            "data"
        }
        7 | 8 => write_around(project, dice, n),
        9 => {
            let ran = project.run(&["case", "suspend", &id, "--basis", "测试", "--by", "测试", "--reason", "privacy"]);
            assert!(ran.code == 0 || ran.stderr.contains("already"), "{}", ran.stderr);
            "suspend"
        }
        _ => {
            entry.summary = format!("说明{n}");
            "2026-11-01".clone_into(&mut entry.modified);
            "change"
        }
    };
    format!("{n}: {what} {id}")
}

/// What a first build makes of a copy of the folder with its records.
fn from_scratch(project: &Project) -> BTreeMap<String, Vec<u8>> {
    let copy = tempfile::tempdir().unwrap();
    for item in walkdir::WalkDir::new(project.path(""))
        .into_iter()
        .filter_entry(|item| !["public", ".kaishu", "report", "server"].contains(&item.file_name().to_str().unwrap()))
    {
        let item = item.unwrap();
        let to = copy.path().join(item.path().strip_prefix(project.path("")).unwrap());
        if item.file_type().is_dir() {
            std::fs::create_dir_all(to).unwrap();
        } else {
            std::fs::copy(item.path(), to).unwrap();
        }
    }
    let built = kaishu().args(["build", "--as-of", AS_OF, "--site"]).arg(copy.path()).output().unwrap();
    assert_eq!(built.status.code(), Some(0), "{}", String::from_utf8_lossy(&built.stderr));
    tree(&copy.path().join("public"))
}

fn inodes(dir: &Path) -> BTreeMap<String, u64> {
    let items = walkdir::WalkDir::new(dir).into_iter().map(Result::unwrap).filter(|item| item.file_type().is_file());
    items.map(|item| (item.path().to_string_lossy().into_owned(), item.metadata().unwrap().ino())).collect()
}

fn beginning(dice: &mut Dice, n_entries: usize) -> (Project, BTreeMap<String, Entry>) {
    let project = Project::new();
    project.append("site.toml", "languages = [\"zh-CN\", \"en\"]\n");
    let entries: BTreeMap<String, Entry> = (0..n_entries).map(|n| (format!("d{n:03}"), Entry::new(dice, n))).collect();
    write_catalog(&project, &entries);
    project.build_well();
    (project, entries)
}

/// A chain of edits, each built upon the one before; EDITS says how many (36 if not said), EDITS_SEED where they begin.
#[test]
fn any_chain_of_builds_equals_a_first_build() {
    let number = |name: &str, usual: u64| std::env::var(name).map_or(usual, |text| text.parse().unwrap());
    let mut dice = Dice(number("EDITS_SEED", 20_261_121));
    let (project, mut entries) = beginning(&mut dice, 60);
    let mut told = Vec::new();
    for n in 0..usize::try_from(number("EDITS", 36)).unwrap() {
        told.push(edit(&project, &mut entries, &mut dice, n));
        write_catalog(&project, &entries);
        project.build_well();
        // Each is compared in long runs, and every third here: what goes wrong once stays wrong.
        if n % 3 == 2 {
            let (chain, first) = (project.site(), from_scratch(&project));
            let differing: Vec<&String> =
                chain.keys().chain(first.keys()).filter(|path| chain.get(*path) != first.get(*path)).collect();
            assert!(differing.is_empty(), "{differing:?} after {told:?}");
        }
    }
    assert_eq!(project.run(&["verify"]).code, 0);
}

#[test]
fn what_did_not_change_is_not_written() {
    let mut dice = Dice(7);
    let (project, mut entries) = beginning(&mut dice, 60);
    let before = inodes(&project.path("public"));
    project.build_well();
    assert_eq!(inodes(&project.path("public")), before, "nothing changed");
    entries.get_mut("d007").unwrap().summary = "另一种说明".to_owned();
    write_catalog(&project, &entries);
    project.build_well();
    let after = inodes(&project.path("public"));
    let written: Vec<&String> = after.keys().filter(|path| before.get(*path) != after.get(*path)).collect();
    assert!(written.len() < 120 && written.len() * 5 < after.len(), "{} of {}", written.len(), after.len());
    assert!(written.iter().all(|path| !path.contains("/datasets/d008/")), "{written:?}");
    // A file that somebody cut or removed is made again.
    std::fs::write(project.path("public/datasets/d008/index.html"), "").unwrap();
    std::fs::remove_file(project.path("public/datasets/d009/index.html")).unwrap();
    project.build_well();
    assert_eq!(project.run(&["verify"]).code, 0);
    assert_eq!(project.site(), from_scratch(&project));
}

/// Every file of the input looks as if it had been changed so long ago.
fn age(project: &Project, hours: u64) {
    let then = std::time::SystemTime::now() - Duration::from_secs(hours * 3600);
    for item in walkdir::WalkDir::new(project.path("")).into_iter().map(Result::unwrap) {
        let is_made = item.path().strip_prefix(project.path("")).unwrap().starts_with("public");
        if item.file_type().is_file() && !is_made {
            std::fs::File::options().write(true).open(item.path()).unwrap().set_modified(then).unwrap();
        }
    }
}

/// A build of the same input does nothing and says so; anything that could make another site is seen.
#[test]
fn nothing_is_built_where_nothing_changed() {
    let project = Project::new();
    let says_so = || {
        let ran = project.build();
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran.stderr.contains("nothing has changed")
    };
    age(&project, 9);
    assert!(!says_so());
    let chain = project.read("records/chain.jsonl");
    assert!(says_so());
    assert_eq!(project.read("records/chain.jsonl"), chain, "nothing was published");
    // Findings that somebody asks for are told.
    let ran = project.run(&["build", "--all", "--lang", "en", "--as-of", AS_OF]);
    assert!(ran.stderr.contains("OPENNESS_CLOSED") && !ran.stderr.contains("nothing has changed"), "{}", ran.stderr);
    assert_eq!(project.run(&["build", "--lang", "en", "--as-of", "2026-11-22"]).code, 0);
    let changes: [(&str, &dyn Fn()); 7] = [
        ("another day", &|| ()),
        ("a folder that any catalog may lie in", &|| project.write(".hidden/catalog.csv", "x")),
        ("an entry", &|| project.replace("datasets/catalog.csv", "公交站点", "车站")),
        ("data", &|| project.append("datasets/files/stops.csv", "009,南站\r\n")),
        ("a page", &|| project.write("content/notices/x.md", "+++\ntitle = \"x\"\ndate = 2026-11-20\n+++\nx\n")),
        ("a page of the site that is gone", &|| {
            std::fs::remove_file(project.path("public/datasets/stops/index.html")).unwrap();
        }),
        ("a decision", &|| {
            let ran =
                project.run(&["case", "suspend", "stops", "--basis", "测试", "--by", "测试", "--reason", "privacy"]);
            assert_eq!(ran.code, 0, "{}", ran.stderr);
        }),
    ];
    for (what, change) in changes {
        change();
        assert!(!says_so(), "{what} was not seen");
        age(&project, 5);
        assert!(!says_so(), "other times are another input: {what}");
        assert!(says_so(), "{what}");
        assert_eq!(project.run(&["verify"]).code, 0);
    }
}

/// A catalog that lies outside the site folder is read each time: an entry that is closed there must not stay open here.
#[test]
fn a_catalog_outside_the_site_folder_is_never_taken_for_unchanged() {
    let project = Project::new();
    project.write("site/site.toml", &format!("{}[catalog]\nfiles = [\"../catalog.csv\"]\n", project.read("site.toml")));
    project.write(
        "catalog.csv",
        "数据资源标识,数据资源名称,提供方名称,开放类型\na,甲,局,无条件开放\nb,乙,局,无条件开放\n",
    );
    age(&project, 9);
    let site = project.path("site");
    let build = || {
        let ran = kaishu().args(["build", "--lang", "en", "--as-of", AS_OF, "--site"]).arg(&site).output().unwrap();
        String::from_utf8(ran.stderr).unwrap()
    };
    for _ in 0..2 {
        assert!(!build().contains("nothing has changed"));
    }
    project.replace("catalog.csv", "乙,局,无条件开放", "乙,局,不予开放");
    assert!(build().contains("CLASS_LOWERED"), "what is closed is noticed");
}

/// The ledger is that of the folder that was published to last: a take-down from another one does not make it fit.
#[test]
fn another_output_folder_does_not_mislead_the_next_build() {
    let mut dice = Dice(5);
    let (project, mut entries) = beginning(&mut dice, 40);
    let other = tempfile::tempdir().unwrap();
    entries.remove("d003");
    project.approve("d003", "removed");
    entries.get_mut("d004").unwrap().summary = "同样长".to_owned();
    write_catalog(&project, &entries);
    let out = other.path().join("www").to_string_lossy().into_owned();
    assert_eq!(project.run(&["build", "--as-of", AS_OF, "--out", &out]).code, 0);
    let ran = project.run(&["case", "suspend", "d005", "--basis", "测试", "--by", "测试", "--reason", "privacy"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(!project.path("public/datasets/d005/files").exists());
    project.build_well();
    assert!(!project.path("public/datasets/d003").exists());
    assert_eq!(project.run(&["verify"]).code, 0);
    assert_eq!(project.site(), from_scratch(&project));
}

/// What stands in the way of a rename, such as a folder that somebody made, is no obstacle: then the folders change places.
#[test]
fn what_somebody_put_into_the_site_is_no_obstacle() {
    let mut dice = Dice(6);
    let (project, mut entries) = beginning(&mut dice, 40);
    entries.get_mut("d007").unwrap().summary = "另一种说明".to_owned();
    write_catalog(&project, &entries);
    std::fs::remove_file(project.path("public/datasets/d007/index.html")).unwrap();
    project.write("public/datasets/d007/index.html/mine.txt", "x");
    project.build_well();
    assert_eq!(project.run(&["verify"]).code, 0);
    assert_eq!(project.site(), from_scratch(&project));
}

/// A build that is killed while it puts files in place: no page leads to data that are not there, and the next start of
/// anything finishes it.
#[test]
fn a_small_commit_that_is_killed_is_finished() {
    let mut dice = Dice(11);
    let (project, mut entries) = beginning(&mut dice, 120);
    let mut n_cut = 0;
    for n in 0..16_u32 {
        let before = project.site();
        for id in 0..40 {
            let entry = entries.get_mut(&format!("d{id:03}")).unwrap();
            entry.summary = format!("第{n}次");
            entry.file = (usize::try_from(n).unwrap() + id) % 3;
        }
        write_catalog(&project, &entries);
        let mut command = project.command(&["build", "--as-of", AS_OF]);
        let mut child =
            command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
        let pending = project.path("records/pending.json");
        while !pending.exists() && child.try_wait().unwrap().is_none() {
            std::hint::spin_loop();
        }
        let waited = Instant::now();
        while waited.elapsed() < Duration::from_micros(u64::from(n) * 150) {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        n_cut += usize::from(pending.exists());
        let found = project.site();
        let broken: BTreeSet<String> =
            found.iter().filter(|(path, _)| path.ends_with(".html")).flat_map(|(_, html)| dead(html, &found)).collect();
        assert!(broken.is_empty(), "kill {n}: {broken:?}");
        assert!(found.len() + 400 > before.len());
        // A take-down finishes it as well as a build.
        if n % 4 == 3 {
            let id = format!("d{:03}", 100 + n);
            let ran = project.run(&["case", "suspend", &id, "--basis", "测试", "--by", "测试", "--reason", "privacy"]);
            assert_eq!(ran.code, 0, "{}", ran.stderr);
            assert!(!pending.exists());
            assert_eq!(project.run(&["verify"]).code, 0);
        }
        project.build_well();
        assert!(!pending.exists() && !project.path(".public.stage").exists());
        assert_eq!(project.run(&["verify"]).code, 0);
    }
    assert!(n_cut > 4, "only {n_cut} kills came while files were put in place");
    assert_eq!(project.site(), from_scratch(&project));
}

/// The downloads of a page that are not there.
fn dead(html: &[u8], site: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let html = String::from_utf8_lossy(html);
    let links = html.split("href=\"/").skip(1).filter_map(|rest| rest.split_once('"'));
    let downloads = links.filter(|(_, rest)| rest.starts_with(" download")).map(|(path, _)| path.to_owned());
    downloads.filter(|path| !path.contains('%') && !site.contains_key(path)).collect()
}
