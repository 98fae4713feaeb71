//! Which of the first rows are titles, which are headers, and what the columns are called.

use std::collections::BTreeSet;

use crate::batch::Cell;
use crate::profile::shape::{Shape, look};
use crate::site::ReadConfig;

/// Where the headers of a table are.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Header {
    /// Rows above the headers: titles, units, notes.
    pub n_above: usize,
    /// Rows of headers.
    pub n_rows: usize,
    /// Column names as they stand there; may be empty or repeated.
    pub names: Vec<String>,
    /// Whether most names look like values.
    pub is_doubtful: bool,
}

/// Most rows that may stand above the headers.
pub const MAX_ABOVE: usize = 20;

impl Header {
    /// Finds the headers among the first rows; what the team states wins.
    ///
    /// Shape: `rows` are the first rows as they stand, not filled to one width.
    #[must_use]
    pub fn find(rows: &[Vec<String>], config: &ReadConfig) -> Option<Self> {
        let n_above = match config.header_row {
            Some(row) => usize::try_from(row).unwrap_or(usize::MAX).saturating_sub(1),
            None => n_above(rows),
        };
        let first = rows.get(n_above)?;
        let n_rows = match config.header_rows {
            Some(n_rows) => usize::from(n_rows.max(1)),
            None if config.header_row.is_some() => 1,
            None => n_header_rows(&rows[n_above..]),
        };
        let names = match rows.get(n_above..n_above + n_rows)? {
            [_] => first.clone(),
            several => joined(several),
        };
        let n_filled = names.iter().filter(|name| !name.trim().is_empty()).count();
        let n_values = names.iter().filter(|name| is_value(name)).count();
        Some(Self { n_above, n_rows, is_doubtful: n_values * 2 > n_filled, names })
    }
}

fn n_filled(row: &[String]) -> usize {
    row.iter().filter(|cell| !cell.trim().is_empty()).count()
}

/// The number of titles and notes above the headers: rows that are nearly empty while a later row is not.
fn n_above(rows: &[Vec<String>]) -> usize {
    let usual = usual_width(rows);
    if usual < 2 {
        return 0;
    }
    let is_note = |row: &Vec<String>| {
        let n_filled = n_filled(row);
        let is_short = row.len() < usual && n_filled * 2 < usual.max(3);
        n_filled == 0 || is_short || (usual >= 3 && n_filled == 1) || n_filled * 4 <= usual
    };
    let is_full = |row: &Vec<String>| n_filled(row) * 5 >= usual * 3;
    match rows.iter().take(MAX_ABOVE + 1).position(|row| !is_note(row)) {
        Some(n_above) if rows[n_above..].iter().any(is_full) => n_above,
        _ => 0,
    }
}

/// The number of filled cells that most rows have at least.
fn usual_width(rows: &[Vec<String>]) -> usize {
    let mut widths: Vec<usize> = rows.iter().map(|row| n_filled(row)).filter(|n| *n > 0).collect();
    widths.sort_unstable();
    widths.get(widths.len() / 2).copied().unwrap_or_default()
}

/// Two rows of headers where the first names groups: it has gaps that the second fills, and the second has gaps where
/// the first stands for both.
fn n_header_rows(rows: &[Vec<String>]) -> usize {
    let [first, second, third, ..] = rows else { return 1 };
    let width = first.len().max(second.len());
    let filled = |row: &[String], idx: usize| row.get(idx).is_some_and(|cell| !cell.trim().is_empty());
    let is_complete = (0..width).all(|idx| filled(first, idx) || filled(second, idx));
    let fills_gap = (0..width).any(|idx| !filled(first, idx) && filled(second, idx));
    let has_gap = (0..width).any(|idx| filled(first, idx) && !filled(second, idx));
    let has_value = second.iter().any(|cell| is_value(cell));
    let is_followed = n_filled(third) * 5 >= width * 3;
    if is_complete && fills_gap && has_gap && !has_value && is_followed && filled(first, 0) { 2 } else { 1 }
}

/// Names from several rows of headers: the group's name, then the column's own.
fn joined(rows: &[Vec<String>]) -> Vec<String> {
    let width = rows.iter().map(Vec::len).max().unwrap_or_default();
    let mut names = vec![String::new(); width];
    for (row_idx, row) in rows.iter().enumerate() {
        let mut group = "";
        for (idx, name) in names.iter_mut().enumerate() {
            let own = row.get(idx).map_or("", |cell| cell.trim());
            // A group reaches to the right until the next; the last row names each column for itself.
            let is_last = row_idx + 1 == rows.len();
            if !own.is_empty() {
                group = own;
            }
            let part = if is_last { own } else { group };
            if !part.is_empty() && name != part {
                if !name.is_empty() {
                    name.push('/');
                }
                name.push_str(part);
            }
        }
    }
    // A group's name does not reach over a column that has a name of its own in that row only.
    names
}

fn is_value(cell: &str) -> bool {
    let shape = look(Cell::Text(cell.trim())).shape;
    shape.has(Shape::NUMBER | Shape::DIGITS) || shape.time_form().is_some()
}

/// Names that are neither empty nor twice there: `列3` for an empty one, `x_2` for the second x.
#[must_use]
pub fn unique_names(header: &[String]) -> Vec<String> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let mut res = Vec::with_capacity(header.len());
    for (idx, name) in header.iter().enumerate() {
        let plain = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let base = if plain.is_empty() { format!("列{}", idx + 1) } else { plain };
        let mut unique = base.clone();
        let mut n = 2;
        while !taken.insert(unique.clone()) {
            unique = format!("{base}_{n}");
            n += 1;
        }
        res.push(unique);
    }
    res
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str) -> Header {
        let rows: Vec<Vec<String>> = text.lines().map(|line| line.split(',').map(str::to_owned).collect()).collect();
        Header::find(&rows, &ReadConfig::default()).unwrap()
    }

    #[test]
    fn a_plain_header_is_the_first_row() {
        let header = find("id,name\n1,a\n2,b");
        assert_eq!((header.n_above, header.n_rows, header.is_doubtful), (0, 1, false));
        assert_eq!(find("id,\n1,a\n2,b").n_above, 0);
        assert_eq!(find("a\n1\n2").n_above, 0);
        assert!(find("1,2\n3,4").is_doubtful);
    }

    #[test]
    fn titles_stand_above() {
        assert_eq!(find("某市学校名单\n序号,名称,地址\n1,甲,乙\n2,丙,丁").n_above, 1);
        assert_eq!(find("某市学校名单,,\n,,\n序号,名称,地址\n1,甲,乙\n2,丙,丁").n_above, 2);
        assert_eq!(find("单位：万元\n年份,数值\n2020,1\n2021,2").n_above, 1);
    }

    #[test]
    fn groups_of_columns_are_named_with_their_group() {
        let header = find("序号,学校,学生数,,班级数\n,,男,女,\n1,甲,2,3,4\n2,乙,2,3,4");
        assert_eq!(header.n_rows, 2);
        assert_eq!(header.names, ["序号", "学校", "学生数/男", "学生数/女", "班级数"]);
        assert_eq!(find("a,b,\n1,2,x\n3,4,y").n_rows, 1);
    }

    #[test]
    fn names_become_unique() {
        let names = ["a", "", "a", " b\n c "].map(str::to_owned);
        assert_eq!(unique_names(&names), ["a", "列2", "a_2", "b c"]);
    }
}
