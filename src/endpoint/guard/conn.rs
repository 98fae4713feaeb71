//! One connection: what it has sent so far, what it is owed, and when its time is up.
//!
//! A connection reads and writes until the kernel says "not now" and reports a [`Step`]; the loop in [`super::gate`] acts on it.

use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Shutdown};
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::net::TcpStream;

use super::Config;
use super::books::{Booking, Key, Standing};
use super::client;
use super::head::{self, Asker, HEAD_BYTES, Head, Method};
use super::limits::Limits;
use super::reply::CONTINUE;
use super::spool::{Charge, Outgoing, Spool, Store};

/// The most that is read and dropped after a refusal.
const LINGER_BYTES: usize = 256 * 1024;
/// Reads or writes in one turn, so that a fast client does not keep the loop from the others.
const ROUNDS: usize = 4;

/// What the loop has to do next for a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Wait for the socket.
    Wait,
    /// Come back in the next turn: the socket may have more.
    Again,
    /// The request is complete and can be forwarded.
    Complete,
    /// Answer with this status and close.
    Refuse(u16),
    /// Close without a word.
    Close,
}

/// A request whose head was accepted.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: Method,
    /// The head as the server will get it.
    pub(super) head: Vec<u8>,
    pub(super) charge: Charge,
    length: u64,
}

/// How far a connection has come.
#[derive(Debug)]
pub(super) enum Phase {
    Head { bytes: Vec<u8>, charge: Charge },
    Body { request: Request, spool: Spool },
    Serving,
    Writing { out: Outgoing },
    Linger { dropped: usize },
}

/// What a connection needs to know of the rest.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) config: &'a Config,
    pub(super) store: &'a Arc<Store>,
    pub(super) now: Instant,
}

/// One accepted connection.
#[derive(Debug)]
pub(super) struct Conn {
    pub(super) stream: TcpStream,
    peer: IpAddr,
    pub(super) trusted: bool,
    /// Who sends the request: the peer, until a trusted proxy's head says otherwise.
    pub(super) client: IpAddr,
    pub(super) phase: Phase,
    /// When the phase began.
    pub(super) since: Instant,
    /// When the client last took some of its answer.
    moved: Instant,
    /// In which form and language a refusal is wanted.
    pub(super) asker: Asker,
    /// Whether a HEAD request is being answered.
    pub(super) to_head: bool,
    /// Whether the client may have sent more than was read, so that closing at once could cost it the answer.
    pub(super) unread: bool,
    /// How it stands in the loop's books and timers.
    pub(super) booking: Booking,
    pub(super) due: Instant,
}

impl Conn {
    pub(super) fn new(stream: TcpStream, peer: IpAddr, booking: Booking, context: Context<'_>) -> Self {
        let Context { config, store, now } = context;
        let trusted = config.trusted_proxies.iter().any(|proxy| proxy.to_canonical() == peer);
        let phase = Phase::Head { bytes: Vec::new(), charge: Charge::new(store, 0) };
        let due = now + config.limits.head_deadline;
        let (since, moved, client) = (now, now, peer);
        let (asker, to_head, unread) = (Asker::default(), false, false);
        Self { stream, peer, trusted, client, phase, since, moved, asker, to_head, unread, booking, due }
    }

    /// Goes on with whatever the phase allows.
    pub(super) fn advance(&mut self, scratch: &mut [u8], context: Context<'_>) -> Step {
        match self.phase {
            Phase::Head { .. } | Phase::Body { .. } | Phase::Linger { .. } => self.read(scratch, context),
            Phase::Serving => Step::Wait,
            Phase::Writing { .. } => self.write(scratch, context),
        }
    }

    fn read(&mut self, scratch: &mut [u8], context: Context<'_>) -> Step {
        for _ in 0..ROUNDS {
            match self.stream.read(scratch) {
                Ok(0) => return self.ended(),
                Ok(count) => match self.take_in(scratch.get(..count).unwrap_or_default(), context) {
                    Step::Wait => {}
                    step => return step,
                },
                Err(err) if err.kind() == ErrorKind::WouldBlock => return Step::Wait,
                Err(err) if err.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Step::Close,
            }
        }
        Step::Again
    }

    /// The client has sent its last byte and still owes some.
    fn ended(&self) -> Step {
        match &self.phase {
            Phase::Head { bytes, .. } if !bytes.is_empty() => Step::Refuse(400),
            Phase::Body { .. } => Step::Refuse(400),
            _ => Step::Close,
        }
    }

    fn take_in(&mut self, chunk: &[u8], context: Context<'_>) -> Step {
        match &mut self.phase {
            Phase::Head { .. } => self.take_head(chunk, context),
            Phase::Body { .. } => self.take_body(chunk),
            Phase::Linger { dropped } => {
                *dropped += chunk.len();
                if *dropped > LINGER_BYTES { Step::Close } else { Step::Wait }
            }
            Phase::Serving | Phase::Writing { .. } => Step::Wait,
        }
    }

    fn take_head(&mut self, chunk: &[u8], context: Context<'_>) -> Step {
        let Phase::Head { bytes, charge } = &mut self.phase else { return Step::Close };
        let judged = bytes.len();
        let (first, after) = chunk.split_at(chunk.len().min(HEAD_BYTES - judged.min(HEAD_BYTES)));
        bytes.extend_from_slice(first);
        charge.set(bytes.capacity());
        self.to_head = bytes.starts_with(b"HEAD ");
        let end = match head::find_end(bytes, judged) {
            Err(status) => return Step::Refuse(status),
            Ok(None) if bytes.len() >= HEAD_BYTES => return Step::Refuse(431),
            Ok(None) => return Step::Wait,
            Ok(Some(end)) => end,
        };
        let mut body = bytes.split_off(end);
        let parsed = head::parse(bytes);
        body.extend_from_slice(after);
        match parsed.and_then(|head| self.begin_body(&head, body.is_empty(), context)) {
            Ok(()) => self.take_body(&body),
            Err(status) => Step::Refuse(status),
        }
    }

    /// Judges an accepted head by the limits and prepares for its body.
    fn begin_body(&mut self, head: &Head, is_waiting: bool, context: Context<'_>) -> Result<(), u16> {
        let Context { config, store, now } = context;
        self.asker = head.asker();
        if head.length > 0 && head.length > (config.body_limit)(&head.method, head.path()) {
            return Err(413);
        }
        self.client = client::address(self.peer, self.trusted, head);
        if head.expects_continue && head.modern && head.length > 0 && is_waiting {
            // These are the first bytes on this socket, so there is room unless the client is playing tricks.
            match self.stream.write(CONTINUE) {
                Ok(count) if count == CONTINUE.len() => {}
                _ => return Err(400),
            }
        }
        let text = client::forwarded_head(head, self.client, self.trusted);
        let charge = Charge::new(store, text.len());
        let request = Request { method: head.method, head: text, charge, length: head.length };
        self.phase = Phase::Body { request, spool: Spool::new(store) };
        self.since = now;
        Ok(())
    }

    /// Takes the body's bytes; those behind its end are ignored, whatever they are.
    fn take_body(&mut self, chunk: &[u8]) -> Step {
        let Phase::Body { request, spool } = &mut self.phase else { return Step::Close };
        let wanted = usize::try_from(request.length - spool.len()).unwrap_or(usize::MAX);
        let (ours, behind) = chunk.split_at(chunk.len().min(wanted));
        self.unread |= !behind.is_empty();
        if !ours.is_empty() && spool.push(ours).is_err() {
            return Step::Refuse(503);
        }
        if spool.len() == request.length { Step::Complete } else { Step::Wait }
    }

    /// Takes the complete request out and waits for its answer.
    pub(super) fn take_request(&mut self, now: Instant) -> Option<(Request, Spool)> {
        self.since = now;
        match std::mem::replace(&mut self.phase, Phase::Serving) {
            Phase::Body { request, spool } => Some((request, spool)),
            _ => None,
        }
    }

    /// Starts to send the last message of this connection.
    pub(super) fn answer(&mut self, bytes: &[u8], scratch: &mut [u8], context: Context<'_>) -> Step {
        (self.since, self.moved) = (context.now, context.now);
        let mut rest = bytes;
        while !rest.is_empty() {
            match self.stream.write(rest) {
                Ok(0) => return Step::Close,
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(err) if err.kind() == ErrorKind::Interrupted => {}
                Err(err) if err.kind() == ErrorKind::WouldBlock => {
                    self.phase = Phase::Writing { out: Outgoing::new(context.store, rest) };
                    return Step::Wait;
                }
                Err(_) => return Step::Close,
            }
        }
        self.finish(scratch, context)
    }

    fn write(&mut self, scratch: &mut [u8], context: Context<'_>) -> Step {
        for _ in 0..ROUNDS {
            let Phase::Writing { out } = &mut self.phase else { return Step::Close };
            let rest = out.rest();
            if rest.is_empty() {
                return self.finish(scratch, context);
            }
            match self.stream.write(rest) {
                Ok(0) => return Step::Close,
                Ok(count) => {
                    out.advance(count);
                    self.moved = context.now;
                }
                Err(err) if err.kind() == ErrorKind::Interrupted => {}
                Err(err) if err.kind() == ErrorKind::WouldBlock => return Step::Wait,
                Err(_) => return Step::Close,
            }
        }
        Step::Again
    }

    /// Ends our side. Closing with bytes unread would reset the connection and could take the answer from the client.
    fn finish(&mut self, scratch: &mut [u8], context: Context<'_>) -> Step {
        if self.stream.shutdown(Shutdown::Write).is_err() {
            return Step::Close;
        }
        if !self.unread && !matches!(self.stream.read(scratch), Ok(1..)) {
            return Step::Close;
        }
        self.phase = Phase::Linger { dropped: 0 };
        self.since = context.now;
        self.read(scratch, context)
    }

    /// When the phase must be over.
    pub(super) fn deadline(&self, limits: &Limits) -> Instant {
        let allowed = match &self.phase {
            Phase::Head { .. } => limits.head_deadline,
            Phase::Body { spool, .. } => {
                let earned = Duration::from_secs(spool.len() / limits.body_rate.max(1));
                limits.body_deadline.min(limits.body_grace.saturating_add(earned))
            }
            // The worker ends first; this is for the case that it does not.
            Phase::Serving => limits.upstream_deadline + Duration::from_secs(2),
            Phase::Writing { .. } => limits.write_deadline,
            Phase::Linger { .. } => limits.linger,
        };
        self.since + allowed
    }

    /// What happens when the deadline has passed.
    pub(super) fn overdue(&self) -> Step {
        match &self.phase {
            Phase::Head { bytes, .. } if bytes.is_empty() => Step::Close,
            Phase::Head { .. } | Phase::Body { .. } => Step::Refuse(408),
            Phase::Serving => Step::Refuse(504),
            Phase::Writing { .. } | Phase::Linger { .. } => Step::Close,
        }
    }

    /// How the connection belongs into the books now.
    pub(super) fn booked(&self) -> Booking {
        let (standing, on_disk) = match &self.phase {
            Phase::Head { .. } | Phase::Linger { .. } => (Standing::Reading, false),
            Phase::Body { spool, .. } => (Standing::Reading, spool.is_on_disk()),
            Phase::Serving => (Standing::Serving, false),
            Phase::Writing { .. } => (Standing::Writing, false),
        };
        Booking { key: Key::of(self.client), standing, on_disk, moved: self.moved, ..self.booking }
    }

    /// Whether the client has sent anything that deserves a last word.
    pub(super) fn has_spoken(&self) -> bool {
        match &self.phase {
            Phase::Head { bytes, .. } => !bytes.is_empty(),
            Phase::Body { .. } => true,
            _ => false,
        }
    }
}
