//! What once went wrong, each with a line that says how. The names say what must hold.

use std::io::Write;

use crate::bad_input::two_sheets;
use crate::support::{AS_OF, CATALOG, Project};

const HEADER: &str = "数据资源标识,数据资源名称,提供方名称,开放类型";

fn catalog(project: &Project, extra_columns: &str, rows: &[&str]) {
    project.write("datasets/catalog.csv", &format!("{HEADER}{extra_columns}\n{}\n", rows.join("\n")));
}

fn has_no_zz(project: &Project) {
    if !project.path("public").exists() {
        return;
    }
    for (path, bytes) in project.site() {
        // Compressed bytes may look like anything.
        let bytes = if path.starts_with("search/") { kaishu::search::unpack(&bytes).unwrap_or(bytes) } else { bytes };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(!path.contains("zz") && !text.contains("ZZ") && !text.contains("zz"), "{path}");
    }
}

/// An open quotation mark ran the next, closed row into the summary of an open entry.
#[test]
fn rows_never_run_together() {
    for rows in [
        &["a,甲,局,无条件开放,\"全市", "zz,ZZCLOSED,局,不予开放,x"][..],
        &["a,甲,局,无条件开放,\"全市", "zz,ZZCLOSED,局,不予开放,x\""],
        &["a,甲,局,无条件开放,\"全市\"x", "zz,ZZCLOSED,局,不予开放,x"],
        &["a,甲,局,无条件开放,\"全市\rzz,ZZCLOSED,局,不予开放,x\""],
        &["a,甲,局,无条件开放,\"全市", "zz,ZZCLOSED,局,不予开放\""],
    ] {
        let project = Project::new();
        catalog(&project, ",摘要", rows);
        let ran = project.build();
        assert_ne!(ran.code, 0, "{rows:?}");
        has_no_zz(&project);
    }
}

/// A mapped openness column hid a second column of the same name, or one that said the contrary.
#[test]
fn a_mapping_hides_no_contradiction() {
    let project = Project::new();
    project.append("site.toml", "[catalog.columns]\nopenness_class = \"开放类型\"\n");
    catalog(&project, ",开放类型", &["ok,甲,局,无条件开放,无条件开放", "zz,ZZ,局,无条件开放,不予开放"]);
    let ran = project.build();
    assert!(ran.code == 1 && ran.stderr.contains("OPENNESS_CONTRADICTION"), "{}", ran.stderr);
    has_no_zz(&project);
    let project = Project::new();
    project.append("site.toml", "[catalog.columns]\nopenness_class = \"开放条件\"\n");
    for word in ["不予开放", "不开放", "依申请开放", "无"] {
        catalog(&project, ",开放条件", &["ok,甲,局,可开放,无条件开放", &format!("zz,ZZ,局,{word},无条件开放")]);
        let ran = project.build();
        assert!(ran.code == 1 && ran.stderr.contains("OPENNESS_CONTRADICTION"), "{word}: {}", ran.stderr);
        has_no_zz(&project);
    }
    // A second column of the class that says nothing we know is no second consent.
    let project = Project::new();
    catalog(&project, ",开放属性", &["ok,甲,局,无条件开放,无条件开放", "zz,ZZ,局,无条件开放,无"]);
    let ran = project.build();
    assert!(ran.code == 1, "{}", ran.stderr);
    has_no_zz(&project);
    // Two halves of the word in a list are not the word.
    let project = Project::new();
    std::fs::remove_file(project.path("datasets/catalog.csv")).unwrap();
    project.write(
        "datasets/catalog.json",
        r#"[{"标识":"ok","名称":"甲","提供方":"局","开放类型":"无条件开放"},
            {"标识":"zz","名称":"ZZ","提供方":"局","开放类型":["无条件","开放"]}]"#,
    );
    assert_eq!(project.build().code, 1);
    has_no_zz(&project);
}

/// A closed entry's claim to a file was lost when it was written in an unusual way.
#[test]
fn a_closed_file_stays_closed_however_it_is_named() {
    for claim in
        ["files", "/files/secret.csv", "datasets/files/secret.csv", "a.csv，files/secret.csv", "files\\secret.csv"]
    {
        let project = Project::new();
        catalog(
            &project,
            ",文件",
            &["ok,甲,局,无条件开放,", "open,乙,局,无条件开放,files/secret.csv", &format!("zz,丙,局,不予开放,{claim}")],
        );
        let ran = project.build();
        assert!(ran.code == 1 && ran.stderr.contains("FILE_OF_CLOSED_ENTRY"), "{claim}: {}", ran.stderr);
        assert!(!project.path("public/datasets/open").exists(), "{claim}");
    }
    // So does one in a column that is not known, or of the licence.
    for column in ["附件", "许可文件"] {
        let project = Project::new();
        catalog(
            &project,
            &format!(",文件,{column}"),
            &[
                "ok,甲,局,无条件开放,,",
                "open,乙,局,无条件开放,files/secret.csv,",
                "zz,丙,局,不予开放,,files/secret.csv",
            ],
        );
        assert!(project.build().stderr.contains("FILE_OF_CLOSED_ENTRY"), "{column}");
        assert!(!project.path("public/datasets/open").exists(), "{column}");
    }
    // A second column of files, and a row that cannot be read, count as well.
    let project = Project::new();
    catalog(
        &project,
        ",文件,数据文件",
        &["ok,甲,局,无条件开放,,", "open,乙,局,无条件开放,files/secret.csv,", "zz,丙,局,不予开放,,files/secret.csv"],
    );
    assert!(project.build().stderr.contains("FILE_OF_CLOSED_ENTRY"));
    assert!(!project.path("public/datasets/open").exists());
    let project = Project::new();
    catalog(
        &project,
        ",文件",
        &[
            "ok,甲,局,无条件开放,",
            "open,乙,局,无条件开放,files/secret.csv",
            "zz,丙,局,不予开放,files/secret.csv,多出的一格",
        ],
    );
    assert!(project.build().stderr.contains("FILE_OF_CLOSED_ENTRY"));
    assert!(!project.path("public/datasets/open").exists());
}

/// The report, which names refused entries, went beside `--out` and so into the web root.
#[test]
fn the_report_never_goes_into_a_site() {
    let project = Project::new();
    project.build_well();
    let inside = project.path("public/v2");
    let ran = project.run(&["build", "--as-of", AS_OF, "--out", inside.to_str().unwrap()]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    let elsewhere = tempfile::tempdir().unwrap();
    let out = elsewhere.path().join("www");
    assert_eq!(project.run(&["build", "--as-of", AS_OF, "--out", out.to_str().unwrap()]).code, 0);
    let names: Vec<_> = elsewhere.path().read_dir().unwrap().map(|item| item.unwrap().file_name()).collect();
    assert_eq!(names, ["www"]);
}

/// The first sheet was read although it was hidden.
#[test]
fn hidden_sheets_are_not_the_catalog() {
    let project = Project::new();
    std::fs::remove_file(project.path("datasets/catalog.csv")).unwrap();
    project.write_bytes("datasets/catalog.xlsx", &two_sheets(true));
    let ran = project.build();
    assert!(ran.stderr.contains("SHEETS_LEFT_OUT"), "{}", ran.stderr);
    assert!(project.path("public/datasets/ok/index.html").exists());
    has_no_zz(&project);
}

/// A cell that shows an error, has a formula without a result, or belongs to a merged range was read as empty.
#[test]
fn nothing_behind_a_workbook_cell_is_taken_for_nothing() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, header) in HEADER.split(',').chain(["开放条件"]).enumerate() {
        sheet.write_string(0, column as u16, header).unwrap();
    }
    for (row, id) in (1..).zip(["ok", "zzformula", "zzmerged1", "zzmerged2"]) {
        for (column, cell) in [id, id, "局", "无条件开放"].into_iter().enumerate() {
            sheet.write_string(row, column as u16, cell).unwrap();
        }
    }
    sheet.write_formula(2, 4, rust_xlsxwriter::Formula::new("=VLOOKUP(1,A1:B2,2)").set_result("")).unwrap();
    sheet.merge_range(3, 4, 4, 4, "需签协议", &rust_xlsxwriter::Format::new()).unwrap();
    let project = Project::new();
    std::fs::remove_file(project.path("datasets/catalog.csv")).unwrap();
    project.write_bytes("datasets/catalog.xlsx", &workbook.save_to_buffer().unwrap());
    let ran = project.build();
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(project.path("public/datasets/ok/index.html").exists());
    has_no_zz(&project);
}

/// Files in folders below datasets/catalog/ were passed over in silence.
#[test]
fn every_file_below_the_catalog_folder_is_read() {
    let project = Project::new();
    std::fs::remove_file(project.path("datasets/catalog.csv")).unwrap();
    project.write("datasets/catalog/county/a.csv", &format!("{HEADER}\na,甲,局,无条件开放\n"));
    project.write("datasets/catalog/b.csv", &format!("{HEADER}\nb,乙,局,无条件开放\n"));
    project.build();
    for id in ["a", "b"] {
        assert!(project.path(&format!("public/datasets/{id}/index.html")).exists(), "{id}");
    }
}

/// A licence text that cannot be read, and a control character in JSON, went further than their dataset.
#[test]
fn one_bad_file_stops_at_its_dataset() {
    let project = with_file("x.json", "[{\"a\":\"x\\u0000\\u001by\"}]");
    assert_eq!(project.build().code, 0);
    let page = std::fs::read(project.path("public/datasets/ok/index.html")).unwrap();
    assert!(!page.contains(&0) && !page.contains(&0x1b));
    let project = Project::new();
    project.write("datasets/licence.txt", "x");
    catalog(&project, ",许可文件", &["ok,甲,局,无条件开放,", "bad,乙,局,无条件开放,licence.txt"]);
    std::fs::set_permissions(project.path("datasets/licence.txt"), std::os::unix::fs::PermissionsExt::from_mode(0o000))
        .unwrap();
    let ran = project.build();
    assert!(ran.code == 1 && ran.stderr.contains("FILE_UNREADABLE"), "{}", ran.stderr);
    assert!(project.path("public/datasets/ok/index.html").exists());
}

/// Rows without a value in a table of one column, and values cut at the wrong of two likely signs, were lost in silence.
#[test]
fn what_cannot_be_told_is_no_table() {
    for text in ["温度\n1\n\n2\n", "名称;数值,单位\nA;1,5\nB;2,5\n"] {
        let project = with_file("x.csv", text);
        let ran = project.build();
        assert!(ran.code == 0 && ran.stderr.contains("TABLE_NONE"), "{text}: {}", ran.stderr);
        assert!(!project.path("public/datasets/ok/data").exists(), "{text}");
    }
}

/// 是否向社会开放 = 无 was taken for an empty cell.
#[test]
fn a_placeholder_is_no_consent() {
    for word in ["无", "—", "暂无", "null"] {
        let project = Project::new();
        catalog(&project, ",是否向社会开放", &["ok,甲,局,无条件开放,是", &format!("zz,ZZ,局,无条件开放,{word}")]);
        let ran = project.build();
        assert!(ran.stderr.contains("OPENNESS_CONTRADICTION"), "{word}: {}", ran.stderr);
        has_no_zz(&project);
    }
}

fn with_file(name: &str, text: &str) -> Project {
    let project = Project::new();
    project.write(&format!("datasets/files/{name}"), text);
    catalog(&project, ",文件", &[&format!("ok,甲,局,无条件开放,files/{name}"), "other,乙,局,无条件开放,"]);
    project
}

/// Nested values of a pretty-printed file broke the lines of JSON Lines.
#[test]
fn json_lines_have_one_row_a_line() {
    let project = with_file("x.json", "[{\"a\": [1,\n 2], \"b\": {\"c\": \"d e\"}}]");
    project.build();
    assert_eq!(project.read("public/datasets/ok/data/x.jsonl"), "{\"a\":[1,2],\"b.c\":\"d e\"}\n");
}

/// The second of two equal keys replaced the first in silence; half a surrogate pair stopped the whole build.
#[test]
fn json_that_would_lose_a_value_is_no_table() {
    let project = with_file("x.json", "[{\"a\":\"1\",\"a\":\"2\"}]");
    assert_eq!(project.build().code, 0);
    assert!(!project.path("public/datasets/ok/data").exists());
    let project = with_file("x.json", "[{\"a\":\"\\ud800\"}]");
    let ran = project.build();
    assert!(ran.code == 1 && ran.stderr.contains("FILE_NOT_AS_NAMED"), "{}", ran.stderr);
    assert!(project.path("public/datasets/other/index.html").exists());
}

/// Separators were counted inside cells; quotation marks in the wrong place were dropped.
#[test]
fn separated_values_are_read_as_they_are_or_not_at_all() {
    let project = with_file("x.csv", "id,状态(0|1|2)\n1,0\n");
    project.build();
    assert_eq!(project.read("public/datasets/ok/data/x.csv"), "id,状态(0|1|2)\r\n1,0\r\n");
    let project = with_file("x.csv", "id,名称\n1,\"十四五\"规划\n");
    let ran = project.build();
    assert!(ran.code == 0 && ran.stderr.contains("TABLE_QUOTES_LITERAL"), "{}", ran.stderr);
    assert!(project.read("public/datasets/ok/data/x.jsonl").contains("\\\"十四五\\\"规划"));
    let project = with_file("x.csv", "id,名称,备注\n1,\"十四五\"规划,\"无\"\n");
    let ran = project.build();
    assert!(ran.code == 0 && ran.stderr.contains("TABLE_NONE"), "{}", ran.stderr);
    assert!(!project.path("public/datasets/ok/data").exists());
}

/// A few wide or many short rows made hundreds of megabytes of empty cells.
#[test]
fn a_ragged_file_is_not_blown_up() {
    let project = with_file("x.csv", &format!("a,b\n{}\n{}", ",".repeat(3_998), "1\n".repeat(3_000)));
    let ran = project.build();
    assert!(ran.code == 0 && ran.stderr.contains("TABLE_NONE"), "{}", ran.stderr);
}

/// An identifier that a workbook keeps as a number had lost its last digits.
#[test]
fn a_number_that_lost_its_digits_is_no_identifier() {
    let mut workbook = rust_xlsxwriter::Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, header) in HEADER.split(',').enumerate() {
        sheet.write_string(0, column as u16, header).unwrap();
    }
    for (row, id) in [(1, 9_007_199_254_740_993_123.0), (2, 307_010.0)] {
        sheet.write_number(row, 0, id).unwrap();
        for (column, cell) in [(1, format!("数据{row}")), (2, "局".to_owned()), (3, "无条件开放".to_owned())] {
            sheet.write_string(row, column, &cell).unwrap();
        }
    }
    let project = Project::new();
    std::fs::remove_file(project.path("datasets/catalog.csv")).unwrap();
    project.write_bytes("datasets/catalog.xlsx", &workbook.save_to_buffer().unwrap());
    let ran = project.build();
    assert!(ran.code == 1 && ran.stderr.contains("ID_INVALID"), "{}", ran.stderr);
    assert!(project.path("public/datasets/307010/index.html").exists());
}

/// Files whose tables would have one name stopped the whole build.
#[test]
fn tables_of_one_name_get_names_of_their_own() {
    let project = Project::new();
    for name in ["a.csv", "a-csv.csv"] {
        project.write(&format!("datasets/files/{name}"), "x\n1\n");
    }
    project.write("datasets/files/a.json", "[{\"x\":1}]");
    catalog(&project, ",文件", &["ok,甲,局,无条件开放,files/a.csv；files/a.json；files/a-csv.csv"]);
    assert_eq!(project.build().code, 0);
    for name in ["a-csv.csv", "a-json.csv", "a-csv-2.csv"] {
        assert!(project.path(&format!("public/datasets/ok/data/{name}")).exists(), "{name}");
    }
}

/// A record that was cut off while it was written stopped every later build.
#[test]
fn a_build_killed_while_it_recorded_is_finished_by_the_next() {
    let project = Project::new();
    project.build_well();
    let first = project.read("records/chain.jsonl");
    project.write("datasets/catalog.csv", &CATALOG.replace("公交站点", "车站"));
    project.build_well();
    let whole = project.read("records/chain.jsonl");
    let last = whole.strip_prefix(&first).unwrap();
    let event: serde_json::Value = serde_json::from_str(last).unwrap();
    let pending = serde_json::json!({
        "n_lines_before": 1, "out": project.path("public").canonicalize().unwrap(), "event": event["event"],
        "ids_csv": project.read("records/ids.csv"), "ledger_tsv": project.read("records/ledger.tsv"),
    });
    project.write("records/pending.json", &pending.to_string());
    project.write("records/chain.next", last);
    project.write("records/chain.jsonl", &format!("{first}{}", &last[..last.len() / 2]));
    project.build_well();
    assert!(project.read("records/chain.jsonl").starts_with(&whole));
    assert_eq!(project.run(&["verify"]).code, 0);
}

/// A link in the place of the output folder was replaced, and the folder it led to kept the old site.
#[test]
fn a_link_to_the_output_folder_is_followed() {
    let project = Project::new();
    std::fs::create_dir(project.path("www")).unwrap();
    std::os::unix::fs::symlink(project.path("www"), project.path("public")).unwrap();
    project.build_well();
    assert!(project.path("www/index.html").exists());
    assert!(project.path("public").symlink_metadata().unwrap().is_symlink());
}

/// A header with control characters could write lines of its own on the team's terminal.
#[test]
fn nothing_in_a_message_moves_the_cursor() {
    let project = Project::new();
    catalog(&project, ",\"坏\u{1b}[2J\r\nstop [FORGED] x\"", &["ok,甲,局,无条件开放,x"]);
    let ran = project.build();
    assert!(!ran.stderr.contains('\u{1b}'), "{}", ran.stderr);
    assert!(!ran.stderr.lines().any(|line| line.starts_with("stop [FORGED]")), "{}", ran.stderr);
}

/// A profile whose status or days the program cannot read passed for rules in force.
#[test]
fn a_profile_is_in_force_only_when_it_says_so_readably() {
    let text = include_str!("../../regimes/yancheng-2022.toml");
    for (from, to, code) in [
        ("status = \"in_force\"", "status = \"征求意见稿\"", "REGIME_INVALID"),
        ("effective_until = 2027-11-30", "effective_until = \"2025年11月30日\"", "REGIME_INVALID"),
        ("effective_from = 2022-12-01", "effective_from = 2027-01-01", "REGIME_DRAFT"),
    ] {
        let project = Project::new();
        assert!(text.contains(from));
        project.write("regimes/yancheng-2022.toml", &text.replace(from, to));
        let ran = project.build();
        assert!(ran.code == 2 && ran.stderr.contains(code), "{to}: {}", ran.stderr);
    }
}

/// A preview answered to any name, so that a page of another site could read the findings.
#[test]
fn a_preview_answers_only_to_the_machine_itself() {
    let project = Project::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut child = project.command(&["serve", "--as-of", AS_OF, "--port", &port.to_string()]).spawn().unwrap();
    let ask = |host: &str| -> Option<String> {
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).ok()?;
        write!(stream, "GET /__kaishu/state HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").ok()?;
        let mut text = String::new();
        std::io::Read::read_to_string(&mut stream, &mut text).ok()?;
        Some(text)
    };
    let started = std::time::Instant::now();
    let own = loop {
        match ask("localhost") {
            Some(text) if text.contains("version") => break text,
            _ => assert!(started.elapsed().as_secs() < 20, "the preview did not start"),
        }
    };
    let foreign = ask("evil.example").unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(own.contains("200"));
    assert!(foreign.contains("421") && !foreign.contains("version"), "{foreign}");
}
