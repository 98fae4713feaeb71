//! Whether the colours of a theme can be read: contrast between its tokens, in each scheme.
//!
//! Source: WCAG 2.2, 1.4.3 and 1.4.11; `design/frontend.md` 6.2.

use std::collections::BTreeMap;

use crate::diag::{Code, Finding, Place};

/// What is put on what, and how much they have to differ.
const PAIRS: [(&str, &str, f64); 31] = [
    ("fg", "bg", TEXT),
    ("fg", "card", TEXT),
    ("fg", "soft", TEXT),
    ("mut", "bg", TEXT),
    ("mut", "card", TEXT),
    ("mut", "soft", TEXT),
    ("pri", "bg", TEXT),
    ("pri", "card", TEXT),
    ("pri", "soft", TEXT),
    ("pri-d", "bg", TEXT),
    ("pri-d", "card", TEXT),
    ("pri-d", "soft", TEXT),
    ("on", "pri", TEXT),
    ("on", "pri-d", TEXT),
    ("ok", "card", TEXT),
    ("ok", "ok-s", TEXT),
    ("warn", "card", TEXT),
    ("warn", "warn-s", TEXT),
    ("bad", "card", TEXT),
    ("bad", "bad-s", TEXT),
    ("fg", "warn-s", TEXT),
    ("band-on", "band", TEXT),
    ("band-soft", "band", TEXT),
    ("band-pri", "band-on", TEXT),
    ("band-pri", "band-soft", TEXT),
    ("focus", "bg", SIGN),
    ("focus", "card", SIGN),
    ("mut", "card", SIGN),
    ("bar", "card", SIGN),
    ("ok", "rail", SIGN),
    ("bad", "rail", SIGN),
];
/// Text. Source: WCAG 2.2, 1.4.3.
const TEXT: f64 = 4.5;
/// Borders of fields, marks of charts, the frame of the focus. Source: WCAG 2.2, 1.4.11.
const SIGN: f64 = 3.0;

/// When a block of tokens is in force. Each overrides those before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Scheme {
    Light,
    Dark,
    HighContrast,
}

impl Scheme {
    const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::HighContrast];

    fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::HighContrast => "high contrast",
        }
    }
}

/// A token as it is written.
#[derive(Clone, Debug)]
struct Token {
    value: String,
    line: u64,
}

/// Judges the tokens of a theme.
///
/// Findings: THEME_CONTRAST for each pair that is too alike in some scheme, and for each of these tokens that is missing or
/// no `#rrggbb`.
pub fn findings(css: &str, file: &str) -> Vec<Finding> {
    let blocks = tokens(css);
    let mut in_force: BTreeMap<String, Token> = BTreeMap::new();
    let mut res = Vec::new();
    for scheme in Scheme::ALL {
        let own: Vec<_> = blocks.iter().filter(|(of, _, _)| *of == scheme).collect();
        if own.is_empty() {
            continue;
        }
        in_force.extend(own.into_iter().map(|(_, name, token)| (name.clone(), token.clone())));
        for (upper, lower, least) in PAIRS {
            res.extend(judge(&in_force, (upper, lower), least, scheme, file));
        }
    }
    res
}

fn judge(
    in_force: &BTreeMap<String, Token>,
    (upper, lower): (&str, &str),
    least: f64,
    scheme: Scheme,
    file: &str,
) -> Option<Finding> {
    let finding = |line: Option<u64>, found: String, expected: String| {
        let place = Place::file(file.to_owned());
        let place = line.map_or(place.clone(), |line| place.at_line(line));
        Some(Finding::new(Code::ThemeContrast, place).found(&found).expected(expected))
    };
    for name in [upper, lower] {
        match in_force.get(name) {
            None => return finding(None, format!("--{name}"), format!("--{name}: #rrggbb")),
            Some(token) if colours(&token.value).is_empty() => {
                return finding(Some(token.line), token.value.clone(), format!("--{name}: #rrggbb"));
            }
            Some(_) => {}
        }
    }
    let (above, below) = (in_force.get(upper)?, in_force.get(lower)?);
    let pairs = colours(&above.value).into_iter().flat_map(|a| colours(&below.value).into_iter().map(move |b| (a, b)));
    let worst = pairs.map(|(a, b)| contrast(a, b)).fold(f64::INFINITY, f64::min);
    if worst >= least {
        return None;
    }
    let found = format!("--{upper} {} / --{lower} {} ({}): {worst:.2}", above.value, below.value, scheme.name());
    finding(Some(above.line), found, format!("{least} : 1"))
}

/// Every token with the scheme of its block, in the order of the text.
fn tokens(css: &str) -> Vec<(Scheme, String, Token)> {
    let mut res = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut text = String::new();
    let mut line = 1;
    let mut rest = css;
    while let Some(sign) = rest.chars().next() {
        if let Some(comment) = rest.strip_prefix("/*") {
            let end = comment.find("*/").map_or(rest.len(), |end| end + 4);
            line += rest[..end].matches('\n').count() as u64;
            rest = &rest[end..];
            continue;
        }
        rest = &rest[sign.len_utf8()..];
        line += u64::from(sign == '\n');
        match sign {
            '{' => open.push(std::mem::take(&mut text)),
            '}' | ';' => {
                if let Some((name, value)) = text.trim().strip_prefix("--").and_then(|text| text.split_once(':')) {
                    let token = Token { value: value.trim().to_owned(), line };
                    res.push((scheme_of(&open), name.trim().to_owned(), token));
                }
                text.clear();
                if sign == '}' {
                    open.pop();
                }
            }
            _ => text.push(sign),
        }
    }
    res
}

fn scheme_of(open: &[String]) -> Scheme {
    if open.iter().any(|prelude| prelude.contains("data-contrast") || prelude.contains("prefers-contrast")) {
        Scheme::HighContrast
    } else if open.iter().any(|prelude| prelude.contains("prefers-color-scheme") && prelude.contains("dark")) {
        Scheme::Dark
    } else {
        Scheme::Light
    }
}

/// Every `#rgb` and `#rrggbb` of a value: a gradient has several.
fn colours(value: &str) -> Vec<[u8; 3]> {
    value.split('#').skip(1).filter_map(colour).collect()
}

fn colour(text: &str) -> Option<[u8; 3]> {
    let digits: Vec<u8> =
        text.chars().map_while(|c| c.to_digit(16)).filter_map(|digit| u8::try_from(digit).ok()).collect();
    match digits[..] {
        [r, g, b] => Some([r * 17, g * 17, b * 17]),
        [r1, r2, g1, g2, b1, b2] => Some([r1 * 16 + r2, g1 * 16 + g2, b1 * 16 + b2]),
        _ => None,
    }
}

/// Source: WCAG 2.2, contrast ratio and relative luminance.
fn contrast(a: [u8; 3], b: [u8; 3]) -> f64 {
    let luminance = |colour: [u8; 3]| {
        let [r, g, b] = colour.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::theme::BUILT_IN;

    fn built_in() -> String {
        let bytes = BUILT_IN.iter().find(|(name, _)| *name == "assets/tokens.css").unwrap().1;
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[test]
    fn known_contrasts() {
        assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 1e-9);
        assert!((contrast([0x76; 3], [255; 3]) - 4.54).abs() < 0.01);
        assert_eq!(colours("linear-gradient(1deg, #fff, #0b57a4 60%)"), [[255; 3], [0x0b, 0x57, 0xa4]]);
    }

    #[test]
    fn the_themes_that_come_along_can_be_read_in_every_scheme() {
        let haibin = concat!(env!("CARGO_MANIFEST_DIR"), "/themes/haibin/assets/tokens.css");
        for css in [built_in(), std::fs::read_to_string(haibin).unwrap()] {
            assert_eq!(findings(&css, "x"), []);
            for scheme in Scheme::ALL {
                assert!(tokens(&css).iter().any(|(of, _, _)| *of == scheme), "{scheme:?}");
            }
        }
    }

    #[test]
    fn what_is_too_pale_is_told_with_its_line() {
        let css = built_in().replace("--mut: #55606f", "--mut: #99a0a9");
        let found = findings(&css, "themes/x/assets/tokens.css");
        assert!(found.len() >= 3, "{found:?}");
        let line = css.lines().position(|line| line.contains("#99a0a9")).unwrap() as u64 + 1;
        assert!(format!("{:?}", found[0]).contains(&line.to_string()));
        assert_eq!(findings(&css.replace("--fg: #1b2432", "--fg: navy"), "x").len(), found.len() + 4);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read(css in "[-a:;{}/* #0-9\n\\PC]{0,200}") {
            findings(&css, "x");
        }
    }
}
