//! The clauses that bind an open-data site, each with a test of its name. YC is Yancheng 2022, SYS Shuangyashan 2026, YZ
//! the Yangzhou draft of 2021. `docs/compliance.md` lists clause, behaviour and test.

use crate::support::{AS_OF, Project, Ran};

fn site(regime: &str) -> Project {
    let project = Project::new();
    project.replace("site.toml", "yancheng-2022", regime);
    project
}

fn yc() -> Project {
    site("yancheng-2022")
}

fn sys() -> Project {
    site("shuangyashan-2026")
}

fn built(project: Project) -> Project {
    project.build_well();
    project
}

fn entries(project: &Project, columns: &str, rows: &[&str]) {
    project.write(
        "datasets/catalog.csv",
        &format!("数据资源标识,数据资源名称,提供方名称,开放类型{columns}\n{}\n", rows.join("\n")),
    );
}

fn draft(project: &Project) -> Ran {
    project.run(&["build", "--lang", "en", "--as-of", AS_OF, "--allow-draft"])
}

fn assert_says(project: &Project, page: &str, words: &[&str]) {
    let text = project.read(&format!("public/{page}"));
    for word in words {
        assert!(text.contains(word), "{page} does not say {word}");
    }
}

#[test]
fn sys_3_machine_readable() {
    let project = sys();
    project.write("datasets/files/x.md", "# 说明\n");
    entries(&project, ",文件", &["a,甲,局,无条件开放,files/x.md"]);
    let ran = project.build();
    assert!(ran.stderr.contains("NOT_MACHINE_READABLE") && ran.stderr.contains("第三条"), "{}", ran.stderr);
}

#[test]
fn yc_6_sys_6_who_is_who() {
    assert_says(&built(yc()), "terms/index.html", &["市级公共数据主管部门（市大数据行政管理部门）", "第六条"]);
    assert_says(&built(sys()), "terms/index.html", &["公共数据主管部门（市、县（区）数据局）", "市公共数据服务机构"]);
}

#[test]
fn yc_24_sys_37_1_only_the_open_class_is_published() {
    let project = yc();
    entries(&project, "", &["a,甲,局,无条件开放", "b,乙,局,有条件开放", "c,丙,局,不予开放"]);
    assert_eq!(project.build().code, 0);
    assert!(project.path("public/datasets/a").exists());
    assert!(!project.path("public/datasets/b").exists() && !project.path("public/datasets/c").exists());
    assert_says(&project, "terms/index.html", &["第二十四条", "应当依法予以保密的公共数据"]);
}

/// SYS 25 (未明确的视为无条件共享类) is about sharing: it opens nothing.
#[test]
fn sys_25_37_1_a_missing_class_is_not_open() {
    let project = sys();
    entries(&project, "", &["a,甲,局,无条件开放", "b,乙,局,"]);
    let ran = project.build();
    assert!(ran.code == 1 && ran.stderr.contains("OPENNESS_MISSING"), "{}", ran.stderr);
    assert!(!project.path("public/datasets/b").exists());
}

#[test]
fn sys_37_2_lowering_needs_the_approval_of_the_authority() {
    let project = built(sys());
    project.replace("datasets/catalog.csv", "无条件开放,编号", "有条件开放,编号");
    let ran = project.build();
    assert!(ran.code == 2 && ran.stderr.contains("未经同级公共数据主管部门审核"), "{}", ran.stderr);
    assert!(project.path("public/datasets/stops").exists());
    project.approve("stops", "to_not_open");
    assert_eq!(project.build().code, 2, "an approval of another change does not count");
    project.approve("stops", "to_conditional");
    project.build_well();
    assert!(!project.path("public/datasets/stops/files").exists());
    // A later change of the data does not make the approval one of an earlier time.
    let project = built(sys());
    project.append("datasets/files/stops.csv", "009,南站\r\n");
    assert_eq!(project.run(&["build", "--as-of", "2026-12-01"]).code, 0);
    project.replace("datasets/catalog.csv", "无条件开放,编号", "有条件开放,编号");
    project.approve("stops", "to_conditional");
    assert_eq!(project.run(&["build", "--as-of", "2026-12-02"]).code, 0);
}

#[test]
fn yc_25_the_history_of_a_dataset_is_told() {
    let project = built(yc());
    assert_says(&project, "datasets/stops/index.html", &["发布历史", AS_OF, "作为无条件开放类发布"]);
    project.append("datasets/files/stops.csv", "009,南站\r\n");
    assert_eq!(project.run(&["build", "--as-of", "2026-12-01"]).code, 0);
    assert_says(&project, "datasets/stops/index.html", &["2026-12-01", "数据文件更新", AS_OF]);
}

#[test]
fn sys_73_nothing_published_vanishes_in_silence() {
    let project = built(sys());
    entries(&project, "", &["schools,甲,局,无条件开放"]);
    let ran = project.build();
    assert!(ran.code == 2 && ran.stderr.contains("DATASET_VANISHED"), "{}", ran.stderr);
    project.approve("stops", "removed");
    project.build_well();
}

#[test]
fn yc_9_the_fields_of_the_catalog() {
    let project = yc();
    entries(&project, "", &["a,甲,局,无条件开放"]);
    let ran = project.run(&["check", "--all", "--lang", "zh", "--as-of", AS_OF]);
    for field in ["形式（第九条）", "更新频率（第九条）", "收集机构（第九条）", "审核机构（第九条）"]
    {
        assert!(ran.stderr.contains(field), "{field}: {}", ran.stderr);
    }
}

#[test]
fn sys_12_36_the_fields_of_the_catalog_and_which_are_public() {
    let project = sys();
    entries(&project, ",共享类型", &["a,甲,局,无条件开放,", "b,乙,局,无条件开放,ZZSHARING"]);
    let ran = project.run(&["check", "--all", "--lang", "zh", "--as-of", AS_OF]);
    for field in ["数据资源摘要（第十二条第五款）", "数据覆盖地域（第十二条第五款）", "授权运营状态（第十二条第五款）"]
    {
        assert!(ran.stderr.contains(field), "{field}: {}", ran.stderr);
    }
    let of_sharing = ran.stderr.split("缺少规则要求的字段：共享类型").nth(1).unwrap().split("\n\n").next().unwrap();
    assert!(of_sharing.contains("甲") && !of_sharing.contains("乙"), "{of_sharing}");
    project.build_well();
    for (path, bytes) in project.site() {
        assert!(!String::from_utf8_lossy(&bytes).contains("ZZSHARING"), "{path}");
    }
}

#[test]
fn yz_12_the_fields_of_the_catalog_and_the_review_of_each_year() {
    let project = site("yangzhou-2021-draft");
    entries(&project, "", &["a,甲,局,无条件开放"]);
    let ran = draft(&project);
    assert!(
        ran.code == 0 && ran.stderr.contains("更新周期（第十二条）") && ran.stderr.contains("共享方式（第十二条）"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("CATALOG_REVIEW_DUE") && ran.stderr.contains("每年6月底前"), "{}", ran.stderr);
    project.append("site.toml", "[catalog]\nreviewed_on = \"2026-06-10\"\n");
    assert!(!draft(&project).stderr.contains("CATALOG_REVIEW_DUE"));
}

#[test]
fn yc_10_sys_13_the_periods_of_the_catalog_are_those_of_the_text() {
    assert_says(&built(yc()), "terms/index.html", &["15 个工作日（法律、法规作出修改或者机构职能发生变更），第十条"]);
    assert_says(&built(sys()), "terms/index.html", &["10 个工作日", "第十三条第一款", "2 个工作日", "第十三条第二款"]);
}

#[test]
fn yc_16_what_is_to_be_fixed_has_its_last_day() {
    let project = yc();
    entries(&project, "", &["a,甲,市某局,无条件开放", "b,乙,市某局,"]);
    project.build();
    // Ten working days after 2026-11-21, a Saturday.
    let report = project.read("report/index.html");
    assert!(report.contains("2026-12-04") && report.contains("第十六条第二款"), "{report}");
    assert!(report.contains("of the arrangements of holidays: "), "each computed day has the digest of its calendar");
    let sheets: Vec<_> =
        std::fs::read_dir(project.path("report/providers")).unwrap().map(|item| item.unwrap().path()).collect();
    assert_eq!(sheets.len(), 1);
    let sheet = std::fs::read_to_string(&sheets[0]).unwrap();
    assert!(sheet.starts_with('\u{FEFF}') && sheet.contains("OPENNESS_MISSING") && sheet.contains("市某局"), "{sheet}");
}

#[test]
fn sys_17_data_that_is_not_updated_in_time_is_told() {
    let project = sys();
    entries(&project, ",更新频率,更新日期", &["a,甲,局,无条件开放,每月,2026-01-05"]);
    let ran = project.build();
    assert!(ran.stderr.contains("DATA_OVERDUE") && ran.stderr.contains("2026-02-05"), "{}", ran.stderr);
    assert_says(&project, "datasets/a/index.html", &["2026-02-05"]);
}

#[test]
fn sys_38_yc_26_personal_data_is_looked_for_before_opening() {
    let project = sys();
    project.write("datasets/files/x.csv", "编号,内容\n1,11010519491231002X\n");
    entries(&project, ",文件", &["a,甲,局,无条件开放,", "b,乙,局,无条件开放,files/x.csv"]);
    let ran = project.build();
    assert!(ran.code == 1 && ran.stderr.contains("PERSONAL_DATA"), "{}", ran.stderr);
    assert!(project.read("report/index.html").contains("第三十八条"));
    assert_says(&project, "terms/index.html", &["安全保密审查、脱密处理、脱敏处理（第三十八条）"]);
}

#[test]
fn yc_27_1_sys_39_1_63_data_is_had_without_an_account() {
    for project in [built(yc()), built(sys())] {
        let page = project.read("public/datasets/stops/index.html");
        assert!(page.contains("/datasets/stops/files/stops.csv\""), "a plain link to the bytes");
        for wall in ["<form", "captcha", "password", "登录", "注册"] {
            assert!(!page.contains(wall), "{wall}");
        }
    }
}

#[test]
fn sys_35_1_downloads_and_an_interface() {
    let project = built(sys());
    for file in
        ["datasets/stops/data/stops.csv", "datasets/stops/data/stops.json", "api/v1/datasets/stops/stops/schema.json"]
    {
        assert!(project.path(&format!("public/{file}")).exists(), "{file}");
    }
}

#[test]
fn sys_35_3_yc_28_the_provider_can_be_reached() {
    let project = sys();
    entries(&project, ",联系电话", &["a,甲,市某局,无条件开放,0469-4212345"]);
    project.build_well();
    assert_says(&project, "datasets/a/index.html", &["市某局", "0469-4212345"]);
}

#[test]
fn yc_28_sys_40_objections_in_the_words_of_each_text() {
    assert_says(
        &built(yc()),
        "objection/index.html",
        &["第二十八条", "撤回数据、中止开放", "继续开放", "不要求提交证据材料"],
    );
    assert_says(&built(sys()), "objection/index.html", &["第四十条", "错误、遗漏等情形", "恢复开放"]);
    assert!(!built(sys()).read("public/objection/index.html").contains("继续开放"));
}

#[test]
fn sys_28_corrections_have_their_own_period() {
    let project = built(sys());
    assert_says(
        &project,
        "terms/index.html",
        &["数据校核", "第二十八条", "5 个工作日（收到公共数据校核申请或者校核通知之日）"],
    );
    assert!(!built(yc()).read("public/terms/index.html").contains("数据校核<"), "the other text has no such channel");
}

#[test]
fn yc_49_sys_66_reports_of_misuse() {
    assert_says(&built(yc()), "terms/index.html", &["第四十九条", "10 个工作日（起算日未规定），第四十九条"]);
    assert_says(&built(sys()), "terms/index.html", &["第六十六条", "违法利用公共数据的行为"]);
}

#[test]
fn yc_34_2_sys_41_2_the_sentence_that_satisfies_the_duty() {
    assert_says(
        &built(yc()),
        "datasets/stops/index.html",
        &["数据来源：测试市公共数据开放网站《公交站点》，提供单位：", "第三十四条第二款"],
    );
    assert_says(&built(sys()), "datasets/stops/index.html", &["获取日期：", "第四十一条第二款"]);
}

#[test]
fn yc_34_1_sys_20_60_everything_is_on_record() {
    let project = built(sys());
    let line: serde_json::Value =
        serde_json::from_str(project.read("records/chain.jsonl").lines().next().unwrap()).unwrap();
    let event = &line["event"];
    for key in ["tool", "regime", "configuration", "catalog", "release", "findings"] {
        assert!(!event[key].is_null(), "{key}: {event}");
    }
    let findings = event["findings"].as_str().unwrap();
    assert!(project.path(&format!("records/findings/{findings}.jsonl")).exists());
    let recorded_on = kaishu::model::date::Day::in_china(event["recorded_at"].as_i64().unwrap()).unwrap();
    let ran = project.run(&["verify", "--on", &recorded_on.to_string()]);
    assert!(ran.code == 0 && ran.stdout.contains("stops\t"), "{}", ran.stdout);
    assert!(project.run(&["verify", "--on", "2020-01-01"]).stdout.is_empty());
    assert_eq!(project.run(&["verify", "--on", "2099-01-01"]).code, 2, "nobody knows");
    std::fs::remove_dir_all(project.path("records/findings")).unwrap();
    assert_eq!(project.run(&["verify"]).code, 1);
}

#[test]
fn yc_29_coverage_of_the_priority_domains() {
    let project = yc();
    entries(&project, ",领域分类", &["a,甲,局,无条件开放,教育"]);
    project.build_well();
    assert_says(&project, "quality/index.html", &["第二十九条", "教育", "医疗保障", "信用"]);
}

#[test]
fn yc_55_sys_78_validity() {
    assert_says(&built(yc()), "terms/index.html", &["第五十五条", "2027-11-30"]);
    assert_says(&built(sys()), "terms/index.html", &["第七十八条", "2028-02-10"]);
    let project = yc();
    assert_eq!(project.run(&["build", "--as-of", "2027-06-15"]).code, 0);
    assert_says(&project, "index.html", &["2027-11-30"]);
}

/// What is ours is never shown as a period of the law.
#[test]
fn a2_targets_are_called_targets() {
    let project = built(yc());
    let terms = project.read("public/terms/index.html");
    let targets = terms.split("运营目标</h2>").nth(1).unwrap();
    assert!(targets.contains("不是规则规定的期限") && targets.contains("作出决定（工作日）"), "{targets}");
}

/// An approval that is there and does not fit says why.
#[test]
fn an_approval_that_does_not_fit_says_why() {
    let project = Project::new();
    project.build_well();
    project.replace("datasets/catalog.csv", "无条件开放,编号", "有条件开放,编号");
    let approval = |change: &str, date: &str| {
        format!(
            "[[approval]]\ndataset = \"stops\"\nchange = \"{change}\"\nbody = \"局\"\nreference = \"号\"\ndate = {date}\n\
             article = \"条\"\nreason = \"由\"\n"
        )
    };
    for (change, date, words) in [
        ("removed", "2026-11-21", "to_conditional"),
        ("to_conditional", "2027-01-01", "2027-01-01"),
        ("to_conditional", "2020-01-01", "2020-01-01"),
    ] {
        project.write("datasets/approvals.toml", &approval(change, date));
        let ran = project.build();
        assert!(ran.code == 2 && ran.stderr.contains("CLASS_LOWERED") && ran.stderr.contains(words), "{}", ran.stderr);
    }
    project.write("datasets/approvals.toml", &approval("to_conditional", "2026-11-21"));
    project.build_well();
}

/// What a city's own file gets wrong and types cannot tell.
#[test]
fn a_profile_of_ones_own_is_checked_for_what_would_pass_in_silence() {
    let text = include_str!("../../regimes/yancheng-2022.toml").replace("id = \"yancheng-2022\"", "id = \"own\"");
    for (from, to, names) in [
        ("id = \"own\"", "id = \"other\"", "other"),
        ("\"update_frequency\", \"collecting_body\"", "\"update_freqency\", \"collecting_body\"", "update_freqency"),
        ("suspend_on_evidence = \"no\"", "suspend_on_evidence = \"maybe\"", "maybe"),
        ("{provider}。", "{giver}。", "giver"),
        ("id = \"report_handling\"", "id = \"report_handing\"", "report_handing"),
        ("code = \"trade_secret\"", "code = \"privacy\"", "privacy"),
    ] {
        assert!(text.contains(from), "{from}");
        let project = Project::new();
        project.write("regimes/own.toml", &text.replace(from, to));
        let ran = project.run(&["regime", "check", "own"]);
        assert!(ran.code == 1 && ran.stderr.contains(names), "{names}: {}", ran.stderr);
    }
}
