//! Working days: the vectors, each checked against four sources, and what a reader of the command line sees.

use crate::support::{Project, kaishu, repository};

fn workdays(args: &[&str]) -> (i32, String, String) {
    let output = kaishu().args(["workdays", "--lang", "zh"]).args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn every_vector_comes_out() {
    let mut reader = csv::Reader::from_path(repository().join("tests/fixtures/workdays.csv")).unwrap();
    let mut n_vectors = 0;
    for record in reader.records() {
        let record = record.unwrap();
        let (id, event, n_days, expected) = (&record[0], &record[1], &record[4], &record[5]);
        let (code, stdout, stderr) = workdays(&[event, n_days]);
        let (json_code, json, _) = workdays(&[event, n_days, "--json"]);
        assert_eq!(json_code, code, "{id}");
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        if &record[8] == "CALENDAR_YEAR_MISSING(2027)" {
            assert!(code == 1 && stdout == "待公布\n" && stderr.contains("2027"), "{id}: {stdout}{stderr}");
        } else {
            assert!(code == 0 && stdout.trim_end() == expected, "{id}: {stdout}{stderr}");
            assert_eq!(json["last_day"], expected, "{id}");
        }
        let counted = json["days"].as_array().unwrap().iter().filter(|day| !day["counts"].is_null());
        let counted: Vec<&str> = counted.map(|day| &day["date"].as_str().unwrap()[5..]).collect();
        assert_eq!(counted.join(" "), record[12], "{id}");
        n_vectors += 1;
    }
    assert_eq!(n_vectors, 24);
}

/// A year is added by dropping in its file, and replaced the same way.
#[test]
fn a_year_is_added_by_a_file() {
    let project = Project::new();
    let year = |papers: &str| {
        let day = "{\"name\":\"元旦\",\"date\":\"2027-01-01\",\"isOffDay\":true}";
        format!("{{\"year\":2027,\"papers\":[{papers}],\"days\":[{day}]}}")
    };
    let site = project.path("");
    let last_day = || workdays(&["2026-12-28", "5", "--site", site.to_str().unwrap()]);
    project.write("calendar/2027.json", &year(""));
    assert_eq!((last_day().0, last_day().1.as_str()), (1, "待公布\n"));
    project.write("calendar/2027.json", &year("\"https://www.gov.cn/\""));
    assert_eq!((last_day().0, last_day().1.as_str()), (0, "2027-01-05\n"));
    project.write("calendar/2027.json", &year("\"https://www.gov.cn/\"").replace("2027-01-01", "2029-01-01"));
    let (code, stdout, stderr) = last_day();
    assert!(code == 2 && stdout.is_empty() && stderr.contains("calendar/2027.json"), "{stderr}");
}

#[test]
fn a_period_without_days_is_wrong_usage() {
    assert_eq!(workdays(&["2026-02-13", "0"]).0, 2);
    assert_eq!(workdays(&["2026-02-13", "10001"]).0, 2);
    assert_eq!(workdays(&["2026-02-30", "1"]).0, 2);
}
