//! Screening through the whole program: what is refused stays out of every file, and nothing repeats a whole value.

use std::io::Read;
use std::path::Path;

use crate::support::{Project, repository, tree};

/// The specimen number of GB 11643-1999: nobody's.
const SPECIMEN: &str = "11010519491231002X";

fn project_with(name: &str, bytes: &[u8]) -> Project {
    let project = Project::new();
    project.write_bytes(&format!("datasets/files/{name}"), bytes);
    let rows = format!(
        "数据资源标识,数据资源名称,提供方名称,开放类型,文件\nok,甲,局,无条件开放,\nb,乙,局,无条件开放,files/{name}\n"
    );
    project.write("datasets/catalog.csv", &rows);
    project
}

/// Every text that a build wrote, members of archives unpacked.
fn everything(root: &Path) -> Vec<(String, String)> {
    let mut res = Vec::new();
    for (path, bytes) in tree(root) {
        if path.starts_with("datasets/files/") {
            continue;
        }
        if bytes.starts_with(b"PK\x03\x04") {
            let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
            for idx in 0..zip.len() {
                let mut member = zip.by_index(idx).unwrap();
                let mut bytes = Vec::new();
                member.read_to_end(&mut bytes).unwrap();
                res.push((format!("{path}!{}", member.name().unwrap()), String::from_utf8_lossy(&bytes).into_owned()));
            }
        } else {
            res.push((path, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    res
}

fn is_nowhere(project: &Project, value: &str) {
    for (path, text) in everything(&project.path("")) {
        assert!(!text.contains(value), "{path} holds {value}");
    }
}

fn assert_refused(project: &Project, code: &str) {
    let ran = project.build();
    assert!(ran.code == 1 && ran.stderr.contains(code), "{}", ran.stderr);
    assert!(project.path("public/datasets/ok").exists() && !project.path("public/datasets/b").exists());
    assert!(!ran.stderr.contains(SPECIMEN), "{}", ran.stderr);
}

#[test]
fn a_list_of_people_stays_closed_and_no_value_is_told() {
    let list = std::fs::read(repository().join("tests/fixtures/pii/people_plain.csv")).unwrap();
    let project = project_with("people.csv", &list);
    assert_refused(&project, "PERSONAL_DATA");
    let text = String::from_utf8(list).unwrap();
    for row in text.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        for value in [cells[2], cells[3], cells[4], cells[5]] {
            is_in_no_small_file(&project, value);
        }
        // One row is enough for the archives and the large files.
        if row.starts_with("1,") {
            is_nowhere(&project, cells[2]);
        }
    }
}

fn is_in_no_small_file(project: &Project, value: &str) {
    for name in ["report/index.html", "report/findings.csv", "report/findings.jsonl", "records/chain.jsonl"] {
        assert!(!project.read(name).contains(value), "{name} holds {value}");
    }
}

#[test]
fn what_is_masked_is_masked_everywhere_and_the_original_is_not_offered() {
    let rows = format!("姓名,公民身份号码,年龄,补贴\n张三,{SPECIMEN},43,100\n李四,440524188001010014,47,200\n");
    let project = project_with("x.csv", rows.as_bytes());
    assert_refused(&project, "PERSONAL_DATA");
    let transform = |column: &str, rest: &str| {
        format!("[[transform]]\nfiles = \"datasets/files/x.csv\"\ncolumn = \"{column}\"\n{rest}\n")
    };
    let all = [
        transform("姓名", "how = \"drop\""),
        transform("公民身份号码", "how = \"mask\"\nkeep_first = 6"),
        transform("年龄", "how = \"band\"\nwidth = 10"),
    ];
    project.write("datasets/transforms.toml", &all.concat());
    project.build_well();
    let csv = project.read("public/datasets/b/data/x.csv");
    assert_eq!(csv, "公民身份号码,年龄,补贴\r\n110105************,40-49,100\r\n440524************,40-49,200\r\n");
    assert!(!project.path("public/datasets/b/files").exists());
    assert!(project.read("public/datasets/b/index.html").contains("由提供单位文件脱敏后转换"));
    for value in [SPECIMEN, "440524188001010014", "张三", "李四"] {
        is_nowhere(&project, value);
    }
    // A transform that is taken back closes the dataset again, whatever an earlier build kept.
    project.write("datasets/transforms.toml", &all[..1].concat());
    assert_refused(&project, "PERSONAL_DATA");
    is_nowhere(&project, SPECIMEN);
}

#[test]
fn a_ground_opens_what_it_names_and_nothing_else() {
    let project =
        project_with("x.csv", "编号,值班电话,备用\n1,13925522956,13925522957\n2,13925522958,13925522959\n".as_bytes());
    assert_refused(&project, "PERSONAL_DATA");
    let ground = |kind: &str, columns: &str| {
        let law = "law = \"测试法\"\narticle = \"测试条款\"\napprover = \"测试局\"\ndate = \"2026-11-01\"\nreason = \"对外热线\"\n";
        format!("[[ground]]\ndataset = \"b\"\nkind = \"{kind}\"\ncolumns = [{columns}]\n{law}")
    };
    for (kind, columns) in
        [("mobile", "\"值班电话\""), ("resident_id", "\"值班电话\", \"备用\""), ("mobile", "\"编号\"")]
    {
        project.write("datasets/grounds.toml", &ground(kind, columns));
        assert_refused(&project, "PERSONAL_DATA");
    }
    project.write("datasets/grounds.toml", &ground("mobile", "\"值班电话\", \"备用\""));
    project.build_well();
    assert!(project.path("public/datasets/b/files/x.csv").exists());
    let chain = project.read("records/chain.jsonl");
    let last: serde_json::Value = serde_json::from_str(chain.lines().last().unwrap()).unwrap();
    assert_eq!(last["event"]["grounds"][0]["law"], "测试法");
    // Without its ground it goes offline again, though nothing else changed.
    std::fs::remove_file(project.path("datasets/grounds.toml")).unwrap();
    assert_refused(&project, "PERSONAL_DATA");
}

/// Personal data hides beside the cells, too.
/// Somebody looked at one file: not at the next one under its name.
#[test]
fn a_file_that_nobody_can_look_into_is_let_through_by_its_digest() {
    let project = project_with("x.pdf", b"%PDF-1.4 a");
    assert_refused(&project, "SCREENING_NOT_POSSIBLE");
    let ran = project.build();
    let sha256 = ran.stderr.split("sha256 ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let ground = |more: &str| {
        format!(
            "[[ground]]\ndataset = \"b\"\nkind = \"unscreened\"\ncolumns = [\"x.pdf\"]\nlaw = \"某条例\"\narticle = \"3\"\n\
             approver = \"某局\"\ndate = \"2026-11-01\"\nreason = \"人工检查\"\n{more}"
        )
    };
    project.write("datasets/grounds.toml", &ground(&format!("sha256 = \"{sha256}\"\n")));
    project.build_well();
    project.write_bytes("datasets/files/x.pdf", b"%PDF-1.4 b");
    assert!(project.build().stderr.contains("SCREENING_NOT_POSSIBLE"));
    project.write("datasets/grounds.toml", &ground(""));
    assert!(project.build().stderr.contains("DECISION_INVALID"));
}

/// What a newcomer tried: each was published, or passed for something else.
#[test]
fn decisions_hold_for_what_they_say_and_no_sooner() {
    let project = project_with("x.csv", "编号,值班电话\n1,13925522956\n".as_bytes());
    let ground = |kind: &str, date: &str| {
        format!(
            "[[ground]]\ndataset = \"b\"\nkind = \"{kind}\"\ncolumns = [\"值班电话\"]\nlaw = \"法\"\narticle = \"条\"\n\
             approver = \"局\"\ndate = {date}\nreason = \"由\"\n"
        )
    };
    project.write("datasets/grounds.toml", &ground("mobile", "2027-11-01"));
    assert_refused(&project, "PERSONAL_DATA");
    project.write("datasets/grounds.toml", &ground("mobil", "2026-11-01"));
    assert!(project.build().stderr.contains("DECISION_INVALID"));
    // Days may stand without quotation marks, as in the regime files.
    project.write("datasets/grounds.toml", &ground("mobile", "2026-11-01"));
    project.build_well();
    // A transform that can read no value of its column was meant for another.
    let list = format!("编号,证件\n1,{}\n2,{}\n", valid_id(1), valid_id(2));
    let project = project_with("x.csv", list.as_bytes());
    project.write(
        "datasets/transforms.toml",
        "[[transform]]\nfiles = \"datasets/files/x.csv\"\ncolumn = \"证件\"\nhow = \"year\"\n",
    );
    assert_refused(&project, "TRANSFORM_UNMATCHED");
}

#[test]
fn places_beside_the_table_are_looked_at() {
    let above = format!("填报人联系方式 13925522956\n编号,名称,数量\n1,{},3\n2,乙,4\n", "甲");
    let project = project_with("x.csv", above.as_bytes());
    assert_refused(&project, "PERSONAL_DATA");
    is_in_no_small_file(&project, "13925522956");
    let header = "编号,13925522956\n1,2\n";
    assert_refused(&project_with("x.csv", header.as_bytes()), "PERSONAL_DATA");
    assert_refused(&project_with("名单13925522956.csv", b"a,b\n1,2\n"), "PERSONAL_DATA");
    assert_refused(
        &project_with("x.json", format!("[{{\"a\":{{\"b\":[\"{SPECIMEN}\"]}}}}]").as_bytes()),
        "PERSONAL_DATA",
    );
    assert_refused(&project_with("x.md", format!("# 说明\n\n身份证号{SPECIMEN}。\n").as_bytes()), "PERSONAL_DATA");
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write(0, 0, "名称").unwrap();
    sheet.write(1, 0, "甲").unwrap();
    sheet.insert_note(1, 0, &rust_xlsxwriter::Note::new(format!("经办人 {SPECIMEN}"))).unwrap();
    assert_refused(&project_with("x.xlsx", &workbook.save_to_buffer().unwrap()), "PERSONAL_DATA");
}

#[test]
fn the_texts_of_the_catalog_are_looked_at() {
    let project = Project::new();
    let catalog = |phone: &str, summary: &str| {
        let rows = format!(
            "数据资源标识,数据资源名称,提供方名称,开放类型,联系电话,摘要\nok,甲,局,无条件开放,,\nb,乙,局,无条件开放,{phone},{summary}\n"
        );
        project.write("datasets/catalog.csv", &rows);
    };
    catalog("13925522956", "");
    assert_refused(&project, "PERSONAL_DATA");
    catalog("0515-88123456", &format!("联系人身份证号{SPECIMEN}"));
    assert_refused(&project, "PERSONAL_DATA");
    catalog("0515-88123456", "全市公交站点");
    project.build_well();
}

fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut zip, bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Ways through that a review found: each published the number.
#[test]
fn no_corner_of_a_file_is_left_out() {
    let table: &[u8] = b"a,b\n1,2\n";
    let prose = format!("联系人身份证号{SPECIMEN}");
    for (name, bytes) in [("说明.txt", prose.as_bytes()), (".b.csv", format!("a,b\n1,{SPECIMEN}\n").as_bytes())] {
        assert_refused(&project_with("x.zip", &zip_of(&[("a.csv", table), (name, bytes)])), "PERSONAL_DATA");
    }
    let inner = zip_of(&[("p.csv", b"a,b\n1,2\n")]);
    assert_refused(&project_with("x.zip", &zip_of(&[("a.csv", table), ("b.zip", &inner)])), "SCREENING_NOT_POSSIBLE");
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write(0, 0, "名称").unwrap().write(1, 0, "甲").unwrap();
    sheet.set_header(format!("&C制表人 {SPECIMEN}"));
    let with_header = workbook.save_to_buffer().unwrap();
    assert_refused(&project_with("x.xlsx", &with_header), "PERSONAL_DATA");
    assert_refused(&project_with("x.zip", &zip_of(&[("a.xlsx", &with_header)])), "PERSONAL_DATA");
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write(0, 0, "名称").unwrap();
    sheet.write_url_with_text(1, 0, "mailto:ming91@example.org", "联系").unwrap();
    assert_refused(&project_with("x.xlsx", &workbook.save_to_buffer().unwrap()), "PERSONAL_DATA");
    for json in [
        format!("{{\"contact\":{{\"id\":\"{SPECIMEN}\"}},\"data\":[{{\"a\":1}},{{\"a\":2}}]}}"),
        format!("{{\"data\":[{{\"a\":1}},{{\"a\":2}}],\"by\":\"{SPECIMEN}\"}}"),
        "[{\"k\":1,\"people\":[\"\\u5f20\\u4e0913925522956\"]}]".to_owned(),
    ] {
        assert_refused(&project_with("x.json", json.as_bytes()), "PERSONAL_DATA");
    }
    for xml in [
        format!("<l contact=\"张三 {SPECIMEN}\"><r><a>1</a><b>2</b></r><r><a>3</a><b>4</b></r></l>"),
        format!("<l><!-- {SPECIMEN} --><r><a>1</a><b>2</b></r><r><a>3</a><b>4</b></r></l>"),
    ] {
        assert_refused(&project_with("x.xml", xml.as_bytes()), "PERSONAL_DATA");
    }
    let project = project_with("x.csv", b"a,b\n1,2\n");
    project.write("datasets/licence.txt", &prose);
    let rows = "数据资源标识,数据资源名称,提供方名称,开放类型,文件,许可文件\nok,甲,局,无条件开放,,\nb,乙,局,无条件开放,files/x.csv,licence.txt\n";
    project.write("datasets/catalog.csv", rows);
    assert_refused(&project, "PERSONAL_DATA");
}

/// An archive with one part put in or taken over.
fn with_part(archive: &[u8], name: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    let mut members = Vec::new();
    for idx in 0..zip.len() {
        let mut member = zip.by_index(idx).unwrap();
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).unwrap();
        members.push((member.name().unwrap().into_owned(), bytes));
    }
    let at = members.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
        members.push((name.to_owned(), Vec::new()));
        members.len() - 1
    });
    members[at].1 = change(String::from_utf8(std::mem::take(&mut members[at].1)).unwrap()).into_bytes();
    zip_of(&members.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>())
}

fn workbook_with(rows: &[[&str; 2]], add: impl Fn(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row_idx, row) in (0..).zip(rows) {
        for (column_idx, text) in (0..).zip(row) {
            sheet.write_string(row_idx, column_idx, *text).unwrap();
        }
    }
    add(sheet);
    workbook.save_to_buffer().unwrap()
}

const PLACES: [[&str; 2]; 2] = [["名称", "等级"], ["甲", "一级"]];

/// A workbook holds texts that no cell shows: in formulas, in its pool of texts, in sheets that are no tables.
#[test]
fn what_a_workbook_has_beside_its_cells_is_looked_at() {
    let formula = rust_xlsxwriter::Formula::new(format!("=IF(A2=\"乙\",\"{SPECIMEN}\",0)")).set_result("0");
    let with_formula = workbook_with(&PLACES, |sheet| {
        sheet.write_formula(1, 2, &formula).unwrap();
    });
    assert_refused(&project_with("x.xlsx", &with_formula), "PERSONAL_DATA");
    let plain = workbook_with(&PLACES, |_| {});
    let with_leftover = with_part(&plain, "xl/sharedStrings.xml", |pool| {
        pool.replace("</sst>", &format!("<si><t>{SPECIMEN}</t></si></sst>"))
    });
    assert_refused(&project_with("x.xlsx", &with_leftover), "PERSONAL_DATA");
    assert_refused(&project_with("x.zip", &zip_of(&[("a.xlsx", &with_leftover)])), "PERSONAL_DATA");

    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (row_idx, text) in (0..).zip(["说明", "二〇二六年", "名称", "甲"]) {
        sheet.write(row_idx, 0, text).unwrap();
    }
    workbook.add_worksheet().write(0, 0, SPECIMEN).unwrap();
    let project = project_with("x.xlsx", &workbook.save_to_buffer().unwrap());
    let site = std::fs::read_to_string(project.path("site.toml")).unwrap();
    project.write("site.toml", &format!("{site}\n[[tables]]\nfiles = \"datasets/files/*\"\nheader_row = 3\n"));
    assert_refused(&project, "SCREENING_NOT_POSSIBLE");
}

/// What stands in cells is judged there, and once.
#[test]
fn a_pool_of_texts_is_not_judged_without_its_headers() {
    let rows = [["医院名称", "咨询电话"], ["市第一医院", "0515-88123456"], ["市第二医院", "0515-88123457"]];
    let project = project_with("x.xlsx", &workbook_with(&rows, |_| {}));
    project.build_well();
    assert!(project.path("public/datasets/b/index.html").exists());
}

fn sheet_of_opendocument(note: &str) -> Vec<u8> {
    let cell = |text: &str| {
        format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
    };
    let noted = format!(
        "<table:table-cell office:value-type=\"string\">{note}<text:p>0515-88123456</text:p></table:table-cell>"
    );
    let row = |cells: [String; 2]| format!("<table:table-row>{}</table:table-row>", cells.concat());
    let rows = [row([cell("医院名称"), cell("咨询电话")]), row([cell("市第一医院"), noted])].concat();
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content \
         xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" \
         xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" office:version=\"1.3\"><office:body>\
         <office:spreadsheet><table:table table:name=\"甲\">{rows}</table:table></office:spreadsheet></office:body>\
         </office:document-content>"
    );
    let media_type = b"application/vnd.oasis.opendocument.spreadsheet";
    let manifest = b"<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>";
    zip_of(&[("mimetype", media_type), ("META-INF/manifest.xml", manifest), ("content.xml", content.as_bytes())])
}

#[test]
fn notes_in_other_workbooks_are_looked_at() {
    let project = project_with("x.ods", &sheet_of_opendocument(""));
    project.build_well();
    assert!(project.path("public/datasets/b/index.html").exists());
    let note = format!("<office:annotation><text:p>{SPECIMEN}</text:p></office:annotation>");
    assert_refused(&project_with("x.ods", &sheet_of_opendocument(&note)), "PERSONAL_DATA");

    let old = std::fs::read(repository().join("tests/fixtures/nasty/easyexcel/compatibility_t01.xls")).unwrap();
    project_with("x.xls", &old).build_well();
    for text in [SPECIMEN.as_bytes().to_vec(), SPECIMEN.encode_utf16().flat_map(u16::to_le_bytes).collect()] {
        let with_text = [old.clone(), vec![0; 3], text, vec![0; 3]].concat();
        assert_refused(&project_with("x.xls", &with_text), "PERSONAL_DATA");
        assert_refused(&project_with("x.zip", &zip_of(&[("a.xls", &with_text)])), "PERSONAL_DATA");
    }
}

/// Deleted rows stay in a database until it is compacted; views and comments are published with it.
#[test]
fn what_a_database_has_beside_its_rows_is_looked_at() {
    let database = |statements: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.sqlite");
        let connection = rusqlite::Connection::open(&path).unwrap();
        let rows = "PRAGMA secure_delete = OFF; CREATE TABLE 医院 (名称 TEXT, 等级 TEXT);
            INSERT INTO 医院 VALUES ('甲', '一级'), ('乙', '二级');";
        connection.execute_batch(&format!("{rows} {statements}")).unwrap();
        connection.close().unwrap();
        std::fs::read(path).unwrap()
    };
    let project = project_with("x.sqlite", &database(""));
    project.build_well();
    assert!(project.path("public/datasets/b/index.html").exists());
    let deleted = format!("INSERT INTO 医院 VALUES ('{SPECIMEN}', '丙'); DELETE FROM 医院 WHERE 等级 = '丙';");
    assert_refused(&project_with("x.sqlite", &database(&deleted)), "PERSONAL_DATA");
    project_with("x.sqlite", &database(&format!("{deleted} VACUUM;"))).build_well();
    let view = format!("CREATE VIEW v AS SELECT '{SPECIMEN}';");
    assert_refused(&project_with("x.sqlite", &database(&view)), "PERSONAL_DATA");
    let dropped = "CREATE TABLE t (a TEXT); INSERT INTO t VALUES (hex(randomblob(20000))); DROP TABLE t;";
    assert_refused(&project_with("x.sqlite", &database(dropped)), "SCREENING_NOT_POSSIBLE");
}

/// What a header says is not unsaid by odd values, by an empty column of firms, or by a ground for something else.
#[test]
fn a_telling_header_counts_whatever_else_stands_there() {
    for rows in [
        "编号,备注\n1,卡号6225882459151022553\n2,无\n",
        "客户编号,等级\n13925522956,一\n18812345678,二\n15098765432,三\n",
        "编号,手机号码\n1,1392.5522.956\n2,1392.5522.957\n",
        "编号,身份证号\n1,8f14e45fceea167a5a36dedd4bea2543\n2,c9f0f895fb98ab9159f51fd0297e236d\n",
        "编号,监护人电话\n1,0515-88123456\n2,0515-88123457\n",
        "编号,家庭住址（数据来源公安）\n1,人民路1号\n",
        "编号,企业职工家庭住址\n1,人民路1号\n",
        "姓名,性别,病种,企业名称\n张三,男,高血压,\n李四,女,糖尿病,\n",
        "姓名,残疾等级,单位名称\n张三,一级,某厂\n李四,二级,某厂\n",
        "姓名,身份证号\n张三,320902********1234\n李四,320902********1235\n",
    ] {
        assert_refused(&project_with("x.csv", rows.as_bytes()), "PERSONAL_");
    }
    // The keys of JSON are headers, too, though they are known only once all was read.
    let people = "[{\"姓名\":\"张三\",\"性别\":\"男\",\"病种\":\"高血压\"},{\"姓名\":\"李四\",\"性别\":\"女\",\"病种\":\"糖尿病\"}]";
    assert_refused(&project_with("x.json", people.as_bytes()), "PERSONAL_COMBINATION");
    let phones = "[{\"编号\":1,\"手机号码\":\"1392.5522.956\"}]";
    assert_refused(&project_with("x.json", phones.as_bytes()), "PERSONAL_BY_HEADER");
    let project = project_with("x.csv", "编号,家庭住址\n1,人民路1号 13925522956\n".as_bytes());
    let ground = "[[ground]]\ndataset = \"b\"\nkind = \"mobile\"\ncolumns = [\"家庭住址\"]\nlaw = \"法\"\narticle = \"条\"\napprover = \"局\"\ndate = \"2026-11-01\"\nreason = \"由\"\n";
    project.write("datasets/grounds.toml", ground);
    assert_refused(&project, "PERSONAL_BY_HEADER");
    // A ground for one file says nothing of another.
    project.write("datasets/files/x.csv", "编号,值班电话\n1,13925522956\n");
    project.write(
        "datasets/grounds.toml",
        &ground.replace("家庭住址", "值班电话").replace("kind =", "files = \"datasets/files/y.csv\"\nkind ="),
    );
    assert_refused(&project, "PERSONAL_DATA");
    project.write(
        "datasets/grounds.toml",
        &ground.replace("家庭住址", "值班电话").replace("kind =", "files = \"datasets/files/x.csv\"\nkind ="),
    );
    project.build_well();
}

/// A cell of many points took minutes.
#[test]
fn no_text_takes_long() {
    for part in ["1.", "1-", "1 ", "a1", "@", "１", "\\u"] {
        let text = part.repeat(400_000);
        let begin = std::time::Instant::now();
        let _ = kaishu::screening::screen_texts("x", [text.as_str()]);
        assert!(begin.elapsed().as_secs() < 5, "{part}");
    }
}

/// What is public by law, or only looks personal, is published without a word of the team.
#[test]
fn what_is_lawfully_public_passes() {
    let cases = [
        "医院名称,等级,地址,咨询电话\n市第一医院,三级,人民路1号,0515-88123456\n市第二医院,二级,解放路2号,0515-88123457\n",
        "统一社会信用代码,企业名称,法定代表人,注册地址\n91350100M000100Y43,某公司,张三,人民路1号\n",
        "年份,性别,年龄组,人数\n2025,男,0-14,120\n2025,女,0-14,110\n",
        "站点编号,站点名称,经度,纬度\n1,东站,120.139998,33.377631\n2,西站,120.149998,33.387631\n",
        "企业名称,统一社会信用代码,邮箱\n某公司,91350100M000100Y43,abc@163.com\n",
        "学校名称,联系人,经度,纬度\n第一小学,张三,120.139998,33.377631\n第二小学,李四,120.149998,33.387631\n",
        "医院名称,等级,通讯地址\n市第一医院,三级,人民路1号\n",
        "受理编号,结果\n19031500007,同意\n19031500008,同意\n",
        "条款,内容\n3.2.1.1,甲\n3.2.1.2,乙\n",
        "合同编号,金额\n6212345678901232,3\n",
        "订单号,时间戳\n202603011230450001,1766788272029\n202603011230450002,1766788272030\n",
    ];
    for rows in cases {
        let project = project_with("x.csv", rows.as_bytes());
        project.build_well();
        assert!(project.path("public/datasets/b/index.html").exists());
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 64, ..proptest::prelude::ProptestConfig::default() })]

    /// Any valid number in any text is found, whatever stands around it.
    #[test]
    fn no_text_hides_a_number(before in "[一-龥，。（：]{0,12}", after in "[一-龥，。）；]{0,12}", serial in 0..1000_u32) {
        let id = valid_id(serial);
        let text = format!("{before}{id}{after}");
        let found = kaishu::screening::screen_texts("x", [text.as_str()]);
        proptest::prop_assert!(found.iter().any(|found| found.verdict.refuses()), "{text}");
        proptest::prop_assert!(found.iter().all(|found| !found.words().contains(&id)), "{text}");
    }
}

fn valid_id(serial: u32) -> String {
    let digits = format!("11010519491231{serial:03}");
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = digits.chars().zip(weights).map(|(digit, weight)| digit.to_digit(10).unwrap() * weight).sum();
    format!("{digits}{}", char::from(b"10X98765432"[(sum % 11) as usize]))
}
