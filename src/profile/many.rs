//! Columns with too many different values to count each: how many there are about, and which are frequent.

use std::f64::consts::LN_2;

/// An estimate of the number of different values. Standard error 0.8 %.
///
/// Source: P. Flajolet and others, HyperLogLog (2007); O. Ertl, New cardinality estimation algorithms for HyperLogLog
/// sketches (2017), for the estimate without tables of corrections.
#[derive(Debug)]
pub struct DistinctEstimate {
    registers: Vec<u8>,
}

const BITS: u32 = 14;
const N_REGISTERS: usize = 1 << BITS;

impl Default for DistinctEstimate {
    fn default() -> Self {
        Self { registers: vec![0; N_REGISTERS] }
    }
}

impl DistinctEstimate {
    /// Takes the hash of a value.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the highest 14 bits, and a count below 64")]
    pub fn add(&mut self, hash: u64) {
        let register = &mut self.registers[(hash >> (64 - BITS)) as usize];
        let rank = (hash << BITS | 1 << (BITS - 1)).leading_zeros() as u8 + 1;
        if rank > *register {
            *register = rank;
        }
    }

    /// The estimate.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an estimate of a count"
    )]
    pub fn estimate(&self) -> u64 {
        const HIGHEST: usize = 64 - BITS as usize + 1;
        let mut n_with = [0u32; HIGHEST + 1];
        for register in &self.registers {
            n_with[usize::from(*register).min(HIGHEST)] += 1;
        }
        let m = N_REGISTERS as f64;
        let mut z = m * tau(1.0 - f64::from(n_with[HIGHEST]) / m);
        for n in n_with[1..HIGHEST].iter().rev() {
            z = 0.5 * (z + f64::from(*n));
        }
        z += m * sigma(f64::from(n_with[0]) / m);
        (m * m / (2.0 * LN_2) / z).round() as u64
    }
}

fn sigma(mut x: f64) -> f64 {
    let (mut y, mut z) = (1.0, x);
    loop {
        x *= x;
        let before = z;
        z += x * y;
        y += y;
        if z <= before || !z.is_finite() {
            return z;
        }
    }
}

fn tau(mut x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return 0.0;
    }
    let (mut y, mut z) = (1.0, 1.0 - x);
    loop {
        x = x.sqrt();
        let before = z;
        y *= 0.5;
        z -= (1.0 - x).powi(2) * y;
        if z >= before {
            return z / 3.0;
        }
    }
}

/// Values that outvote all others with which they share one of many ballots.
///
/// A value that is more than half of its ballot keeps it; its votes are never more than it is there, so that they can
/// be shown as `at least`. Source: R. Boyer, J Moore, MJRTY (1981).
#[derive(Debug)]
pub struct Frequent {
    ballots: Vec<Ballot>,
}

#[derive(Clone, Debug, Default)]
struct Ballot {
    hash: u64,
    votes: u64,
    text: Option<Box<str>>,
}

const N_BALLOTS: usize = 1024;
/// From so many votes on the text of a value is kept.
const VOTES_FOR_TEXT: u64 = 16;

impl Default for Frequent {
    fn default() -> Self {
        Self { ballots: vec![Ballot::default(); N_BALLOTS] }
    }
}

impl Frequent {
    /// Takes a value that is there `count` times in a row.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "only the lowest bits are wanted")]
    pub fn add(&mut self, hash: u64, text: &str, count: u64) {
        let ballot = &mut self.ballots[hash as usize & (N_BALLOTS - 1)];
        if ballot.hash == hash {
            ballot.votes += count;
            if ballot.text.is_none() && ballot.votes >= VOTES_FOR_TEXT {
                ballot.text = Some(text.chars().take(crate::model::column::SHOWN_CHARS).collect());
            }
        } else if ballot.votes > count {
            ballot.votes -= count;
        } else {
            *ballot = Ballot { hash, votes: count - ballot.votes, text: None };
        }
    }

    /// The values with at least so many votes, with their votes.
    pub fn at_least(&self, n_votes: u64) -> impl Iterator<Item = (&str, u64)> {
        self.ballots
            .iter()
            .filter(move |ballot| ballot.votes >= n_votes)
            .filter_map(|ballot| Some((ballot.text.as_deref()?, ballot.votes)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_are_close() {
        for n in [100u64, 20_000, 1_000_000] {
            let mut estimate = DistinctEstimate::default();
            for value in 0..n {
                estimate.add(rapidhash::v3::rapidhash_v3(&value.to_le_bytes()));
            }
            let error = estimate.estimate().abs_diff(n);
            assert!(error * 50 < n, "{n}: {error}");
        }
    }

    #[test]
    fn votes_are_never_more_than_there_is() {
        let mut frequent = Frequent::default();
        for idx in 0..100_000u64 {
            let text = if idx % 10 == 0 { "常见".to_owned() } else { idx.to_string() };
            frequent.add(rapidhash::v3::rapidhash_v3(text.as_bytes()), &text, 1);
        }
        let found: Vec<_> = frequent.at_least(1_000).collect();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].0, "常见");
        assert!((9_000..=10_000).contains(&found[0].1));
    }
}
