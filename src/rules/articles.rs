//! Article numbers in Chinese, and their change from a final text back to its draft.

use super::profile::ArticleMap;

const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// Reads a number below one hundred in Chinese, such as `二十八`.
#[must_use]
pub fn number_of(text: &str) -> Option<u32> {
    let digit = |c: char| DIGITS.iter().position(|digit| *digit == c && c != '零').and_then(|n| u32::try_from(n).ok());
    let chars: Vec<char> = text.chars().collect();
    match chars[..] {
        ['十'] => Some(10),
        [unit] => digit(unit),
        ['十', unit] => Some(10 + digit(unit)?),
        [tens, '十'] => Some(10 * digit(tens)?),
        [tens, '十', unit] => Some(10 * digit(tens)? + digit(unit)?),
        _ => None,
    }
}

/// Writes a number below one hundred in Chinese.
#[must_use]
pub fn in_chinese(n: u32) -> String {
    let digit = |n: u32| DIGITS.get(n as usize).map(char::to_string).unwrap_or_default();
    match (n / 10, n % 10) {
        (0, unit) => digit(unit),
        (1, 0) => "十".to_owned(),
        (1, unit) => format!("十{}", digit(unit)),
        (tens, 0) => format!("{}十", digit(tens)),
        (tens, unit) => format!("{}十{}", digit(tens), digit(unit)),
    }
}

/// Every article that a text names.
#[must_use]
pub fn named_in(text: &str) -> Vec<u32> {
    text.split('第').skip(1).filter_map(|rest| number_of(rest.split_once('条')?.0)).collect()
}

/// Puts the draft's number in the place of each article of the final text.
///
/// Errors: the number of an article that the map does not tell of.
pub fn as_in_draft(text: &str, map: &ArticleMap) -> Result<String, u32> {
    let mut res = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('第') {
        res.push_str(before);
        res.push('第');
        rest = after;
        if let Some((number, tail)) = after.split_once('条')
            && let Some(n) = number_of(number)
        {
            let draft = map.iter().find(|(_, in_force)| **in_force == n.to_string()).ok_or(n)?.0;
            let draft: u32 = draft.parse().map_err(|_| n)?;
            res.push_str(&in_chinese(draft));
            res.push('条');
            rest = tail;
        }
    }
    res.push_str(rest);
    Ok(res)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_back() {
        for n in 1..100 {
            assert_eq!(number_of(&in_chinese(n)), Some(n), "{n}");
        }
        assert_eq!(number_of("百"), None);
    }

    #[test]
    fn a_draft_has_its_own_numbers() {
        let map: ArticleMap = [("30".to_owned(), "28".to_owned())].into();
        assert_eq!(as_in_draft("第二十八条第二款", &map), Ok("第三十条第二款".to_owned()));
        assert_eq!(as_in_draft("第二十九条", &map), Err(29));
        assert_eq!(named_in("第三十六条第一款、第四十一条"), [36, 41]);
    }
}
