//! Which encoding bytes are in, by how usual the letters are that it would give.
//!
//! A wrong encoding often decodes without an error: Big5 read as GB18030 gives Han characters that nobody uses. So each
//! candidate is judged by the share of its letters that are usual ones, and the best but one is told too.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GB18030, SHIFT_JIS, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// An encoding that was found by looking.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Guess {
    /// The encoding.
    pub encoding: &'static Encoding,
    /// How many of a hundred of its letters are usual ones.
    pub certainty: u8,
    /// The best of the others, with its certainty.
    pub runner_up: Option<(&'static Encoding, u8)>,
}

/// From here on a guess is taken for certain, where nothing else comes close. Source: ours, from the files in
/// `tests/fixtures/nasty`.
const CERTAIN: u8 = 80;
const CLOSE: u8 = 25;
/// Below this nothing fits.
const LEAST: u8 = 45;
/// Bytes of a letter at most.
const MAX_LETTER_BYTES: usize = 4;
/// How much of a file is looked at.
const SAMPLE_BYTES: usize = 256 << 10;

impl Guess {
    /// Whether somebody should look at it.
    #[must_use]
    pub fn is_doubtful(&self) -> bool {
        let close = self.runner_up.is_some_and(|(_, certainty)| certainty + CLOSE > self.certainty);
        self.certainty < CERTAIN || close
    }

    /// Encoding, certainty and runner-up, for people.
    #[must_use]
    pub fn words(&self) -> String {
        let other = self.runner_up.map(|(other, certainty)| format!("; {} {certainty} %", other.name()));
        format!("{} {} %{}", self.encoding.name(), self.certainty, other.unwrap_or_default())
    }
}

/// Guesses the encoding of bytes that are not UTF-8; `None` where they are no text, or where no encoding gives letters
/// that anybody uses, as in a file of two encodings.
#[must_use]
pub fn guess(bytes: &[u8], goes_on: bool) -> Option<Guess> {
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    let n_cut = if goes_on || sample.len() < bytes.len() { MAX_LETTER_BYTES - 1 } else { 0 };
    if sample.contains(&0) {
        return guess_wide(sample);
    }
    let mut scores: Vec<(u8, &'static Encoding)> = [GB18030, BIG5, SHIFT_JIS, EUC_KR, EUC_JP, WINDOWS_1252]
        .into_iter()
        .filter_map(|encoding| Some((score(encoding, sample, n_cut)?, encoding)))
        .collect();
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let other = detector.guess(Some(b"cn"), Utf8Detection::Deny);
    if scores.iter().all(|(_, known)| *known != super::wide(other)) && decode_sample(other, sample, n_cut).is_some() {
        scores.push((50, other));
    }
    // The first of equals stays first: the order of candidates is the order of likelihood in China.
    scores.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    let (certainty, encoding) = *scores.first().filter(|(score, _)| *score >= LEAST)?;
    let runner_up = scores.get(1).filter(|(score, _)| *score > 0).map(|(score, other)| (*other, *score));
    Some(Guess { encoding, certainty, runner_up })
}

/// UTF-16 without a mark: text with NUL bytes in it that is no binary file.
fn guess_wide(sample: &[u8]) -> Option<Guess> {
    let even = &sample[..sample.len() & !1];
    let mut found = [UTF_16LE, UTF_16BE].into_iter().filter_map(|encoding| {
        let text = encoding.decode_without_bom_handling_and_without_replacement(even)?;
        let usual = text.chars().filter(|c| is_usual_letter(*c)).count();
        let share = percent(usual, text.chars().count());
        (share >= CERTAIN && !text.contains('\0')).then_some((share, encoding))
    });
    let (certainty, encoding) = found.next()?;
    Some(Guess { encoding, certainty, runner_up: found.next().map(|(score, other)| (other, score)) })
}

fn is_usual_letter(c: char) -> bool {
    matches!(c, ' '..='~' | '\t' | '\r' | '\n' | '\u{3000}'..='\u{303F}' | '\u{4E00}'..='\u{9FFF}' | '\u{FF00}'..='\u{FFEF}')
}

/// Decodes a sample; its last `n_cut` bytes may be the beginning of a letter.
fn decode_sample(encoding: &'static Encoding, sample: &[u8], n_cut: usize) -> Option<String> {
    (0..=n_cut.min(sample.len())).find_map(|n_cut| {
        let text = encoding.decode_without_bom_handling_and_without_replacement(&sample[..sample.len() - n_cut])?;
        Some(text.into_owned())
    })
}

/// How many of a hundred letters beyond ASCII are usual ones; `None` where the bytes are not in the encoding.
fn score(encoding: &'static Encoding, sample: &[u8], n_cut: usize) -> Option<u8> {
    let text = decode_sample(encoding, sample, n_cut)?;
    let (mut n_usual, mut n_all) = (0, 0);
    if encoding == WINDOWS_1252 {
        let letters: Vec<char> = text.chars().collect();
        for (idx, c) in letters.iter().enumerate().filter(|(_, c)| !c.is_ascii()) {
            n_all += 1;
            // An accented letter or sign stands among plain ones; pairs of them are two-byte letters misread.
            let near = |idx: usize| letters.get(idx).is_none_or(char::is_ascii);
            n_usual += usize::from(!c.is_control() && near(idx + 1) && (idx == 0 || near(idx - 1)));
        }
        return Some(percent(n_usual, n_all));
    }
    let mut buffer = [0; 4];
    for c in text.chars().filter(|c| !c.is_ascii()) {
        n_all += 1;
        n_usual += usize::from(is_usual_in(encoding, c, c.encode_utf8(&mut buffer)));
    }
    Some(percent(n_usual, n_all))
}

/// Whether a letter is among the usual ones of an encoding: national standards put these into a first level.
///
/// Source: GB/T 2312-1980, level 1 in rows 16 to 55, signs in rows 1 to 9; Big5, level 1 from A440 to C67E; JIS X 0208, level 1
/// in rows 16 to 47, kana in rows 4 and 5; KS X 1001, Hangul in rows 16 to 40.
fn is_usual_in(encoding: &'static Encoding, c: char, utf8: &str) -> bool {
    let (bytes, _, has_unmappable) = encoding.encode(utf8);
    let [lead, trail] = *bytes else { return false };
    if has_unmappable {
        return false;
    }
    if encoding == GB18030 {
        trail >= 0xA1 && (matches!(lead, 0xB0..=0xD7) || matches!(lead, 0xA1..=0xA3))
    } else if encoding == BIG5 {
        matches!(lead, 0xA1..=0xC6)
    } else if encoding == EUC_KR {
        matches!(c, '가'..='힣') && trail >= 0xA1
    } else {
        matches!(c, 'ぁ'..='ヿ')
            || (encoding == SHIFT_JIS && matches!(lead, 0x88..=0x97))
            || (encoding == EUC_JP && matches!(lead, 0xB0..=0xCF))
    }
}

fn percent(part: usize, all: usize) -> u8 {
    u8::try_from(part * 100 / all.max(1)).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(encoding: &'static Encoding, text: &str) -> Guess {
        let (bytes, _, _) = encoding.encode(text);
        guess(&bytes, false).unwrap()
    }

    #[test]
    fn usual_texts_are_told_apart() {
        let simplified =
            "序号,学校名称,所在街道,备注\r\n1,盐城市第一小学,文峰街道,公办\r\n2,解放路实验学校,五星街道,\r\n";
        let traditional = "序號,學校名稱,所在街道,備註\r\n1,臺北市立第一小學,信義區,公立\r\n2,實驗學校,中正區,\r\n";
        let guess = guessed(GB18030, simplified);
        assert_eq!((guess.encoding, guess.is_doubtful()), (GB18030, false), "{}", guess.words());
        let guess = guessed(BIG5, traditional);
        assert_eq!((guess.encoding, guess.is_doubtful()), (BIG5, false), "{}", guess.words());
        let guess = guessed(WINDOWS_1252, "name,city\nJosé Ibáñez,Málaga\nZoë,Genève\n");
        assert_eq!(guess.encoding, WINDOWS_1252, "{}", guess.words());
        assert_eq!(guessed(WINDOWS_1252, "id,name\n1,\u{a9}\n").encoding, WINDOWS_1252);
        assert_eq!(guessed(WINDOWS_1252, "id,name\n1,english\n2,caf\u{e9}").encoding, WINDOWS_1252);
    }

    #[test]
    fn two_encodings_in_one_file_are_none() {
        let gb = GB18030.encode("名称\n市辖区\n").0.into_owned();
        assert_eq!(guess(&[&gb, "市辖区㳇\n区县名称\n".as_bytes()].concat(), false), None);
    }

    #[test]
    fn a_single_letter_is_doubtful_but_right() {
        assert_eq!(guessed(GB18030, "a,b\n1,中\n").encoding, GB18030);
    }

    #[test]
    fn binary_data_is_no_text() {
        assert!(guess(b"PK\x03\x04\x00\x00\x08\xff\xfe\x00", false).is_none());
    }
}
