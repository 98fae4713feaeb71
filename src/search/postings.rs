//! Shards: which datasets have which gram, in files that each hold a share of all grams.
//!
//! Shape: for each gram in the order of its UTF-8: its length in bytes, its UTF-8, the length of its list in bytes, the
//! list. A list is the ordinals in rising order, each as what it is more than the one before, the first as it is. All
//! numbers are written seven bits a byte, the lowest first, with the eighth bit where another byte follows.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};

/// The grams of a shard with the ordinals of the datasets that have them.
pub type Shard = BTreeMap<String, Vec<u32>>;

/// Smallest and largest number of shards.
const SHARDS: (u32, u32) = (16, 4096);

/// How many ordinals there are for each shard.
const ORDINALS_A_SHARD: u32 = 40;

/// How many shards a site has, by its highest ordinal: a power of two, so that it changes seldom.
///
/// Source: ours; at 10,000 datasets a shard is about 10 KB, and a question asks for two to four of them.
#[must_use]
pub fn n_shards(highest: u32) -> u32 {
    (highest / ORDINALS_A_SHARD).clamp(SHARDS.0, SHARDS.1).next_power_of_two()
}

/// The bytes of a shard before compression.
#[must_use]
pub fn encode(shard: &Shard) -> Vec<u8> {
    let mut res = Vec::new();
    let mut list = Vec::new();
    for (gram, ordinals) in shard {
        list.clear();
        let mut before = 0;
        for ordinal in ordinals {
            put_number(&mut list, ordinal - before);
            before = *ordinal;
        }
        put_bytes(&mut res, gram.as_bytes());
        put_bytes(&mut res, &list);
    }
    res
}

/// Reads a shard.
///
/// Errors: when the bytes are not of that shape.
pub fn decode(bytes: &[u8]) -> Result<Shard> {
    let mut res = Shard::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let gram = std::str::from_utf8(take_bytes(&mut rest)?).context("a gram that is not UTF-8")?;
        let mut list = take_bytes(&mut rest)?;
        let mut ordinals: Vec<u32> = Vec::new();
        while !list.is_empty() {
            let more = take_number(&mut list)?;
            let ordinal = ordinals.last().map_or(Some(more), |last| last.checked_add(more));
            let ordinal = ordinal.context("an ordinal beyond all numbers")?;
            ensure!(ordinals.last().is_none_or(|last| *last < ordinal), "ordinals that do not rise");
            ordinals.push(ordinal);
        }
        ensure!(!ordinals.is_empty(), "a gram of no dataset");
        let is_in_order = res.last_key_value().is_none_or(|(last, _)| last.as_str() < gram);
        ensure!(is_in_order, "grams that are not in order");
        res.insert(gram.to_owned(), ordinals);
    }
    Ok(res)
}

fn put_bytes(res: &mut Vec<u8>, bytes: &[u8]) {
    // A list is shorter than the number of datasets times five.
    put_number(res, u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    res.extend_from_slice(bytes);
}

fn put_number(res: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        res.push(0x80 | u8::try_from(number & 0x7f).unwrap_or_default());
        number >>= 7;
    }
    res.push(u8::try_from(number).unwrap_or_default());
}

fn take_number(rest: &mut &[u8]) -> Result<u32> {
    let mut res = 0_u64;
    for (idx, byte) in rest.iter().take(5).enumerate() {
        res |= u64::from(byte & 0x7f) << (7 * idx);
        if byte & 0x80 == 0 {
            *rest = &rest[idx + 1..];
            return u32::try_from(res).context("a number that is too large");
        }
    }
    bail!("a number without an end")
}

fn take_bytes<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8]> {
    let length = usize::try_from(take_number(rest)?).context("a length")?;
    let (taken, left) = rest.split_at_checked(length).context("a length beyond the end")?;
    *rest = left;
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read(lists in proptest::collection::btree_map("[a-z水交]{2,3}", proptest::collection::btree_set(0_u32.., 1..9), 0..9)) {
            let shard: Shard = lists.into_iter().map(|(gram, ordinals)| (gram, ordinals.into_iter().collect())).collect();
            proptest::prop_assert_eq!(decode(&encode(&shard)).unwrap(), shard);
        }

        /// Whatever lies there is read or refused, and what is read is written again as it was or shorter.
        #[test]
        fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(0_u8.., 0..64)) {
            if let Ok(shard) = decode(&bytes) {
                proptest::prop_assert!(encode(&shard).len() <= bytes.len());
            }
        }
    }

    #[test]
    fn the_number_of_shards_follows_the_size() {
        assert_eq!([0, 40, 1_000, 10_000, 1_000_000].map(n_shards), [16, 16, 32, 256, 4096]);
    }
}
