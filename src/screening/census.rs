//! The bytes of a text counted by kind, in one walk.

use super::plain::is_wide_lead;

/// How many bytes of which kind a text has.
pub struct Census {
    pub n_digits: u32,
    /// `@` and `*`.
    pub n_marks: u32,
    /// `.` and `\\`.
    pub n_points: u32,
    pub n_letters: u32,
    /// Bytes of anything but ASCII.
    pub n_wide: u32,
    /// Bytes that the digits of other scripts begin with.
    pub n_wide_leads: u32,
}

/// Bits of a count in [`CENSUS`], and how many bytes can be counted before one could overflow.
const CENSUS_BITS: u32 = 10;
const CENSUS_BYTES: usize = (1 << CENSUS_BITS) - 1;

/// For each byte a one in each count that it belongs to, all counts side by side in one number.
const CENSUS: [u64; 256] = {
    let mut res = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let kinds = [
            b'0' as usize <= byte && byte <= b'9' as usize,
            byte == b'@' as usize || byte == b'*' as usize,
            byte == b'.' as usize || byte == b'\\' as usize,
            byte < 0x80 && (byte as u8).is_ascii_alphabetic(),
            byte >= 0x80,
            is_wide_lead(byte as u8),
        ];
        let mut kind = 0;
        while kind < kinds.len() {
            res[byte] |= (kinds[kind] as u64) << (CENSUS_BITS * kind as u32);
            kind += 1;
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
        for chunk in bytes.chunks(CENSUS_BYTES) {
            let sum: u64 = chunk.iter().map(|byte| CENSUS[usize::from(*byte)]).sum();
            for (count, shift) in counts.iter_mut().zip((0..).step_by(CENSUS_BITS as usize)) {
                *count += (sum >> shift) as u32 & CENSUS_BYTES as u32;
            }
        }
        let [n_digits, n_marks, n_points, n_letters, n_wide, n_wide_leads] = counts;
        Self { n_digits, n_marks, n_points, n_letters, n_wide, n_wide_leads }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn counts_are_those_of_a_walk_for_each(text in "[0-9@*.\\\\a-z年１ ]{0,40}", n_times in 1_usize..200) {
            let text = text.repeat(n_times);
            let count = |is: fn(u8) -> bool| text.bytes().filter(|byte| is(*byte)).count() as u32;
            let census = Census::of(text.as_bytes());
            proptest::prop_assert_eq!(census.n_digits, count(|byte| byte.is_ascii_digit()));
            proptest::prop_assert_eq!(census.n_marks, count(|byte| matches!(byte, b'@' | b'*')));
            proptest::prop_assert_eq!(census.n_points, count(|byte| matches!(byte, b'.' | b'\\')));
            proptest::prop_assert_eq!(census.n_letters, count(|byte| byte.is_ascii_alphabetic()));
            proptest::prop_assert_eq!(census.n_wide, count(|byte| !byte.is_ascii()));
            proptest::prop_assert_eq!(census.n_wide_leads, count(is_wide_lead));
        }
    }
}
