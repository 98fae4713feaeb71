//! The real HTTP server behind the guard in tests and in the example: tiny_http on a Unix socket.

use std::fs::File;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tiny_http::{Header, Request, Response, Server};

/// A running server; `seen` counts the requests that reached it.
pub struct Upstream {
    pub seen: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Upstream {
    /// Starts four handler threads on a Unix socket.
    pub fn start(socket: &Path) -> Self {
        let server = Arc::new(Server::http_unix(socket).unwrap());
        let (seen, stop) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let threads = (0..4)
            .map(|_| {
                let (server, seen, stop) = (Arc::clone(&server), Arc::clone(&seen), Arc::clone(&stop));
                thread::spawn(move || {
                    while !stop.load(Ordering::Relaxed) {
                        if let Ok(Some(request)) = server.recv_timeout(Duration::from_millis(50)) {
                            let number = seen.fetch_add(1, Ordering::Relaxed) + 1;
                            handle(request, number);
                        }
                    }
                })
            })
            .collect();
        Self { seen, stop, threads }
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Sums bytes so that a body's arrival can be checked without sending it back.
pub fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, &byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn handle(mut request: Request, number: usize) {
    let url = request.url().to_owned();
    let client = request.headers().iter().filter(|header| header.field.equiv("X-Kaishu-Client"));
    let client: Vec<String> = client.map(|header| header.value.to_string()).collect();
    let text = match url.as_str() {
        "/" => "hello\n".to_owned(),
        "/big" => "b".repeat(200_000),
        "/huge" => "h".repeat(300_000),
        "/seen" => number.to_string(),
        "/who" => client.join(","),
        "/slow" => {
            thread::sleep(Duration::from_millis(400));
            "slow\n".to_owned()
        }
        "/exhaust" => {
            thread::spawn(exhaust);
            "exhausting\n".to_owned()
        }
        "/early" => "e".repeat(200_000),
        "/echo" => {
            let mut body = Vec::new();
            let read = request.as_reader().read_to_end(&mut body);
            format!("{} {} {} {}", read.is_ok(), body.len(), digest(&body), client.join(","))
        }
        _ => {
            let _ = request.respond(Response::from_string("not found").with_status_code(404));
            return;
        }
    };
    let kind = Header::from_bytes("Content-Type", "text/plain").unwrap();
    let _ = request.respond(Response::from_string(text).with_header(kind));
}

/// Takes every descriptor there is and holds them for a second and a half.
fn exhaust() {
    thread::sleep(Duration::from_millis(100));
    let mut held = Vec::new();
    for _ in 0..1500 {
        while let Ok(file) = File::open("/dev/null") {
            held.push(file);
        }
        thread::sleep(Duration::from_millis(1));
    }
}
