//! The whole catalog as a table, with the column names of the regulations: kaishu itself reads it again.

use anyhow::{Context, Result};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};

use crate::harvest::Catalog;
use crate::metadata::Record;
use crate::model::field::Field;
use crate::model::route::Route;
use crate::stage::Stage;

/// The columns, in the order of the regulations' list.
const COLUMNS: [Field; 29] = [
    Field::Identifier,
    Field::Title,
    Field::Abstract,
    Field::Format,
    Field::Industry,
    Field::Theme,
    Field::Category,
    Field::Scenario,
    Field::Keywords,
    Field::Temporal,
    Field::Spatial,
    Field::CoordinateSystem,
    Field::UpdateFrequency,
    Field::Issued,
    Field::Modified,
    Field::ProviderName,
    Field::ProviderCode,
    Field::CollectingBody,
    Field::ReviewingBody,
    Field::OpennessClass,
    Field::ItemName,
    Field::ItemFormat,
    Field::ItemDescription,
    Field::Files,
    Field::Source,
    Field::Licence,
    Field::ContactPhone,
    Field::ContactEmail,
    Field::SourceUrl,
];
/// Characters of a cell of a workbook, counted in UTF-16 units. Source: Excel specifications and limits.
const MAX_CELL_CHARS: usize = 32_767;

/// Writes `catalog.csv` and `catalog.xlsx`.
///
/// Errors: when the stage cannot be written.
pub fn write(catalog: &Catalog<'_>, stage: &Stage) -> Result<()> {
    let rows = || catalog.records.iter().map(|record| COLUMNS.map(|field| cell(catalog, *record, field)));
    let header = COLUMNS.map(Field::label);
    let mut csv = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(stage.writer(&Route::new("catalog.csv")?)?);
    csv.write_record(header)?;
    for row in rows() {
        csv.write_record(&row)?;
    }
    csv.into_inner().map_err(csv::IntoInnerError::into_error).context("writing catalog.csv")?.finish()?;
    stage.put(&Route::new("catalog.xlsx")?, &workbook(&header, rows())?)?;
    Ok(())
}

/// The workbook of a table that is all text.
///
/// Errors: when there are more rows than a sheet has.
pub fn workbook(header: &[impl AsRef<str>], rows: impl Iterator<Item: AsRef<[String]>>) -> Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    // A fixed date: the file is a function of the catalog alone.
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name("catalog")?;
    sheet.set_freeze_panes(1, 0)?;
    let bold = Format::new().set_bold();
    for (column_idx, name) in (0u16..).zip(header) {
        sheet.write_string_with_format(0, column_idx, name.as_ref(), &bold)?;
    }
    for (row_idx, row) in (1u32..).zip(rows) {
        for (column_idx, text) in (0u16..).zip(row.as_ref()).filter(|(_, text)| !text.is_empty()) {
            let is_short = text.encode_utf16().count() <= MAX_CELL_CHARS;
            let cut: String = if is_short { text.clone() } else { text.chars().take(MAX_CELL_CHARS / 2).collect() };
            sheet.write_string(row_idx, column_idx, cut)?;
        }
    }
    workbook.save_to_buffer().context("writing catalog.xlsx")
}

/// What a dataset has in a column; the words are those of the site's main language.
fn cell(catalog: &Catalog<'_>, record: Record<'_>, field: Field) -> String {
    let dataset = record.dataset();
    let items = |text: fn(&crate::model::dataset::DataItem) -> &str| {
        let texts: Vec<&str> = dataset.items.iter().map(text).collect();
        if texts.iter().all(|text| text.is_empty()) { String::new() } else { texts.join("；") }
    };
    let day = |day: Option<crate::model::date::Day>| day.map(|day| day.to_string()).unwrap_or_default();
    match field {
        Field::Identifier => record.identifier().to_owned(),
        Field::Title => dataset.title.clone(),
        Field::Abstract => dataset.summary.clone(),
        Field::Format => crate::pages::facets::formats(record.release).join("、"),
        Field::Industry => dataset.industry.clone(),
        Field::Theme => dataset.theme.clone(),
        Field::Category => dataset.category.clone(),
        Field::Scenario => dataset.scenario.clone(),
        Field::Keywords => dataset.keywords.join("、"),
        Field::Temporal => dataset.temporal.clone(),
        Field::Spatial => dataset.spatial.clone(),
        Field::CoordinateSystem => {
            dataset.coordinate_system.map_or_else(String::new, |system| system.name().to_owned())
        }
        Field::UpdateFrequency => dataset.frequency.map_or_else(
            || dataset.frequency_text.clone(),
            |frequency| catalog.strings.get(&format!("freq_{}", frequency.code_name())).to_owned(),
        ),
        Field::Issued => day(dataset.issued),
        Field::Modified => day(dataset.modified),
        Field::ProviderName => dataset.provider.clone(),
        Field::ProviderCode => dataset.provider_code.clone(),
        Field::CollectingBody => dataset.collecting_body.clone(),
        Field::ReviewingBody => dataset.reviewing_body.clone(),
        Field::OpennessClass => "无条件开放".to_owned(),
        Field::ItemName => items(|item| &item.name),
        Field::ItemFormat => items(|item| &item.format),
        Field::ItemDescription => items(|item| &item.description),
        Field::Files => {
            let own = record.release.files.originals.iter().map(|file| record.url_of(&file.route));
            own.chain(record.release.files.links.iter().cloned()).collect::<Vec<_>>().join(";")
        }
        Field::Source => dataset.source.clone(),
        Field::Licence => record.release.cleared.licence.id.clone(),
        Field::ContactPhone => dataset.contact_phone.clone(),
        Field::ContactEmail => dataset.contact_email.clone(),
        Field::SourceUrl => record.page_url(),
        _ => String::new(),
    }
}
