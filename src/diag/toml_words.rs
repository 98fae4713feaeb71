//! What the TOML reader says, in Chinese: it speaks English only, and clerks write `site.toml`.

/// Says a message of the reader in Chinese; a message that is not known stays as it is.
#[must_use]
pub fn in_chinese(message: &str) -> String {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if let (true, Some(name)) = (message.starts_with("missing field"), quoted.first()) {
        return format!("缺少配置项 {name}");
    }
    if let (true, Some((name, known))) = (message.starts_with("unknown field"), quoted.split_first()) {
        return match nearest(name, known) {
            Some(meant) => format!("没有配置项 {name}，是否为 {meant}？可用：{}", known.join("、")),
            None => format!("没有配置项 {name}；可用：{}", known.join("、")),
        };
    }
    for (words, chinese) in [
        ("expected a boolean", "应为 true 或 false，不加引号"),
        ("string values must be quoted", "文字要用英文双引号 \" \" 括起来"),
        ("expected a string", "应为文字，用英文双引号 \" \" 括起来"),
        ("expected a sequence", "应为列表，如 [\"甲\", \"乙\"]"),
        ("duplicate key", "同一配置项写了两次"),
        ("No such file or directory", "没有这个文件"),
    ] {
        if message.contains(words) {
            return chinese.to_owned();
        }
    }
    message.to_owned()
}

/// The name that was probably meant: at most two letters away, or a third of the name.
#[must_use]
pub fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).max(2);
    known.iter().map(|other| (distance(name, other), *other)).filter(|(d, _)| *d <= limit).min().map(|(_, other)| other)
}

/// How many letters must be changed, added, left out or exchanged with the next one to get from one name to another.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = changed.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_is_understood() {
        assert_eq!(in_chinese("missing field `regime`"), "缺少配置项 regime");
        assert_eq!(
            in_chinese("unknown field `titel`, expected one of `title`, `theme`"),
            "没有配置项 titel，是否为 title？可用：title、theme"
        );
        assert_eq!(in_chinese("something new"), "something new");
    }

    #[test]
    fn typing_errors_are_near() {
        assert_eq!(nearest("opennes_class", &["openness_class", "is_open"]), Some("openness_class"));
        assert_eq!(nearest("颜色", &["title"]), None);
    }
}
