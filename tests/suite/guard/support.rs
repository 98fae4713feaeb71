//! A guard in this process or in one of its own, and clients that speak to it byte by byte.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use kaishu::endpoint::guard::{Config, serve};

use super::listen::listen;
use super::upstream::Upstream;

/// A guard in this process, with its own upstream and folder.
pub struct Guarded {
    pub address: SocketAddr,
    pub upstream: Upstream,
    pub spool: PathBuf,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<std::io::Result<()>>>,
    _dir: tempfile::TempDir,
}

impl Guarded {
    pub fn start(change: impl FnOnce(&mut Config)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (socket, spool) = (dir.path().join("sock"), dir.path().join("spool"));
        std::fs::create_dir(&spool).unwrap();
        let upstream = Upstream::start(&socket);
        let mut config = Config::new(socket, spool.clone());
        config.body_limit = Box::new(|_, path| if path == "/small" { 10 } else { 8 << 20 });
        change(&mut config);
        let listener = listen("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&stop);
        let thread = Some(thread::spawn(move || serve(listener, config, &flag)));
        Self { address, upstream, spool, stop, thread, _dir: dir }
    }

    pub fn connect(&self) -> TcpStream {
        connect(self.address)
    }

    /// Sends bytes and reads until the end of the answer.
    pub fn ask(&self, bytes: &[u8]) -> String {
        ask(self.address, bytes)
    }

    pub fn seen(&self) -> usize {
        self.upstream.seen.load(Ordering::Relaxed)
    }

    pub fn begin_stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Stops and says how long it took.
    pub fn stop(mut self) -> Duration {
        let begin = Instant::now();
        self.begin_stop();
        self.thread.take().unwrap().join().unwrap().unwrap();
        begin.elapsed()
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        self.begin_stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

pub fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

pub fn ask(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = connect(address);
    // A refusal may come, and the connection close, before everything is sent.
    let _ = stream.write_all(bytes);
    read_all(stream)
}

/// Reads until the end, or until a reset.
pub fn read_all(mut stream: TcpStream) -> String {
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    String::from_utf8(bytes).unwrap()
}

pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").into_bytes()
}

pub fn post(path: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", body.len());
    [head.as_bytes(), body].concat()
}

pub fn body(answer: &str) -> &str {
    answer.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

pub fn assert_status(answer: &str, status: u16) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "expected {status}: {answer:?}");
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "more than one answer: {answer:?}");
    assert!(answer.contains("\r\nConnection: close\r\n"), "{answer:?}");
}

/// The example as a process of its own, for what concerns a whole process.
pub struct Process {
    pub child: Child,
    pub address: SocketAddr,
    _dir: tempfile::TempDir,
}

impl Process {
    pub fn start(descriptors: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let exe = std::env::current_exe().unwrap();
        let example = exe.parent().unwrap().parent().unwrap().join("examples/guarded");
        let line = format!("ulimit -n {descriptors}; exec \"$0\" 127.0.0.1:0 \"$1\"");
        let mut command = Command::new("sh");
        command.arg("-c").arg(line).arg(example).arg(dir.path()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut first = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
        let address = first.trim().rsplit(' ').next().unwrap().parse().unwrap();
        Self { child, address, _dir: dir }
    }

    /// A figure in KiB or a count from `/proc/PID/status`.
    pub fn figure(&self, name: &str) -> usize {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = text.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
