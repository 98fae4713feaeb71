//! The figures of the guard, and how many connections the process has descriptors for.

use std::fs;
use std::time::Duration;

/// Holds every deadline, count and budget of the guard.
#[derive(Debug, Clone)]
pub struct Limits {
    /// The whole head must have arrived this long after the connection was accepted. Default: 10 s.
    pub head_deadline: Duration,
    /// The whole body must have arrived this long after its head. Default: 60 s.
    pub body_deadline: Duration,
    /// The time before the least rate counts, so that a slow start is forgiven. Default: 5 s.
    pub body_grace: Duration,
    /// The least average rate of a body in bytes a second, after the grace. Default: 1,024.
    pub body_rate: u64,
    /// The whole answer must have been taken this long after it was ready. Default: 30 s.
    pub write_deadline: Duration,
    /// The server must have answered this long after the request was complete, waiting for a worker included. Default: 30 s.
    pub upstream_deadline: Duration,
    /// Complete requests get this long to be answered after the stop. Default: 4 s; more than 4.5 s breaks the promise of 5 s.
    pub stop_deadline: Duration,
    /// After a refusal the client's bytes are read and dropped for this long, so that it sees the answer. Default: 1 s.
    pub linger: Duration,
    /// Connections in total; lowered by itself to what the descriptor limit allows. Default: 4,096.
    pub max_connections: usize,
    /// Connections for each address, an IPv4 address or a /64 of IPv6, that still send or still take their answer. One more
    /// costs the address one of its own. Default: 64.
    pub max_per_address: usize,
    /// Connections for each address with those that wait for the server, which pass quickly. One more is refused with 429
    /// when none of the address's own can give way. Default: 512.
    pub max_served_per_address: usize,
    /// Bytes of heads and bodies held in memory. Beyond half of it, bodies go to files at once; beyond all of it, readers are
    /// evicted. Default: 12 MiB.
    pub memory_bytes: usize,
    /// Bytes of answers that wait in memory for their clients. Beyond it, those who do not take theirs are evicted.
    /// Default: 12 MiB.
    pub answer_bytes: usize,
    /// Bytes of bodies held in files. Beyond it, readers who have one are evicted. Default: 1 GiB.
    pub spool_bytes: u64,
    /// Files held at once; lowered by itself to what the descriptor limit allows. Default: 1,024.
    pub spool_files: usize,
    /// Bytes of an answer's body; a longer one is answered 502 instead. Default: 256 KiB.
    pub response_bytes: usize,
    /// Descriptors left to the rest of the process: the server's connections, its files, its database. Default: 128.
    pub spared_descriptors: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_deadline: Duration::from_secs(10),
            body_deadline: Duration::from_mins(1),
            body_grace: Duration::from_secs(5),
            body_rate: 1024,
            write_deadline: Duration::from_secs(30),
            upstream_deadline: Duration::from_secs(30),
            stop_deadline: Duration::from_secs(4),
            linger: Duration::from_secs(1),
            max_connections: 4096,
            max_per_address: 64,
            max_served_per_address: 512,
            memory_bytes: 12 << 20,
            answer_bytes: 12 << 20,
            spool_bytes: 1 << 30,
            spool_files: 1024,
            response_bytes: 256 << 10,
            spared_descriptors: 128,
        }
    }
}

/// How many connections and spool files the guard allows itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) connections: usize,
    pub(super) files: usize,
}

impl Limits {
    /// Fits the wished counts into the descriptors that the process may still open.
    ///
    /// Each worker needs one descriptor for its side of a forwarded request and two for the server's side.
    pub(super) fn room(&self, workers: usize) -> Room {
        let open = fs::read_dir("/proc/self/fd").or_else(|_| fs::read_dir("/dev/fd")).map_or(64, Iterator::count);
        let text = fs::read_to_string("/proc/self/limits").unwrap_or_default();
        // 256 is the soft limit of macOS, which has no file to read it from.
        let limit = descriptor_limit(&text).unwrap_or(256);
        self.fit(limit.saturating_sub(open + self.spared_descriptors + 3 * workers))
    }

    /// Divides `free` descriptors: what files do not take goes to connections, at least two thirds.
    fn fit(&self, free: usize) -> Room {
        let files = self.spool_files.min(free / 3).max(4);
        let connections = self.max_connections.min(free.saturating_sub(files)).max(8);
        Room { connections, files }
    }
}

/// Reads the soft limit from the text of `/proc/self/limits`.
fn descriptor_limit(text: &str) -> Option<usize> {
    let line = text.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(usize::MAX),
        soft => soft.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limit_is_read_from_proc() {
        let text =
            "Max processes   96   96   processes\nMax open files            1024                 20000   files\n";
        assert_eq!(descriptor_limit(text), Some(1024));
        assert_eq!(descriptor_limit("Max open files   unlimited unlimited files"), Some(usize::MAX));
        assert_eq!(descriptor_limit(""), None);
    }

    #[test]
    fn room_is_lowered_to_the_descriptors() {
        let limits = Limits::default();
        assert_eq!(limits.fit(100_000), Room { connections: 4096, files: 1024 });
        assert_eq!(limits.fit(900), Room { connections: 600, files: 300 });
        assert_eq!(limits.fit(0), Room { connections: 8, files: 4 });
    }
}
