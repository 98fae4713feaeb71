//! The endpoint as a process of its own: what it takes, what it refuses, what it does to the site.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{AS_OF, Project, Ran, kaishu};

/// A running endpoint over a site.
pub struct Endpoint {
    child: Child,
    address: SocketAddr,
}

/// An answer.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// A site with an endpoint, built.
pub fn project(regime: &str, more: &str) -> Project {
    let project = Project::new();
    project.replace("site.toml", "yancheng-2022", regime);
    project.replace("site.toml", "regime =", "languages = [\"zh-CN\", \"en\"]\nregime =");
    project.append("site.toml", &format!("\n[endpoint]\nurl = \"https://data.example.invalid/cases\"\n{more}\n"));
    project.build_well();
    project
}

impl Endpoint {
    pub fn start(project: &Project) -> Self {
        let mut command = project.command(&["endpoint", "--listen", "127.0.0.1:0"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").expect("it listens").parse().unwrap();
        Self { child, address }
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut head =
            format!("{method} {path} HTTP/1.1\r\nHost: data.example.invalid\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let _ = stream.write_all(&[head.as_bytes(), body].concat());
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let text = String::from_utf8(bytes).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    pub fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send("GET", path, headers, b"")
    }

    pub fn post_json(&self, path: &str, value: &Value, headers: &[(&str, &str)]) -> Answer {
        let all = [&[("Content-Type", "application/json")], headers].concat();
        self.send("POST", path, &all, value.to_string().as_bytes())
    }

    pub fn post_form(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &[u8])],
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut body = Vec::new();
        for (name, text) in fields {
            body.extend(format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n").bytes());
        }
        for (name, bytes) in files {
            let head =
                format!("--xyz\r\nContent-Disposition: form-data; name=\"evidence\"; filename=\"{name}\"\r\n\r\n");
            body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
        }
        body.extend(b"--xyz--\r\n");
        let all = [&[("Content-Type", "multipart/form-data; boundary=xyz")], headers].concat();
        self.send("POST", path, &all, &body)
    }

    pub fn stop(mut self) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        let begin = Instant::now();
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
        assert!(begin.elapsed() < Duration::from_secs(5));
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const FORM: [(&str, &str); 5] = [
    ("kind", "objection"),
    ("dataset", "stops"),
    ("grounds", "个人信息"),
    ("statement", "第3列\r\n含有住址"),
    ("contact", "ZZCONTACT"),
];

/// A command that knows no site.
fn run_bare(args: &[&str]) -> Ran {
    Ran::from(kaishu().args(args).output().unwrap())
}

/// Everything in the live folder that holds one of the texts.
fn naming(project: &Project, texts: &[&str]) -> Vec<String> {
    let has = |bytes: &[u8]| texts.iter().any(|text| memchr::memmem::find(bytes, text.as_bytes()).is_some());
    project.site().into_iter().filter(|(_, bytes)| has(bytes)).map(|(name, _)| name).collect()
}

#[test]
fn a_case_is_received_followed_and_on_record() {
    let project = project("yancheng-2022", "");
    let endpoint = Endpoint::start(&project);
    assert_eq!(endpoint.get("/health", &[]).json(), json!({ "status": "ok" }));
    let answer = endpoint.post_form("/cases", &FORM, &[("图.txt", b"evidence")], &[]);
    assert_eq!(answer.status, 201, "{}", answer.body);
    let case = answer.json();
    let (receipt, secret) = (case["receipt"].as_str().unwrap(), case["secret"].as_str().unwrap());
    assert!(receipt.starts_with("KS-2026-") || receipt.starts_with("KS-20"), "{receipt}");
    assert_eq!(case["evidence"][0]["name"], "图.txt");
    // This regulation leaves suspension to the provider.
    assert_eq!(case["effect"], "none");
    let path = format!("/cases/{receipt}");
    let bearer = format!("Bearer {secret}");
    let shown = endpoint.get(&path, &[("Authorization", &bearer)]);
    assert_eq!((shown.status, shown.json()["state"].as_str()), (200, Some("received")));
    assert!(!shown.body.contains("ZZCONTACT") && !shown.body.contains("住址") && shown.json().get("secret").is_none());
    assert!(shown.head.contains("Cache-Control: no-store"));
    // The secret as people copy it.
    let copied = secret.replace('-', " ").to_uppercase().replace('0', "O").replace(' ', "%20");
    assert_eq!(endpoint.get(&format!("{path}?secret={copied}"), &[]).status, 200);
    for (path, bearer) in [(path.as_str(), "Bearer x"), ("/cases/KS-2026-0000000000", &bearer), (&path, "")] {
        assert_eq!(endpoint.get(path, &[("Authorization", bearer)]).status, 404);
    }
    let more = endpoint.post_form(&format!("{path}/evidence"), &[("secret", secret)], &[("b.txt", b"more")], &[]);
    assert_eq!((more.status, more.json()["evidence"].as_array().unwrap().len()), (201, 2), "{}", more.body);
    let review =
        endpoint.post_json(&format!("{path}/review"), &json!({ "statement": "x" }), &[("Authorization", &bearer)]);
    assert_eq!(review.status, 409, "{}", review.body);
    endpoint.stop();
    let shown = project.run(&["case", "show", receipt]).stdout;
    assert!(
        shown.contains("第3列\n")
            && shown.contains("含有住址\n")
            && shown.contains("ZZCONTACT")
            && shown.contains("图.txt"),
        "{shown}"
    );
    let checked = project.run(&["case", "check", "--lang", "en"]);
    assert!(checked.code == 0 && checked.stderr.contains("1 cases and 2 files: 0 faults"), "{}", checked.stderr);
    let record = project.read("records/chain.jsonl");
    assert!(record.contains("\"asked\":\"objection\"") && record.contains("evidence_received"), "{record}");
    assert!(!record.contains("住址") && !record.contains("ZZCONTACT") && !record.contains("图.txt"));
}

#[test]
fn evidence_suspends_before_the_answer_where_the_rules_say_so() {
    let project = project("shuangyashan-2026", "");
    let endpoint = Endpoint::start(&project);
    let mut fields = FORM;
    fields[2].1 = "个人隐私";
    let without = endpoint.post_form("/cases", &fields, &[], &[]).json();
    assert_eq!((without["effect"].as_str(), without["dataset_state"].as_str()), (Some("none"), Some("open")));
    let codes = |case: &Value| -> Vec<String> {
        let notes = case["notes"].as_array().unwrap();
        notes.iter().map(|note| note["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes(&without), ["evidence_needed", "open_until_evidence"], "{without}");
    assert!(project.path("public/datasets/stops/files").exists());
    let secret = without["secret"].as_str().unwrap();
    let path = format!("/cases/{}/evidence", without["receipt"].as_str().unwrap());
    let with = endpoint.post_form(&path, &[("secret", secret)], &[("a.txt", b"proof")], &[]).json();
    assert_eq!(with["effect"], "suspended", "{with}");
    assert!(codes(&with).is_empty() && with.get("secret").is_none() && with["dataset_state"] == "suspended", "{with}");
    assert!(!project.path("public/datasets/stops/files").exists());
    assert!(naming(&project, &["东站", "008"]).is_empty(), "{:?}", naming(&project, &["东站", "008"]));
    let notice = project.read("public/datasets/stops/index.html");
    assert!(notice.contains("中止") && notice.contains("第四十条") && !notice.contains("住址"));
    let chain = project.read("records/chain.jsonl");
    assert!(chain.contains("\"change\":\"suspension\"") && !chain.contains("proof"));
    // A second one finds it suspended, and is followed like the first.
    fields[3].1 = "另一人";
    let second = endpoint.post_form("/cases", &fields, &[("a.txt", b"other")], &[]).json();
    assert_eq!(second["effect"], "suspended");
    endpoint.stop();
    assert_eq!(project.run(&["verify"]).code, 0);
    project.build();
    assert!(naming(&project, &["东站"]).is_empty());
    let decide = |case: &Value, outcome: &str| {
        let receipt = case["receipt"].as_str().unwrap();
        let args =
            ["case", "decide", receipt, "--outcome", outcome, "--reasons", "x", "--by", "市教育局", "--lang", "en"];
        let ran = project.run(&args);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        ran.stderr
    };
    // The other case still keeps it closed; the last one opens it again.
    assert!(decide(&without, "resume_open").contains("stays closed"));
    project.build();
    assert!(!project.path("public/datasets/stops/files").exists());
    assert!(decide(&second, "resume_open").contains("resumed"));
    project.build_well();
    assert!(project.path("public/datasets/stops/files").exists());
}

/// What staff closed on another ground is not opened by the end of a case, and a withdrawal is not turned into less.
#[test]
fn a_case_opens_only_what_a_case_closed() {
    let project = project("shuangyashan-2026", "");
    let receive = |text: &str| {
        let args =
            ["case", "receive", "--kind", "objection", "--dataset", "stops", "--ground", "个人隐私", "--by", "z"];
        project.run(&[&args[..], &["--statement", text]].concat()).stdout.trim().to_owned()
    };
    let (first, second) = (receive("a"), receive("b"));
    let decide = |receipt: &str, outcome: &str| {
        project.run(&["case", "decide", receipt, "--outcome", outcome, "--reasons", "x", "--by", "y", "--lang", "en"])
    };
    assert_eq!(project.run(&["case", "suspend", "stops", "--basis", "b", "--by", "x", "--reason", "security"]).code, 0);
    assert!(decide(&first, "resume_open").stderr.contains("stays closed"));
    assert_eq!(
        project.run(&["case", "withdraw", "stops", "--basis", "b", "--by", "x", "--reason", "security"]).code,
        0
    );
    let refused = project.run(&["case", "suspend", &second, "--by", "x"]);
    assert!(refused.code == 2 && refused.stderr.contains("withdrawn"), "{}", refused.stderr);
    decide(&second, "resume_open");
    assert!(project.run(&["case", "holds", "--lang", "en"]).stdout.contains("withdrawn"));
    let unknown = project.run(&[
        "case",
        "receive",
        "--kind",
        "report",
        "--dataset",
        "nosuch",
        "--ground",
        "g",
        "--statement",
        "s",
        "--by",
        "z",
    ]);
    assert_eq!(unknown.code, 2);
}

/// Words are no evidence, and what comes later is held to the same limits as what comes first.
#[test]
fn evidence_that_comes_later_is_judged_like_the_first() {
    let project = project("shuangyashan-2026", "[endpoint.limits]\nunproven_suspensions_per_hour = 0\n");
    let endpoint = Endpoint::start(&project);
    let mut fields = FORM;
    fields[2].1 = "个人隐私";
    let case = endpoint.post_form("/cases", &fields, &[], &[]).json();
    let (secret, receipt) = (case["secret"].as_str().unwrap(), case["receipt"].as_str().unwrap());
    let path = format!("/cases/{}/evidence", receipt.to_lowercase());
    // Words are no evidence: nothing is put on file, and the person is told what is needed.
    let words = endpoint.post_form(&path, &[("secret", secret), ("statement", "please"), ("lang", "zh-CN")], &[], &[]);
    assert!(words.status == 422 && words.body.contains("请选择证据材料文件"), "{}", words.body);
    assert!(!project.run(&["case", "show", receipt]).stdout.contains("收到证据材料"));
    let nothing = endpoint.post_form(&path, &[("secret", secret)], &[], &[("Accept", "text/html")]);
    assert!(nothing.status == 422 && nothing.body.contains(receipt), "the page of the case: {}", nothing.body);
    let file = endpoint.post_form(&path, &[("secret", secret)], &[("a.txt", b"x")], &[]);
    assert_eq!(file.json()["effect"], "queued", "{}", file.body);
    assert!(project.path("public/datasets/stops/files").exists());
}

#[test]
fn one_endpoint_works_on_a_store_and_records_each_step_once() {
    let project = project("yancheng-2022", "");
    let first = Endpoint::start(&project);
    let mut second = project.command(&["endpoint", "--listen", "127.0.0.1:0"]);
    let second = second.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert_eq!(second.code(), Some(2));
    let receipt = first.post_form("/cases", &FORM, &[], &[]).json()["receipt"].as_str().unwrap().to_owned();
    first.stop();
    for step in [&["notify", &receipt, "--by", "z"][..], &["notify", &receipt, "--by", "z", "--to", "authority"]] {
        assert_eq!(project.run(&[&["case"], step].concat()).code, 0);
        Endpoint::start(&project).stop();
    }
    let record = project.read("records/chain.jsonl");
    assert_eq!(record.matches("\"kind\":\"case\"").count(), 3, "{record}");
}

/// A copy that is put back is the store again, and what comes then is on record like everything else.
#[test]
fn a_copy_is_put_back() {
    let project = project("yancheng-2022", "");
    let endpoint = Endpoint::start(&project);
    assert_eq!(endpoint.post_form("/cases", &FORM, &[], &[]).status, 201);
    let copy = project.path("copy.db");
    assert_eq!(project.run(&["case", "backup", copy.to_str().unwrap()]).code, 0);
    let mut fields = FORM;
    fields[3].1 = "later";
    assert_eq!(endpoint.post_form("/cases", &fields, &[], &[]).status, 201);
    let busy = project.run(&["case", "restore", copy.to_str().unwrap(), "--lang", "en"]);
    assert!(busy.code == 2 && busy.stderr.contains("stop it first"), "{}", busy.stderr);
    endpoint.stop();
    assert_eq!(project.run(&["case", "restore", copy.to_str().unwrap()]).code, 0);
    assert_eq!(project.run(&["case", "list"]).stdout.lines().count(), 1);
    let n_before = project.read("records/chain.jsonl").matches("\"kind\":\"case\"").count();
    let endpoint = Endpoint::start(&project);
    fields[3].1 = "after";
    assert_eq!(endpoint.post_form("/cases", &fields, &[], &[]).status, 201);
    endpoint.stop();
    let n_after = project.read("records/chain.jsonl").matches("\"kind\":\"case\"").count();
    assert_eq!(n_after, n_before + 1);
    assert_eq!(project.run(&["case", "check"]).code, 0);
}

/// A process that is killed between the case and the take-down: the next start finishes it.
#[test]
fn a_suspension_that_was_cut_short_is_finished_by_the_next_start() {
    let project = project("shuangyashan-2026", "");
    let store = project.path("cases");
    let endpoint = Endpoint::start(&project);
    // Without a register the hold cannot be made: the case is on file, the dataset still there.
    let ids = project.path("records/ids.csv");
    let mut fields = FORM;
    fields[2].1 = "个人隐私";
    assert_eq!(endpoint.post_form("/cases", &fields, &[], &[]).json()["effect"], "none");
    std::fs::rename(&ids, project.path("records/ids.away")).unwrap();
    let known = endpoint.post_form("/cases", &[&fields[..], &[("locator", "1")]].concat(), &[("a.txt", b"proof")], &[]);
    assert_eq!(known.status, 422, "an unknown dataset: {}", known.body);
    std::fs::rename(project.path("records/ids.away"), &ids).unwrap();
    // Killed at several instants after the request is sent.
    drop(endpoint);
    for round in 0..6_u64 {
        let endpoint = Endpoint::start(&project);
        let text = format!("round {round}");
        let body = format!(
            "--xyz\r\nContent-Disposition: form-data; name=\"kind\"\r\n\r\nobjection\r\n--xyz\r\nContent-Disposition: form-data; name=\"dataset\"\r\n\r\nstops\r\n--xyz\r\nContent-Disposition: form-data; name=\"grounds\"\r\n\r\n个人隐私\r\n--xyz\r\nContent-Disposition: form-data; name=\"statement\"\r\n\r\n{text}\r\n--xyz\r\nContent-Disposition: form-data; name=\"evidence\"; filename=\"a.txt\"\r\n\r\nproof\r\n--xyz--\r\n"
        );
        let mut stream = TcpStream::connect(endpoint.address).unwrap();
        let head = format!(
            "POST /cases HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=xyz\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(&[head.as_bytes(), body.as_bytes()].concat()).unwrap();
        std::thread::sleep(Duration::from_millis(round * 4));
        drop(endpoint);
        let is_on_file = project.run(&["case", "export"]).stdout.contains(&text);
        let next = Endpoint::start(&project);
        let begin = Instant::now();
        while is_on_file && project.path("public/datasets/stops/files").exists() {
            assert!(begin.elapsed() < Duration::from_secs(10), "round {round}");
            std::thread::sleep(Duration::from_millis(20));
        }
        next.stop();
        assert_eq!(project.run(&["verify"]).code, 0, "round {round}");
        // Back to the beginning for the next round.
        if is_on_file {
            let resumed = project.run(&["case", "resume", "stops", "--basis", "x", "--by", "y"]);
            assert_eq!(resumed.code, 0, "round {round}: {}", resumed.stderr);
            project.build_well();
        }
    }
    assert!(store.join("cases.db").exists());
}

#[test]
fn what_is_wrong_is_told_in_the_visitors_language_and_the_form_keeps_what_was_typed() {
    let project = project("yancheng-2022", "");
    let endpoint = Endpoint::start(&project);
    let answer =
        endpoint.post_json("/cases", &json!({ "kind": "objection", "statement": "x" }), &[("Accept-Language", "en")]);
    assert_eq!(answer.status, 422);
    let names: Vec<_> =
        answer.json()["error"]["fields"].as_array().unwrap().iter().map(|field| field["name"].clone()).collect();
    assert_eq!(names, ["dataset", "grounds"]);
    assert!(answer.body.contains("Please correct"), "{}", answer.body);
    let page = endpoint.post_form(
        "/cases",
        &[("kind", "correction"), ("statement", "<b>&typed"), ("contact", "me"), ("lang", "zh-CN")],
        &[],
        &[("Accept", "text/html")],
    );
    assert_eq!(page.status, 422);
    for text in
        ["error-summary", "#dataset", "&lt;b&gt;&amp;typed", "value=\"me\"", "value=\"correction\" required checked"]
    {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    let cases: [(u16, Answer); 9] = [
        (415, endpoint.send("POST", "/cases", &[("Content-Type", "text/plain")], b"x")),
        (400, endpoint.send("POST", "/cases", &[("Content-Type", "application/json")], b"{\"kind\":")),
        (400, endpoint.post_json("/cases", &json!({ "surprise": "x" }), &[])),
        (400, endpoint.post_json("/cases", &json!({ "kind": { "a": 1 } }), &[])),
        (403, endpoint.post_json("/cases", &json!({}), &[("Origin", "https://elsewhere.example")])),
        (404, endpoint.get("/other", &[])),
        (405, endpoint.send("DELETE", "/cases", &[], b"")),
        (422, endpoint.post_form("/cases", &FORM, &[("x.exe", b"MZ\x90\x00\x03\x00")], &[])),
        (422, endpoint.post_form("/cases", &[&FORM[..], &[("website", "spam")]].concat(), &[], &[])),
    ];
    for (status, answer) in cases {
        assert_eq!(answer.status, status, "{}", answer.body);
        assert!(answer.json()["error"]["message"].as_str().is_some_and(|text| !text.is_empty()));
    }
    assert!(project.run(&["case", "list"]).stdout.is_empty());
    let form = endpoint.get("/cases/form?dataset=stops&kind=report&lang=en", &[("Accept", "text/html")]);
    assert!(form.body.contains("value=\"stops\"") && form.body.contains("value=\"report\" required checked"));
    assert!(endpoint.get("/cases/openapi.json", &[]).json()["paths"]["/{receipt}/review"].is_object());
}

#[test]
fn the_same_submission_is_one_case() {
    let project = project("yancheng-2022", "");
    let endpoint = Endpoint::start(&project);
    let key = [("Idempotency-Key", "k1")];
    let first = endpoint.post_form("/cases", &FORM, &[("a.txt", b"x")], &key);
    let again = endpoint.post_form("/cases", &FORM, &[("a.txt", b"x")], &key);
    assert_eq!((first.status, again.status), (201, 200));
    assert_eq!(first.json()["receipt"], again.json()["receipt"]);
    assert_eq!(first.json()["secret"], again.json()["secret"]);
    assert_eq!(endpoint.post_form("/cases", &FORM, &[("a.txt", b"y")], &key).status, 409);
    // Without a key: pressing twice is one case, other words are another.
    let one = endpoint.post_form("/cases", &FORM, &[], &[]);
    let two = endpoint.post_form("/cases", &FORM, &[], &[]);
    assert_eq!((one.status, two.status), (201, 200));
    assert_eq!(project.run(&["case", "list"]).stdout.lines().count(), 2);
}

#[test]
fn floods_meet_their_budget_and_others_do_not() {
    let limits = "trusted_proxies = [\"127.0.0.1\"]\n[endpoint.limits]\nper_network_per_hour = 3\n";
    let project = project("yancheng-2022", limits);
    let endpoint = Endpoint::start(&project);
    let send = |from: &str, text: &str| {
        let mut fields = FORM;
        fields[3].1 = text;
        endpoint.post_form("/cases", &fields, &[], &[("X-Forwarded-For", from)])
    };
    for text in ["1", "2", "3"] {
        assert_eq!(send("192.0.2.1", text).status, 201);
    }
    let refused = send("192.0.2.99", "4");
    assert!(refused.status == 429 && refused.head.contains("Retry-After: "), "{}", refused.head);
    assert_eq!(send("198.51.100.1", "5").status, 201);
}

/// Without a proof of work suspensions follow at once only so often; then staff confirm them.
#[test]
fn suspensions_that_nothing_was_worked_for_wait_for_staff_when_there_are_many() {
    let project =
        project("shuangyashan-2026", "[endpoint.limits]\nunproven_suspensions_per_hour = 0\nproof_bits = 4\n");
    let endpoint = Endpoint::start(&project);
    let mut fields = FORM;
    fields[2].1 = "个人隐私";
    let queued = endpoint.post_form("/cases", &fields, &[("a.txt", b"x")], &[]).json();
    assert_eq!(queued["effect"], "queued");
    assert!(project.path("public/datasets/stops/files").exists());
    let listed = project.run(&["case", "list", "--lang", "en"]).stdout;
    assert!(listed.contains("suspension to be confirmed"), "{listed}");
    let receipt = queued["receipt"].as_str().unwrap();
    let suspended = project.run(&["case", "suspend", receipt, "--by", "市数据局"]);
    assert_eq!(suspended.code, 0, "{}", suspended.stderr);
    assert!(!project.path("public/datasets/stops/files").exists());
    assert!(!project.run(&["case", "list", "--lang", "en"]).stdout.contains("to be confirmed"));
    assert_eq!(project.run(&["case", "resume", "stops", "--basis", "x", "--by", "y"]).code, 0);
    project.build_well();
    // Worked for: at once.
    let challenge = endpoint.get("/cases/challenge", &[]).json();
    let (challenge, bits) = (challenge["challenge"].as_str().unwrap(), challenge["bits"].as_u64().unwrap());
    assert_eq!(bits, 4);
    let nonce = (0..1_000_000)
        .map(|n: u32| n.to_string())
        .find(|nonce| first_byte(&format!("{challenge}:{nonce}")) < 16)
        .unwrap();
    let proven = [&fields[..], &[("challenge", challenge), ("nonce", &nonce), ("locator", "2")]].concat();
    assert_eq!(endpoint.post_form("/cases", &proven, &[("a.txt", b"x")], &[]).json()["effect"], "suspended");
}

fn first_byte(text: &str) -> u8 {
    let hex = kaishu::model::digest::Digest::of(text.as_bytes()).to_string();
    u8::from_str_radix(&hex[..2], 16).unwrap()
}

#[test]
fn what_people_say_is_sealed_to_the_staff_and_erased_in_time() {
    let project = Project::new();
    let made = run_bare(&["case", "keygen", project.path("staff.key").to_str().unwrap()]);
    let public = made.stdout.trim().to_owned();
    assert!(public.starts_with("age1"), "{}", made.stderr);
    project.append(
        "site.toml",
        &format!("\n[endpoint]\nurl = \"https://data.example.invalid/cases\"\nstaff_keys = [\"{public}\"]\n"),
    );
    project.build_well();
    assert!(project.read("public/objection/index.html").contains("公钥加密"));
    let endpoint = Endpoint::start(&project);
    let case = endpoint.post_form("/cases", &FORM, &[("名.txt", b"ZZEVIDENCE")], &[]).json();
    let receipt = case["receipt"].as_str().unwrap();
    endpoint.stop();
    for file in
        std::fs::read_dir(project.path("cases")).unwrap().map(|item| item.unwrap().path()).filter(|path| path.is_file())
    {
        let bytes = std::fs::read(&file).unwrap();
        for text in ["ZZCONTACT", "住址", "ZZEVIDENCE", "名.txt"] {
            assert!(memchr::memmem::find(&bytes, text.as_bytes()).is_none(), "{text} in {}", file.display());
        }
    }
    assert!(project.run(&["case", "show", receipt, "--lang", "en"]).stdout.contains("sealed"));
    let key = project.path("staff.key");
    let shown = project.run(&["case", "show", receipt, "--key", key.to_str().unwrap()]).stdout;
    assert!(shown.contains("ZZCONTACT") && shown.contains("名.txt"), "{shown}");
    let out = project.path("taken.txt");
    let number =
        shown.lines().find_map(|line| line.trim().strip_prefix("附件 ").or(line.trim().strip_prefix("file "))).unwrap();
    let number = number.split('\t').next().unwrap();
    let taken =
        project.run(&["case", "file", receipt, number, "--to", out.to_str().unwrap(), "--key", key.to_str().unwrap()]);
    assert_eq!(taken.code, 0, "{}", taken.stderr);
    assert_eq!(std::fs::read(&out).unwrap(), b"ZZEVIDENCE");
    assert_eq!(
        project.run(&["case", "file", receipt, number, "--to", out.to_str().unwrap()]).code,
        2,
        "never overwritten"
    );
}

/// Personal data goes a year after the end of a case, its record after three; each is on record.
#[test]
fn terms_end() {
    let project = project("yancheng-2022", "");
    let on = |day: &str, text: &str| {
        let args =
            ["case", "receive", "--kind", "report", "--ground", "g", "--by", "b", "--on", day, "--statement", text];
        project.run(&args).stdout.trim().to_owned()
    };
    let (old, fresh) = (on("2026-01-05", "ZZOLD"), on("2026-01-05", "ZZFRESH"));
    for receipt in [&old, &fresh] {
        for step in [&["decide", "--outcome", "handled", "--reasons", "r"][..], &["close"]] {
            let ran = project.run(&[&["case", step[0], receipt, "--by", "b"], &step[1..]].concat());
            assert_eq!(ran.code, 0, "{}", ran.stderr);
        }
    }
    // The steps of the old one are put back by 13 months.
    let db = rusqlite::Connection::open(project.path("cases/cases.db")).unwrap();
    let later = 400 * 86_400;
    let query = "UPDATE events SET event = json_set(event, '$.at', json_extract(event, '$.at') - ?1) WHERE case_id = 1";
    db.execute(query, [later]).unwrap();
    drop(db);
    assert_eq!(project.run(&["case", "erase"]).code, 0);
    let exported = project.run(&["case", "export"]).stdout;
    assert!(
        !exported.contains("ZZOLD") && exported.contains("ZZFRESH") && exported.contains("\"what\":\"words\""),
        "{exported}"
    );
    let bytes = std::fs::read(project.path("cases/cases.db")).unwrap();
    assert!(memchr::memmem::find(&bytes, b"ZZOLD").is_none(), "overwritten");
    let db = rusqlite::Connection::open(project.path("cases/cases.db")).unwrap();
    db.execute(query, [3 * 366 * 86_400]).unwrap();
    drop(db);
    assert_eq!(project.run(&["case", "erase"]).code, 0);
    let exported = project.run(&["case", "export", &old]).stdout;
    assert!(exported.contains("\"what\":\"record\"") && !exported.contains("handled"), "{exported}");
    let record = project.read("records/chain.jsonl");
    assert!(record.contains("words_erased") && record.contains("record_erased"));
    assert_eq!(project.run(&["case", "check"]).code, 0);
}

#[test]
fn the_store_is_copied_while_in_use_and_a_changed_byte_is_found() {
    let project = project("yancheng-2022", "");
    let endpoint = Endpoint::start(&project);
    let evidence = vec![b'q'; 200_000];
    assert_eq!(endpoint.post_form("/cases", &FORM, &[("a.txt", &evidence)], &[]).status, 201);
    let copy = project.path("copy/cases.db");
    std::fs::create_dir(project.path("copy")).unwrap();
    assert_eq!(project.run(&["case", "backup", copy.to_str().unwrap()]).code, 0);
    assert_eq!(project.run(&["case", "backup", copy.to_str().unwrap()]).code, 2, "never overwritten");
    let state = project.path("copy");
    let check = |project: &Project| project.run(&["case", "check", "--state", state.to_str().unwrap()]);
    assert_eq!(check(&project).code, 0);
    let mut bytes = std::fs::read(&copy).unwrap();
    let at = memchr::memmem::find(&bytes, &[b'q'; 100]).unwrap();
    bytes[at + 50] = b'x';
    std::fs::write(&copy, bytes).unwrap();
    let found = check(&project);
    assert!(found.code == 1 && found.stdout.contains("its digest is"), "{} {}", found.stdout, found.stderr);
}

/// A store of the first edition, with the words inside its events, becomes one of the present edition.
#[test]
fn an_older_store_is_brought_up_to_date() {
    let project = project("yancheng-2022", "");
    std::fs::create_dir(project.path("cases")).unwrap();
    let db = rusqlite::Connection::open(project.path("cases/cases.db")).unwrap();
    db.execute_batch(
        "CREATE TABLE cases (id INTEGER PRIMARY KEY, receipt TEXT NOT NULL UNIQUE) STRICT;
         CREATE TABLE events (id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases (id), event TEXT NOT NULL) STRICT;
         INSERT INTO cases VALUES (1, 'KS-2026-abcde23456');
         INSERT INTO events VALUES (1, 1, '{\"at\":1790000000,\"actor\":\"z\",\"step\":\"received\",\"kind\":\"objection\",\"dataset\":\"stops\",\"ground\":\"个人信息\",\"statement\":\"ZZSAID\",\"contact\":\"ZZHOW\"}');
         INSERT INTO events VALUES (2, 1, '{\"at\":1790000001,\"actor\":\"z\",\"step\":\"evidence_received\"}');
         PRAGMA user_version = 1;",
    )
    .unwrap();
    drop(db);
    let shown = project.run(&["case", "show", "KS-2026-abcde23456"]);
    assert!(shown.stdout.contains("ZZSAID") && shown.stdout.contains("个人信息"), "{} {}", shown.stdout, shown.stderr);
    let db = rusqlite::Connection::open(project.path("cases/cases.db")).unwrap();
    let events: String = db.query_row("SELECT group_concat(event) FROM events", [], |row| row.get(0)).unwrap();
    assert!(!events.contains("ZZSAID") && !events.contains("ZZHOW"));
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    let refused = project.run(&["case", "list"]);
    assert!(refused.code == 2 && refused.stderr.contains("newer kaishu"), "{}", refused.stderr);
}

/// Decisions travel as a signed file; a build that asks for one does not go on without.
#[test]
fn decisions_from_another_machine_are_signed() {
    let there = project("shuangyashan-2026", "");
    let key = there.path("holds.key");
    let made = run_bare(&["case", "transfer", "key", key.to_str().unwrap()]);
    let public = made.stdout.trim().to_owned();
    let here = Project::new();
    here.replace("site.toml", "yancheng-2022", "shuangyashan-2026");
    here.build_well();
    here.append(
        "site.toml",
        &format!("\n[endpoint]\nurl = \"https://data.example.invalid/cases\"\nholds_key = \"{public}\"\n"),
    );
    let missing = here.build();
    assert!(missing.code == 2 && missing.stderr.contains("holds.signed.json"), "{}", missing.stderr);
    let suspend = ["case", "suspend", "stops", "--basis", "b", "--by", "x", "--reason", "privacy"];
    assert_eq!(there.run(&suspend).code, 0);
    let file = here.path("holds.signed.json");
    let write = ["case", "transfer", "write", file.to_str().unwrap(), "--key", key.to_str().unwrap()];
    assert_eq!(there.run(&write).code, 0);
    let built = here.build();
    assert!(!here.path("public/datasets/stops/files").exists(), "{} {}", built.code, built.stderr);
    let text = here.read("holds.signed.json");
    here.write("holds.signed.json", &text.replace("privacy", "error"));
    let changed = here.build();
    assert!(
        changed.code == 2 && changed.stderr.contains("HOLDS_FILE_INVALID") && changed.stderr.contains("signature"),
        "{}",
        changed.stderr
    );
    // An older file does not bring back what a newer one took away.
    there.run(&["case", "resume", "stops", "--basis", "b", "--by", "x"]);
    assert_eq!(there.run(&write).code, 0);
    here.build_well();
    assert!(here.path("public/datasets/stops/files").exists());
    here.write("holds.signed.json", &text);
    let older = here.build();
    assert!(older.code == 2 && older.stderr.contains("older"), "{}", older.stderr);
    let check = here.run(&["check", "--lang", "zh"]);
    assert!(check.code == 2 && check.stderr.contains("文件比上次读入的旧"), "{}", check.stderr);
    assert!(!check.stderr.contains("older"), "in one language: {}", check.stderr);
}

/// A file that is too large costs none of what was typed, and is told in the language of the form, with the limit.
#[test]
fn a_file_that_is_too_large_is_told_beside_its_field_in_the_visitors_language() {
    let project = project("yancheng-2022", "");
    let form = project.read("public/en/objection/index.html");
    let at = |name: &str| form.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("{name}"));
    assert!(["lang", "contact", "guardian", "statement"].iter().all(|name| at(name) < at("evidence")));
    let endpoint = Endpoint::start(&project);
    let large = vec![b'a'; (10 << 20) + 1];
    let typed = [("lang", "zh-CN"), ("kind", "objection"), ("statement", "typed"), ("contact", "ZZCONTACT")];
    let english = [("Accept", "text/html"), ("Accept-Language", "en")];
    let page = endpoint.post_form("/cases", &typed, &[("大.txt", &large)], &english);
    assert_eq!(page.status, 413);
    for text in
        ["id=\"evidence-error\">文件“大.txt”过大。每个文件不超过 10 MB", "typed", "value=\"ZZCONTACT\"", "lang=\"zh"]
    {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert!(!page.body.contains("larger than") && !page.body.contains("too large"), "{}", page.body);
    let many: Vec<(&str, &[u8])> = vec![("a.txt", b"x"); 6];
    let answer = endpoint.post_form("/cases", &typed, &many, &[]).json();
    assert!(answer["error"]["fields"][0]["message"].as_str().unwrap().contains("每次最多 5 个"), "{answer}");
    // All of it together is refused unread, by who stands in front, and in the same manner.
    let head =
        [("Content-Type", "multipart/form-data; boundary=xyz"), ("Accept", "text/html"), ("Accept-Language", "zh")];
    let whole = endpoint.send("POST", "/cases", &head, &vec![b'a'; 52 << 20]);
    assert!(whole.status == 413 && whole.body.contains("全部文件合计不超过 50 MB"), "{}", whole.body);
    assert!(!whole.body.contains("too large") && whole.head.contains("text/html"), "{}", whole.head);
}

/// What a program sent that cannot be read is told in one language, without the fields that are not for submissions.
#[test]
fn what_cannot_be_read_is_told_in_one_language() {
    let project = project("yancheng-2022", "");
    let endpoint = Endpoint::start(&project);
    let told = |value: &Value| {
        let answer = endpoint.post_json("/cases", value, &[("Accept-Language", "zh-CN")]).json();
        answer["error"]["fields"][0]["message"].as_str().unwrap().to_owned()
    };
    let unknown = told(&json!({ "surprise": "x" }));
    assert!(unknown.contains("没有“surprise”这个字段") && unknown.contains("statement"), "{unknown}");
    assert!(!unknown.contains("secret") && !unknown.contains("receipt"), "{unknown}");
    assert!(told(&json!({ "kind": 1 })).contains("应为文字"));
    assert!(told(&json!([])).contains("JSON 对象"));
}

/// What stands on the page of a case: what is still needed, whether the dataset is open whatever closed it, what can follow.
#[test]
fn the_status_tells_what_is_needed_and_whether_the_dataset_is_open() {
    let project = project("shuangyashan-2026", "");
    let endpoint = Endpoint::start(&project);
    let mut fields = FORM;
    fields[2].1 = "个人隐私";
    let zh = [("Accept", "text/html"), ("Accept-Language", "zh-CN")];
    let receipt_page = endpoint.post_form("/cases", &fields, &[], &zh);
    assert!(receipt_page.body.contains("收到证据材料之前，该数据集继续开放"), "{}", receipt_page.body);
    let case = endpoint.post_form("/cases", &fields, &[], &[]).json();
    let (receipt, secret) = (case["receipt"].as_str().unwrap(), case["secret"].as_str().unwrap());
    let look = |lang: &str| {
        let form = [("receipt", receipt), ("secret", secret), ("lang", lang)];
        endpoint.post_form("/cases/status", &form, &[], &[("Accept", "text/html")]).body
    };
    assert!(look("zh-CN").contains("应当提交相关证据材料") && look("zh-CN").contains("数据集目前</dt><dd>开放"));
    let staff = |args: &[&str]| {
        let ran = project.run(&[&["case"], args, &["--by", "市教育局"]].concat());
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    };
    // Suspended by itself: the end of the case does not open it, and its page says so.
    staff(&["suspend", "stops", "--basis", "《试验》第一条", "--reason", "security"]);
    staff(&["decide", receipt, "--outcome", "resume_open", "--reasons", "x"]);
    let page = look("zh-CN");
    assert!(page.contains("数据集目前</dt><dd>已中止开放") && page.contains("因其他事项仍未开放"), "{page}");
    assert!(!page.contains("name=\"evidence\""), "not offered: {page}");
    let path = format!("/cases/{receipt}/evidence");
    let late = endpoint.post_form(&path, &[("secret", secret), ("lang", "zh-CN")], &[("a.txt", b"late")], &[]);
    assert!(late.status == 409 && late.body.contains("已作出决定；如有异议可以申请复核"), "{}", late.body);
    staff(&["withdraw", "stops", "--basis", "《试验》第一条", "--reason", "security"]);
    assert!(look("en").contains("The dataset now</dt><dd>Withdrawn"));
    staff(&["resume", "stops", "--basis", "《试验》第一条"]);
    assert!(look("zh-CN").contains("不在网站上"), "until the next build");
    project.build_well();
    assert!(look("zh-CN").contains("数据集目前</dt><dd>开放"));
}

/// What is asked for wrongly is told plainly; a dataset is known by the address of its page, too.
#[test]
fn addresses_and_empty_fields_are_told_plainly() {
    let project = project("yancheng-2022", "");
    let endpoint = Endpoint::start(&project);
    let zh = [("Accept-Language", "zh-CN")];
    assert!(endpoint.get("/cases/nosuch", &zh).body.contains("没有这个地址"));
    let empty = endpoint.post_form("/cases/status", &[("receipt", "KS-2026-x")], &[], &zh);
    assert!(empty.status == 422 && empty.body.contains("请填写查询口令"), "{}", empty.body);
    let mut fields = FORM;
    for typed in ["https://data.example.invalid/en/datasets/stops/?x=1#top", "公交站点"] {
        fields[1].1 = typed;
        assert_eq!(endpoint.post_form("/cases", &fields, &[], &[]).json()["dataset"], "stops", "{typed}");
    }
    let form = endpoint.get("/cases/form?dataset=nosuch&lang=zh-CN", &[("Accept", "text/html")]);
    assert!(form.status == 200 && form.body.contains("本网站没有这个数据集"), "{}", form.body);
    // Where no review is known, what comes late begins anew; a review that is asked for too early is told when.
    fields[1].1 = "stops";
    fields[3].1 = "another";
    let case = endpoint.post_form("/cases", &fields, &[], &[]).json();
    let (receipt, secret) = (case["receipt"].as_str().unwrap(), case["secret"].as_str().unwrap());
    let decide = ["case", "decide", receipt, "--outcome", "keep_open", "--reasons", "x", "--by", "y"];
    assert_eq!(project.run(&decide).code, 0);
    let path = format!("/cases/{receipt}/evidence");
    let late = endpoint.post_form(&path, &[("secret", secret), ("lang", "zh-CN")], &[("a.txt", b"x")], &[]);
    assert!(late.status == 409 && late.body.contains("已作出决定；有新的证据材料的，可以重新提出"), "{}", late.body);
}

/// What was discarded after a copy was made does not come back with it, not even for a moment.
#[test]
fn what_was_erased_after_a_copy_stays_erased() {
    let project = project("yancheng-2022", "");
    let receive = |text: &str| {
        let args = ["case", "receive", "--kind", "report", "--ground", "g", "--by", "b", "--statement", text];
        project.run(&args).stdout.trim().to_owned()
    };
    let (spam, kept) = (receive("ZZSPAM"), receive("ZZKEPT"));
    let copy = project.path("copy.db");
    assert_eq!(project.run(&["case", "backup", copy.to_str().unwrap()]).code, 0);
    assert_eq!(project.run(&["case", "discard", &spam, "--by", "b"]).code, 0);
    let restored = project.run(&["case", "restore", copy.to_str().unwrap(), "--lang", "zh"]);
    assert!(restored.code == 0 && restored.stderr.contains("1 个案件已再次删除"), "{}", restored.stderr);
    for item in std::fs::read_dir(project.path("cases")).unwrap().map(|item| item.unwrap().path()) {
        let bytes = if item.is_file() { std::fs::read(&item).unwrap() } else { Vec::new() };
        assert!(memchr::memmem::find(&bytes, b"ZZSPAM").is_none(), "{}", item.display());
    }
    let listed = project.run(&["case", "list"]).stdout;
    assert!(listed.contains(&kept) && !listed.contains(&spam), "{listed}");
    assert!(project.run(&["case", "export"]).stdout.contains("ZZKEPT"));
    assert_eq!(project.run(&["case", "check"]).code, 0);
    // The record has the second erasure under a number of its own.
    assert_eq!(project.read("records/chain.jsonl").matches("words_erased").count(), 2);
}

/// A case that was decided and never closed does not keep what was said for ever.
#[test]
fn the_term_of_a_case_that_nobody_closed_runs_from_its_decision() {
    let project = project("yancheng-2022", "");
    let receive = |text: &str| {
        let args = ["case", "receive", "--kind", "report", "--ground", "g", "--by", "b", "--statement", text];
        project.run(&args).stdout.trim().to_owned()
    };
    let decided = receive("ZZDECIDED");
    receive("ZZOPEN");
    let decide = ["case", "decide", &decided, "--outcome", "handled", "--reasons", "r", "--by", "b"];
    assert_eq!(project.run(&decide).code, 0);
    let db = rusqlite::Connection::open(project.path("cases/cases.db")).unwrap();
    let query = "UPDATE events SET event = json_set(event, '$.at', json_extract(event, '$.at') - ?1)";
    db.execute(query, [400 * 86_400]).unwrap();
    drop(db);
    assert_eq!(project.run(&["case", "erase"]).code, 0);
    let exported = project.run(&["case", "export"]).stdout;
    assert!(!exported.contains("ZZDECIDED") && exported.contains("ZZOPEN"), "{exported}");
}

/// Readers of English get the meaning beside the regulation's own words, programs stable names for them.
#[test]
fn the_words_of_the_rules_have_a_meaning_in_english_and_a_code() {
    let project = project("yancheng-2022", "");
    let page = project.read("public/en/objection/index.html");
    for text in [
        "value=\"个人信息\"><span><span lang=\"zh-CN\">个人信息</span> <span class=\"mut\">personal information</span>",
        "<span lang=\"zh-CN\">撤回数据</span> <span class=\"mut\">withdrawal of the data</span>",
        "Any organisation or individual: unlawful use of public data <span lang=\"zh-CN\">第四十九条</span>",
        "You can ask the competent authority for public data to mediate",
        "<span class=\"mut\" lang=\"zh-CN\">可以提请公共数据主管部门协调解决</span>",
        "raised by: citizens, legal persons, other organisations",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!project.read("public/objection/index.html").contains("personal information"));
    let endpoint = Endpoint::start(&project);
    let send = |ground: &str| {
        let value = json!({ "kind": "objection", "dataset": "stops", "grounds": [ground], "statement": ground });
        endpoint.post_json("/cases", &value, &[("Accept-Language", "en")])
    };
    assert_eq!(send("personal_information").status, 201);
    let wrong = send("unhappy").json();
    let told = wrong["error"]["fields"][0]["message"].as_str().unwrap();
    assert!(told.contains("个人信息（personal_information）"), "{told}");
    // The plain form of a program, and what is told of every other type.
    let body =
        "kind=objection&dataset=stops&grounds=privacy&grounds=%E5%95%86%E4%B8%9A%E7%A7%98%E5%AF%86&statement=a+b%26c";
    let typed = [("Content-Type", "application/x-www-form-urlencoded")];
    let case = endpoint.send("POST", "/cases", &typed, body.as_bytes());
    assert_eq!(case.status, 201, "{}", case.body);
    let shown = project.run(&["case", "show", case.json()["receipt"].as_str().unwrap()]).stdout;
    assert!(shown.contains("a b&c") && shown.contains("隐私、商业秘密"), "{shown}");
    assert_eq!(endpoint.send("POST", "/cases", &typed, b"kind=%zz").status, 400);
    let other = endpoint.send("POST", "/cases", &[("Content-Type", "text/plain")], b"x");
    assert!(other.status == 415 && other.body.contains("application/json"), "{}", other.body);
    drop(endpoint);
    // Where the rules know no objection, what stands in for it.
    let project = Project::new();
    project.replace("site.toml", "yancheng-2022", "yangzhou-2021-draft");
    project.append("site.toml", "languages = [\"zh-CN\", \"en\"]\n");
    let ran = project.run(&["build", "--allow-draft", "--as-of", AS_OF]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(project.read("public/en/objection/index.html").contains("articles 44 to 50 of the Personal Information"));
}
