//! Small pictures beside the words of a table of columns: how values are spread, and a share of a hundred.

use std::fmt::Write as _;

/// Width of a step of a histogram.
const STEP: usize = 3;
/// Height of a histogram.
const HEIGHT: u64 = 20;

/// The outline of a histogram, from its left foot to its right one, in a box of 60 by 20; nothing where there is
/// no more than one step.
///
/// A step with a value in it is never invisible.
pub fn skyline(counts: &[u64]) -> String {
    let Some(most) = counts.iter().copied().max().filter(|most| *most > 0 && counts.len() > 1) else {
        return String::new();
    };
    let top = |count: u64| match count {
        0 => HEIGHT,
        count => HEIGHT - scaled(count, most, HEIGHT).max(1),
    };
    let mut path = format!("M0 {HEIGHT}");
    let mut width = 0;
    let mut at = None;
    for count in counts {
        let y = top(*count);
        if at != Some(y) {
            if width > 0 {
                let _ = write!(path, "h{width}");
            }
            let _ = write!(path, "V{y}");
            (at, width) = (Some(y), 0);
        }
        width += STEP;
    }
    let _ = write!(path, "h{width}V{HEIGHT}z");
    path
}

/// A part of a whole as the width of a bar, of 100; what is there at all is never invisible.
pub fn width(part: u64, whole: u64) -> u64 {
    if part == 0 { 0 } else { scaled(part, whole.max(1), 100).clamp(1, 100) }
}

/// A part of a whole that is `length` long, rounded.
fn scaled(part: u64, whole: u64, length: u64) -> u64 {
    let (part, whole, length) = (u128::from(part), u128::from(whole), u128::from(length));
    u64::try_from((part * length * 2 + whole) / (whole * 2)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outlines_keep_what_is_rare_and_say_nothing_of_nothing() {
        assert_eq!(skyline(&[]), "");
        assert_eq!(skyline(&[7]), "");
        assert_eq!(skyline(&[0, 0]), "");
        assert_eq!(skyline(&[1, 1000, 1000, 0]), "M0 20V19h3V0h6V20h3V20z");
        assert_eq!(skyline(&[u64::MAX, u64::MAX / 2]), "M0 20V0h3V10h3V20z");
    }

    proptest::proptest! {
        #[test]
        fn outlines_are_short_and_stay_in_their_box(counts in proptest::collection::vec(proptest::num::u64::ANY, 0..=20)) {
            let path = skyline(&counts);
            proptest::prop_assert!(path.len() <= 140 && path.chars().all(|c| "M Vhz0123456789".contains(c)), "{path}");
            let heights = path.split('V').skip(1).map(|rest| rest.split(['h', 'z']).next().unwrap().parse::<u64>().unwrap());
            proptest::prop_assert!(heights.max().is_none_or(|height| height <= HEIGHT));
        }
    }

    #[test]
    fn bars_are_neither_invisible_nor_too_wide() {
        assert_eq!(width(0, 0), 0);
        assert_eq!(width(1, 1_000_000), 1);
        assert_eq!(width(999_999, 1_000_000), 100);
        assert_eq!(width(u64::MAX, 1), 100);
        assert_eq!(width(1, 3), 33);
    }
}
