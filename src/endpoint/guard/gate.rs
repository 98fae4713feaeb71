//! The event loop: it waits for sockets, workers and deadlines, and acts on what each connection reports.
//!
//! In each turn it serves those who are already in before it lets others in, so that nobody is evicted whose request has
//! arrived. How room is made stands in [`super::admit`].

use std::collections::BTreeSet;
use std::io::{self, ErrorKind};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use mio::{Events, Interest, Poll, Token, Waker};

use super::Config;
use super::books::{Books, Key};
use super::conn::{Conn, Context, Phase, Step};
use super::forward::{Job, Workers};
use super::limits::Room;
use super::reply;
use super::slots::Slots;
use super::spool::Store;

const LISTENER: Token = Token(usize::MAX);
const WAKER: Token = Token(usize::MAX - 1);
/// How often the stop is looked at when nothing happens.
const TICK: Duration = Duration::from_millis(100);

/// The guard at work.
pub(super) struct Gate {
    pub(super) config: Config,
    pub(super) room: Room,
    pub(super) poll: Poll,
    /// Gone once the guard stops.
    pub(super) listener: Option<mio::net::TcpListener>,
    pub(super) slots: Slots,
    pub(super) books: Books,
    pub(super) store: Arc<Store>,
    workers: Workers,
    /// Deadline and slot of every connection.
    timers: BTreeSet<(Instant, usize)>,
    /// Slots whose socket had more than one turn allows.
    again: BTreeSet<usize>,
    scratch: Vec<u8>,
    pub(super) next_seq: u64,
    /// When to try to accept; `None` until the listener reports.
    pub(super) accept_at: Option<Instant>,
    pub(super) now: Instant,
}

impl Gate {
    /// Sets everything up.
    ///
    /// # Errors
    ///
    /// When the listener, the poller, the spool folder or a thread fails.
    pub(super) fn open(listener: TcpListener, config: Config) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let mut listener = mio::net::TcpListener::from_std(listener);
        let poll = Poll::new()?;
        poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
        let waker = Waker::new(poll.registry(), WAKER)?;
        let limits = &config.limits;
        let store = Store::open(config.spool_dir.clone(), limits.memory_bytes / 2)?;
        let workers = Workers::start(config.upstream.clone(), limits.response_bytes, config.workers, waker)?;
        let room = limits.room(config.workers.max(1));
        let now = Instant::now();
        Ok(Self {
            config,
            room,
            poll,
            listener: Some(listener),
            slots: Slots::default(),
            books: Books::default(),
            store,
            workers,
            timers: BTreeSet::new(),
            again: BTreeSet::new(),
            scratch: vec![0; 64 * 1024],
            next_seq: 0,
            accept_at: Some(now),
            now,
        })
    }

    /// Turns until the stop, and then until every complete request is answered or the stop's deadline has passed.
    ///
    /// # Errors
    ///
    /// When polling fails.
    pub(super) fn run(mut self, stop: &AtomicBool) -> io::Result<()> {
        let mut events = Events::with_capacity(1024);
        let mut end = None;
        loop {
            if end.is_none() && stop.load(Ordering::Relaxed) {
                end = Some(Instant::now() + self.config.limits.stop_deadline);
                self.close_readers();
            }
            if end.is_some_and(|end| self.slots.len() == 0 || Instant::now() >= end) {
                return Ok(());
            }
            match self.poll.poll(&mut events, Some(self.patience())) {
                Err(err) if err.kind() != ErrorKind::Interrupted => return Err(err),
                _ => self.now = Instant::now(),
            }
            let mut ready = std::mem::take(&mut self.again);
            for event in &events {
                match event.token() {
                    LISTENER => self.accept_at = Some(self.now),
                    WAKER => {}
                    Token(slot) => {
                        ready.insert(slot);
                    }
                }
            }
            events.clear();
            for slot in ready {
                self.touch(slot);
            }
            self.hand_out_answers();
            self.end_overdue();
            self.accept();
        }
    }

    /// How long the next poll may wait.
    fn patience(&self) -> Duration {
        if !self.again.is_empty() {
            return Duration::ZERO;
        }
        let deadline = self.timers.first().map(|(at, _)| *at);
        let next = [deadline, self.accept_at].into_iter().flatten().min();
        next.map_or(TICK, |at| at.saturating_duration_since(Instant::now()).min(TICK))
    }

    /// Lets a connection go on, if there is still one in the slot.
    pub(super) fn touch(&mut self, slot: usize) {
        let Some(mut conn) = self.slots.take(slot) else { return };
        let context = Context { config: &self.config, store: &self.store, now: self.now };
        let step = conn.advance(&mut self.scratch, context);
        self.settle(slot, conn, step);
    }

    /// Does what a step asks for, and brings books and timers up to date.
    fn settle(&mut self, slot: usize, mut conn: Conn, mut step: Step) {
        if matches!(step, Step::Wait | Step::Again | Step::Complete) && !self.has_place(&conn) {
            step = Step::Refuse(429);
        }
        loop {
            let context = Context { config: &self.config, store: &self.store, now: self.now };
            step = match step {
                Step::Close => return self.discard(conn),
                Step::Refuse(status) => {
                    // Whoever is refused before its request was complete may still be sending it.
                    conn.unread |= !matches!(conn.phase, Phase::Serving);
                    let bytes = reply::refusal(status, self.config.refusal, (conn.asker, conn.to_head));
                    conn.answer(&bytes, &mut self.scratch, context)
                }
                Step::Complete => {
                    self.dispatch(slot, &mut conn);
                    break;
                }
                Step::Again => {
                    self.again.insert(slot);
                    break;
                }
                Step::Wait => break,
            };
        }
        self.keep(slot, conn);
        self.relieve();
    }

    fn dispatch(&mut self, slot: usize, conn: &mut Conn) {
        let Some((request, body)) = conn.take_request(self.now) else { return };
        let deadline = self.now + self.config.limits.upstream_deadline;
        let (method, head, charge) = (request.method, request.head, request.charge);
        let job = Job { slot, seq: conn.booking.seq, method, head, charge, body, deadline };
        self.workers.send(Key::of(conn.client), job);
    }

    /// Puts a connection back and writes down what it has become.
    fn keep(&mut self, slot: usize, mut conn: Conn) {
        let booking = conn.booked();
        if booking != conn.booking {
            self.books.leave(&conn.booking);
            self.books.enter(&booking);
            conn.booking = booking;
        }
        let due = conn.deadline(&self.config.limits);
        if due != conn.due {
            self.timers.remove(&(conn.due, slot));
            conn.due = due;
        }
        self.timers.insert((due, slot));
        self.slots.put(slot, conn);
    }

    /// Closes a connection that was taken out of its slot.
    pub(super) fn discard(&mut self, conn: Conn) {
        let slot = conn.booking.slot;
        self.books.leave(&conn.booking);
        self.timers.remove(&(conn.due, slot));
        self.again.remove(&slot);
        drop(conn);
        self.slots.free(slot);
        // Whoever waits outside for a place or a descriptor need not wait out the rest.
        self.accept_at = self.accept_at.map(|at| at.min(self.now));
    }

    /// Gives the workers' results to the clients that still wait for them.
    fn hand_out_answers(&mut self) {
        while let Some(done) = self.workers.finished() {
            let waits = |conn: &Conn| conn.booking.seq == done.seq && matches!(conn.phase, Phase::Serving);
            if !self.slots.look(done.slot).is_some_and(waits) {
                continue;
            }
            let Some(mut conn) = self.slots.take(done.slot) else { continue };
            let context = Context { config: &self.config, store: &self.store, now: self.now };
            let step = match done.outcome {
                Ok(bytes) => conn.answer(&bytes, &mut self.scratch, context),
                Err(status) => Step::Refuse(status),
            };
            self.settle(done.slot, conn, step);
        }
    }

    fn end_overdue(&mut self) {
        while let Some(&(at, slot)) = self.timers.first() {
            if at > self.now {
                return;
            }
            self.timers.remove(&(at, slot));
            if let Some(conn) = self.slots.take(slot) {
                let step = conn.overdue();
                self.settle(slot, conn, step);
            }
        }
    }

    /// Begins the stop: nobody comes in, and whoever has not sent a whole request goes.
    fn close_readers(&mut self) {
        self.now = Instant::now();
        self.listener = None;
        self.accept_at = None;
        for slot in self.slots.taken() {
            // What has already arrived still counts.
            self.touch(slot);
            if self.slots.look(slot).is_some_and(|conn| matches!(conn.phase, Phase::Head { .. } | Phase::Body { .. })) {
                self.evict(slot);
            }
        }
    }
}
