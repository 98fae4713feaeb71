//! Load for an intake: so many clients at a time, each of which makes one request after the other.
//!
//! `load ADDRESS PATH SECONDS CONNECTIONS [--body-file FILE] [--get]` posts a JSON body, or gets with `--get`. Every
//! request has a connection of its own and says `Connection: close`; its time runs from before the connection is
//! opened to when the server has closed it. Every `@N@` in the body is replaced by a number that is used once, which
//! is the `Idempotency-Key` as well. Only a whole answer with a status of 2xx counts as a request. The result is one
//! line of JSON on standard output.
//!
//! Clients are threads that block: that takes fewer system calls a request than an event loop does.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use serde_json::json;

const USAGE: &str = "usage: load ADDRESS PATH SECONDS CONNECTIONS [--body-file FILE] [--get]";

/// What is posted where no file is given: a statement of about 300 bytes.
const BODY: &str = concat!(
    r#"{"kind":"objection","dataset":"one","grounds":["隐私"],"statement":"第 @N@ 号：该数据集第三列载有本人的"#,
    "住址和联系电话，可以据此识别到本人，侵犯了本人的隐私，申请撤回该列数据，并请在核实之前中止开放。",
    "上述情况可以向本人居住地的社区居民委员会核实，本人愿意提供身份证明和其他材料。",
    r#""}"#
);

/// What in a body is replaced by the number of the request.
const NUMBER: &str = "@N@";

/// After this long without a byte, a request is an error.
const PATIENCE: Duration = Duration::from_secs(30);

fn main() -> Result<()> {
    let plan = Plan::parse(std::env::args().skip(1))?;
    let mut random = [0; 6];
    getrandom::fill(&mut random).context("drawing random bytes")?;
    // Numbers of one run are not those of another, so that a store may be used for several.
    let next = AtomicU64::new(random.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)));
    let begin = Instant::now();
    let tallies = thread::scope(|scope| {
        let clients: Vec<_> = (0..plan.connections).map(|_| scope.spawn(|| plan.run_client(&next, begin))).collect();
        clients
            .into_iter()
            .map(|client| client.join().map_err(|_| anyhow!("a client panicked")))
            .collect::<Result<Vec<Tally>>>()
    })?;
    let seconds = begin.elapsed().as_secs_f64();
    let n_errors: u64 = tallies.iter().map(|tally| tally.n_errors).sum();
    let mut times: Vec<Duration> = tallies.into_iter().flat_map(|tally| tally.times).collect();
    times.sort_unstable();
    let n_requests = u32::try_from(times.len())?;
    let result = json!({
        "requests": n_requests,
        "per_second": f64::from(n_requests) / seconds,
        "errors": n_errors,
        "p50_ms": percentile_ms(&times, 50),
        "p95_ms": percentile_ms(&times, 95),
        "p99_ms": percentile_ms(&times, 99),
    });
    println!("{result}");
    Ok(())
}

/// What is to be done.
struct Plan {
    address: SocketAddr,
    path: String,
    duration: Duration,
    connections: usize,
    /// Of a POST; nothing for a GET.
    body: Option<String>,
}

/// What one client saw.
#[derive(Default)]
struct Tally {
    times: Vec<Duration>,
    n_errors: u64,
}

impl Plan {
    fn parse(mut args: impl Iterator<Item = String>) -> Result<Self> {
        let (mut values, mut body_file, mut is_get) = (Vec::new(), None, false);
        while let Some(arg) = args.next() {
            match arg.as_str() {
                "--body-file" => body_file = Some(PathBuf::from(args.next().context(USAGE)?)),
                "--get" => is_get = true,
                option if option.starts_with("--") => bail!(USAGE),
                _ => values.push(arg),
            }
        }
        let [address, path, seconds, connections] = values.try_into().ok().context(USAGE)?;
        let body = match body_file {
            _ if is_get => None,
            Some(file) => Some(std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?),
            None => Some(BODY.to_owned()),
        };
        Ok(Self {
            address: address.parse().context("ADDRESS is not of the form 127.0.0.1:8080")?,
            path,
            duration: Duration::try_from_secs_f64(seconds.parse().context("SECONDS is not a number")?)?,
            connections: connections.parse().context("CONNECTIONS is not a number")?,
            body,
        })
    }

    fn run_client(&self, next: &AtomicU64, begin: Instant) -> Tally {
        let mut tally = Tally::default();
        let mut answer = Vec::new();
        while begin.elapsed() < self.duration {
            let request = self.request(next.fetch_add(1, Ordering::Relaxed));
            let sent = Instant::now();
            match exchange(self.address, request.as_bytes(), &mut answer) {
                Ok(()) => tally.times.push(sent.elapsed()),
                Err(err) => {
                    if tally.n_errors == 0 {
                        eprintln!("{err:#}");
                    }
                    tally.n_errors += 1;
                }
            }
        }
        tally
    }

    fn request(&self, number: u64) -> String {
        let Self { address, path, .. } = self;
        let same = format!("{path} HTTP/1.1\r\nHost: {address}\r\nAccept: application/json\r\nConnection: close\r\n");
        let Some(body) = &self.body else { return format!("GET {same}\r\n") };
        let number = format!("{number:015}");
        let body = body.replace(NUMBER, &number);
        let length = body.len();
        format!(
            "POST {same}Idempotency-Key: {number}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    }
}

/// Sends a request and reads the answer until the server closes the connection.
///
/// Errors: when that does not work, the answer is not whole, or its status is not 2xx.
fn exchange(address: SocketAddr, request: &[u8], answer: &mut Vec<u8>) -> Result<()> {
    let mut stream = TcpStream::connect(address).context("connecting")?;
    stream.set_read_timeout(Some(PATIENCE)).context("connecting")?;
    stream.write_all(request).context("sending")?;
    answer.clear();
    stream.read_to_end(answer).context("reading the answer")?;
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").context("the head of an answer is not whole")?;
    let head = str::from_utf8(&answer[..end]).context("the head of an answer is not UTF-8")?;
    ensure!(head.starts_with("HTTP/1.1 2"), "answered `{}`", head.lines().next().unwrap_or_default());
    let length: usize = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .context("an answer without its length")?
        .1
        .trim()
        .parse()
        .context("an answer whose length is no number")?;
    ensure!(answer.len() == end + 4 + length, "the body of an answer is not whole");
    Ok(())
}

/// The time within which so many of a hundred requests were answered (nearest rank); nothing where there are none.
fn percentile_ms(sorted: &[Duration], percent: usize) -> Option<f64> {
    let rank = (sorted.len() * percent).div_ceil(100);
    rank.checked_sub(1).map(|idx| sorted[idx].as_secs_f64() * 1000.0)
}
