//! Statistics of numbers in one pass: exact sums and bounds, and two histograms that say between which bounds a
//! quartile certainly lies.
//!
//! Everything here depends on the set of values alone, not on their order.

use std::cmp::Ordering;

use crate::model::column::HISTOGRAM_STEPS;
use crate::profile::shape::Number;

/// Sums and bounds of the values with one number of decimals.
#[derive(Clone, Copy, Debug)]
struct OfScale {
    decimals: u8,
    sum: i128,
    min: i64,
    max: i64,
}

/// Statistics of the numbers of a column.
#[derive(Debug, Default)]
pub struct NumberStats {
    n_values: u64,
    scales: Vec<OfScale>,
    even: EvenBins,
    relative: RelativeBins,
}

const POWERS: [f64; 19] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18];

/// A number in floating point, for bins only.
#[expect(clippy::cast_precision_loss, reason = "bins are wider than what is lost")]
#[must_use]
pub fn approximate(mantissa: i64, scale: u8) -> f64 {
    mantissa as f64 / POWERS[usize::from(scale).min(18)]
}

impl NumberStats {
    /// Adds a value that is there `count` times.
    pub fn add(&mut self, number: Number, count: u64) {
        self.add_mantissa(number.mantissa, number.scale, count);
    }

    /// Adds a value given by its parts.
    pub fn add_mantissa(&mut self, mantissa: i64, scale: u8, count: u64) {
        self.n_values += count;
        let sum = i128::from(mantissa) * i128::from(count);
        match self.scales.iter_mut().find(|known| known.decimals == scale) {
            Some(known) => {
                known.sum += sum;
                known.min = known.min.min(mantissa);
                known.max = known.max.max(mantissa);
            }
            None => self.scales.push(OfScale { decimals: scale, sum, min: mantissa, max: mantissa }),
        }
        let value = approximate(mantissa, scale);
        self.even.add(value, count);
        self.relative.add(value, count);
    }

    /// The smallest and the largest value as mantissa and scale; `None` where there is none.
    #[must_use]
    pub fn range(&self) -> Option<((i64, u8), (i64, u8))> {
        let by_value = |a: &(i64, u8), b: &(i64, u8)| compare(*a, *b).then(a.1.cmp(&b.1));
        let min = self.scales.iter().map(|known| (known.min, known.decimals)).min_by(by_value)?;
        let max = self.scales.iter().map(|known| (known.max, known.decimals)).max_by(by_value)?;
        Some((min, max))
    }

    /// Most digits after the point.
    #[must_use]
    pub fn max_scale(&self) -> u8 {
        self.scales.iter().map(|known| known.decimals).max().unwrap_or_default()
    }

    /// Most digits from the first that is not zero on.
    #[must_use]
    pub fn max_significant(&self) -> u8 {
        let digits = |mantissa| Number { mantissa, scale: 0, n_whole: 0 }.n_significant();
        self.scales.iter().flat_map(|known| [digits(known.min), digits(known.max)]).max().unwrap_or_default()
    }

    /// The mean.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "six digits of the mean are shown")]
    pub fn mean(&self) -> f64 {
        let mut scales = self.scales.clone();
        scales.sort_by_key(|known| known.decimals);
        let sum: f64 = scales.iter().map(|known| known.sum as f64 / POWERS[usize::from(known.decimals).min(18)]).sum();
        sum / self.n_values.max(1) as f64
    }

    /// An estimate of the value below which `quarters` quarters lie: the middle of the bounds that both histograms set.
    #[must_use]
    pub fn quartile(&self, quarters: u64) -> f64 {
        let rank = rank_of(self.n_values, quarters);
        let (even, relative) = (self.even.bounds_of(rank), self.relative.bounds_of(rank));
        let (low, high) = (even.0.max(relative.0), even.1.min(relative.1));
        let (min, max) =
            self.range().map_or((low, high), |(min, max)| (approximate(min.0, min.1), approximate(max.0, max.1)));
        f64::midpoint(low.max(min), high.min(max))
    }

    /// How many values lie in each of equal steps from the smallest to the largest.
    #[must_use]
    pub fn histogram(&self) -> Vec<u64> {
        let Some((min, max)) = self.range() else { return Vec::new() };
        let mut steps = Steps::new(approximate(min.0, min.1), approximate(max.0, max.1));
        for (low, high, count) in self.even.bins() {
            steps.add(f64::midpoint(low, high), count);
        }
        steps.counts
    }
}

/// The rank, from 0, of the value below which `quarters` quarters lie: the nearest rank.
#[must_use]
pub fn rank_of(n_values: u64, quarters: u64) -> u64 {
    (n_values * quarters).div_ceil(4).saturating_sub(1)
}

/// Compares two numbers exactly.
#[must_use]
pub fn compare(a: (i64, u8), b: (i64, u8)) -> Ordering {
    let widen = |mantissa: i64, by: u8| i128::from(mantissa) * 10_i128.pow(u32::from(by));
    let scale = a.1.max(b.1);
    widen(a.0, scale - a.1).cmp(&widen(b.0, scale - b.1))
}

/// Equal steps from a smallest to a largest value.
#[derive(Debug)]
pub struct Steps {
    min: f64,
    max: f64,
    /// How many values lie in each; the largest lies in the last.
    pub counts: Vec<u64>,
}

impl Steps {
    /// Empty steps.
    #[must_use]
    pub fn new(min: f64, max: f64) -> Self {
        let n_steps = if max > min { HISTOGRAM_STEPS } else { 1 };
        Self { min, max, counts: vec![0; n_steps] }
    }

    /// Counts a value.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "the quotient lies between 0 and the number of steps"
    )]
    pub fn add(&mut self, value: f64, count: u64) {
        let n_steps = self.counts.len();
        let at = ((value - self.min) / (self.max - self.min) * n_steps as f64).max(0.0) as usize;
        self.counts[at.min(n_steps - 1)] += count;
    }
}

/// A window of bins of equal width, a power of two; it widens as values ask, so that counts are always exact.
///
/// Width and counts depend on the smallest and largest value alone.
#[derive(Debug)]
struct EvenBins {
    /// Width is two to the power of this.
    exponent: i32,
    lowest: i64,
    highest: i64,
    /// The bin with index `i` is at `i` modulo the length.
    counts: Vec<u64>,
}

const N_EVEN_BINS: u16 = 1024;
/// Bins are never narrower: a billionth is finer than any shown digit.
const LEAST_EXPONENT: i32 = -30;
/// Indexes of bins stay below two to the power of this.
const INDEX_BITS: i32 = 51;

impl Default for EvenBins {
    fn default() -> Self {
        Self { exponent: LEAST_EXPONENT, lowest: 0, highest: -1, counts: Vec::new() }
    }
}

impl EvenBins {
    fn add(&mut self, value: f64, count: u64) {
        if self.counts.is_empty() {
            self.counts = vec![0; usize::from(N_EVEN_BINS)];
        }
        while value.abs() >= power_of_two(self.exponent + INDEX_BITS) {
            self.widen();
        }
        let mut idx = self.index_of(value);
        if self.highest < self.lowest {
            (self.lowest, self.highest) = (idx, idx);
        }
        while self.highest.max(idx) - self.lowest.min(idx) >= i64::from(N_EVEN_BINS) {
            self.widen();
            idx = self.index_of(value);
        }
        self.lowest = self.lowest.min(idx);
        self.highest = self.highest.max(idx);
        self.counts[slot(idx)] += count;
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "add() keeps the quotient below two to the power of 51"
    )]
    fn index_of(&self, value: f64) -> i64 {
        // Rounding down in integers: on older instruction sets the other way is a call for each value.
        let scaled = value * power_of_two(-self.exponent);
        let whole = scaled as i64;
        whole - i64::from(whole as f64 > scaled)
    }

    fn widen(&mut self) {
        let mut wider = vec![0; usize::from(N_EVEN_BINS)];
        for idx in self.lowest..=self.highest {
            wider[slot(idx >> 1)] += self.counts[slot(idx)];
        }
        if self.highest >= self.lowest {
            (self.lowest, self.highest) = (self.lowest >> 1, self.highest >> 1);
        }
        self.counts = wider;
        self.exponent += 1;
    }

    /// Bounds and count of each bin, from the lowest on.
    #[expect(clippy::cast_precision_loss, reason = "indexes stay below two to the power of 51")]
    fn bins(&self) -> impl Iterator<Item = (f64, f64, u64)> {
        let width = power_of_two(self.exponent);
        (self.lowest..=self.highest)
            .map(move |idx| (idx as f64 * width, (idx + 1) as f64 * width, self.counts[slot(idx)]))
            .filter(|(_, _, count)| *count > 0)
    }

    fn bounds_of(&self, rank: u64) -> (f64, f64) {
        bounds(self.bins(), rank)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a remainder lies within the length")]
fn slot(idx: i64) -> usize {
    idx.rem_euclid(i64::from(N_EVEN_BINS)) as usize
}

fn power_of_two(exponent: i32) -> f64 {
    // Exponents lie between -81 and 130.
    f64::from_bits(u64::from((1023 + exponent).unsigned_abs()) << 52)
}

/// Bins whose width follows the value: the exponent and seven bits of the mantissa of a floating-point number, so that
/// a bin is at most 0.8 % wide, however skewed the values are.
#[derive(Debug, Default)]
struct RelativeBins {
    /// One block for each sign and exponent that occurs.
    blocks: Vec<(u16, Box<[u64; N_IN_BLOCK]>)>,
    last: usize,
}

const N_IN_BLOCK: usize = 128;

impl RelativeBins {
    fn add(&mut self, value: f64, count: u64) {
        // Both zeros are one.
        let bits = if value == 0.0 { 0 } else { value.to_bits() };
        let (key, within) = ((bits >> 52) as u16, (bits >> 45) as usize & (N_IN_BLOCK - 1));
        if self.blocks.get(self.last).is_none_or(|(known, _)| *known != key) {
            self.last = self.blocks.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
                self.blocks.push((key, Box::new([0; N_IN_BLOCK])));
                self.blocks.len() - 1
            });
        }
        self.blocks[self.last].1[within] += count;
    }

    fn bounds_of(&self, rank: u64) -> (f64, f64) {
        let mut bins: Vec<(f64, f64, u64)> = Vec::new();
        for (key, counts) in &self.blocks {
            for (within, count) in (0u64..).zip(counts.iter()).filter(|(_, count)| **count > 0) {
                let inner = f64::from_bits(u64::from(*key) << 52 | within << 45);
                let outer = f64::from_bits((u64::from(*key) << 52 | within << 45) + (1 << 45));
                bins.push((inner.min(outer), inner.max(outer), *count));
            }
        }
        bins.sort_by(|a, b| a.0.total_cmp(&b.0));
        bounds(bins.into_iter(), rank)
    }
}

/// The bounds of the bin that holds the value of a rank.
fn bounds(bins: impl Iterator<Item = (f64, f64, u64)>, rank: u64) -> (f64, f64) {
    let mut n_before = 0;
    for (low, high, count) in bins {
        n_before += count;
        if n_before > rank {
            return (low, high);
        }
    }
    (f64::NEG_INFINITY, f64::INFINITY)
}

/// A number as text, with exactly `scale` decimals.
#[must_use]
pub fn decimal_text(mantissa: i128, scale: u8) -> String {
    if scale == 0 {
        return mantissa.to_string();
    }
    let scale = usize::from(scale);
    let digits = format!("{:0width$}", mantissa.unsigned_abs(), width = scale + 1);
    let sign = if mantissa < 0 { "-" } else { "" };
    format!("{sign}{}.{}", &digits[..digits.len() - scale], &digits[digits.len() - scale..])
}

/// A computed number as text: six significant digits, or the whole part where it has more.
#[must_use]
pub fn rounded_text(value: f64) -> String {
    if !value.is_finite() {
        return String::new();
    }
    #[expect(clippy::cast_possible_truncation, reason = "the logarithm of a finite number is small")]
    let n_whole = if value == 0.0 { 1 } else { value.abs().log10().floor() as i32 + 1 };
    let n_decimals = usize::try_from(6 - n_whole).unwrap_or_default().min(12);
    let text = format!("{value:.n_decimals$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stats(values: &[(i64, u8)]) -> NumberStats {
        let mut res = NumberStats::default();
        for (mantissa, scale) in values {
            res.add_mantissa(*mantissa, *scale, 1);
        }
        res
    }

    #[test]
    fn quartiles_of_places_and_of_skewed_values_are_close() {
        let places: Vec<(i64, u8)> = (0..100_000).map(|idx| (120_100_000 + idx * 8, 6)).collect();
        assert!((stats(&places).quartile(1) - 120.3).abs() < 0.002);
        let skewed: Vec<(i64, u8)> = (1..=100_000).map(|idx| (idx, 0)).chain([(9_000_000_000_000, 0)]).collect();
        assert!((stats(&skewed).quartile(2) / 50_000.0 - 1.0).abs() < 0.005);
    }

    #[test]
    fn texts_keep_their_digits() {
        assert_eq!(decimal_text(-5, 2), "-0.05");
        assert_eq!(decimal_text(150, 2), "1.50");
        assert_eq!(rounded_text(1_234.567_89), "1234.57");
        assert_eq!(rounded_text(123_456_789.9), "123456790");
        assert_eq!(rounded_text(0.000_012_345_67), "0.0000123457");
        assert_eq!(compare((150, 2), (15, 1)), Ordering::Equal);
    }

    proptest::proptest! {
        #[test]
        fn order_does_not_matter_and_bounds_hold(
            mut values in proptest::collection::vec((-1_000_000_000_000i64..1_000_000_000_000, 0u8..12), 1..200),
            quarters in 1u64..4,
        ) {
            let forward = stats(&values);
            values.reverse();
            let backward = stats(&values);
            proptest::prop_assert_eq!(forward.histogram(), backward.histogram());
            proptest::prop_assert_eq!(forward.quartile(quarters).to_bits(), backward.quartile(quarters).to_bits());
            proptest::prop_assert_eq!(forward.histogram().iter().sum::<u64>(), values.len() as u64);
            values.sort_by(|a, b| compare(*a, *b));
            let (mantissa, scale) = values[usize::try_from(rank_of(values.len() as u64, quarters)).unwrap()];
            let exact = approximate(mantissa, scale);
            proptest::prop_assert!((forward.quartile(quarters) - exact).abs() <= exact.abs() * 0.004 + 1e-9);
        }
    }
}
