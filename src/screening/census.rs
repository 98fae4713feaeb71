//! The bytes of a text counted by kind, in one walk.

use super::plain::is_wide_lead;

/// How many bytes of which kind a text has.
pub struct Census {
    pub digits: u32,
    /// `@` and `*`.
    pub marks: u32,
    /// `.` and `\\`.
    pub points: u32,
    pub letters: u32,
    /// Bytes of anything but ASCII.
    pub wide: u32,
    /// Bytes that the digits of other scripts begin with.
    pub wide_leads: u32,
}

/// Bits of a count in [`CENSUS`], and how many bytes can be counted before one could overflow.
const BITS: u32 = 10;
const MASK: u64 = (1 << BITS) - 1;
const MAX_BYTES: usize = 1023;

/// For each byte a one in each count that it belongs to, all counts side by side in one number.
const CENSUS: [u64; 256] = {
    let mut res = [0; 256];
    let mut byte = 0_u8;
    loop {
        let kinds = [
            byte.is_ascii_digit(),
            byte == b'@' || byte == b'*',
            byte == b'.' || byte == b'\\',
            byte.is_ascii_alphabetic(),
            !byte.is_ascii(),
            is_wide_lead(byte),
        ];
        let (mut kind, mut shift) = (0, 0);
        while kind < kinds.len() {
            res[byte as usize] |= (kinds[kind] as u64) << shift;
            kind += 1;
            shift += BITS;
        }
        if byte == u8::MAX {
            break;
        }
        byte += 1;
    }
    res
};

impl Census {
    /// One look-up and one sum a byte: most values are left after no more than this.
    #[inline]
    pub fn of(bytes: &[u8]) -> Self {
        let mut counts = [0_u32; 6];
        for chunk in bytes.chunks(MAX_BYTES) {
            let sum: u64 = chunk.iter().map(|byte| CENSUS[usize::from(*byte)]).sum();
            for (count, shift) in counts.iter_mut().zip((0..).step_by(BITS as usize)) {
                *count += (sum >> shift & MASK) as u32;
            }
        }
        let [digits, marks, points, letters, wide, wide_leads] = counts;
        Self { digits, marks, points, letters, wide, wide_leads }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn counts_are_those_of_a_walk_for_each(text in "[0-9@*.\\\\a-z年１ ]{0,40}", n_times in 1_usize..200) {
            let text = text.repeat(n_times);
            let count = |is: fn(u8) -> bool| text.bytes().filter(|byte| is(*byte)).count();
            let census = Census::of(text.as_bytes());
            proptest::prop_assert_eq!(census.digits as usize, count(|byte| byte.is_ascii_digit()));
            proptest::prop_assert_eq!(census.marks as usize, count(|byte| matches!(byte, b'@' | b'*')));
            proptest::prop_assert_eq!(census.points as usize, count(|byte| matches!(byte, b'.' | b'\\')));
            proptest::prop_assert_eq!(census.letters as usize, count(|byte| byte.is_ascii_alphabetic()));
            proptest::prop_assert_eq!(census.wide as usize, count(|byte| !byte.is_ascii()));
            proptest::prop_assert_eq!(census.wide_leads as usize, count(is_wide_lead));
        }
    }
}
