//! One test at least for each invariant of the design that this part of the program carries.

use std::os::unix::fs::MetadataExt;
use std::time::{Duration, Instant};

use crate::support::{AS_OF, CATALOG, Project};

/// I1: nothing of an entry that is not unconditionally open is anywhere in the output, nor of an earlier build.
#[test]
fn i1_closed_by_default() {
    let project = Project::new();
    project.build_well();
    no_marker(&project);
    // The entry was open once: its pages, files and archives go when the class changes.
    project.write("datasets/catalog.csv", &CATALOG.replace("有条件开放", "无条件开放"));
    project.build_well();
    assert!(project.path("public/datasets/zzclosed/files/secret.csv").exists());
    project.approve("zzclosed", "to_conditional");
    project.approve("zzclosed", "to_not_open");
    for class in ["有条件开放", "", "可开放", "不予开放", "无条件开放？"] {
        project.write("datasets/catalog.csv", &CATALOG.replace("有条件开放", class));
        project.build();
        no_marker(&project);
    }
}

fn no_marker(project: &Project) {
    for dir in ["public", "server"] {
        for (path, bytes) in crate::support::tree(&project.path(dir)) {
            let text = String::from_utf8_lossy(&bytes).to_lowercase();
            assert!(!path.to_lowercase().contains("zz"), "{path}");
            assert!(!text.contains("zzclosed") && !text.contains("zzsecret"), "{path}");
        }
    }
    // Names inside archives are compressed away from a plain search.
    for (path, bytes) in project.site().iter().filter(|(path, _)| path.ends_with(".zip")) {
        let zip = zip::ZipArchive::new(std::io::Cursor::new(bytes.clone())).unwrap();
        assert!(zip.file_names().all(|name| !name.unwrap().contains("secret")), "{path}");
    }
}

/// I2: a build killed at any instant leaves the old site or the new one, whole, and the next build is well.
#[test]
fn i2_killed_at_any_instant() {
    let project = Project::new();
    let many = |mark: &str| -> String {
        let rows: Vec<String> =
            (0..150).map(|n| format!("d{n},数据{n}{mark},局,{},无条件开放,files/stops.csv", n % 7)).collect();
        format!("数据资源标识,数据资源名称,提供方名称,关键字,开放类型,文件\n{}\n", rows.join("\n"))
    };
    project.write("datasets/catalog.csv", &many("旧"));
    project.build();
    let old = project.site();
    let started = Instant::now();
    project.write("datasets/catalog.csv", &many("新"));
    project.build();
    let new = project.site();
    assert_ne!(old, new);
    let whole = started.elapsed();
    let n_kills = 24;
    let (mut seen_old, mut seen_new) = (0, 0);
    for n in 0..n_kills {
        let (before, mark) = if project.site() == old { (&old, "新") } else { (&new, "旧") };
        let after = if mark == "新" { &new } else { &old };
        project.write("datasets/catalog.csv", &many(mark));
        let mut child = project
            .command(&["build", "--as-of", AS_OF])
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let instant = whole.mul_f64(f64::from(n) / f64::from(n_kills - 1));
        let waited = Instant::now();
        while waited.elapsed() < instant && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let found = project.site();
        assert!(found == *before || found == *after, "a mixed site after {instant:?}");
        seen_old += usize::from(found == *before);
        seen_new += usize::from(found == *after);
    }
    assert!(seen_old > 1, "no kill came before the commit");
    // And right in the commit: from the moment on which the intention to publish is on disk.
    for n in 0..8 {
        let (found, before, after) = kill_in_the_commit(&project, (&old, &new), &many, Duration::from_millis(n * 2));
        assert!(found == before || found == after, "a mixed site in the commit, kill {n}");
        seen_new += usize::from(found == after);
    }
    assert!(seen_new > 0, "no kill came after the exchange");
    project.build_after_kill();
    assert_eq!(project.run(&["verify"]).code, 0);
}

type Files = std::collections::BTreeMap<String, Vec<u8>>;

/// Builds the other of two sites and kills the build some time after its intention to publish is on disk; answers what
/// is there then, what was there, and what was to come.
fn kill_in_the_commit(
    project: &Project,
    (old, new): (&Files, &Files),
    catalog: &dyn Fn(&str) -> String,
    delay: Duration,
) -> (Files, Files, Files) {
    let (before, after, mark) = if project.site() == *old { (old, new, "新") } else { (new, old, "旧") };
    project.write("datasets/catalog.csv", &catalog(mark));
    // What an earlier kill left is another file than the one that is waited for.
    let inode = || project.path("records/pending.json").metadata().ok().map(|meta| meta.ino());
    let left = inode();
    let mut command = project.command(&["build", "--as-of", AS_OF]);
    let mut child = command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    while inode().is_none_or(|inode| Some(inode) == left) && child.try_wait().unwrap().is_none() {
        std::hint::spin_loop();
    }
    let waited = Instant::now();
    while waited.elapsed() < delay {
        std::hint::spin_loop();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    (project.site(), before.clone(), after.clone())
}

impl Project {
    fn build_after_kill(&self) {
        let ran = self.build();
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        for left in [".public.stage", "records/pending.json"] {
            assert!(!self.path(left).exists(), "{left} was left");
        }
    }
}

/// I2: while builds go on, a reader never finds a page missing or cut.
#[test]
fn i2_a_reader_during_commits() {
    let project = Project::new();
    project.build_well();
    let page = project.path("public/datasets/stops/index.html");
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut n_reads = 0;
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let text = std::fs::read_to_string(&page).unwrap();
                assert!(text.ends_with("</html>\n"));
                n_reads += 1;
            }
            n_reads
        });
        for n in 0..12 {
            project.write("datasets/catalog.csv", &CATALOG.replace("全市公交站点", &format!("全市公交站点{n}")));
            project.build_well();
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        assert!(reader.join().unwrap() > 0);
    });
}

/// I2: a write that the system refuses half-way leaves the old site, and nothing else.
#[test]
fn i2_a_write_that_fails() {
    let project = Project::new();
    project.build_well();
    let before = project.site();
    project.write("datasets/files/big.csv", &format!("a\n{}", "0123456789\n".repeat(60_000)));
    project.append("datasets/catalog.csv", "big,大表,,,,,每年,2026-03-01,局,局,局,无条件开放,,files/big.csv\n");
    // No file may grow past 256 KiB: with the signal ignored, the write itself fails, as on a full disk.
    let command = format!(
        "trap '' XFSZ; ulimit -f 256; exec {} build --lang en --as-of {AS_OF} --site {}",
        env!("CARGO_BIN_EXE_kaishu"),
        project.path("").display()
    );
    let output = std::process::Command::new("bash").args(["-c", &command]).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("writing datasets/big/"), "{stderr}");
    assert_eq!(project.site(), before);
    assert!(!project.path(".public.stage").exists());
    project.build_well();
    assert!(project.path("public/datasets/big/index.html").exists());
}

/// I2: a second build at the same time is turned away and harms nothing.
#[test]
fn i2_two_builds_at_once() {
    let project = Project::new();
    project.build_well();
    let before = project.site();
    let lock = std::fs::File::options().write(true).open(project.path("records/lock")).unwrap();
    lock.lock().unwrap();
    let ran = project.build();
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("another build"), "{}", ran.stderr);
    assert_eq!(project.site(), before);
    drop(lock);
    // Several real builds: each ends well or is turned away, and the site and its record are whole.
    let children: Vec<_> = (0..4)
        .map(|_| project.command(&["build", "--as-of", AS_OF]).stderr(std::process::Stdio::null()).spawn().unwrap())
        .collect();
    let codes: Vec<_> = children.into_iter().map(|mut child| child.wait().unwrap().code().unwrap()).collect();
    assert!(codes.contains(&0) && codes.iter().all(|code| [0, 2].contains(code)), "{codes:?}");
    assert_eq!(project.site(), before);
    assert_eq!(project.run(&["verify"]).code, 0);
}

/// I6: the same input and day give the same bytes, whatever the threads, the time zone, the language or the folder.
#[test]
fn i6_same_input_same_bytes() {
    let build = |envs: &[(&str, &str)], jobs: &str| {
        let project = Project::new();
        let mut command = project.command(&["build", "--as-of", AS_OF, "--jobs", jobs]);
        command.envs(envs.iter().copied());
        assert_eq!(command.output().unwrap().status.code(), Some(0));
        project.site()
    };
    let first = build(&[], "1");
    // What a clock could put into a file changes with the second.
    let second = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let then = second();
    while second() < then + 2 {
        std::thread::yield_now();
    }
    for (envs, jobs) in [
        (&[("TZ", "America/Los_Angeles"), ("LANG", "zh_CN.UTF-8")][..], "4"),
        (&[("TZ", "Asia/Tokyo"), ("LC_ALL", "de_DE.UTF-8")], "2"),
    ] {
        let again = build(envs, jobs);
        assert_eq!(first.keys().collect::<Vec<_>>(), again.keys().collect::<Vec<_>>());
        for (path, bytes) in &first {
            assert!(bytes == &again[path], "{path} differs");
        }
    }
}

/// I6: a build over an earlier site gives the same bytes as one from nothing.
#[test]
fn i6_a_rebuild_equals_a_first_build() {
    let fresh = Project::new();
    fresh.build_well();
    let again = Project::new();
    again.write("datasets/catalog.csv", &CATALOG.replace("公交站点", "车站"));
    again.build_well();
    again.write("datasets/catalog.csv", CATALOG);
    std::fs::remove_file(again.path("records/ids.csv")).unwrap();
    again.build_well();
    assert_eq!(fresh.site(), again.site());
}

/// I8: no page loads anything from elsewhere, runs a script of its own or carries a style of its own.
#[test]
fn i8_no_third_party() {
    let project = Project::new();
    project.append("site.toml", "languages = [\"zh-CN\", \"en\"]\n");
    project.build_well();
    let mut n_pages = 0;
    for (path, bytes) in project.site() {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if path.ends_with(".css") || path.ends_with(".js") {
            for bad in ["http:", "https:", "//cdn", "@import", "url(", "document.cookie", "eval(", "innerHTML"] {
                assert!(!text.contains(bad), "{path} has {bad}");
            }
        }
        if !path.ends_with(".html") {
            continue;
        }
        n_pages += 1;
        for tag in text.split('<').filter(|tag| !tag.starts_with('/')) {
            let tag = tag.split('>').next().unwrap();
            let name = tag.split_whitespace().next().unwrap_or_default();
            let loads =
                ["script", "img", "iframe", "link", "source", "video", "audio", "object", "embed", "form", "base"];
            let names_only = ["canonical", "alternate", "cite-as", "type", "license"];
            let is_meta_link = names_only.iter().any(|rel| tag.contains(&format!("rel=\"{rel}\"")));
            if loads.contains(&name) && !is_meta_link {
                assert!(!tag.contains("http:") && !tag.contains("https:") && !tag.contains("=\"//"), "{path}: <{tag}>");
            }
            let names: String = tag.split('"').step_by(2).collect();
            assert!(!names.contains(" style=") && !names.contains(" on"), "{path}: <{tag}>");
            // What is no script but data is not run.
            let is_data = tag.contains("type=\"application/ld+json\"");
            assert!(name != "script" || is_data || tag.contains("src=\"/assets/"), "{path}: <{tag}>");
        }
    }
    assert!(n_pages > 30);
}

/// I8: every link inside the site leads to a file of the site.
#[test]
fn i8_every_internal_link_resolves() {
    let project = Project::new();
    project.append("site.toml", "languages = [\"zh-CN\", \"en\"]\n");
    project.replace("site.toml", "https://data.example.invalid", "https://data.example.invalid/open");
    project.build_well();
    let site = project.site();
    for (path, bytes) in site.iter().filter(|(path, _)| path.ends_with(".html")) {
        let text = String::from_utf8_lossy(bytes);
        for attribute in ["href=\"", "src=\""] {
            for link in text.split(attribute).skip(1).map(|rest| rest.split('"').next().unwrap()) {
                if link.starts_with("http") || link.starts_with('#') {
                    continue;
                }
                let link = link.replace("&amp;", "&").replace("&#x2F;", "/").replace("&#47;", "/");
                let inner = link.strip_prefix("/open/").unwrap_or_else(|| panic!("{path}: {link}"));
                let decoded = percent_decode(inner.split(['#', '?']).next().unwrap());
                let file =
                    if decoded.is_empty() || decoded.ends_with('/') { format!("{decoded}index.html") } else { decoded };
                assert!(site.contains_key(&file), "{path}: {link} leads nowhere");
            }
        }
    }
}

fn percent_decode(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let hex = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// I9: whatever stands in a catalog or an export stays text.
#[test]
fn i9_hostile_input_stays_data() {
    let project = Project::new();
    let evil = "<img src=x onerror=alert(1)>\"'&{{7*7}}{% raw %}`";
    let quoted = format!("\"{}\"", evil.replace('"', "\"\""));
    let header = "数据资源标识,数据资源名称,摘要,领域分类,关键字,更新频率,提供方名称,开放类型,数据项名称,文件,联系电话,数据覆盖地域";
    project.write(
        "datasets/catalog.csv",
        &format!("{header}\nevil,{quoted},{quoted},{quoted},{quoted},{quoted},{quoted},无条件开放,{quoted},files/evil.csv,{quoted},{quoted}\n"),
    );
    project.write("datasets/files/evil.csv", &format!("{quoted},=1+1\n=HYPERLINK(\"\"x\"\"),@SUM(1)\n{quoted},+1\n"));
    let ran = project.build();
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    for (path, bytes) in project.site().iter().filter(|(path, _)| path.ends_with(".html")) {
        let text = String::from_utf8_lossy(bytes);
        assert!(!text.contains("<img") && !text.contains("onerror=alert(1)>\""), "{path}");
        assert!(!path.contains('<') && !path.contains(".."), "{path}");
    }
    let page = project.read("public/datasets/evil/index.html");
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"), "{page}");
    assert!(page.contains("{{7*7}}"), "the catalog's braces were rendered");
    // The workbook holds strings, never formulas.
    let bytes = project.site()["datasets/evil/data/evil.xlsx"].clone();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut sheet = String::new();
    std::io::Read::read_to_string(&mut zip.by_name("xl/worksheets/sheet1.xml").unwrap(), &mut sheet).unwrap();
    assert!(!sheet.contains("<f>") && !sheet.contains("<hyperlink"), "{sheet}");
}

/// I10: no city, no article and no number of working days stands in code.
#[test]
fn i10_the_law_is_data() {
    let root = crate::support::repository();
    // Every article, place and name that a profile has, and the periods that it sets.
    let mut words: Vec<String> = Vec::new();
    for item in std::fs::read_dir(root.join("regimes")).unwrap() {
        let text = std::fs::read_to_string(item.unwrap().path()).unwrap();
        let table: toml::Table = toml::from_str(&text).unwrap();
        words.extend(["id", "title"].iter().filter_map(|key| table[*key].as_str().map(str::to_owned)));
        for part in text.split('第').skip(1) {
            words
                .extend(part.split_once('条').filter(|(n, _)| n.chars().count() <= 3).map(|(n, _)| format!("第{n}条")));
        }
    }
    words.extend(["盐城", "双鸭山", "扬州"].map(str::to_owned));
    assert!(words.len() > 100);
    for item in walkdir::WalkDir::new(root.join("src")) {
        let item = item.unwrap();
        if item.path().extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(item.path()).unwrap();
        let code = text.split("[cfg(test)]").next().unwrap();
        for word in &words {
            let is_embedding = |line: &str| line.contains("include_str!(\"../../regimes/");
            let found = code.lines().find(|line| {
                line.contains(word.as_str()) && !line.trim_start().starts_with("//") && !is_embedding(line)
            });
            assert!(found.is_none(), "{}: {}", item.path().display(), found.unwrap());
        }
        // A number of working days in code would be a period that no profile can change.
        let periods = ["WORKDAYS: ", "WORKING_DAYS: ", "DEADLINE_DAYS: ", "个工作日\", \""];
        let found = code.lines().find(|line| periods.iter().any(|word| line.contains(word)));
        assert!(found.is_none(), "{}: {}", item.path().display(), found.unwrap());
    }
}

/// I11: each build adds one line that follows the one before it, and says what came and went.
#[test]
fn i11_everything_is_on_record() {
    let project = Project::new();
    project.build_well();
    project.build_well();
    let chain = project.read("records/chain.jsonl");
    let lines: Vec<serde_json::Value> = chain.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1]["prev"], lines[0]["hash"]);
    assert_eq!(lines[0]["event"]["added"], serde_json::json!(["schools", "stops"]));
    assert_eq!(lines[1]["event"]["added"], serde_json::json!([]));
    let before = project.path("public");
    project.write("datasets/catalog.csv", &CATALOG.replace("无条件开放", "可开放"));
    assert_eq!(project.build().code, 2);
    assert!(before.exists());
    assert_eq!(project.read("records/chain.jsonl"), chain, "a build that publishes nothing is no publication");
}

/// I11: a record that cannot be written whole stays as it was, and the next build completes it.
#[test]
fn i11_a_full_disk_leaves_the_chain_valid() {
    let project = Project::new();
    project.write("datasets/files/stops.csv", "编号,值班电话\r\n007,13925522956\r\n");
    // A line of the record is as long as the words of a ground: two of them pass the limit below.
    let reason = "由".repeat(50_000);
    let ground = format!(
        "[[ground]]\ndataset = \"stops\"\nkind = \"mobile\"\ncolumns = [\"值班电话\"]\nlaw = \"法\"\narticle = \"条\"\napprover = \"局\"\n\
         date = \"2026-11-01\"\nreason = \"{reason}\"\n"
    );
    project.write("datasets/grounds.toml", &ground);
    project.build_well();
    let before = project.read("records/chain.jsonl");
    project.replace("datasets/catalog.csv", "全市公交站点", "全市公交车站");
    let command = format!(
        "trap '' XFSZ; ulimit -f 200; exec {} build --lang en --as-of {AS_OF} --site {}",
        env!("CARGO_BIN_EXE_kaishu"),
        project.path("").display()
    );
    let output = std::process::Command::new("bash").args(["-c", &command]).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && stderr.contains("chain.jsonl"), "{stderr}");
    assert_eq!(project.read("records/chain.jsonl"), before, "not half a line is left");
    project.build_well();
    let chain = project.read("records/chain.jsonl");
    assert!(chain.starts_with(&before));
    assert_eq!(chain.lines().count(), 3, "the publication that was not recorded, and the new one");
    assert_eq!(project.run(&["verify"]).code, 0);
}
