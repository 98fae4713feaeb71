//! What strangers send as JSON or a form, whatever it is: read or refused, never a panic, and what was said comes out as
//! it went in.

use std::io::Cursor;
use std::path::Path;

use kaishu::endpoint::intake::{FIELDS, Form, MAX_STATEMENT, Rules, read, submission};
use kaishu::rules::Regime;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::repository;

fn json_form(text: &str) -> Option<Form> {
    let dir = std::env::temp_dir();
    read("application/json", &mut Cursor::new(text.as_bytes()), &dir).ok()
}

fn regime(id: &str) -> Regime {
    Regime::load(&repository(), id).unwrap()
}

/// Any JSON, with the names of our fields among its keys.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        proptest::sample::select(vec!["objection", "correction", "report", "stops", "个人信息", "on"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let key = prop_oneof![proptest::sample::select(FIELDS.to_vec()).prop_map(str::to_owned), ".{0,6}"];
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((key, inner), 0..8).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_read_or_refused(value in any_json(), cut in 0..400usize) {
        let regime = regime("yancheng-2022");
        let text = value.to_string();
        let cut = (0..=cut.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
        for text in [text.as_str(), &text[..cut]] {
            if let Some(form) = json_form(text) {
                let _ = submission(&form, &Rules { regime: &regime, find: &|id| (id == "stops").then(|| id.to_owned()) });
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..600), kind in 0..3usize) {
        let kinds = ["application/json", "multipart/form-data; boundary=b", "text/plain"];
        let _ = read(kinds[kind], &mut Cursor::new(bytes), Path::new("/nonexistent"));
    }

    #[test]
    fn what_is_said_comes_out_as_it_went_in(statement in "[^\\s\\p{Cc}].{0,300}[^\\s\\p{Cc}]", contact in "\\PC{0,50}", locator in "\\PC{0,50}") {
        let form = json!({ "kind": "correction", "dataset": "stops", "statement": statement, "contact": contact, "locator": locator });
        let form = json_form(&form.to_string()).unwrap();
        let regime = regime("shuangyashan-2026");
        let said = submission(&form, &Rules { regime: &regime, find: &|id| (id == "stops").then(|| id.to_owned()) }).unwrap();
        prop_assert_eq!(said.words.statement, statement.trim());
        prop_assert_eq!(said.words.contact, contact.trim());
        prop_assert_eq!(said.words.locator, locator.trim());
    }
}

#[test]
fn every_fault_is_told_and_limits_hold() {
    let regime = regime("shuangyashan-2026");
    let rules = Rules { regime: &regime, find: &|id| (id == "stops").then(|| id.to_owned()) };
    let faults = |value: Value| -> Vec<(String, &'static str)> {
        let form = json_form(&value.to_string()).unwrap();
        let faults = submission(&form, &rules).err().unwrap_or_default();
        faults.into_iter().map(|fault| (fault.field, fault.key)).collect()
    };
    assert_eq!(
        faults(json!({})),
        [("kind".into(), "fault_kind"), ("dataset".into(), "fault_dataset"), ("statement".into(), "fault_statement")]
    );
    let good = json!({ "kind": "objection", "dataset": "stops", "grounds": ["个人隐私"], "statement": "x" });
    assert_eq!(faults(good.clone()), []);
    let with = |name: &str, value: Value| {
        let mut changed = good.clone();
        changed[name] = value;
        changed
    };
    assert_eq!(faults(with("grounds", json!([]))), [("grounds".into(), "fault_grounds")]);
    assert_eq!(faults(with("grounds", json!(["我不高兴"]))), [("grounds".into(), "fault_grounds_unknown")]);
    assert_eq!(faults(with("claims", json!(["赔钱"]))), [("claims".into(), "fault_grounds_unknown")]);
    assert_eq!(faults(with("dataset", json!("../../etc"))), [("dataset".into(), "fault_dataset_unknown")]);
    assert_eq!(faults(with("website", json!("spam"))), [("website".into(), "fault_website")]);
    assert_eq!(faults(with("statement", json!("字".repeat(MAX_STATEMENT)))), []);
    assert_eq!(
        faults(with("statement", json!("字".repeat(MAX_STATEMENT + 1)))),
        [("statement".into(), "fault_too_long")]
    );
    assert_eq!(faults(json!({ "kind": "report", "statement": "x" })), [], "a report needs no dataset");
    assert!(json_form(&format!("{{\"statement\":\"{}\"}}", "x".repeat(70_000))).is_none(), "64 KiB");
    assert!(json_form(&"[".repeat(60_000)).is_none(), "deep");
}
