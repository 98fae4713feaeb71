//! What the header of a column says about its values.

use crate::model::text::fold;

use super::kind::{Kind, ROWS, Role};

/// The kinds that a header names, in the order of `headers.toml`.
#[must_use]
pub fn kinds_of(header: &str) -> Vec<Kind> {
    // Texts that are no column have no header, and there are a dozen for each entry of a catalog.
    if header.is_empty() {
        return Vec::new();
    }
    let folded = fold(header);
    // The last part of a path in nested data, and the parts of a name in code.
    let bare: String = folded.chars().filter(|c| c.is_alphanumeric()).collect();
    let last: String = folded.rsplit('.').next().unwrap_or_default().chars().filter(|c| c.is_alphanumeric()).collect();
    let parts: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let mut res: Vec<Kind> = ROWS
        .iter()
        .filter(|row| {
            let has = |words: &[String]| {
                words.iter().any(|word| {
                    let word: String = word.chars().filter(|c| c.is_alphanumeric()).collect();
                    if word.is_ascii() { is_ascii_part(&parts, &bare, &word) } else { bare.contains(&word) }
                })
            };
            let is_named = row.names.iter().any(|name| {
                let name: String = name.chars().filter(|c| c.is_alphanumeric()).collect();
                name == bare || name == last || (name.len() > 2 && parts.contains(&name.as_str()))
            });
            (has(&row.words) || is_named) && !has(&row.unless)
        })
        .map(|row| row.id)
        .collect();
    // Whatever is said of a body is not said of a person.
    if res.contains(&Kind::LegalRepresentative) {
        res.retain(|kind| *kind != Kind::Name);
    }
    res
}

/// Whether a word of letters stands in a header by itself, not in the middle of another word.
fn is_ascii_part(parts: &[&str], bare: &str, word: &str) -> bool {
    parts.contains(&word) || (word.len() > 4 && bare.contains(word))
}

/// Whether a header names a number that a body gave: a serial, a code, a permit. `编号` alone says too little.
#[must_use]
pub fn is_code(header: &str) -> bool {
    let folded = fold(header);
    ["编号", "编码", "代码", "文号", "证号", "许可", "批号", "流水", "序号", "注册号", "备案号", "单号", "案号"]
        .iter()
        .any(|word| folded.contains(word) && folded.len() > word.len())
}

/// Whether a header names a kind with some role.
#[must_use]
pub fn has_role(kinds: &[Kind], role: Role) -> bool {
    kinds.iter().any(|kind| kind.role() == role)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_say_what_they_mean() {
        let cases: &[(&str, &[Kind])] = &[
            ("公民身份号码", &[Kind::ResidentId]),
            ("身份证号", &[Kind::ResidentId]),
            ("SFZH", &[Kind::ResidentId]),
            ("ID_Card", &[Kind::ResidentId]),
            ("法人身份证号", &[Kind::ResidentId]),
            ("手机号码", &[Kind::Mobile]),
            ("lxdh", &[Kind::Mobile]),
            ("联系电话", &[Kind::Landline]),
            ("姓名", &[Kind::Name]),
            ("XM", &[Kind::Name]),
            ("法定代表人", &[Kind::LegalRepresentative]),
            ("法定代表人姓名", &[Kind::LegalRepresentative]),
            ("家庭住址", &[Kind::Address]),
            ("HKSZD", &[Kind::Address]),
            ("出生年月", &[Kind::BirthDate]),
            ("性别", &[Kind::Sex]),
            ("person.姓名", &[Kind::Name]),
            ("民族乡", &[]),
            ("办理身份证数量", &[Kind::Counted]),
            ("经营地址", &[]),
            ("address", &[]),
            ("统一社会信用代码", &[Kind::Organisation]),
            ("人数", &[Kind::Counted]),
            ("字段3", &[]),
            ("recipient", &[]),
        ];
        for (header, kinds) in cases {
            assert_eq!(&kinds_of(header), kinds, "{header}");
        }
    }
}
