//! The worker threads: each takes a complete request, repeats it to the server, and hands back the client's answer.
//!
//! A worker waits in slices of a tenth of a second, so that neither a dead server nor a stop can hold it.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use mio::Waker;

use super::books::Key;
use super::head::{HEAD_BYTES, Method};
use super::queue::Queue;
use super::reply::Answer;
use super::spool::{Charge, Spool};

/// The longest that a worker waits before it looks at the clock and the stop.
const SLICE: Duration = Duration::from_millis(100);

/// How long descriptors that were free are taken to be so: the loop leaves some hundred to the process anyway.
const SEEN_FOR: Duration = Duration::from_millis(5);

/// A complete request on its way to the server.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) slot: usize,
    /// Tells the connection from a later one in the same slot.
    pub(super) seq: u64,
    pub(super) method: Method,
    pub(super) head: Vec<u8>,
    /// Counts the head's bytes until the job is done.
    pub(super) charge: Charge,
    pub(super) body: Spool,
    pub(super) deadline: Instant,
}

/// What became of a job: the whole answer, or the status of a refusal.
#[derive(Debug)]
pub(super) struct Done {
    pub(super) slot: usize,
    pub(super) seq: u64,
    pub(super) outcome: Result<Vec<u8>, u16>,
}

/// What every worker shares.
struct Shared {
    upstream: PathBuf,
    response_bytes: usize,
    abort: AtomicBool,
    jobs: Queue<Job>,
    waker: Waker,
    /// Duplicated to see whether there are descriptors left; one worker at a time. With when it was seen last.
    probe: Mutex<(File, Option<Instant>)>,
    n_workers: usize,
}

/// The pool. Dropping it ends the threads, at most one slice later.
pub(super) struct Workers {
    /// Taken away at the end, so that no worker waits to put something in.
    done: Option<Receiver<Done>>,
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    /// Starts the threads.
    ///
    /// # Errors
    ///
    /// When a thread cannot be started.
    pub(super) fn start(upstream: PathBuf, response_bytes: usize, count: usize, waker: Waker) -> io::Result<Self> {
        // Workers wait while the loop is behind: their answers would otherwise pile up in memory.
        let (outcomes, done) = mpsc::sync_channel(count.max(1));
        let shared = Arc::new(Shared {
            upstream,
            response_bytes,
            abort: AtomicBool::new(false),
            jobs: Queue::new(),
            waker,
            probe: Mutex::new((File::open("/dev/null")?, None)),
            n_workers: count.max(1),
        });
        let mut res = Self { done: Some(done), shared, threads: Vec::new() };
        for number in 0..count.max(1) {
            let (shared, outcomes) = (Arc::clone(&res.shared), outcomes.clone());
            let builder = thread::Builder::new().name(format!("guard-{number}")).stack_size(256 * 1024);
            res.threads.push(builder.spawn(move || work(&shared, &outcomes))?);
        }
        Ok(res)
    }

    /// Puts a job in line.
    pub(super) fn send(&self, key: Key, job: Job) {
        self.shared.jobs.push(key, job);
    }

    /// The next finished job, if there is one.
    pub(super) fn finished(&self) -> Option<Done> {
        self.done.as_ref()?.try_recv().ok()
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.shared.abort.store(true, Ordering::Relaxed);
        self.shared.jobs.close();
        self.done = None;
        for thread in self.threads.drain(..) {
            // A worker has nothing to say at its end, not even that it panicked.
            let _ = thread.join();
        }
    }
}

fn work(shared: &Shared, outcomes: &SyncSender<Done>) {
    let mut scratch = vec![0; 32 * 1024];
    while let Some(job) = shared.jobs.pop() {
        let outcome = exchange(shared, &job, &mut scratch);
        let done = Done { slot: job.slot, seq: job.seq, outcome };
        // The body's memory and file are free before the client can come back.
        drop((job.body, job.charge));
        if outcomes.send(done).is_err() || shared.waker.wake().is_err() {
            return;
        }
    }
}

/// Repeats one request and reads its answer.
fn exchange(shared: &Shared, job: &Job, scratch: &mut [u8]) -> Result<Vec<u8>, u16> {
    let stream = connect(shared, job.deadline)?;
    let mut talk = Talk { shared, job, stream, received: Vec::new(), ended: false };
    if talk.send(&job.head, scratch)? {
        talk.send_body(scratch)?;
    }
    talk.answer(scratch)
}

/// Connects without waiting in the kernel, which for a Unix socket with a full queue would have no end.
fn connect(shared: &Shared, deadline: Instant) -> Result<UnixStream, u16> {
    loop {
        check(shared, deadline).map_err(|_| 503_u16)?;
        let attempt = {
            let mut probe = shared.probe.lock().unwrap_or_else(PoisonError::into_inner);
            if probe.1.is_none_or(|seen| seen.elapsed() >= SEEN_FOR) {
                has_descriptors(&probe.0, 3 * shared.n_workers).map_err(|_| 503_u16)?;
                probe.1 = Some(Instant::now());
            }
            mio::net::UnixStream::connect(&shared.upstream)
        };
        match attempt {
            Ok(stream) => {
                let stream = UnixStream::from(stream);
                let set = stream
                    .set_nonblocking(false)
                    .and_then(|()| stream.set_read_timeout(Some(SLICE)))
                    .and_then(|()| stream.set_write_timeout(Some(SLICE)));
                return set.map(|()| stream).map_err(|_| 503);
            }
            Err(err) if matches!(err.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
                thread::sleep(Duration::from_millis(2));
            }
            Err(_) => return Err(502),
        }
    }
}

/// Makes sure that the server can accept what the workers connect to.
///
/// `tiny_http` 0.12 never accepts again after one failure, and each of its connections takes two descriptors.
fn has_descriptors(probe: &File, count: usize) -> io::Result<()> {
    let copies: io::Result<Vec<File>> = (0..count).map(|_| probe.try_clone()).collect();
    copies.map(drop)
}

fn check(shared: &Shared, deadline: Instant) -> Result<(), u16> {
    if shared.abort.load(Ordering::Relaxed) {
        return Err(503);
    }
    if Instant::now() >= deadline { Err(504) } else { Ok(()) }
}

/// One conversation with the server.
struct Talk<'a> {
    shared: &'a Shared,
    job: &'a Job,
    stream: UnixStream,
    received: Vec<u8>,
    /// Whether the server has said all it will.
    ended: bool,
}

impl Talk<'_> {
    /// Sends bytes; `false` when the server takes no more, which may only mean that it has answered already.
    ///
    /// While the server does not read, its answer is read, for it may not read until it has been heard.
    fn send(&mut self, bytes: &[u8], scratch: &mut [u8]) -> Result<bool, u16> {
        let mut rest = bytes;
        while !rest.is_empty() {
            check(self.shared, self.job.deadline)?;
            match self.stream.write(rest) {
                Ok(0) => return Ok(false),
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(err) if is_wait(&err) => self.pull(scratch)?,
                Err(_) => return Ok(false),
            }
        }
        Ok(true)
    }

    fn send_body(&mut self, scratch: &mut [u8]) -> Result<(), u16> {
        let (mut at, mut chunk) = (0, vec![0; 64 * 1024]);
        while at < self.job.body.len() {
            let count = self.job.body.read_at(at, &mut chunk).map_err(|_| 503_u16)?;
            if count == 0 {
                return Err(503);
            }
            if !self.send(chunk.get(..count).unwrap_or_default(), scratch)? {
                return Ok(());
            }
            at += u64::try_from(count).unwrap_or(u64::MAX);
        }
        Ok(())
    }

    /// Reads until the answer is whole.
    fn answer(&mut self, scratch: &mut [u8]) -> Result<Vec<u8>, u16> {
        let mut head = None;
        loop {
            if head.is_none() {
                head = Answer::read(&self.received, self.job.method)?;
            }
            if let Some(answer) = head.take_if(|answer| self.is_whole(answer)) {
                let body = self.received.get(answer.body_at..).unwrap_or_default();
                let body = answer.body_length().and_then(|length| body.get(..length)).unwrap_or(body);
                if body.len() > self.shared.response_bytes {
                    return Err(502);
                }
                return Ok(answer.into_bytes(body));
            }
            if self.ended || head.as_ref().and_then(Answer::body_length) > Some(self.shared.response_bytes) {
                return Err(502);
            }
            check(self.shared, self.job.deadline)?;
            self.pull(scratch)?;
        }
    }

    fn is_whole(&self, answer: &Answer) -> bool {
        match answer.body_length() {
            Some(length) => self.received.len().saturating_sub(answer.body_at) >= length,
            None => self.ended,
        }
    }

    /// Reads once, for at most one slice.
    fn pull(&mut self, scratch: &mut [u8]) -> Result<(), u16> {
        match self.stream.read(scratch) {
            Ok(0) => self.ended = true,
            Ok(count) => self.received.extend_from_slice(scratch.get(..count).unwrap_or_default()),
            Err(err) if is_wait(&err) => {}
            // A server that closes before it has read everything resets; what it said before stands.
            Err(_) => self.ended = true,
        }
        if self.received.len() > HEAD_BYTES + self.shared.response_bytes { Err(502) } else { Ok(()) }
    }
}

fn is_wait(err: &io::Error) -> bool {
    matches!(err.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}
