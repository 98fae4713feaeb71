//! Data files: what becomes of broken and odd ones, of large ones, and of those that are made to do harm.

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::{Project, repository};

/// Runs `kaishu inspect` and answers its lines of JSON.
fn inspect(path: &Path, more: &[&str]) -> (i32, Vec<serde_json::Value>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_kaishu"))
        .args(["inspect", "--json", "--lang", "en"])
        .arg(path)
        .args(more)
        .output()
        .unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let lines = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (output.status.code().unwrap(), lines, String::from_utf8(output.stderr).unwrap())
}

/// One line for each table or finding.
fn summary(lines: &[serde_json::Value], stderr: &str) -> Vec<String> {
    let mut res: Vec<String> = lines
        .iter()
        .map(|line| {
            if line["type"] == "finding" {
                return format!("  {} {}", line["level"].as_str().unwrap(), line["code"].as_str().unwrap());
            }
            let columns = line["columns"].as_array().unwrap();
            let types: Vec<String> = columns
                .iter()
                .map(|column| {
                    format!("{} {}", column["name"].as_str().unwrap(), column["column_type"].as_str().unwrap())
                })
                .collect();
            format!("  {}: {} rows: {}", line["table"].as_str().unwrap(), line["rows"], types.join(" | "))
        })
        .collect();
    res.extend(
        stderr
            .lines()
            .filter(|line| line.contains("no table") || line.contains("error"))
            .map(|line| format!("  {line}")),
    );
    res
}

#[test]
fn every_odd_file_has_its_outcome() {
    let folder = repository().join("tests/fixtures/nasty");
    let mut found = String::new();
    let items = walkdir::WalkDir::new(&folder).sort_by_file_name();
    for item in items.into_iter().map(Result::unwrap).filter(|item| item.file_type().is_file()) {
        let name = item.path().strip_prefix(&folder).unwrap().to_str().unwrap();
        if !name.contains('/') {
            continue;
        }
        let (code, lines, stderr) = inspect(item.path(), &[]);
        assert!(!stderr.contains("panicked"), "{name}: {stderr}");
        found.push_str(&format!("{name} -> {code}\n"));
        for line in summary(&lines, &stderr) {
            found.push_str(&line);
            found.push('\n');
        }
    }
    snapbox::assert_data_eq!(found, snapbox::Data::read_from(&folder.join("expected.txt"), None).raw());
}

/// Refuses within a time and an address space, so that one file cannot stop a build.
fn bounded(path: &Path, limit: Duration, memory_mib: u64) -> (i32, String) {
    let started = Instant::now();
    let output = Command::new("sh")
        .arg("-c")
        .arg(format!("ulimit -v {}; exec \"$0\" \"$@\"", memory_mib * 1024))
        .arg(env!("CARGO_BIN_EXE_kaishu"))
        .args(["inspect", "--json", "--lang", "en", "--jobs", "2"])
        .arg(path)
        .output()
        .unwrap();
    assert!(started.elapsed() < limit, "{}: {:?}", path.display(), started.elapsed());
    let text = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    assert!(!text.contains("panicked") && !text.contains("memory allocation"), "{}: {text}", path.display());
    (output.status.code().unwrap_or(-1), text)
}

fn zip_of(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A minimal workbook whose only sheet is the given XML.
fn workbook_of(sheet: &[u8], strings: &[u8]) -> Vec<u8> {
    zip_of(&[
        ("[Content_Types].xml", br#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#),
        ("_rels/.rels", br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#),
        ("xl/_rels/workbook.xml.rels", br#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#),
        ("xl/workbook.xml", br#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>"#),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/sharedStrings.xml", strings),
    ])
}

const NO_STRINGS: &[u8] = br#"<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>"#;

fn sheet_of(rows: &str) -> Vec<u8> {
    format!(r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#).into_bytes()
}

#[test]
fn bombs_are_refused_in_time_and_memory() {
    let project = Project::empty();
    let zeros = vec![b'0'; 200 << 20];
    project.write_bytes("zip.zip", &zip_of(&[("x.csv", &zeros)]));
    project.write_bytes("strings.xlsx", &workbook_of(&sheet_of(""), &zeros));
    drop(zeros);
    for (name, expected) in [("zip.zip", "ARCHIVE_BOMB"), ("strings.xlsx", "ARCHIVE_BOMB")] {
        let (code, text) = bounded(&project.path(name), Duration::from_secs(30), 2_000);
        assert_eq!(code, 1, "{name}: {text}");
        assert!(text.contains(expected), "{name}: {text}");
    }
}

#[test]
fn a_sheet_that_claims_every_column_costs_nothing() {
    let project = Project::empty();
    let far = r#"<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>"#;
    project.write_bytes("far.xlsx", &workbook_of(&sheet_of(far), NO_STRINGS));
    let (code, text) = bounded(&project.path("far.xlsx"), Duration::from_secs(10), 1_000);
    assert!(code == 0 && text.contains("\"rows\":1"), "{text}");
    let cells: String = (0..16_384).map(|_| "<c><v>1</v></c>").collect();
    project.write_bytes("wide.xlsx", &workbook_of(&sheet_of(&format!("<row>{cells}</row>").repeat(20)), NO_STRINGS));
    let (code, text) = bounded(&project.path("wide.xlsx"), Duration::from_secs(10), 1_000);
    assert!(code == 1 && text.contains("4000"), "{text}");
}

#[test]
fn a_line_without_end_and_json_without_bottom_are_refused() {
    let project = Project::empty();
    let mut file = std::fs::File::create(project.path("line.csv")).unwrap();
    file.write_all(b"a,b\n").unwrap();
    let piece = vec![b'x'; 16 << 20];
    for _ in 0..128 {
        file.write_all(&piece).unwrap();
    }
    drop(file);
    let (code, text) = bounded(&project.path("line.csv"), Duration::from_secs(30), 1_000);
    assert!(code == 1 && text.contains("64 MiB"), "{text}");
    std::fs::remove_file(project.path("line.csv")).unwrap();

    project.write("deep.json", &format!("[{}{}]", "{\"a\":".repeat(1 << 20), "1".to_owned() + &"}".repeat(1 << 20)));
    project.write("list.json", &format!("[{{\"a\":{}{}}}]", "[".repeat(1 << 20), "]".repeat(1 << 20)));
    project.write("open.json", &format!("[{{\"a\":\"{}", "x".repeat(80 << 20)));
    for name in ["deep.json", "list.json", "open.json"] {
        let (code, text) = bounded(&project.path(name), Duration::from_secs(30), 1_000);
        assert!(code == 1, "{name}: {text}");
    }
}

#[test]
fn nested_archives_names_that_climb_and_entities_do_no_harm() {
    let project = Project::empty();
    let inner = zip_of(&[("a.csv", b"a,b\n1,2\n")]);
    let outer = zip_of(&[("inner.zip", &inner), ("../../up.csv", b"a,b\n1,2\n"), ("note.pdf", b"%PDF-1.4")]);
    project.write_bytes("x.zip", &outer);
    let (code, lines, _) = inspect(&project.path("x.zip"), &["--out", project.path("out").to_str().unwrap()]);
    assert_eq!((code, lines.len()), (0, 1));
    assert!(
        project.path("out/data").read_dir().unwrap().all(|item| item
            .unwrap()
            .file_name()
            .to_str()
            .unwrap()
            .starts_with("x-up"))
    );
    let laughs = "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]><l><r><c>&b;</c></r></l>";
    project.write("x.xml", laughs);
    let (code, lines, _) = inspect(&project.path("x.xml"), &[]);
    assert!(code == 1 && lines[0]["message"].as_str().unwrap().contains("&b;"), "{lines:?}");
}

/// The number of a file's content on disk: a further link has the same.
fn inode(project: &Project, name: &str) -> u64 {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(project.path(name)).unwrap().ino()
}

#[test]
fn an_unchanged_file_is_not_made_again_and_a_changed_one_is() {
    let project = Project::new();
    project.build_well();
    let first = project.site();
    let files = ["files/stops.csv", "data/stops.csv", "data/stops.parquet", "data/stops.xlsx"];
    let inodes = |project: &Project| -> Vec<u64> {
        files.iter().map(|name| inode(project, &format!("public/datasets/stops/{name}"))).collect()
    };
    let before = inodes(&project);
    project.build_well();
    assert_eq!((project.site(), inodes(&project)), (first.clone(), before.clone()));

    // The same bytes under another time: read once, and still not made again.
    project.write("datasets/files/stops.csv", &project.read("datasets/files/stops.csv"));
    project.build_well();
    assert_eq!((project.site(), inodes(&project)), (first.clone(), before.clone()));

    project.replace("datasets/files/stops.csv", "东站", "西站");
    project.build_well();
    assert!(project.read("public/datasets/stops/data/stops.csv").contains("西站"));
    assert!(inodes(&project).iter().zip(&before).all(|(now, then)| now != then));

    project.replace("datasets/files/stops.csv", "西站\r", "东站\r");
    std::fs::remove_dir_all(project.path(".kaishu")).unwrap();
    project.build_well();
    assert_eq!(project.site(), first);
}

#[test]
fn what_was_tampered_with_is_made_again() {
    let project = Project::new();
    project.build_well();
    let first = project.site();
    let live = project.path("public/datasets/stops/data/stops.csv");
    let times = std::fs::metadata(&live).unwrap().modified().unwrap();
    let text = std::fs::read_to_string(&live).unwrap().replace("007", "700");
    std::fs::write(&live, text).unwrap();
    std::fs::File::options().write(true).open(&live).unwrap().set_modified(times).unwrap();
    let ran = project.run(&["build", "--as-of", crate::support::AS_OF, "--verify-cache"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(project.site(), first);
    project.write(".kaishu/reuse/x", "no JSON");
    for item in walkdir::WalkDir::new(project.path(".kaishu/reuse")).into_iter().map(Result::unwrap) {
        if item.file_type().is_file() {
            std::fs::write(item.path(), "{").unwrap();
        }
    }
    project.build_well();
    assert_eq!(project.site(), first);
}

#[test]
fn nothing_of_a_dataset_that_went_away_is_kept_for_later() {
    let project = Project::new();
    project.build_well();
    let kept = || {
        walkdir::WalkDir::new(project.path(".kaishu"))
            .into_iter()
            .filter(|item| item.as_ref().unwrap().file_type().is_file())
            .count()
    };
    assert_eq!(kept(), 2);
    project.replace("datasets/catalog.csv", "无条件开放,编号", "有条件开放,编号");
    project.approve("stops", "to_conditional");
    project.build();
    assert_eq!(kept(), 0);
}

/// What is said of an encoding in the catalog holds, and what is said in `site.toml` holds before it.
#[test]
fn a_stated_encoding_wins_over_a_guess() {
    let project = Project::new();
    let text = "id,nom\r\n1,caf\u{e9}\r\n2,cr\u{e8}che\r\n";
    project.write_bytes("datasets/files/x.csv", &encoding_rs::WINDOWS_1252.encode(text).0);
    let catalog = |encoding: &str| {
        let rows =
            format!("标识,名称,提供单位,开放类型,文件,字符编码\r\nx,甲,局,无条件开放,files/x.csv,{encoding}\r\n");
        project.write("datasets/catalog.csv", &rows);
    };
    let derived = || project.read("public/datasets/x/data/x.csv");
    catalog("windows-1252");
    project.build_well();
    assert_eq!(derived(), text);
    catalog("ISO-8859-5");
    project.build_well();
    assert!(derived().contains("cafщ"), "{}", derived());
    project.append("site.toml", "[[tables]]\nfiles = \"datasets/files/*.csv\"\nencoding = \"windows-1252\"\n");
    project.build_well();
    assert_eq!(derived(), text);
    catalog("utf-88");
    project.replace("site.toml", "windows-1252", "utf-88");
    assert!(project.codes().contains(&"FILE_NOT_AS_NAMED".to_owned()));
}
