//! The endpoint with its sockets: the accept guard at the front, `tiny_http` on a Unix socket behind it, the service, and
//! its duties in the background.

use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use serde_json::json;
use tiny_http::{Header, Request, Response, Server};

use super::guard::{self, Asker, Config, Method};
use super::intake::{MAX_BODY_BYTES, MAX_FILES_BYTES};
use super::service::Service;
use super::service::http::{Ask, Reply};
use crate::pages::size;
use crate::records::Lock;

/// The file whose lock says that an endpoint works on a store.
pub const ENDPOINT_LOCK: &str = "endpoint.lock";
/// How long a body may take, and the bytes in a second that it must bring on average: a slow uplink is let in, an idle
/// one not.
const BODY_PATIENCE: (Duration, u64) = (Duration::from_mins(10), 8 << 10);
/// Requests that are worked on at once.
const N_WORKERS: usize = 8;
/// How long a worker waits for a request before it looks whether it should end.
const PATIENCE: Duration = Duration::from_millis(100);
/// The largest body where nothing is attached.
const MAX_PLAIN_BYTES: u64 = 64 << 10;

/// What the endpoint is run with.
pub struct Settings<'a> {
    /// Where it listens; see [`listen`].
    pub listener: TcpListener,
    /// The folder of the store: bodies are spooled and the inner socket lies in it.
    pub state: &'a Path,
    /// The path of the endpoint's address, such as `/cases`.
    pub path: String,
    /// Peers whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
}

/// Binds an address with a queue and buffers as the guard wants them.
///
/// Errors: when the address is taken or not ours.
pub fn listen(address: &str) -> Result<TcpListener> {
    let listening = || format!("listening on {address}");
    let listener = TcpListener::bind(address).with_context(listening)?;
    rustix::net::sockopt::set_socket_send_buffer_size(&listener, 64 << 10).with_context(listening)?;
    rustix::net::listen(&listener, 4096).with_context(listening)?;
    Ok(listener)
}

/// The folder for what is on its way into the store, empty: what an earlier process left in it is of nobody.
///
/// Errors: when it cannot be made.
pub fn spool(state: &Path) -> Result<PathBuf> {
    let dir = state.join("spool");
    if dir.exists() {
        std::fs::remove_dir_all(&dir).with_context(|| format!("emptying {}", dir.display()))?;
    }
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&dir);
    made.with_context(|| format!("making {}", dir.display()))?;
    Ok(dir)
}

/// Serves until `stop` is set; whoever has sent a whole request by then is answered.
///
/// Errors: when another endpoint works on the store, or the sockets cannot be made.
pub fn run(settings: Settings<'_>, service: &Service, stop: &AtomicBool) -> Result<()> {
    let lock = Lock::try_take(&settings.state.join(ENDPOINT_LOCK))?;
    let _lock = lock.with_context(|| {
        format!("{}: 另一受理程序正在使用 / another endpoint works on it", settings.state.display())
    })?;
    let spool = spool(settings.state)?;
    let socket = spool.join("inner.sock");
    let mut server = bind(&socket)?;
    let mut config = Config::new(socket.clone(), spool);
    config.trusted_proxies = settings.trusted_proxies;
    config.workers = N_WORKERS;
    (config.limits.body_deadline, config.limits.body_rate) = BODY_PATIENCE;
    config.refusal = refusal;
    let path = settings.path;
    config.body_limit = Box::new(move |method, asked| body_limit(&path, *method, asked));
    // The background goes on until the last answer is out, so that its step is on record.
    let (is_served, is_over) = (AtomicBool::new(false), AtomicBool::new(false));
    std::thread::scope(|scope| {
        scope.spawn(|| service.work(&is_over));
        let front = scope.spawn(|| {
            let res = guard::serve(settings.listener, config, stop);
            is_served.store(true, Ordering::Relaxed);
            res
        });
        while !is_served.load(Ordering::Relaxed) {
            std::thread::scope(|scope| {
                for _ in 0..N_WORKERS {
                    scope.spawn(|| work(&server, service, &is_served));
                }
            });
            // The thread that accepts inside tiny_http ends with its first error; a new one takes its place.
            if !is_served.load(Ordering::Relaxed) {
                std::thread::sleep(PATIENCE);
                server = bind(&socket).unwrap_or(server);
            }
        }
        is_over.store(true, Ordering::Relaxed);
        front.join().map_err(|_| anyhow!("the accept guard panicked"))?.context("the accept guard")
    })
}

fn bind(socket: &Path) -> Result<Server> {
    if socket.exists() {
        std::fs::remove_file(socket).with_context(|| format!("removing {}", socket.display()))?;
    }
    Server::http_unix(socket).map_err(|error| anyhow!("{}: {error}", socket.display()))
}

/// What the guard answers before the service has seen anything: the same shape as the service's own, as a page where one is
/// wanted, in the language that is wanted or else in both.
fn refusal(status: u16, asker: Asker) -> Vec<u8> {
    let total = size(MAX_FILES_BYTES);
    let too_large = (
        format!("提交的内容过大，没有收到。全部文件合计不超过 {total}，请减少或者压缩文件后重新提交。"),
        format!(
            "What was sent is too large and was not received. All files together may have {total}; please send fewer or smaller ones."
        ),
    );
    let (code, zh, en) = match status {
        405 => ("METHOD", "不支持这种请求方式。", "This method is not supported."),
        408 => ("TIMEOUT", "传送过慢，连接已关闭，请重试。", "It arrived too slowly; please try again."),
        411 => ("LENGTH", "请求没有写明长度。", "Content-Length is needed."),
        413 => ("TOO_LARGE", too_large.0.as_str(), too_large.1.as_str()),
        429 => ("RATE", "连接过多，请稍后再试。", "Too many connections; please try again later."),
        431 => ("HEADERS", "请求头过大。", "The headers are too large."),
        503 => {
            ("BUSY", "目前繁忙，没有收到您的内容，请稍后再试。", "Busy; nothing was received, please try again later.")
        }
        502 | 504 => (
            "UNAVAILABLE",
            "暂时不能受理，请稍后用同样的内容重试，不会重复登记。",
            "Not available; please try the same again later, it is not registered twice.",
        ),
        _ => ("MALFORMED", "请求无法识别。", "The request cannot be read."),
    };
    let (lang, message) = match asker.is_chinese {
        Some(true) => ("zh-CN", zh.to_owned()),
        Some(false) => ("en", en.to_owned()),
        None => ("zh-CN", format!("{zh} / {en}")),
    };
    let (content_type, body) = if asker.wants_page {
        // No word of this comes from a visitor; "back" keeps what was typed.
        let head = format!("<!doctype html><html lang=\"{lang}\"><meta charset=\"utf-8\"><title>{status}</title>");
        ("text/html", format!("{head}<meta name=\"viewport\" content=\"width=device-width\"><p>{message}</p></html>"))
    } else {
        let error = json!({ "status": status, "code": code, "message": message, "fields": [] });
        ("application/json", json!({ "error": error }).to_string())
    };
    let head = format!("Content-Type: {content_type}; charset=utf-8\r\nCache-Control: no-store\r\n\r\n");
    format!("{head}{body}\n").into_bytes()
}

/// How much may be sent where: files only where they are taken.
fn body_limit(path: &str, method: Method, asked: &str) -> u64 {
    let rest = asked.strip_prefix(path).map(|rest| rest.trim_matches('/'));
    let takes_files =
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with("/evidence") || rest.ends_with("/review"));
    if method == Method::Post && takes_files { MAX_BODY_BYTES } else { MAX_PLAIN_BYTES }
}

/// Answers requests until the front has ended, or the server does not give any more.
fn work(server: &Server, service: &Service, is_served: &AtomicBool) {
    while !is_served.load(Ordering::Relaxed) {
        match server.recv_timeout(PATIENCE) {
            // The guard has gone away, or its client: nobody waits for this answer.
            Ok(Some(request)) => drop(answer(request, service)),
            Ok(None) => {}
            Err(_) => return,
        }
    }
}

/// Answers one request of a `tiny_http` server; the guard names the client in a header.
///
/// Errors: when the answer could not be sent.
pub fn answer(mut request: Request, service: &Service) -> std::io::Result<()> {
    let url = request.url().to_owned();
    let (path, query) = url.split_once('?').unwrap_or((&url, ""));
    let method = request.method().as_str().to_owned();
    let headers: Vec<(String, String)> = request
        .headers()
        .iter()
        .map(|header| (header.field.as_str().as_str().to_ascii_lowercase(), header.value.as_str().to_owned()))
        .collect();
    let find = |name: &str| headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let client = find("x-kaishu-client").and_then(|text| text.parse().ok());
    let length = request.body_length().unwrap_or_default() as u64;
    let mut body = request.as_reader().take(length);
    let reply = service.answer(Ask {
        method: &method,
        path,
        query,
        headers: &find,
        client: client.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        body: &mut body,
    });
    send(request, reply)
}

fn send(request: Request, reply: Reply) -> std::io::Result<()> {
    let mut response = Response::from_data(reply.body).with_status_code(reply.status);
    let type_of_body = ("Content-Type", reply.content_type.to_owned());
    for (name, value) in std::iter::once(type_of_body).chain(reply.headers) {
        // A value that no header can carry is left out.
        if let Ok(header) = Header::from_bytes(name, value) {
            response = response.with_header(header);
        }
    }
    request.respond(response)
}
