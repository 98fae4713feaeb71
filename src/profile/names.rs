//! What a column's name says about its values.

use crate::model::text::fold;

/// Words in the names of columns whose digits name things and are not counted with.
const CODE_WORDS: &[&str] = &[
    "编码",
    "代码",
    "编号",
    "号码",
    "代号",
    "证号",
    "证件号",
    "区号",
    "电话",
    "邮编",
    "手机",
    "传真",
    "账号",
    "帐号",
    "条码",
    "标识",
    "行政区划",
    "信用代码",
    "文号",
    "图号",
    "车牌",
];
/// The same in English, as whole words.
const CODE_TOKENS: &[&str] =
    &["id", "code", "codes", "zip", "zipcode", "postcode", "phone", "tel", "fax", "isbn", "uuid", "no"];
const DATE_WORDS: &[&str] = &["日期", "时间", "年月日"];
const DATE_TOKENS: &[&str] = &["date", "datetime", "time", "day"];
const YEAR_WORDS: &[&str] = &["年份", "年度"];
const YEAR_TOKENS: &[&str] = &["year"];
const MONTH_WORDS: &[&str] = &["月份", "年月", "统计月"];
const MONTH_TOKENS: &[&str] = &["month", "yearmonth", "yyyymm"];
const TOTAL_WORDS: &[&str] = &["合计", "总计", "总数", "总量"];
const TOTAL_TOKENS: &[&str] = &["total", "sum"];
const NUMBERING_WORDS: &[&str] = &["序号", "行号"];
const LONGITUDE_WORDS: &[&str] = &["经度"];
const LONGITUDE_TOKENS: &[&str] = &["lng", "lon", "long", "longitude"];
const LATITUDE_WORDS: &[&str] = &["纬度"];
const LATITUDE_TOKENS: &[&str] = &["lat", "latitude"];

/// Whether values name things.
#[must_use]
pub fn is_code(name: &str) -> bool {
    says(name, CODE_WORDS, CODE_TOKENS)
}

/// Whether values are days or moments.
#[must_use]
pub fn is_date(name: &str) -> bool {
    says(name, DATE_WORDS, DATE_TOKENS)
}

/// Whether values are years.
#[must_use]
pub fn is_year(name: &str) -> bool {
    fold(name) == "年" || says(name, YEAR_WORDS, YEAR_TOKENS)
}

/// Whether values are months of years.
#[must_use]
pub fn is_month(name: &str) -> bool {
    says(name, MONTH_WORDS, MONTH_TOKENS)
}

/// Whether values are sums over other columns.
#[must_use]
pub fn is_total(name: &str) -> bool {
    says(name, TOTAL_WORDS, TOTAL_TOKENS)
}

/// Whether values count the rows.
#[must_use]
pub fn is_numbering(name: &str) -> bool {
    says(name, NUMBERING_WORDS, &[])
}

/// The largest absolute value that degrees of such a name have; `None` for other names.
#[must_use]
pub fn max_degrees(name: &str) -> Option<f64> {
    if says(name, LONGITUDE_WORDS, LONGITUDE_TOKENS) {
        Some(180.0)
    } else if says(name, LATITUDE_WORDS, LATITUDE_TOKENS) {
        Some(90.0)
    } else {
        None
    }
}

fn says(name: &str, words: &[&str], tokens: &[&str]) -> bool {
    let folded = fold(name);
    words.iter().any(|word| folded.contains(word))
        || english_tokens(name).iter().any(|token| tokens.contains(&token.as_str()))
}

/// The ASCII words of a name: parts between other signs, and between a small and a capital letter.
fn english_tokens(name: &str) -> Vec<String> {
    let mut res: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            let begins = !before.is_ascii_alphanumeric() || (before.is_ascii_lowercase() && c.is_ascii_uppercase());
            if begins {
                res.push(String::new());
            }
            if let Some(word) = res.last_mut() {
                word.push(c.to_ascii_lowercase());
            }
        }
        before = c;
    }
    res
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_understood() {
        for name in ["行政区划代码", "站点编号", "streetCode", "id", "Province_ID", "联系电话", "ZIP"] {
            assert!(is_code(name), "{name}");
        }
        for name in ["序号", "width", "idea", "编制人数", "decode", "valid"] {
            assert!(!is_code(name), "{name}");
        }
        assert_eq!(max_degrees("经度(WGS84)"), Some(180.0));
        assert_eq!(max_degrees("geo_lat"), Some(90.0));
        assert_eq!(max_degrees("latent"), None);
        assert!(is_date("发布日期") && is_date("updateTime") && !is_date("update"));
        assert!(is_year("年份") && is_year("年") && is_year("buildYear") && !is_year("启用时间") && !is_year("学年制"));
        assert!(is_month("统计月份") && is_month("年月") && is_month("year_month") && !is_month("月收入"));
        assert!(is_total("可售套数_合计") && !is_total("总经理") && is_numbering("序号"));
    }
}
