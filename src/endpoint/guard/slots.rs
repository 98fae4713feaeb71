//! Numbered places for connections; a number is used again once its connection has gone.

use super::conn::Conn;

/// The places. A connection that is being worked on is taken out and put back.
#[derive(Debug, Default)]
pub(super) struct Slots {
    places: Vec<Option<Conn>>,
    free: Vec<usize>,
}

impl Slots {
    /// Finds a number for a new connection, which must then be put there or the number be freed.
    pub(super) fn reserve(&mut self) -> usize {
        self.free.pop().unwrap_or_else(|| {
            self.places.push(None);
            self.places.len() - 1
        })
    }

    pub(super) fn free(&mut self, slot: usize) {
        self.free.push(slot);
    }

    pub(super) fn take(&mut self, slot: usize) -> Option<Conn> {
        self.places.get_mut(slot)?.take()
    }

    pub(super) fn put(&mut self, slot: usize, conn: Conn) {
        if let Some(place) = self.places.get_mut(slot) {
            *place = Some(conn);
        }
    }

    pub(super) fn look(&self, slot: usize) -> Option<&Conn> {
        self.places.get(slot)?.as_ref()
    }

    /// How many numbers are in use.
    pub(super) fn len(&self) -> usize {
        self.places.len() - self.free.len()
    }

    /// Every number that holds a connection.
    pub(super) fn taken(&self) -> Vec<usize> {
        self.places.iter().enumerate().filter(|(_, place)| place.is_some()).map(|(slot, _)| slot).collect()
    }
}
