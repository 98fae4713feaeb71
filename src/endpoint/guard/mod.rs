//! Stands between the network and an HTTP server that trusts its clients too much.
//!
//! 1. One thread ([`gate`]) accepts connections and reads them without ever waiting for one ([`conn`]).
//! 2. The head is parsed strictly ([`head`]); what is doubtful is refused, never repaired.
//! 3. The whole body is received, beyond 64 KiB in an unlinked file ([`spool`]), before anything is forwarded.
//! 4. A few worker threads ([`forward`]) repeat the request to the server on its Unix socket and read the answer ([`reply`]).
//! 5. The loop writes the answer within a deadline and closes: one request a connection.
//!
//! When there is no room, the oldest connection that has not sent its request yet gives way, first that of the address
//! with the most of them ([`admit`], [`books`]).
//!
//! Not here: TLS, keep-alive, chunked bodies, HTTP/2. They belong to the proxy in front.

mod admit;
mod books;
mod client;
mod conn;
mod forward;
mod gate;
mod head;
mod limits;
mod queue;
mod reply;
mod slots;
mod spool;

#[cfg(test)]
mod head_cases;
#[cfg(test)]
mod head_tests;

use std::fmt;
use std::io;
use std::net::{IpAddr, TcpListener};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

pub use head::{Asker, Method};
pub use limits::Limits;
pub use reply::json_refusal;

/// Decides how many bytes of body a method and path (without the query) may carry.
///
/// It is asked on the event loop, so it must not wait for anything.
pub type BodyLimit = Box<dyn Fn(&Method, &str) -> u64 + Send + Sync>;

/// Says where the guard forwards to and what it lets through.
pub struct Config {
    /// The Unix socket of the real server.
    pub upstream: PathBuf,
    /// The folder for bodies that are too large for memory; it must exist and belong to this process alone.
    pub spool_dir: PathBuf,
    /// Every deadline, count and budget.
    pub limits: Limits,
    /// The number of threads that forward requests, hence the most requests that reach the server at once.
    pub workers: usize,
    /// The largest body by method and path; a longer one is answered 413 unread.
    pub body_limit: BodyLimit,
    /// Makes the tail of a refusal for who asked: header lines with the content type, an empty line, the body.
    ///
    /// The guard adds the status line, `Content-Length`, `Connection: close` and, for 405, `Allow`.
    pub refusal: fn(u16, Asker) -> Vec<u8>,
    /// Peers whose `X-Forwarded-For` is believed. All others have theirs removed.
    pub trusted_proxies: Vec<IpAddr>,
}

impl Config {
    /// Starts from the documented defaults: 8 workers, 64 KiB of body, JSON refusals, no trusted proxy.
    #[must_use]
    pub fn new(upstream: PathBuf, spool_dir: PathBuf) -> Self {
        Self {
            upstream,
            spool_dir,
            limits: Limits::default(),
            workers: 8,
            body_limit: Box::new(|_, _| 64 * 1024),
            refusal: json_refusal,
            trusted_proxies: Vec::new(),
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("upstream", &self.upstream)
            .field("spool_dir", &self.spool_dir)
            .field("limits", &self.limits)
            .field("workers", &self.workers)
            .field("trusted_proxies", &self.trusted_proxies)
            .finish_non_exhaustive()
    }
}

/// Serves until `stop` is set, then returns within 5 seconds.
///
/// On stopping it accepts nothing more, closes whoever has not sent a whole request, and lets the others have their answers.
/// Before, the caller should set two things that the standard library cannot and accepted sockets inherit: a queue of some
/// thousands with `listen` (the standard library asks for 128, and what overflows it waits a second), and a send buffer
/// of 64 KiB (unset, the kernel may hold whole answers for thousands of clients that do not read, outside our budgets).
///
/// `stop` is looked at ten times a second, so a signal handler needs only to set it.
///
/// # Errors
///
/// When the poller, the threads or the spool folder cannot be set up, or when polling itself fails. No client can cause one.
pub fn serve(listener: TcpListener, config: Config, stop: &AtomicBool) -> io::Result<()> {
    gate::Gate::open(listener, config)?.run(stop)
}
