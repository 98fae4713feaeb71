//! What the values of a column are in its CSV, for the vocabularies to say in their own words.
//!
//! In: a column and the catalog's data items. Out: a [`Reading`] that every value of the column fits, and a description.

use crate::model::column::{Column, ColumnType, Rule, TimeForm};
use crate::model::dataset::Dataset;
use crate::model::text::fold;

/// What every value of a column can be read as.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reading {
    /// Anything.
    Text,
    /// Whole numbers of at most 14 digits, without signs but `-`.
    Integer,
    /// Decimal numbers with a point, without exponents.
    Decimal,
    /// One word for true, one for false.
    Boolean(&'static str, &'static str),
    /// Days in one form.
    Date(TimeForm),
    /// Moments without a time zone, in one form, to the minute or the second.
    DateTime(TimeForm, Finest),
}

/// How far the moments of a column go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Finest {
    /// All to the minute.
    Minute,
    /// All to the second.
    Second,
    /// Not all the same, or not known.
    Mixed,
}

/// The pairs of words that are truth values. Source: the shapes of `crate::profile::shape`.
const TRUTH: [(&str, &str); 3] = [("true", "false"), ("TRUE", "FALSE"), ("是", "否")];

/// What the values of a column can be read as; text where that is not certain of all of them.
pub(super) fn reading(column: &Column) -> Reading {
    match (column.column_type, column.rule) {
        (ColumnType::Integer, _) => Reading::Integer,
        (ColumnType::Decimal | ColumnType::Coordinate, _) => Reading::Decimal,
        (ColumnType::Boolean, _) => {
            let mut samples = column.profile.samples.iter();
            let word = samples.next().map_or("", String::as_str);
            let pair = TRUTH.into_iter().find(|(yes, no)| word == *yes || word == *no);
            pair.map_or(Reading::Text, |(yes, no)| Reading::Boolean(yes, no))
        }
        (ColumnType::Date, Rule::EveryTime { form }) => Reading::Date(form),
        (ColumnType::DateTime, Rule::EveryTime { form }) => Reading::DateTime(form, finest(column, form)),
        _ => Reading::Text,
    }
}

/// All values of a form with fixed places have one length exactly when they go equally far.
fn finest(column: &Column, form: TimeForm) -> Finest {
    match (form, column.profile.lengths) {
        (TimeForm::Space | TimeForm::T, Some((16, 16))) => Finest::Minute,
        (TimeForm::Space | TimeForm::T, Some((19, 19))) => Finest::Second,
        _ => Finest::Mixed,
    }
}

/// What the catalog says of a column: the description of the data item of its name.
pub(super) fn item_description<'a>(dataset: &'a Dataset, column: &str) -> Option<&'a str> {
    let name = fold(column);
    let item = dataset.items.iter().find(|item| fold(&item.name) == name)?;
    (!item.description.is_empty()).then_some(item.description.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::fixture::{Example, column};

    #[test]
    fn truth_values_are_known_by_their_words() {
        let mut answers = column("是否公办", ColumnType::Boolean, Rule::TwoWords);
        assert_eq!(reading(&answers), Reading::Text);
        answers.profile.samples = vec!["否".to_owned(), "是".to_owned()];
        assert_eq!(reading(&answers), Reading::Boolean("是", "否"));
    }

    #[test]
    fn moments_go_as_far_as_their_length_says() {
        let at = |form, lengths| {
            let mut moments = column("时间", ColumnType::DateTime, Rule::EveryTime { form });
            moments.profile.lengths = Some(lengths);
            reading(&moments)
        };
        assert_eq!(at(TimeForm::Space, (16, 16)), Reading::DateTime(TimeForm::Space, Finest::Minute));
        assert_eq!(at(TimeForm::T, (19, 19)), Reading::DateTime(TimeForm::T, Finest::Second));
        assert_eq!(at(TimeForm::T, (16, 19)), Reading::DateTime(TimeForm::T, Finest::Mixed));
        assert_eq!(at(TimeForm::SlashSpace, (19, 19)), Reading::DateTime(TimeForm::SlashSpace, Finest::Mixed));
    }

    #[test]
    fn codes_stay_text() {
        assert_eq!(reading(&column("代码", ColumnType::Code, Rule::LeadingZero { row: 1 })), Reading::Text);
    }

    #[test]
    fn items_are_found_in_spite_of_width_and_blanks() {
        let example = Example::new(|dataset, _| dataset.items[0].name = "人数(ｍ)".to_owned());
        let dataset = example.record().dataset();
        assert_eq!(item_description(dataset, "人数 (m)"), Some("在校学生人数"));
        assert_eq!(item_description(dataset, "名称"), None);
    }
}
