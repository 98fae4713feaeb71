//! Texts in binary files of which nobody reads the records here: what stands in them one letter after the other.

/// Fewest letters of a run: nothing that is looked for is shorter.
const MIN_LETTERS: usize = 7;
/// Longest run that is handed on as one; a number at the seam is in one of both, because they overlap.
const MAX_LETTERS: usize = 4096;
const OVERLAP: usize = 64;

/// Hands on every run of printable ASCII letters, as single bytes and as UTF-16.
///
/// Numbers, addresses and plates' letters are ASCII in every encoding of the formats this is for.
pub fn each_run(bytes: &[u8], each: &mut dyn FnMut(&str)) {
    let mut run = String::new();
    walk(bytes.iter().copied(), &mut run, each);
    for begin in 0..2 {
        let pairs = bytes.get(begin..).unwrap_or_default().as_chunks::<2>().0;
        walk(pairs.iter().map(|[low, high]| if *high == 0 { *low } else { 0 }), &mut run, each);
    }
}

fn walk(letters: impl Iterator<Item = u8>, run: &mut String, each: &mut dyn FnMut(&str)) {
    for letter in letters.chain(std::iter::once(0)) {
        if matches!(letter, b' '..=b'~') {
            run.push(char::from(letter));
            if run.len() >= MAX_LETTERS {
                each(run);
                run.drain(..MAX_LETTERS - OVERLAP);
            }
            continue;
        }
        if run.len() >= MIN_LETTERS {
            each(run);
        }
        run.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(bytes: &[u8]) -> Vec<String> {
        let mut res = Vec::new();
        each_run(bytes, &mut |run| res.push(run.to_owned()));
        res
    }

    #[test]
    fn bytes_and_pairs_of_bytes() {
        let mut bytes = b"\x0b\x00\x0013925522956\x01\xff".to_vec();
        bytes.extend("张三13925522957".encode_utf16().flat_map(u16::to_le_bytes));
        bytes.push(9);
        bytes.extend("13925522958".encode_utf16().flat_map(u16::to_le_bytes));
        let found = runs(&bytes);
        for number in ["13925522956", "13925522957", "13925522958"] {
            assert!(found.iter().any(|run| run.ends_with(number)), "{found:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_number_is_found_wherever_it_stands(n_before in 0_usize..9_000) {
            let text = format!("{}13925522956", " ".repeat(n_before));
            proptest::prop_assert!(runs(text.as_bytes()).iter().any(|run| run.contains("13925522956")));
        }
    }
}
