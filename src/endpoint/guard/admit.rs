//! Who is let in, and who gives way for it.

use std::io::{self, ErrorKind, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Interest, Token};

use super::books::{Booking, Key, Standing};
use super::conn::{Conn, Context};
use super::gate::Gate;
use super::reply;

/// Connections accepted in one turn, so that a flood does not keep the loop from those who are in.
const ACCEPTS: usize = 64;
/// How long accepting rests when there is no descriptor or no place.
const REST: Duration = Duration::from_millis(50);
/// How long a client may take nothing of its answer before it gives way to others, when nobody else can.
const STALL: Duration = Duration::from_millis(250);

/// How long a request may take to arrive after its connection before it is the first to give way.
const ARRIVAL: Duration = Duration::from_millis(100);

impl Gate {
    /// Accepts what waits. No error ends it: a failure is waited out.
    pub(super) fn accept(&mut self) {
        if self.accept_at.is_none_or(|at| at > self.now) {
            return;
        }
        for _ in 0..ACCEPTS {
            if self.slots.len() >= self.room.connections && self.next_to_go().is_none() {
                // Everybody in has a complete request. Those outside wait in the kernel's queue.
                self.accept_at = Some(self.now + REST);
                return;
            }
            let Some(listener) = &self.listener else { return };
            match listener.accept() {
                Ok((stream, peer)) => self.admit(stream, peer),
                Err(err) if err.kind() == ErrorKind::WouldBlock => {
                    self.accept_at = None;
                    return;
                }
                Err(err) if matches!(err.kind(), ErrorKind::Interrupted | ErrorKind::ConnectionAborted) => {}
                Err(err) => {
                    // Without descriptors, a reader's is worth more in the hands of whoever comes next.
                    let evicted = is_exhausted(&err) && self.books.readers.worst().is_some_and(|slot| self.evict(slot));
                    if !evicted {
                        self.accept_at = Some(self.now + REST);
                        return;
                    }
                }
            }
        }
        self.accept_at = Some(self.now);
    }

    /// Takes a new connection in, or refuses it when its address has too many that cannot give way.
    fn admit(&mut self, stream: TcpStream, peer: SocketAddr) {
        let peer = peer.ip().to_canonical();
        let slot = self.slots.reserve();
        let (key, seq, moved) = (Key::of(peer), self.next_seq, self.now);
        let booking = Booking { key, seq, slot, standing: Standing::Reading, on_disk: false, moved };
        self.next_seq += 1;
        let context = Context { config: &self.config, store: &self.store, now: self.now };
        let mut conn = Conn::new(stream, peer, booking, context);
        if !conn.trusted && !self.has_place_for(booking.key) {
            self.say_last_word(&mut conn, 429);
            return self.slots.free(slot);
        }
        if self.slots.len() > self.room.connections && !self.next_to_go().is_some_and(|slot| self.evict(slot)) {
            return self.slots.free(slot);
        }
        // Without it answers may be held back; they are still right.
        let _ = conn.stream.set_nodelay(true);
        let interest = Interest::READABLE | Interest::WRITABLE;
        if self.poll.registry().register(&mut conn.stream, Token(slot), interest).is_err() {
            return self.slots.free(slot);
        }
        self.books.enter(&booking);
        self.slots.put(slot, conn);
        // Most requests are there already, and only a complete one is safe from eviction.
        self.touch(slot);
    }

    /// Whether the address that a trusted proxy named may have one more. It is called for a connection outside its slot.
    pub(super) fn has_place(&mut self, conn: &Conn) -> bool {
        let key = Key::of(conn.client);
        key == conn.booking.key || self.has_place_for(key)
    }

    /// Makes an address that has too many connections give up one of its own.
    fn has_place_for(&mut self, key: Key) -> bool {
        let (limits, count) = (&self.config.limits, self.books.count(key));
        let is_free =
            count.total - count.serving < limits.max_per_address && count.total < limits.max_served_per_address;
        is_free || self.next_to_go_of(key).is_some_and(|slot| self.evict(slot))
    }

    /// Makes room in the budgets of memory and files, which one turn may have overrun a little.
    pub(super) fn relieve(&mut self) {
        let limits = &self.config.limits;
        let (memory, answers, disk) = (limits.memory_bytes, limits.answer_bytes, limits.spool_bytes);
        while self.store.files() > self.room.files || self.store.disk() > disk {
            if !self.books.readers_on_disk.worst().is_some_and(|slot| self.evict(slot)) {
                break;
            }
        }
        while self.store.answers() > answers {
            if !self.books.writers.worst().is_some_and(|slot| self.evict(slot)) {
                break;
            }
        }
        while self.store.memory() > memory {
            if !self.books.readers.worst().is_some_and(|slot| self.evict(slot)) {
                break;
            }
        }
    }

    /// The connection that gives way to a new one: the worst reader, otherwise an answer that its client does not take.
    fn next_to_go(&self) -> Option<usize> {
        let is_stalled = |moved: Instant| self.now.saturating_duration_since(moved) >= STALL;
        let writer = || self.books.stalled.first().filter(|(moved, _)| is_stalled(*moved)).map(|(_, slot)| *slot);
        self.reader_or(self.books.readers.worst(), writer)
    }

    /// The connection of one address that gives way to another of it: the oldest reader, otherwise the answer that has
    /// waited longest for its client.
    fn next_to_go_of(&self, key: Key) -> Option<usize> {
        let moved = |slot: &usize| self.slots.look(*slot).map(|conn| conn.booking.moved);
        let writer = || self.books.writers.all_of(key).min_by_key(moved);
        self.reader_or(self.books.readers.worst_of(key), writer)
    }

    /// Prefers the reader, unless it has only now come in and there is somebody else.
    fn reader_or(&self, reader: Option<usize>, other: impl Fn() -> Option<usize>) -> Option<usize> {
        let is_new = |conn: &Conn| self.now.saturating_duration_since(conn.since) < ARRIVAL;
        match reader {
            Some(slot) if self.slots.look(slot).is_some_and(is_new) => other().or(reader),
            Some(_) => reader,
            None => other(),
        }
    }

    /// Closes the connection in a slot; `false` when there is none, so that no caller evicts in vain for ever.
    pub(super) fn evict(&mut self, slot: usize) -> bool {
        let Some(mut conn) = self.slots.take(slot) else { return false };
        if conn.has_spoken() {
            self.say_last_word(&mut conn, 503);
        }
        self.discard(conn);
        true
    }

    /// Tries once to say why the connection closes.
    fn say_last_word(&self, conn: &mut Conn, status: u16) {
        let bytes = reply::refusal(status, self.config.refusal, (conn.asker, conn.to_head));
        // A client that cannot take it gets the closed connection alone.
        let _ = conn.stream.write(&bytes);
    }
}

/// Whether the process or the system has no descriptor left: EMFILE and ENFILE, the same numbers on every Unix we build for.
fn is_exhausted(err: &io::Error) -> bool {
    matches!(err.raw_os_error(), Some(23 | 24))
}
