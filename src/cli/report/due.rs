//! Why something is to be fixed, and by when: from the regime and the working days, never from here.

use crate::calendar::WorkingDays;
use crate::cli::print::say;
use crate::diag::{Code, Lang, Level};
use crate::model::date::Day;
use crate::model::digest::Digest;
use crate::rules::Regime;
use crate::rules::profile::Deadline;

/// The period of the regime that runs from the day on which the team hands out its report.
const RECTIFICATION: &str = "quality_rectification";
/// What a profile says where the regulation says nothing.
const UNSPECIFIED: &str = "unspecified";
/// What stands for a day that nobody can know yet.
const UNPUBLISHED: &str = "待公布";

/// What a report says of articles and days; empty where the rules could not be read.
pub struct Due {
    as_of: Day,
    /// The name of the regulation.
    title: String,
    articles: Vec<(&'static [Code], String)>,
    /// The period to put things right: its article and words, and its last day.
    rectification: Option<(String, String)>,
    /// The digest of the arrangements that days were counted by.
    calendar: Option<Digest>,
}

impl Due {
    /// Reads it off the rules.
    pub fn of(rules: Option<(&Regime, &WorkingDays)>, as_of: Day) -> Self {
        let Some((regime, days)) = rules else {
            return Self { as_of, title: String::new(), articles: Vec::new(), rectification: None, calendar: None };
        };
        let screening = regime.pre_publication.as_ref().map(|rule| rule.article.clone()).unwrap_or_default();
        let is_of_text = !regime.class_change.downgrade.quote.is_empty();
        let class_change = if is_of_text { regime.class_change.article.clone() } else { String::new() };
        let machine_readable = regime.access.machine_readable.as_ref().map(|rule| rule.article.clone());
        let articles: Vec<(&'static [Code], String)> = vec![
            (&[Code::FieldMissing, Code::FieldRequired, Code::DataOverdue], regime.catalog.article.clone()),
            (
                &[Code::OpennessMissing, Code::OpennessUnknown, Code::OpennessContradiction, Code::OpennessClosed],
                regime.classes.article.clone(),
            ),
            // Where the regulation has no words for it, it is a rule of ours and not its article's.
            (&[Code::ClassLowered, Code::DatasetVanished], class_change),
            (&[Code::DatasetHeld, Code::DatasetWithdrawn], regime.objection.article.clone()),
            (
                &[
                    Code::PersonalData,
                    Code::PersonalHeader,
                    Code::PersonalCombination,
                    Code::PersonalDoubt,
                    Code::NotScreened,
                ],
                screening,
            ),
            (&[Code::NotMachineReadable], machine_readable.unwrap_or_default()),
        ];
        let rectification = regime.deadline.iter().find(|deadline| deadline.id == RECTIFICATION);
        let period = rectification.and_then(|deadline| days.period(as_of, deadline.n?).ok());
        let calendar = period.map(|_| days.digest());
        let last_day = period.map_or_else(|| UNPUBLISHED.to_owned(), |period| period.last_day.to_string());
        let rectification = rectification.map(|deadline| (words(deadline), last_day));
        Self { as_of, title: regime.title.clone(), articles, rectification, calendar }
    }

    /// The article that a finding rests on, else the standard; what is neither is a rule of the program's own.
    pub fn why(&self, code: Code, lang: Lang) -> String {
        let of_regime = self.articles.iter().find(|(codes, article)| codes.contains(&code) && !article.is_empty());
        if let Some((_, article)) = of_regime {
            return format!("《{}》{article}", self.title);
        }
        let is_standard = ["PIPL", "GB", "国办", "RFC"].iter().any(|name| code.source().starts_with(name));
        if is_standard {
            code.source().to_owned()
        } else {
            say(lang, "发布检查规则", "a rule of the check").to_owned()
        }
    }

    /// By when it is to be put right; the words say where the rules set no period.
    pub fn when(&self, code: Code, lang: Lang) -> String {
        match (&self.rectification, code.level()) {
            (_, Level::Note) => String::new(),
            // Until an approval is on record; no period runs.
            _ if matches!(code, Code::ClassLowered | Code::DatasetVanished) => String::new(),
            (Some((words, last_day)), _) => format!("{last_day}（{words}）"),
            (None, _) => say(lang, "规则未规定期限", "the rules set no period").to_owned(),
        }
    }

    /// The first line of the report.
    pub fn lead(&self, lang: Lang) -> String {
        let day = self.as_of;
        let calendar = self.calendar.map_or_else(String::new, |digest| match lang {
            Lang::Zh => format!("放假安排数据的摘要（SHA-256）：{digest}。"),
            Lang::En => format!(" Digest (SHA-256) of the arrangements of holidays: {digest}."),
        });
        match lang {
            Lang::Zh => {
                format!("检查日期 {day}。期限自本报告送达提供单位之日起算，这里按检查日期计算。{calendar}")
            }
            Lang::En => format!(
                "Checked for {day}. Periods run from the day on which the provider gets this report; here they are counted from the day of the check.{calendar}"
            ),
        }
    }
}

fn words(deadline: &Deadline) -> String {
    let n = deadline.n.map_or_else(String::new, |n| n.to_string());
    let from = if deadline.from == UNSPECIFIED { String::new() } else { format!("{}起 ", deadline.from) };
    format!("{}：{from}{n} 个工作日", deadline.article)
}
