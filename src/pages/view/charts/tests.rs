//! Whatever a profile and a sample say, the picture is well formed, finite and escaped.

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use quick_xml::events::Event;
use tera::{Context, Tera};

use super::*;
use crate::model::column::{ColumnType, Digits, Distinct, Numbers, Profile, Rule, TopValue};
use crate::model::dataset::DataItem;
use crate::model::table::Sample;
use crate::pages::theme::BUILT_IN;
use scale::tests::strings;

/// The picture as the built-in template writes it.
fn drawn(chart: &ChartView, tag: &str) -> String {
    let mut tera = Tera::new();
    let (_, template) = BUILT_IN.iter().find(|(name, _)| *name == "templates/chart.html").unwrap();
    tera.add_raw_template("chart.html", std::str::from_utf8(template).unwrap()).unwrap();
    let mut context = Context::new();
    context.insert("chart", chart);
    context.insert("t", strings(tag).all());
    tera.render("chart.html", &context).unwrap()
}

/// Reads the picture as XML; answers the names of its elements.
fn read(xml: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut names = Vec::new();
    let mut depth = 0_i32;
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => break,
            Event::Start(start) => {
                depth += 1;
                names.push(start.name().as_ref().to_owned());
                check_attributes(&start);
            }
            Event::Empty(start) => check_attributes(&start),
            Event::End(_) => depth -= 1,
            Event::Text(_) | Event::GeneralRef(_) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(depth, 0, "{xml}");
    names
}

fn check_attributes(start: &quick_xml::events::BytesStart<'_>) {
    for attribute in start.attributes() {
        let attribute = attribute.unwrap();
        let value = attribute.value.to_string();
        if ["d", "x", "y", "viewBox"].contains(&attribute.key.as_ref()) {
            assert!(value.chars().all(|c| "MmLlHhVvz -.0123456789".contains(c)), "{value}");
            assert!(value.split(|c: char| !c.is_ascii_digit()).all(|digits| digits.len() <= 5), "{value}");
        }
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[<>&\"'/甲a]{0,12}",
        "-?[0-9]{1,14}(\\.[0-9]{1,4})?",
        "(19|20)[0-9]{2}-0[1-9]-1[0-9]( 0[0-9]:30)?",
        "1[0-9]{3}",
        any::<String>().prop_map(|text| text.chars().take(30).collect()),
    ]
}

fn column() -> impl Strategy<Value = Column> {
    let types = prop_oneof![
        Just(ColumnType::Text),
        Just(ColumnType::Code),
        Just(ColumnType::Boolean),
        Just(ColumnType::Date),
        Just(ColumnType::Integer),
        Just(ColumnType::Coordinate)
    ];
    let top = vec((text(), 0_u64..1_000, any::<bool>()), 0..10);
    let parts = (text(), types, top, 0_u64..80, proptest::option::of(vec(text(), 6)), any::<u64>());
    parts.prop_map(|(name, column_type, top, n_kinds, numbers, n_missing)| Column {
        name,
        column_type,
        rule: Rule::Words,
        digits: Digits::default(),
        profile: Profile {
            n_missing: if n_missing % 3 == 0 { n_missing } else { n_missing % 50 },
            distinct: Some(Distinct::Exactly(n_kinds)),
            top: top.into_iter().map(|(value, count, at_least)| TopValue { value, count, at_least }).collect(),
            numbers: numbers.map(|texts| Numbers {
                min: texts[0].clone(),
                max: texts[1].clone(),
                mean: texts[2].clone(),
                quartiles: [texts[3].clone(), texts[4].clone(), texts[5].clone()],
                quartiles_are_estimates: false,
            }),
            ..Profile::default()
        },
        mangled: Vec::new(),
    })
}

fn sample() -> impl Strategy<Value = Sample> {
    let subject = prop_oneof![Just(Subject::Series), Just(Subject::Places)];
    let day = "(19|20)[0-9]{2}-0[1-9]-1[0-9]".prop_map(|text: String| text);
    let number = "-?[0-9]{1,14}(\\.[0-9]{1,3})?".prop_map(|text: String| text);
    let good = (day, number.clone()).prop_map(|(a, b)| [a, b]);
    let place = (number.clone(), number).prop_map(|(a, b)| [a, b]);
    let bad = (text(), text()).prop_map(|(a, b)| [a, b]);
    let rows = vec(prop_oneof![4 => good, 3 => place, 1 => bad], 0..40);
    (subject, rows, any::<bool>()).prop_map(|(subject, rows, is_all)| Sample { subject, columns: [0, 1], rows, is_all })
}

fn table(columns: Vec<Column>, n_rows: u64, samples: Vec<Sample>) -> Table {
    Table {
        name: "t".to_owned(),
        source: "t.csv".to_owned(),
        part: String::new(),
        encoding: String::new(),
        columns,
        n_rows,
        preview: Vec::new(),
        samples,
        derived: Vec::new(),
        pages: Vec::new(),
    }
}

proptest::proptest! {
    #[test]
    fn pictures_are_well_formed_finite_and_escaped(
        columns in vec(column(), 2..5), n_rows in 0_u64..5_000, samples in vec(sample(), 0..3), said in text(),
    ) {
        let item = DataItem { name: columns[1].name.clone(), format: String::new(), description: said };
        let dataset = Dataset { items: vec![item], ..Dataset::default() };
        for tag in ["zh-CN", "en"] {
            for chart in of_table(&strings(tag), &dataset, &table(columns.clone(), n_rows, samples.clone()), true) {
                let xml = drawn(&chart, tag);
                let names = read(&xml);
                proptest::prop_assert!(names.iter().all(|name| [
                    "section", "h3", "svg", "title", "desc", "text", "div", "p", "details", "summary", "table", "thead",
                    "tbody", "tr", "th", "td", "span",
                ].contains(&name.as_str())), "{names:?}");
            }
        }
    }
}

fn numbers(least: &str, quarter: &str, middle: &str, three: &str, most: &str) -> Numbers {
    Numbers {
        min: least.to_owned(),
        max: most.to_owned(),
        mean: middle.to_owned(),
        quartiles: [quarter, middle, three].map(str::to_owned),
        quartiles_are_estimates: false,
    }
}

fn plain(name: &str, column_type: ColumnType, profile: Profile) -> Column {
    let (rule, digits) = (Rule::Words, Digits::default());
    Column { name: name.to_owned(), column_type, rule, digits, profile, mangled: Vec::new() }
}

#[test]
fn a_line_breaks_where_days_are_missing_and_says_its_bounds() {
    let days = ["01-01", "01-02", "01-03", "03-01", "03-02"];
    let rows = (0..).zip(days).map(|(n, day)| [format!("2026-{day}"), (n * 1_000).to_string()]);
    let mut rows: Vec<[String; 2]> = rows.collect();
    rows.reverse();
    let columns = ["日期", "户数"].map(|name| plain(name, ColumnType::Integer, Profile::default())).to_vec();
    let sample = Sample { subject: Subject::Series, columns: [0, 1], rows, is_all: true };
    let item = DataItem { name: "户数".to_owned(), format: String::new(), description: "单位：户".to_owned() };
    let dataset = Dataset { items: vec![item], ..Dataset::default() };
    let charts = of_table(&strings("zh-CN"), &dataset, &table(columns, 5, vec![sample]), true);
    assert_eq!(charts[0].title, "户数（单位：户），2026-01-01 至 2026-03-02");
    let plot = charts[0].plot.as_ref().unwrap();
    assert_eq!(plot.path.matches('M').count(), 2);
    assert_eq!(plot.description, "由 5 个数值连成的折线。最低 0（2026-01-01），最高 4000（2026-03-02）。");
    let labels: Vec<&str> = plot.levels.iter().map(|mark| mark.label.as_str()).collect();
    assert_eq!(labels, ["0", "1,000", "2,000", "3,000", "4,000"]);
    assert_eq!(plot.rows.len(), 5);
    let xml = drawn(&charts[0], "zh-CN");
    assert!(xml.len() < 4_000 && xml.contains("role=\"img\""), "{xml}");
}

#[test]
fn a_place_far_away_is_told_and_not_drawn() {
    let degrees = |least: &str, low: &str, middle: &str, high: &str, most: &str| Profile {
        numbers: Some(numbers(least, low, middle, high, most)),
        ..Profile::default()
    };
    let columns = vec![
        plain("lng", ColumnType::Coordinate, degrees("0", "120.1", "120.2", "120.3", "120.5")),
        plain("lat", ColumnType::Coordinate, degrees("0", "30.1", "30.2", "30.3", "30.5")),
    ];
    let mut rows: Vec<[String; 2]> = (0..9).map(|n| [format!("120.{n}"), format!("30.{}", n % 5)]).collect();
    rows.push(["0".to_owned(), "0".to_owned()]);
    let sample = Sample { subject: Subject::Places, columns: [0, 1], rows, is_all: true };
    let charts = of_table(&strings("en"), &Dataset::default(), &table(columns, 10, vec![sample]), true);
    assert_eq!(charts[0].title, "Where 6 places lie");
    assert!(charts[0].note.ends_with("4 of them lie far outside and are not drawn."), "{}", charts[0].note);
    let plot = charts[0].plot.as_ref().unwrap();
    assert!(plot.scale_bar.is_some() && plot.path.matches("h0").count() == 6);
}

#[test]
fn kinds_are_counted_and_the_rest_is_one_bar() {
    let top =
        [("公办", 60), ("<b>", 30)].map(|(value, count)| TopValue { value: value.to_owned(), count, at_least: false });
    let profile =
        Profile { n_missing: 5, distinct: Some(Distinct::Exactly(12)), top: top.to_vec(), ..Profile::default() };
    let columns = vec![plain("性质", ColumnType::Text, profile)];
    let charts = of_table(&strings("zh-CN"), &Dataset::default(), &table(columns, 105, Vec::new()), true);
    let bars = &charts[0].bars.as_ref().unwrap().rows;
    let told: Vec<_> = bars.iter().map(|row| (row.label.as_str(), row.count.as_str(), row.share.as_str())).collect();
    assert_eq!(told, [("公办", "60", "60%"), ("<b>", "30", "30%"), ("其他（10 种）", "10", "10%")]);
    assert!(drawn(&charts[0], "zh-CN").contains("&lt;b&gt;"));
}
