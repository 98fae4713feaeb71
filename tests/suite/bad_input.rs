//! Bad input: for every code one smallest site that brings it out; never a panic, never half a site.

use std::collections::BTreeSet;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;

use kaishu::diag::{Code, Level};

use crate::support::{AS_OF, CATALOG, Project, repository};

/// A fault put into a good site.
struct Fault {
    code: &'static str,
    make: fn(&Project),
}

const HEADER: &str = "数据资源标识,数据资源名称,提供方名称,开放类型";

fn catalog(project: &Project, extra_columns: &str, rows: &[&str]) {
    project.write("datasets/catalog.csv", &format!("{HEADER}{extra_columns}\n{}\n", rows.join("\n")));
}

/// One open entry with one file.
fn with_file(project: &Project, name: &str, bytes: &[u8]) {
    project.write_bytes(&format!("datasets/files/{name}"), bytes);
    catalog(project, ",文件", &[&format!("ok,甲,局,无条件开放,files/{name}")]);
}

/// A file of the entry `b`, which is refused.
fn of_b(project: &Project, name: &str, bytes: &[u8]) {
    project.write_bytes(&format!("datasets/files/{name}"), bytes);
    catalog(project, ",文件", &["ok,甲,局,无条件开放,", &format!("b,乙,局,无条件开放,files/{name}")]);
}

/// A ground that lets the column `内容` of the entry `ok` hold mobile numbers.
const GROUND: &str = "[[ground]]\ndataset = \"ok\"\nkind = \"mobile\"\ncolumns = [\"内容\"]\nlaw = \"测试法\"\narticle = \"测试条款\"\n\
    approver = \"测试局\"\ndate = \"2026-11-01\"\nreason = \"对外服务热线\"\n";

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(repository().join("tests/fixtures/nasty").join(name)).unwrap()
}

fn zip_of(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(bytes).unwrap();
    zip.finish().unwrap().into_inner()
}

/// A workbook with a sheet of drafts, hidden or not, before or after the catalog.
pub fn two_sheets(drafts_first_and_hidden: bool) -> Vec<u8> {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let mut sheet = |name: &str, id: &str, hidden: bool| {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        for (row, cells) in
            [HEADER.split(',').collect::<Vec<_>>(), vec![id, name, "局", "无条件开放"]].iter().enumerate()
        {
            for (column, cell) in cells.iter().enumerate() {
                sheet.write_string(row as u32, column as u16, *cell).unwrap();
            }
        }
        if hidden {
            sheet.set_hidden(true);
        } else {
            sheet.set_active(true);
            sheet.set_first_tab(true);
        }
    };
    if drafts_first_and_hidden {
        sheet("ZZ草稿", "zzdraft", true);
        sheet("目录", "ok", false);
    } else {
        sheet("目录", "ok", false);
        sheet("ZZ草稿", "zzdraft", false);
    }
    workbook.save_to_buffer().unwrap()
}

/// One fault for every code. An entry `ok` is published beside the faulty one wherever that is possible.
const FAULTS: &[Fault] = &[
    Fault { code: "CONFIG_INVALID", make: |p| p.append("site.toml", "titel = \"x\"\n") },
    Fault { code: "SITE_PLACEHOLDER", make: |p| p.replace("site.toml", "测试市", "××市") },
    Fault { code: "FOOTER_INCOMPLETE", make: |_| {} },
    Fault { code: "PERSONAL_DATA", make: |p| of_b(p, "x.csv", "编号,内容\n1,11010519491231002X\n".as_bytes()) },
    Fault { code: "PERSONAL_BY_HEADER", make: |p| of_b(p, "x.csv", "编号,家庭住址\n1,某路1号\n".as_bytes()) },
    Fault { code: "PERSONAL_COMBINATION", make: |p| of_b(p, "x.csv", "姓名,性别\n张三,男\n".as_bytes()) },
    Fault { code: "PERSONAL_DOUBT", make: |p| with_file(p, "x.csv", "姓名,奖项\n张三,一等\n".as_bytes()) },
    Fault {
        code: "PERSONAL_COINCIDENCE",
        make: |p| {
            let rows: String = (0..40).map(|n| format!("{n},11010519491231{n:03}5\n")).collect();
            with_file(p, "x.csv", format!("序,许可证号\n{rows}").as_bytes());
        },
    },
    Fault { code: "SCREENING_NOT_POSSIBLE", make: |p| of_b(p, "x.pdf", b"%PDF-1.4") },
    Fault {
        code: "GROUND_APPLIED",
        make: |p| {
            p.write("datasets/grounds.toml", GROUND);
            with_file(p, "x.csv", "编号,内容\n1,13925522956\n".as_bytes());
        },
    },
    Fault { code: "GROUND_UNUSED", make: |p| p.write("datasets/grounds.toml", GROUND) },
    Fault {
        code: "DECISION_INVALID",
        make: |p| {
            let transform = "[[transform]]\nfiles = \"datasets/files/x.csv\"\ncolumn = \"身份证号\"\nhow = \"hash\"\n";
            p.write("datasets/transforms.toml", transform);
        },
    },
    Fault {
        code: "TRANSFORM_UNMATCHED",
        make: |p| {
            let transform = "[[transform]]\nfiles = \"datasets/files/x.csv\"\ncolumn = \"身份证号\"\nhow = \"drop\"\n";
            p.write("datasets/transforms.toml", transform);
            of_b(p, "x.csv", b"a,b\n1,2\n");
        },
    },
    Fault {
        code: "CLASS_LOWERED",
        make: |p| {
            p.build_well();
            p.replace("datasets/catalog.csv", "无条件开放,编号", "有条件开放,编号");
        },
    },
    Fault {
        code: "DATASET_VANISHED",
        make: |p| {
            p.build_well();
            catalog(p, "", &["schools,甲,局,无条件开放"]);
        },
    },
    Fault {
        code: "DATASET_WITHDRAWN",
        make: |p| {
            of_b(p, "x.csv", b"a,b\n1,2\n");
            p.build_well();
            let decision = ["--basis", "3", "--by", "局", "--reason", "error"];
            assert_eq!(p.run(&[&["case", "withdraw", "b"], &decision[..]].concat()).code, 0);
        },
    },
    Fault {
        code: "HOLDS_FILE_INVALID",
        make: |p| {
            let key = "ab".repeat(32);
            p.append("site.toml", &format!("[endpoint]\nurl = \"https://x.invalid/c\"\nholds_key = \"{key}\"\n"));
        },
    },
    Fault {
        code: "DATASET_HELD",
        make: |p| {
            of_b(p, "x.csv", b"a,b\n1,2\n");
            p.build_well();
            let decision = ["--basis", "3", "--by", "局", "--reason", "error"];
            assert_eq!(p.run(&[&["case", "suspend", "b"], &decision[..]].concat()).code, 0);
        },
    },
    Fault {
        code: "TRANSFORM_IDLE",
        make: |p| {
            of_b(p, "x.csv", b"a,b\n1,2\n");
            let transform = "[[transform]]\nfiles = \"x.csv\"\ncolumn = \"a\"\nhow = \"drop\"\n";
            p.write("datasets/transforms.toml", transform);
        },
    },
    Fault {
        code: "DATA_OVERDUE",
        make: |p| catalog(p, ",更新频率,更新日期", &["ok,甲,局,无条件开放,每月,2026-01-01"]),
    },
    Fault {
        code: "CATALOG_REVIEW_DUE",
        make: |p| {
            let text = include_str!("../../regimes/yancheng-2022.toml");
            let review = "annual_review = { required = true, by = \"06-30\", quote = \"测试\" }";
            p.write("regimes/yancheng-2022.toml", &text.replace("annual_review = \"unspecified\"", review));
        },
    },
    Fault {
        code: "REGIME_ENDS_SOON",
        make: |p| {
            let text = include_str!("../../regimes/yancheng-2022.toml");
            p.write(
                "regimes/yancheng-2022.toml",
                &text.replace("effective_until = 2027-11-30", "effective_until = 2027-03-31"),
            );
        },
    },
    Fault { code: "CALENDAR_INVALID", make: |p| p.write("calendar/2026.json", "{\"year\": 2025}") },
    Fault { code: "REGIME_UNKNOWN", make: |p| p.replace("site.toml", "yancheng-2022", "atlantis-1999") },
    Fault { code: "REGIME_INVALID", make: |p| p.write("regimes/yancheng-2022.toml", "id = 3\n") },
    Fault { code: "REGIME_DRAFT", make: |p| p.replace("site.toml", "yancheng-2022", "yangzhou-2021-draft") },
    Fault {
        code: "REGIME_EXPIRED",
        make: |p| {
            let text = include_str!("../../regimes/yancheng-2022.toml");
            p.write(
                "regimes/yancheng-2022.toml",
                &text.replace("effective_until = 2027-11-30", "effective_until = 2023-11-30"),
            );
        },
    },
    Fault { code: "CATALOG_MISSING", make: |p| std::fs::remove_file(p.path("datasets/catalog.csv")).unwrap() },
    Fault { code: "CATALOG_UNREADABLE", make: |p| p.write_bytes("datasets/catalog.csv", b"\x00\x01\x02binary\x00") },
    Fault {
        code: "CATALOG_TOO_LARGE",
        make: |p| {
            // A sparse file: large without taking room.
            std::fs::File::create(p.path("datasets/catalog.csv")).unwrap().set_len((1 << 30) + 1).unwrap();
        },
    },
    Fault { code: "CATALOG_EMPTY", make: |p| catalog(p, "", &[]) },
    Fault { code: "NOTHING_CLEARED", make: |p| catalog(p, "", &["a,甲,局,有条件开放"]) },
    Fault { code: "COLUMN_UNKNOWN", make: |p| catalog(p, ",奇怪的列", &["ok,甲,局,无条件开放,x"]) },
    Fault {
        code: "COLUMN_MAPPED_MISSING",
        make: |p| p.append("site.toml", "[catalog.columns]\ntitle = \"没有这一列\"\n"),
    },
    Fault { code: "COLUMN_AMBIGUOUS", make: |p| catalog(p, ",标题", &["ok,甲,局,无条件开放,乙"]) },
    Fault {
        code: "ROW_RAGGED", make: |p| catalog(p, "", &["ok,甲,局,无条件开放", "b,乙,局,x,无条件开放"])
    },
    Fault {
        code: "ENCODING_GUESSED",
        make: |p| p.write_bytes("datasets/catalog.csv", &encoding_rs::GB18030.encode(CATALOG).0),
    },
    Fault {
        code: "SHEETS_LEFT_OUT",
        make: |p| {
            std::fs::remove_file(p.path("datasets/catalog.csv")).unwrap();
            p.write_bytes("datasets/catalog.xlsx", &two_sheets(false));
        },
    },
    Fault {
        code: "DUPLICATE_RECORD", make: |p| catalog(p, "", &["ok,甲,局,无条件开放", "ok,甲,局,无条件开放"])
    },
    Fault {
        code: "ID_DUPLICATE",
        make: |p| catalog(p, "", &["ok,甲,局,无条件开放", "b,乙,局,无条件开放", "B,丙,局,有条件开放"]),
    },
    Fault {
        code: "ID_INVALID", make: |p| catalog(p, "", &["ok,甲,局,无条件开放", "../../etc,乙,局,无条件开放"])
    },
    Fault { code: "OPENNESS_MISSING", make: |p| catalog(p, "", &["ok,甲,局,无条件开放", "b,乙,局,"]) },
    Fault {
        code: "OPENNESS_UNKNOWN", make: |p| catalog(p, "", &["ok,甲,局,无条件开放", "b,乙,局,可开放"])
    },
    Fault {
        code: "OPENNESS_CONTRADICTION",
        make: |p| catalog(p, ",是否向社会开放", &["ok,甲,局,无条件开放,是", "b,乙,局,无条件开放,否"]),
    },
    Fault {
        code: "OPENNESS_CLOSED", make: |p| catalog(p, "", &["ok,甲,局,无条件开放", "b,乙,局,不予开放"])
    },
    Fault {
        code: "TITLE_MISSING", make: |p| catalog(p, "", &["ok,甲,局,无条件开放", "b,,局,无条件开放"])
    },
    Fault {
        code: "TITLE_HIDDEN_CHARACTERS",
        make: |p| catalog(p, "", &["ok,甲,局,无条件开放", "b,甲\u{202E}cod.exe,局,无条件开放"]),
    },
    Fault {
        code: "TEXT_HIDDEN_CHARACTERS", make: |p| catalog(p, ",摘要", &["ok,甲,局,无条件开放,a\u{200B}b"])
    },
    Fault {
        code: "TEXT_MARKUP", make: |p| catalog(p, ",摘要", &["ok,甲,局,无条件开放,<script>alert(1)</script>"])
    },
    Fault {
        code: "TEXT_TOO_LONG",
        make: |p| catalog(p, "", &["ok,甲,局,无条件开放", &format!("b,{},局,无条件开放", "长".repeat(400))]),
    },
    Fault {
        code: "PROVIDER_MISSING", make: |p| catalog(p, "", &["ok,甲,局,无条件开放", "b,乙,,无条件开放"])
    },
    Fault { code: "FIELD_MISSING", make: |p| catalog(p, "", &["ok,甲,局,无条件开放"]) },
    Fault {
        code: "FIELD_REQUIRED",
        make: |p| {
            p.append("site.toml", "[gate]\nmissing_fields = \"refuse\"\n");
            catalog(p, "", &["ok,甲,局,无条件开放"]);
        },
    },
    Fault { code: "DATE_UNREADABLE", make: |p| catalog(p, ",更新日期", &["ok,甲,局,无条件开放,昨天"]) },
    Fault { code: "DATE_IN_FUTURE", make: |p| catalog(p, ",更新日期", &["ok,甲,局,无条件开放,2027-01-01"]) },
    Fault {
        code: "FREQUENCY_UNKNOWN", make: |p| catalog(p, ",更新频率", &["ok,甲,局,无条件开放,看心情"])
    },
    Fault {
        code: "COORDINATE_SYSTEM_UNKNOWN", make: |p| catalog(p, ",坐标系", &["ok,甲,局,无条件开放,西安80"])
    },
    Fault {
        code: "ITEMS_UNEVEN", make: |p| catalog(p, ",数据项名称,数据项格式", &["ok,甲,局,无条件开放,a；b,c"])
    },
    Fault {
        code: "ITEMS_UNREADABLE",
        make: |p| {
            std::fs::remove_file(p.path("datasets/catalog.csv")).unwrap();
            p.write(
                "datasets/catalog.json",
                r#"[{"标识":"ok","名称":"甲","提供方":"局","开放类型":"无条件开放","数据项":[{"x":1}]}]"#,
            );
        },
    },
    Fault {
        code: "LICENCE_UNKNOWN",
        make: |p| catalog(p, ",许可", &["ok,甲,局,无条件开放,", "b,乙,局,无条件开放,随便用"]),
    },
    Fault {
        code: "LICENCE_NOT_PERMITTED",
        make: |p| catalog(p, ",许可", &["ok,甲,局,无条件开放,", "b,乙,局,无条件开放,CC-BY-NC-4.0"]),
    },
    Fault {
        code: "FILE_MISSING",
        make: |p| catalog(p, ",文件", &["ok,甲,局,无条件开放,", "b,乙,局,无条件开放,no.csv"]),
    },
    Fault {
        code: "FILE_OUTSIDE",
        make: |p| catalog(p, ",文件", &["ok,甲,局,无条件开放,", "b,乙,局,无条件开放,../site.toml"]),
    },
    Fault {
        code: "FILE_NOT_REGULAR",
        make: |p| catalog(p, ",文件", &["ok,甲,局,无条件开放,", "b,乙,局,无条件开放,files"]),
    },
    Fault {
        code: "FILE_OF_CLOSED_ENTRY",
        make: |p| {
            catalog(
                p,
                ",文件",
                &[
                    "ok,甲,局,无条件开放,",
                    "b,乙,局,无条件开放,files/secret.csv",
                    "c,丙,局,不予开放,files/../files/secret.csv;files/secret.csv",
                ],
            );
        },
    },
    Fault {
        code: "FILE_ACTIVE_CONTENT",
        make: |p| {
            p.write("datasets/files/x.SVG", "<svg onload=\"alert(1)\"/>");
            catalog(p, ",文件", &["ok,甲,局,无条件开放,", "b,乙,局,无条件开放,files/x.SVG"]);
        },
    },
    Fault {
        code: "FILE_UNREADABLE",
        make: |p| {
            p.write("datasets/files/shut.csv", "a\n");
            std::fs::set_permissions(p.path("datasets/files/shut.csv"), PermissionsExt::from_mode(0o000)).unwrap();
            catalog(p, ",文件", &["ok,甲,局,无条件开放,", "b,乙,局,无条件开放,files/shut.csv"]);
        },
    },
    Fault {
        code: "FILE_NOT_AS_NAMED",
        make: |p| {
            p.write("datasets/files/x.xlsx", "this is no workbook");
            catalog(p, ",文件", &["ok,甲,局,无条件开放,", "b,乙,局,无条件开放,files/x.xlsx"]);
        },
    },
    Fault {
        code: "TABLE_NONE",
        make: |p| {
            p.write("datasets/files/x.json", "{\"a\":1}");
            catalog(p, ",文件", &["ok,甲,局,无条件开放,files/x.json"]);
        },
    },
    Fault {
        code: "TABLE_RAGGED",
        make: |p| {
            p.write("datasets/files/x.csv", "a,b\n1\n");
            catalog(p, ",文件", &["ok,甲,局,无条件开放,files/x.csv"]);
        },
    },
    Fault {
        code: "TABLE_NO_XLSX",
        make: |p| {
            p.write("datasets/files/x.csv", &format!("a,b\n1,{}\n", "长".repeat(40_000)));
            catalog(p, ",文件", &["ok,甲,局,无条件开放,files/x.csv"]);
        },
    },
    Fault {
        code: "ENCODING_DOUBTFUL",
        make: |p| with_file(p, "x.csv", &fixture("frictionless/table-infer-iso-8859-7.csv")),
    },
    Fault { code: "TABLE_PREAMBLE", make: |p| with_file(p, "x.csv", "名单\na,b,c\n1,2,3\n4,5,6\n".as_bytes()) },
    Fault {
        code: "TABLE_HEADER_ROWS",
        make: |p| with_file(p, "x.csv", "校,学生,\n,男,女\n甲,1,2\n乙,3,4\n".as_bytes()),
    },
    Fault { code: "TABLE_HEADER_DOUBTFUL", make: |p| with_file(p, "x.csv", b"1,2\n3,4\n") },
    Fault { code: "TABLE_HEADER_NAMES", make: |p| with_file(p, "x.csv", b"a,a,\n1,2,3\n") },
    Fault { code: "TABLE_QUOTES_LITERAL", make: |p| with_file(p, "x.csv", b"a,b\n1,\"x\" y\n") },
    Fault { code: "VALUES_SCIENTIFIC", make: |p| with_file(p, "x.csv", b"a,b\n1,3.20902E+17\n") },
    Fault { code: "VALUES_HASHES", make: |p| with_file(p, "x.csv", b"a,b\n1,########\n") },
    Fault { code: "VALUES_SERIAL_DAYS", make: |p| with_file(p, "x.csv", "a,成立日期\n1,45250\n".as_bytes()) },
    Fault { code: "VALUES_LOST_CHARACTERS", make: |p| with_file(p, "x.csv", "a,b\n1,湖?镇\n".as_bytes()) },
    Fault {
        code: "HIDDEN_CONTENT",
        make: |p| {
            p.write_bytes("datasets/files/x.xlsx", &two_sheets(true));
            catalog(p, ",文件", &["ok,甲,局,无条件开放,", "b,乙,局,无条件开放,files/x.xlsx"]);
        },
    },
    Fault { code: "HIDDEN_UNKNOWN", make: |p| with_file(p, "x.xls", &fixture("qsv/testexcel-issue-516.xls")) },
    Fault {
        code: "ARCHIVE_BOMB",
        make: |p| {
            p.write_bytes("datasets/files/x.zip", &zip_of("x.csv", &vec![b'0'; 64 << 20]));
            catalog(p, ",文件", &["ok,甲,局,无条件开放,", "b,乙,局,无条件开放,files/x.zip"]);
        },
    },
    Fault {
        code: "EXPORT_BEYOND_LIMIT",
        make: |p| {
            p.append("site.toml", "[exports.max_mib]\nxlsx = 0\n");
            with_file(p, "x.csv", b"a,b\n1,2\n");
        },
    },
    Fault {
        code: "TABLE_SPLIT",
        make: |p| {
            p.append(
                "site.toml",
                "[exports]\ncsv = false\njson = false\njsonl = false\nparquet = false\nrows = false\nzip = false\n",
            );
            with_file(p, "x.csv", format!("a,b\n{}", "1,\n".repeat(1_048_576)).as_bytes());
        },
    },
    Fault {
        code: "NOT_MACHINE_READABLE",
        make: |p| {
            p.replace("site.toml", "yancheng-2022", "shuangyashan-2026");
            with_file(p, "x.md", "# 说明\n".as_bytes());
        },
    },
    Fault { code: "PAGE_INVALID", make: |p| p.write("content/about.md", "没有页头\n") },
    Fault {
        code: "PAGE_RAW_HTML",
        make: |p| p.write("content/about.md", "+++\ntitle = \"x\"\n+++\n<script>alert(1)</script>\n"),
    },
    Fault {
        code: "PAGE_LINK_UNSAFE",
        make: |p| p.write("content/about.md", "+++\ntitle = \"x\"\n+++\n[x](javascript:alert(1))\n"),
    },
    Fault { code: "THEME_INVALID", make: |p| p.write("themes/default/templates/home.html", "{% if %}\n") },
    Fault {
        code: "THEME_CONTRAST",
        make: |p| p.write("themes/default/assets/tokens.css", ":root { --fg: #777; --bg: #888; }"),
    },
    Fault { code: "PATH_CLASH", make: |p| p.write("content/datasets.md", "+++\ntitle = \"x\"\n+++\nx\n") },
    Fault {
        code: "LINK_INVALID", make: |p| catalog(p, ",详情页网址", &["ok,甲,局,无条件开放,javascript:alert(1)"])
    },
];

#[test]
fn every_code_is_brought_out_by_its_fault_and_never_leaves_half_a_site() {
    for fault in FAULTS {
        let project = Project::new();
        (fault.make)(&project);
        let was_live = project.path("public").exists();
        let codes = project.codes();
        assert!(codes.iter().any(|code| code == fault.code), "{}: found only {codes:?}", fault.code);
        let code = Code::ALL.iter().find(|code| code.name() == fault.code).unwrap();
        for lang in ["zh", "en"] {
            // All of it, so that the second build lists its findings where it has nothing to do.
            let ran = project.run(&["build", "--all", "--lang", lang, "--as-of", AS_OF]);
            let expected = match code.level() {
                Level::Stop => 2,
                Level::Refuse => {
                    i32::from(fault.code != "FIELD_REQUIRED") + 2 * i32::from(fault.code == "FIELD_REQUIRED")
                }
                Level::Warn | Level::Note => 0,
            };
            assert_eq!(ran.code, expected, "{}: {}", fault.code, ran.stderr);
            assert!(ran.stderr.contains(fault.code), "{}: {}", fault.code, ran.stderr);
            assert!(!ran.stderr.contains("panicked"), "{}: {}", fault.code, ran.stderr);
            assert_eq!(project.path("public").exists(), expected != 2 || was_live, "{}", fault.code);
            assert!(!project.path(".public.stage").exists(), "{}", fault.code);
        }
        let is_held = ["DATASET_HELD", "DATASET_WITHDRAWN"].contains(&fault.code);
        if is_held || (code.level() == Level::Refuse && fault.code != "FIELD_REQUIRED") {
            assert!(project.path("public/datasets/ok/index.html").exists(), "{}", fault.code);
            // A notice stands in the place of what is held, and nothing else.
            let data = if is_held { "public/datasets/b/files" } else { "public/datasets/b" };
            assert!(!project.path(data).exists(), "{}", fault.code);
        }
    }
}

#[test]
fn every_code_has_its_fault() {
    let with_fault: BTreeSet<&str> = FAULTS.iter().map(|fault| fault.code).collect();
    let all: BTreeSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(with_fault, all);
}

#[test]
fn a_link_that_leaves_the_folder_is_refused() {
    let project = Project::new();
    let outside = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(outside.path(), "ZZOUTSIDE\n").unwrap();
    std::os::unix::fs::symlink(outside.path(), project.path("datasets/files/link.csv")).unwrap();
    std::os::unix::fs::symlink("/", project.path("datasets/files/root")).unwrap();
    for named in [
        "files/link.csv",
        "/etc/passwd",
        "files/root/etc/passwd",
        "..\\site.toml",
        "files/./../../site.toml",
        "C:\\x.csv",
    ] {
        catalog(&project, ",文件", &["ok,甲,局,无条件开放,", &format!("b,乙,局,无条件开放,{named}")]);
        let ran = project.build();
        assert_eq!(ran.code, 1, "{named}: {}", ran.stderr);
        assert!(ran.stderr.contains("FILE_OUTSIDE"), "{named}: {}", ran.stderr);
        assert!(!project.path("public/datasets/b").exists());
    }
}

#[test]
fn the_catalog_itself_is_never_published_as_a_file() {
    let project = Project::new();
    catalog(&project, ",文件", &["ok,甲,局,无条件开放,", "b,乙,局,无条件开放,catalog.csv"]);
    let ran = project.build();
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("FILE_OF_CLOSED_ENTRY"), "{}", ran.stderr);
}

#[test]
fn hostile_catalogs_get_an_error_and_no_panic() {
    for (name, bytes) in [
        ("catalog.csv", Vec::new()),
        ("catalog.csv", b"\xFF\xFE\x00".to_vec()),
        ("catalog.csv", "\"".repeat(10_000).into_bytes()),
        ("catalog.csv", ",".repeat(100_000).into_bytes()),
        ("catalog.json", b"[".repeat(100_000)),
        ("catalog.json", b"[{\"a\":".repeat(50_000)),
        ("catalog.json", b"{}".to_vec()),
        ("catalog.json", b"[1,2,3]".to_vec()),
        ("catalog.json", b"[{\"a\":1}".to_vec()),
        ("catalog.json", b"[] garbage".to_vec()),
        ("catalog.xlsx", b"PK\x03\x04not a zip".to_vec()),
        ("catalog.xlsx", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec()),
    ] {
        let project = Project::new();
        std::fs::remove_file(project.path("datasets/catalog.csv")).unwrap();
        project.write_bytes(&format!("datasets/{name}"), &bytes);
        let ran = project.build();
        assert_eq!(ran.code, 2, "{name}: {}", ran.stderr);
        assert!(ran.stderr.contains(&format!("datasets/{name}")), "{name}: {}", ran.stderr);
        assert!(!ran.stderr.contains("panicked"), "{name}: {}", ran.stderr);
        assert!(!project.path("public").exists());
    }
}

#[test]
fn a_workbook_that_claims_a_million_rows_and_columns_is_refused() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column_idx, header) in ["数据资源名称", "提供方名称", "开放类型"].iter().enumerate() {
        sheet.write_string(0, column_idx as u16, *header).unwrap();
    }
    sheet.write_string(1_048_575, 16_383, "x").unwrap();
    let project = Project::new();
    std::fs::remove_file(project.path("datasets/catalog.csv")).unwrap();
    project.write_bytes("datasets/catalog.xlsx", &workbook.save_to_buffer().unwrap());
    let ran = project.build();
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("CATALOG_UNREADABLE") && ran.stderr.contains("columns"), "{}", ran.stderr);
}

#[test]
fn a_template_mistake_names_file_line_and_what_there_is() {
    let project = Project::new();
    project.build_well();
    let before = project.site();
    project.write(
        "themes/default/templates/home.html",
        "{% extends \"base.html\" %}\n{% block main %}\n{{ page.titel }}\n{% endblock %}\n",
    );
    let ran = project.build();
    assert_eq!(ran.code, 2);
    for words in ["THEME_INVALID", "themes/default/templates/home.html", "line 3", "titel"] {
        assert!(ran.stderr.contains(words), "{words} is missing in {}", ran.stderr);
    }
    assert_eq!(project.site(), before);
}

#[test]
fn a_folder_that_kaishu_did_not_make_is_never_replaced() {
    let project = Project::new();
    project.write("public/mine.txt", "mine");
    let ran = project.build();
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("was not made by kaishu"), "{}", ran.stderr);
    assert_eq!(project.read("public/mine.txt"), "mine");
    let ran = project.run(&["build", "--out", project.path("datasets/public").to_str().unwrap()]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
}

#[test]
fn messages_name_file_row_column_found_expected_and_hint_in_both_languages() {
    let project = Project::new();
    catalog(&project, "", &["ok,甲,局,无条件开放", "b,乙,局,可开放"]);
    let zh = project.run(&["check", "--lang", "zh", "--as-of", AS_OF]).stderr;
    for words in ["OPENNESS_UNKNOWN", "datasets/catalog.csv 第 3 行 “开放类型”列", "可开放", "应为：", "处理："]
    {
        assert!(zh.contains(words), "{words} is missing in {zh}");
    }
    let en = project.run(&["check", "--lang", "en", "--as-of", AS_OF]).stderr;
    for words in ["datasets/catalog.csv, row 3, column `开放类型`", "expected: ", "hint: "] {
        assert!(en.contains(words), "{words} is missing in {en}");
    }
    let json = project.run(&["check", "--json", "--as-of", AS_OF]).stdout;
    let finding = json
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .find(|line| line["code"] == "OPENNESS_UNKNOWN")
        .unwrap();
    assert_eq!((finding["row"].as_u64(), finding["column"].as_str()), (Some(3), Some("开放类型")));
    assert_eq!(finding["found"], "可开放");
}

#[test]
fn check_writes_nothing() {
    let project = Project::new();
    let before = crate::support::tree(&project.path(""));
    project.run(&["check", "--as-of", AS_OF]);
    assert_eq!(crate::support::tree(&project.path("")), before);
}
