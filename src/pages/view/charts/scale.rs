//! Scales: from values to places in a picture, and the marks of an axis with their labels.
//!
//! Powers of ten come from texts, not from logarithms: those differ in the last bit from one machine to another.

use crate::pages::strings::{Strings, count};
use crate::profile::numbers::decimal_text;

/// A span of numbers with marks at multiples of 1, 2 or 5 times a power of ten.
pub struct NumberScale {
    low: f64,
    high: f64,
    /// A mark is a multiple of `digit * 10^exponent`.
    digit: i64,
    exponent: i32,
    multiples: std::ops::RangeInclusive<i64>,
}

impl NumberScale {
    /// A scale from a mark at or below the smallest value to one at or above the largest. It begins at zero where all
    /// values are one, and where zero is no further away than values are from one another.
    pub fn around(min: f64, max: f64, n_steps: u32) -> Self {
        let (mut low, mut high) = (min.min(max), max.max(min));
        if is_one(low, high) || (low > 0.0 && low * 2.0 <= high) || (high < 0.0 && high * 2.0 >= low) {
            (low, high) = (low.min(0.0), high.max(0.0));
        }
        if is_one(low, high) {
            high = low + 1.0;
        }
        let (digit, exponent, multiples) = marks(low, high, n_steps, f64::floor, f64::ceil);
        let mut res = Self { low, high, digit, exponent, multiples };
        (res.low, res.high) = (res.value(*res.multiples.start()), res.value(*res.multiples.end()));
        res
    }

    /// A scale of just a span, with the marks inside it.
    pub fn within(low: f64, high: f64, n_steps: u32) -> Self {
        let (digit, exponent, multiples) = marks(low, high, n_steps, f64::ceil, f64::floor);
        Self { low, high, digit, exponent, multiples }
    }

    /// Where a value lies, from 0 at the low end to 1 at the high end.
    pub fn share(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// Each mark: where it lies, and its number as readers of a language write it.
    pub fn labels(&self, strings: &Strings) -> Vec<(f64, String)> {
        let largest = self.low.abs().max(self.high.abs());
        let words = strings.get("chart_magnitudes");
        let known = words.split(',').filter_map(|word| word.split_once(' '));
        let magnitudes = known.filter_map(|(exponent, word)| Some((exponent.parse::<i32>().ok()?, word)));
        let magnitude =
            magnitudes.filter(|(exponent, _)| power_of_ten(*exponent) <= largest).max_by_key(|(exponent, _)| *exponent);
        let labels = self.multiples.clone().map(|multiple| {
            let text = self.text(multiple, magnitude.unwrap_or((0, "")));
            (self.share(self.value(multiple)), text)
        });
        labels.collect()
    }

    #[expect(clippy::cast_precision_loss, reason = "multiples have at most 13 digits")]
    fn value(&self, multiple: i64) -> f64 {
        let whole = (multiple * self.digit) as f64;
        // Dividing by a power of ten is exact where multiplying by its inverse is not.
        if self.exponent < 0 { whole / power_of_ten(-self.exponent) } else { whole * power_of_ten(self.exponent) }
    }

    fn text(&self, multiple: i64, (magnitude, word): (i32, &str)) -> String {
        let whole = i128::from(multiple * self.digit);
        if whole == 0 {
            return "0".to_owned();
        }
        let sign = if whole < 0 { "-" } else { "" };
        let exponent = self.exponent - magnitude;
        let text = match u8::try_from(-exponent) {
            Ok(scale) if scale > 0 => {
                let text = decimal_text(whole.abs(), scale);
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            }
            _ => {
                let zeros = u32::try_from(exponent).unwrap_or_default().min(18);
                let whole = whole.unsigned_abs().saturating_mul(10_u128.pow(zeros));
                count(u64::try_from(whole).unwrap_or(u64::MAX))
            }
        };
        format!("{sign}{text}{word}")
    }
}

/// Whether two numbers are one as far as floating point can tell.
fn is_one(low: f64, high: f64) -> bool {
    high - low <= low.abs().max(high.abs()) * 1e-12
}

/// Digit and exponent of the step, and the first and the last multiple of it.
#[expect(clippy::cast_possible_truncation, reason = "a span is at least a 10^12th of its ends")]
fn marks(
    low: f64,
    high: f64,
    n_steps: u32,
    first: fn(f64) -> f64,
    last: fn(f64) -> f64,
) -> (i64, i32, std::ops::RangeInclusive<i64>) {
    let (digit, exponent) = step((high - low) / f64::from(n_steps.max(1)));
    let unit = power_of_ten(exponent.abs());
    let of = |value: f64| {
        let steps = if exponent < 0 { value * unit } else { value / unit };
        // What is a whole number of steps but for the last bits is one.
        let steps = steps / f64::from(digit);
        if (steps - steps.round()).abs() < 1e-9 { steps.round() } else { steps }
    };
    (i64::from(digit), exponent, first(of(low)) as i64..=last(of(high)) as i64)
}

/// The smallest of 1, 2, 5 and 10 times a power of ten that is no less than a number above zero.
fn step(least: f64) -> (i32, i32) {
    let text = format!("{least:e}");
    let exponent = text.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
    let unit = power_of_ten(exponent);
    let digit = [1, 2, 5].into_iter().find(|digit| f64::from(*digit) * unit >= least * (1.0 - 1e-9));
    digit.map_or((1, exponent + 1), |digit| (digit, exponent))
}

fn power_of_ten(exponent: i32) -> f64 {
    format!("1e{exponent}").parse().unwrap_or(1.0)
}

/// A place in a picture, in whole units of it.
#[expect(clippy::cast_possible_truncation, reason = "a share of a length is no larger than the length")]
pub fn place(share: f64, length: i32) -> i32 {
    (share.clamp(0.0, 1.0) * f64::from(length)).round() as i32
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The strings of the built-in theme.
    pub fn strings(tag: &str) -> Strings {
        let name = format!("i18n/{tag}.toml");
        let (_, bytes) = crate::pages::theme::BUILT_IN.iter().find(|(known, _)| *known == name).unwrap();
        Strings::new(tag, vec![toml::from_str(std::str::from_utf8(bytes).unwrap()).unwrap()])
    }

    fn labels(min: f64, max: f64, tag: &str) -> Vec<String> {
        NumberScale::around(min, max, 4).labels(&strings(tag)).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn marks_are_round_and_said_as_people_say_them() {
        assert_eq!(labels(0.0, 100.0, "en"), ["0", "50", "100"]);
        assert_eq!(labels(3.0, 47.0, "en"), ["0", "20", "40", "60"]);
        assert_eq!(labels(52_613.0, 71_000.0, "zh-CN"), ["5万", "5.5万", "6万", "6.5万", "7万", "7.5万"]);
        assert_eq!(labels(52_613.0, 71_000.0, "en"), ["50,000", "55,000", "60,000", "65,000", "70,000", "75,000"]);
        assert_eq!(labels(-0.3, 0.9, "zh-CN"), ["-0.5", "0", "0.5", "1"]);
        assert_eq!(labels(0.0, 3e8, "zh-CN"), ["0", "1亿", "2亿", "3亿"]);
        assert_eq!(labels(0.0, 3e8, "en"), ["0", "100M", "200M", "300M"]);
        assert_eq!(labels(-4e13, -3e13, "zh-CN"), ["-40万亿", "-35万亿", "-30万亿"]);
        assert_eq!(labels(1e-6, 4e-6, "en"), ["0", "0.000001", "0.000002", "0.000003", "0.000004"]);
    }

    #[test]
    fn one_value_alone_stands_over_zero() {
        assert_eq!(labels(0.0, 0.0, "en"), ["0", "0.5", "1"]);
        assert_eq!(labels(7.0, 7.0, "en"), ["0", "2", "4", "6", "8"]);
        assert_eq!(labels(-7.0, -7.0, "en"), ["-8", "-6", "-4", "-2", "0"]);
        assert_eq!(labels(1e15, 1e15 + 0.125, "zh-CN"), ["0", "500万亿", "1,000万亿"]);
    }

    #[test]
    fn a_frame_has_the_marks_inside_it() {
        let scale = NumberScale::within(119.97, 120.52, 4);
        let texts: Vec<_> = scale.labels(&strings("en")).into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["120", "120.2", "120.4"]);
        assert!(scale.share(119.97).abs() < 1e-9 && (scale.share(130.0) - 1.0).abs() < 1e-9);
    }

    proptest::proptest! {
        #[test]
        fn a_scale_holds_its_values_and_has_few_marks(a in -1e18..1e18, b in -1e18..1e18, small in proptest::bool::ANY) {
            let (a, b) = if small { (a / 1e24, b / 1e24) } else { (a, b) };
            let scale = NumberScale::around(a, b, 4);
            let labels = scale.labels(&strings("en"));
            proptest::prop_assert!((2..=7).contains(&labels.len()), "{}", labels.len());
            for value in [a, b] {
                proptest::prop_assert!(scale.low <= value + value.abs() * 1e-9 && value <= scale.high + value.abs() * 1e-9);
            }
            proptest::prop_assert!(labels.iter().all(|(share, text)| share.is_finite() && !text.is_empty()));
        }
    }
}
