//! The line of complete requests in front of the workers: addresses take turns, so that one of them cannot hold up the rest.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, PoisonError};

use super::books::Key;

/// A line of things that belong to addresses. Those of one address keep their order.
#[derive(Debug)]
pub(super) struct Queue<T> {
    lines: Mutex<Lines<T>>,
    ready: Condvar,
}

#[derive(Debug)]
struct Lines<T> {
    by_address: BTreeMap<Key, VecDeque<T>>,
    /// Every address that has something in line, the next to be served first.
    turns: VecDeque<Key>,
    is_closed: bool,
}

impl<T> Queue<T> {
    pub(super) fn new() -> Self {
        let lines = Lines { by_address: BTreeMap::new(), turns: VecDeque::new(), is_closed: false };
        Self { lines: Mutex::new(lines), ready: Condvar::new() }
    }

    pub(super) fn push(&self, key: Key, item: T) {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let line = lines.by_address.entry(key).or_default();
        line.push_back(item);
        if line.len() == 1 {
            lines.turns.push_back(key);
        }
        drop(lines);
        self.ready.notify_one();
    }

    /// Waits for the next one; `None` once the queue is closed.
    pub(super) fn pop(&self) -> Option<T> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if lines.is_closed {
                return None;
            }
            if let Some(item) = lines.next() {
                return Some(item);
            }
            lines = self.ready.wait(lines).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends the waiting; what is still in line stays unanswered.
    pub(super) fn close(&self) {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).is_closed = true;
        self.ready.notify_all();
    }
}

impl<T> Lines<T> {
    fn next(&mut self) -> Option<T> {
        let key = self.turns.pop_front()?;
        let line = self.by_address.get_mut(&key)?;
        let item = line.pop_front();
        if line.is_empty() {
            self.by_address.remove(&key);
        } else {
            self.turns.push_back(key);
        }
        item
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_take_turns_and_keep_their_order() {
        let queue = Queue::new();
        let key = |last: u8| Key::V4([10, 0, 0, last]);
        for (last, item) in [(1, "a1"), (1, "a2"), (1, "a3"), (2, "b1"), (3, "c1"), (2, "b2")] {
            queue.push(key(last), item);
        }
        let order: Vec<_> = (0..6).filter_map(|_| queue.pop()).collect();
        assert_eq!(order, ["a1", "b1", "c1", "a2", "b2", "a3"]);
        queue.push(key(1), "late");
        queue.close();
        assert_eq!(queue.pop(), None);
    }
}
