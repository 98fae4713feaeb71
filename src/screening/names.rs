//! Whether a text looks like the name of a Chinese person: a usual surname and one to three characters more.
//!
//! Source: the Ministry of Public Security's reports on names give the hundred most frequent surnames, about 86 of a
//! hundred people; the others here are those of the Hundred Family Surnames.

const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈\
姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐\
易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙\
鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇\
栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜\
海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿\
鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由";

const DOUBLE: [&str; 12] =
    ["欧阳", "上官", "皇甫", "令狐", "诸葛", "司徒", "司马", "申屠", "夏侯", "尉迟", "公孙", "慕容"];

/// Whether a text looks like the name of a person.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let text = text.trim();
    // A remark in brackets is no part of the name.
    let text = text.split(['（', '(']).next().unwrap_or(text).trim_end();
    let n_chars = text.chars().count();
    let is_han = |c: char| matches!(c, '\u{3400}'..='\u{9FFF}' | '\u{20000}'..='\u{323AF}');
    if text.contains(['·', '•']) {
        return (4..=20).contains(&n_chars) && text.chars().all(|c| is_han(c) || c == '·' || c == '•');
    }
    if !text.chars().all(is_han) {
        return false;
    }
    let has_double = DOUBLE.iter().any(|surname| text.starts_with(surname));
    let has_single = text.chars().next().is_some_and(|first| SURNAMES.contains(first));
    (has_single && (2..=3).contains(&n_chars))
        || (has_double && (3..=4).contains(&n_chars))
        || (has_single && n_chars == 4 && text.chars().nth(1).is_some_and(|second| SURNAMES.contains(second)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_words() {
        for name in ["张三", "欧阳娜娜", "买买提·艾力", "程桂香", "王伟（亭湖区）"] {
            assert!(is_name(name), "{name}");
        }
        for word in ["东站", "张家港市人民政府", "A1", "", "张", "已办结"] {
            assert!(!is_name(word), "{word}");
        }
    }
}
