//! Readers of data files under mutated input: whatever the bytes, no panic, and an end within seconds.
//!
//! Runs for a bounded time in every test run. `KAISHU_FUZZ_SECONDS=3600 cargo test --release --test suite fuzz` runs
//! longer, `KAISHU_FUZZ_SEED` starts from another place. An input that fails is kept and named.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use kaishu::model::format::Format;
use kaishu::readers::{self, Input};
use kaishu::site::{ExportConfig, Limits, ReadConfig};
use kaishu::stage::Stage;
use kaishu::tables::build::{Target, build};

use crate::support::repository;

/// A generator of numbers that is the same everywhere. Source: G. Marsaglia, Xorshift RNGs (2003).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap()
    }
}

/// Bytes that mean something in some format.
const SIGNS: &[&[u8]] = &[
    b"\"",
    b"\"\"",
    b",",
    b";",
    b"\t",
    b"\n",
    b"\r",
    b"\r\n",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"\\",
    b"\\ud800",
    b"null",
    b"<",
    b">",
    b"</",
    b"/>",
    b"&",
    b"&amp;",
    b"&#x0;",
    b"\0",
    b"\xFF",
    b"\xEF\xBB\xBF",
    b"\x81\x30\x81\x30",
    b"1e999",
    b"-0",
    b"99999999999999999999",
    b"PK\x03\x04",
    b"\xFF\xFF\xFF\xFF",
];

fn mutate(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
    for _ in 0..=numbers.below(6) {
        let at = numbers.below(bytes.len() + 1);
        match numbers.below(6) {
            0 if at < bytes.len() => bytes[at] = u8::try_from(numbers.below(256)).unwrap(),
            1 if at < bytes.len() => bytes[at] ^= 1 << numbers.below(8),
            2 => {
                let sign = SIGNS[numbers.below(SIGNS.len())];
                bytes.splice(at..at, sign.iter().copied());
            }
            3 => {
                let end = (at + numbers.below(64)).min(bytes.len());
                bytes.drain(at..end);
            }
            4 => {
                let end = (at + numbers.below(256)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                let to = numbers.below(bytes.len() + 1);
                bytes.splice(to..to, piece);
            }
            _ => bytes.truncate(at),
        }
    }
}

/// Reads a file as a site would, into every derived format.
fn read(path: &Path, format: &Format, scratch: &Path) {
    let config = ReadConfig::default();
    let Ok(opened) = readers::open(Input { path, format, config: &config }) else { return };
    let exports = ExportConfig { max_mib: Limits::none(), ..ExportConfig::default() };
    for (idx, mut reader) in opened.tables.into_iter().enumerate().take(3) {
        let stage = Stage::create(&scratch.join(format!("stage-{idx}"))).unwrap();
        let target = Target {
            stage: &stage,
            exports,
            folder: "data",
            api: "api",
            table: "t",
            source: "source",
            encoding: opened.encoding,
            size_bytes: 0,
        };
        if let Ok(built) = build(&mut *reader, target) {
            assert!(built.table.preview.iter().all(|row| row.len() == built.table.columns.len()));
            let gaps = built.table.columns.iter().map(|column| column.profile.n_missing);
            assert!(gaps.into_iter().all(|n_missing| n_missing <= built.table.n_rows));
        }
    }
}

/// Files to start from: odd ones of the repository, and one of each format that it has none of.
fn seeds() -> Vec<(String, Vec<u8>)> {
    let mut res = Vec::new();
    for item in walkdir::WalkDir::new(repository().join("tests/fixtures/nasty")).sort_by_file_name() {
        let item = item.unwrap();
        let name = item.file_name().to_str().unwrap().to_owned();
        let is_read = Format::of_file(&name).is_some_and(|format| readers::reads(&format));
        if item.file_type().is_file() && is_read && item.metadata().unwrap().len() < 12_000 {
            res.push((name, std::fs::read(item.path()).unwrap()));
        }
    }
    let texts: [(&str, &str); 4] = [
        ("a.json", "{\"code\":0,\"data\":[{\"a\":1,\"b\":{\"c\":[1,2],\"d\":\"\\u4e2d\"}},{\"a\":null}],\"n\":2}"),
        ("a.jsonl", "{\"a\":1.50,\"b\":\"x\"}\n{\"b\":\"y\",\"c\":true}\n"),
        (
            "a.geojson",
            "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"n\":\"站\"},\"geometry\":{\"type\":\"Point\",\"coordinates\":[120.1,33.2]}}]}",
        ),
        (
            "a.xml",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><l><r id=\"1\"><a>甲&amp;</a><b/></r><r id=\"2\"><a>乙</a></r></l>",
        ),
    ];
    res.extend(texts.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())));
    let scratch = tempfile::tempdir().unwrap();
    let csv = scratch.path().join("t.csv");
    std::fs::write(&csv, "编号,数值,日期\n007,1.5,2026-01-02\n008,,2026-01-03\n").unwrap();
    read(&csv, &Format::of_file("t.csv").unwrap(), scratch.path());
    for name in ["t.parquet", "t.xlsx"] {
        res.push((name.to_owned(), std::fs::read(scratch.path().join("stage-0/data").join(name)).unwrap()));
    }
    let database = scratch.path().join("t.sqlite");
    let connection = rusqlite::Connection::open(&database).unwrap();
    connection
        .execute_batch("CREATE TABLE t(a, b TEXT); INSERT INTO t VALUES (1, 'x'), (2.5, NULL), (x'00ff', '');")
        .unwrap();
    drop(connection);
    res.push(("t.sqlite".to_owned(), std::fs::read(database).unwrap()));
    res
}

/// Where the program's own code panicked; readers from elsewhere may, because they are guarded.
static OWN_PANIC: Mutex<Option<String>> = Mutex::new(None);

fn watch_panics() {
    let print_panic = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let at = info.location().map(ToString::to_string).unwrap_or_default();
        if at.starts_with("src/") {
            *OWN_PANIC.lock().unwrap() = Some(at);
        } else if !readers::is_guarded() {
            print_panic(info);
        }
    }));
}

#[test]
fn no_input_makes_a_reader_panic_or_run_on() {
    let number =
        |name: &str, default: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default);
    let budget = Duration::from_secs(number("KAISHU_FUZZ_SECONDS", 20));
    let seed = number("KAISHU_FUZZ_SEED", 20_261_121);
    let mut numbers = Numbers(seed.max(1));
    let seeds = seeds();
    let scratch = tempfile::tempdir().unwrap();
    watch_panics();
    let started = Instant::now();
    let mut n_inputs = 0;
    while started.elapsed() < budget {
        let (name, bytes) = &seeds[numbers.below(seeds.len())];
        let mut bytes = bytes.clone();
        mutate(&mut bytes, &mut numbers);
        let path = scratch.path().join(format!("input-{name}"));
        std::fs::write(&path, &bytes).unwrap();
        let format = Format::of_file(name).unwrap();
        let begun = Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| read(&path, &format, scratch.path())));
        let own_panic = OWN_PANIC.lock().unwrap().take();
        if own_panic.is_some() || outcome.is_err() || begun.elapsed() > Duration::from_secs(10) {
            let kept = std::env::temp_dir().join(format!("kaishu-fuzz-{name}"));
            std::fs::copy(&path, &kept).unwrap();
            panic!("input {n_inputs} of seed {seed} ({:?}), {own_panic:?}: {}", begun.elapsed(), kept.display());
        }
        n_inputs += 1;
    }
    assert!(n_inputs > 100, "only {n_inputs} inputs");
}
