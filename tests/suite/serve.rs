//! The preview: pages, findings, rebuild on change.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::support::{AS_OF, Project};

/// A preview that ends with the test.
struct Serving {
    child: Child,
    port: u16,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Serving {
    fn start(project: &Project) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut child = project
            .command(&["serve", "--lang", "en", "--as-of", AS_OF, "--port", &port.to_string()])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let ready = lines.by_ref().map_while(Result::ok).any(|line| line.contains("preview (end with"));
        assert!(ready, "the preview did not start");
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, port }
    }

    /// Status line and body of an answer.
    fn get(&self, path: &str) -> (String, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        (head.lines().next().unwrap().to_owned(), body.to_owned())
    }

    fn post_json(&self, path: &str, json: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
        );
        write!(stream, "{head}Content-Length: {}\r\n\r\n{json}", json.len()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }

    fn wait_for(&self, path: &str, words: &str) {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(20) {
            if self.get(path).1.contains(words) {
                return;
            }
            std::thread::yield_now();
        }
        panic!("{path} never had {words}");
    }
}

#[test]
fn the_preview_serves_rebuilds_and_shows_findings() {
    let project = Project::new();
    let serving = Serving::start(&project);
    let (status, home) = serving.get("/");
    assert!(status.contains("200") && home.contains("/__kaishu/live.js"), "{status}");
    assert!(serving.get("/datasets/stops/").1.contains("公交站点"));
    assert!(serving.get("/nowhere/").0.contains("404"));
    for path in ["/../site.toml", "/%2e%2e/site.toml", "/datasets/..%2f..%2fsite.toml", "//etc/passwd"] {
        let (status, body) = serving.get(path);
        assert!(status.contains("404") && !body.contains("base_url"), "{path}: {status}");
    }
    project.replace("datasets/catalog.csv", "公交站点", "公交车站点");
    serving.wait_for("/datasets/stops/", "公交车站点");
    project.append(
        "datasets/catalog.csv",
        "bad,坏条目,CSV,,,,,,,局,,,可开放,,\n".replace("CSV,,,,,,,局", "摘要,CSV,,,,,局").as_str(),
    );
    serving.wait_for("/__kaishu/state", "OPENNESS_UNKNOWN");
    project.replace("site.toml", "regime", "regmie");
    serving.wait_for("/__kaishu/state", "CONFIG_INVALID");
    assert!(serving.get("/datasets/stops/").1.contains("公交车站点"), "a failed rebuild took the preview away");
    assert!(!project.path("records/chain.jsonl").exists(), "a preview was recorded as a publication");
    assert!(!project.path("public").exists());
}

/// The form of a preview posts to the preview itself; nothing of it goes on the real record.
#[test]
fn a_preview_takes_cases_in_and_records_nothing() {
    let project = Project::new();
    project.append("site.toml", "\n[endpoint]\nurl = \"https://data.example.invalid/in/cases\"\n");
    let serving = Serving::start(&project);
    let form = serving.get("/objection/").1;
    assert!(
        form.contains(&format!("action=\"http:&#x2F;&#x2F;127.0.0.1:{}&#x2F;cases\"", serving.port))
            || form.contains(&format!("action=\"http://127.0.0.1:{}/cases\"", serving.port)),
        "{form}"
    );
    let answer = serving.post_json(
        "/cases",
        "{\"kind\":\"objection\",\"dataset\":\"stops\",\"grounds\":[\"隐私\"],\"statement\":\"x\"}",
    );
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert!(!project.path("records/chain.jsonl").exists() && !project.path("cases").exists());
}
