//! Keeps the books of who holds how many connections, and picks the one that gives way when there is no room.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::time::Instant;

/// What counts as one address: a whole IPv4 address, or the /64 of an IPv6 one, which is what one subscriber gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    V4([u8; 4]),
    V6([u16; 4]),
}

impl Key {
    pub(super) fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(v4) => Self::V4(v4.octets()),
            IpAddr::V6(v6) => {
                let [first, second, third, fourth, ..] = v6.segments();
                Self::V6([first, second, third, fourth])
            }
        }
    }
}

/// What a connection is doing, as far as eviction is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It has not sent its whole request, or only its refusal lingers: it may be evicted at any time.
    Reading,
    /// Its request is complete and being answered: it is never evicted.
    Serving,
    /// Its answer waits for the client to take it.
    Writing,
}

/// One connection's line in the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Booking {
    pub(super) key: Key,
    /// Counts up with every accepted connection, so that the smallest is the oldest.
    pub(super) seq: u64,
    pub(super) slot: usize,
    pub(super) standing: Standing,
    /// Whether its body is in a file.
    pub(super) on_disk: bool,
    /// When its client last took some of the answer.
    pub(super) moved: Instant,
}

/// How many connections an address has.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) total: usize,
    /// Those of them whose complete request is being answered by the server.
    pub(super) serving: usize,
}

/// All bookings, ordered for the questions that are asked.
#[derive(Debug, Default)]
pub(super) struct Books {
    counts: BTreeMap<Key, Count>,
    pub(super) readers: Crowd,
    pub(super) readers_on_disk: Crowd,
    pub(super) writers: Crowd,
    /// The same writers, first the one whose client has taken nothing for longest.
    pub(super) stalled: BTreeSet<(Instant, usize)>,
}

impl Books {
    pub(super) fn count(&self, key: Key) -> Count {
        self.counts.get(&key).copied().unwrap_or_default()
    }

    pub(super) fn enter(&mut self, booking: &Booking) {
        let count = self.counts.entry(booking.key).or_default();
        count.total += 1;
        match booking.standing {
            Standing::Reading => {
                self.readers.add(booking);
                if booking.on_disk {
                    self.readers_on_disk.add(booking);
                }
            }
            Standing::Writing => {
                self.writers.add(booking);
                self.stalled.insert((booking.moved, booking.slot));
            }
            Standing::Serving => count.serving += 1,
        }
    }

    pub(super) fn leave(&mut self, booking: &Booking) {
        if let Some(count) = self.counts.get_mut(&booking.key) {
            count.total -= 1;
            count.serving -= usize::from(booking.standing == Standing::Serving);
            if count.total == 0 {
                self.counts.remove(&booking.key);
            }
        }
        self.readers.remove(booking);
        self.readers_on_disk.remove(booking);
        self.writers.remove(booking);
        self.stalled.remove(&(booking.moved, booking.slot));
    }
}

/// Connections of one kind, from which the next to give way is found without a search.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    /// Number and slot of each address's connections, the oldest first.
    by_address: BTreeMap<Key, BTreeSet<(u64, usize)>>,
    /// The addresses by how many they have; of those with as many, the one with the oldest comes last.
    rank: BTreeSet<(usize, Reverse<u64>, Key)>,
}

impl Crowd {
    /// The slot of the oldest connection of the address with the most.
    pub(super) fn worst(&self) -> Option<usize> {
        let (_, _, key) = self.rank.last()?;
        self.worst_of(*key)
    }

    /// The slot of the oldest connection of one address.
    pub(super) fn worst_of(&self, key: Key) -> Option<usize> {
        self.by_address.get(&key)?.first().map(|(_, slot)| *slot)
    }

    /// The slots of one address, the oldest first.
    pub(super) fn all_of(&self, key: Key) -> impl Iterator<Item = usize> {
        self.by_address.get(&key).into_iter().flatten().map(|(_, slot)| *slot)
    }

    fn add(&mut self, booking: &Booking) {
        let held = self.by_address.entry(booking.key).or_default();
        if let Some(rank) = rank(held, booking.key) {
            self.rank.remove(&rank);
        }
        held.insert((booking.seq, booking.slot));
        self.rank.extend(rank(held, booking.key));
    }

    fn remove(&mut self, booking: &Booking) {
        let Some(held) = self.by_address.get_mut(&booking.key) else { return };
        if let Some(rank) = rank(held, booking.key) {
            self.rank.remove(&rank);
        }
        held.remove(&(booking.seq, booking.slot));
        self.rank.extend(rank(held, booking.key));
        if held.is_empty() {
            self.by_address.remove(&booking.key);
        }
    }
}

fn rank(held: &BTreeSet<(u64, usize)>, key: Key) -> Option<(usize, Reverse<u64>, Key)> {
    held.first().map(|(oldest, _)| (held.len(), Reverse(*oldest), key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn booking(address: &str, seq: u64) -> Booking {
        let key = Key::of(address.parse().unwrap());
        let (slot, moved) = (usize::try_from(seq).unwrap(), Instant::now());
        Booking { key, seq, slot, standing: Standing::Reading, on_disk: false, moved }
    }

    #[test]
    fn addresses_are_one_by_v4_and_by_64() {
        let key = |text: &str| Key::of(text.parse().unwrap());
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.2"), key("192.0.2.1"));
        assert_eq!(key("2001:db8:0:1::1"), key("2001:db8:0:1:ffff::2"));
        assert_ne!(key("2001:db8:0:1::1"), key("2001:db8:0:2::1"));
    }

    #[test]
    fn the_oldest_of_the_busiest_gives_way_then_the_oldest() {
        let mut books = Books::default();
        let all = [booking("10.0.0.9", 1), booking("10.0.0.1", 2), booking("10.0.0.1", 3), booking("10.0.0.5", 4)];
        for booking in &all {
            books.enter(booking);
        }
        let mut order = Vec::new();
        while let Some(slot) = books.readers.worst() {
            order.push(slot);
            books.leave(&all[slot - 1]);
        }
        assert_eq!(order, [2, 1, 3, 4]);
        assert_eq!(books.count(all[1].key), Count::default());
    }

    #[test]
    fn complete_requests_are_in_no_crowd() {
        let mut books = Books::default();
        let serving = Booking { standing: Standing::Serving, ..booking("10.0.0.1", 1) };
        books.enter(&serving);
        assert_eq!((books.readers.worst(), books.writers.worst()), (None, None));
        assert_eq!(books.count(serving.key), Count { total: 1, serving: 1 });
        books.leave(&serving);
        assert_eq!(books.count(serving.key), Count::default());
    }
}
