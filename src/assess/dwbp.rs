//! The W3C's Data on the Web Best Practices, a point each.
//!
//! Source: W3C Recommendation of 31 January 2017, best practices 1 to 35. What the site does for every dataset counts for
//! each of them; what a static site cannot do is not counted.

use std::collections::BTreeSet;

use super::{Criterion, Remedy, all_if, has_contact, has_files, has_period, is_readable_format};
use crate::metadata::Record;
use crate::model::column::{ColumnType, Rule, TimeForm};
use crate::model::field::Field;
use crate::model::frequency::Frequency;

/// The site does this for every dataset.
const BY_THE_SITE: Remedy = Remedy::None(["由网站统一提供", "the site does it"]);

const fn practice(
    id: &'static str,
    name: [&'static str; 2],
    earns: fn(Record<'_>) -> u32,
    remedy: Remedy,
) -> Criterion {
    Criterion { id, name, points: 1, earns, remedy }
}

/// The descriptive fields that the practice names, in per cent.
fn share_of_fields(record: Record<'_>) -> u32 {
    let dataset = record.dataset();
    let fields = [
        !dataset.keywords.is_empty(),
        !dataset.theme.is_empty(),
        !dataset.spatial.is_empty(),
        has_period(record),
        dataset.issued.is_some(),
        has_contact(record),
    ];
    let n_filled = fields.iter().filter(|is_filled| **is_filled).count();
    u32::try_from(n_filled * 100 / fields.len()).unwrap_or(0)
}

fn n_formats(record: Record<'_>) -> usize {
    record.distributions().map(|file| file.format().to_owned()).collect::<BTreeSet<_>>().len()
}

/// Whether every column of days is written as ISO 8601 has it.
fn has_neutral_days(record: Record<'_>) -> bool {
    let columns = record.release.files.tables.iter().flat_map(|table| &table.columns);
    let mut days = columns.filter(|column| matches!(column.column_type, ColumnType::Date | ColumnType::DateTime));
    days.all(|column| match column.rule {
        Rule::EveryTime { form } => {
            matches!(form, TimeForm::Dashes | TimeForm::Compact | TimeForm::T | TimeForm::Space)
        }
        _ => true,
    })
}

pub(super) fn is_overdue(record: Record<'_>) -> bool {
    let due = record.dataset().frequency.zip(record.updated()).and_then(|(frequency, day)| frequency.next_due(day));
    due.is_some_and(|due| due < record.issuer.as_of)
}

/// Its criteria.
pub(super) const CRITERIA: &[Criterion] = &[
    practice("BP1", ["提供元数据", "Provide metadata"], |_| 100, BY_THE_SITE),
    practice(
        "BP2",
        ["提供描述性元数据", "Provide descriptive metadata"],
        share_of_fields,
        Remedy::Fields(&[
            Field::Keywords,
            Field::Theme,
            Field::Spatial,
            Field::Temporal,
            Field::Issued,
            Field::ContactEmail,
        ]),
    ),
    practice(
        "BP3",
        ["提供结构元数据", "Provide structural metadata"],
        |record| all_if(!record.release.files.tables.is_empty() || !record.dataset().items.is_empty()),
        Remedy::Fields(&[Field::ItemName, Field::ItemFormat, Field::ItemDescription]),
    ),
    practice("BP4", ["提供许可信息", "Provide data license information"], |_| 100, BY_THE_SITE),
    practice(
        "BP5",
        ["提供来源信息", "Provide data provenance information"],
        |record| all_if(!record.dataset().source.is_empty()),
        Remedy::Fields(&[Field::Source]),
    ),
    practice("BP6", ["提供质量信息", "Provide data quality information"], |_| 100, BY_THE_SITE),
    practice(
        "BP7",
        ["提供版本标识", "Provide a version indicator"],
        |record| all_if(record.version().is_some()),
        Remedy::Fields(&[Field::Modified]),
    ),
    practice("BP8", ["提供版本历史", "Provide version history"], |_| 100, BY_THE_SITE),
    practice("BP9", ["以持久网址标识数据集", "Use persistent URIs as identifiers of datasets"], |_| 100, BY_THE_SITE),
    practice(
        "BP10",
        ["在数据中以持久网址作标识", "Use persistent URIs as identifiers within datasets"],
        |_| 0,
        Remedy::None(["数据由提供单位编制，不作改动", "data stay as their provider made them"]),
    ),
    practice(
        "BP11",
        ["为版本和系列分配网址", "Assign URIs to dataset versions and series"],
        |_| 0,
        Remedy::None(["历史版本的地址预留，尚未提供", "addresses of versions are reserved, not given yet"]),
    ),
    practice(
        "BP12",
        ["采用机器可读的标准格式", "Use machine-readable standardized data formats"],
        |record| all_if(record.distributions().any(|file| is_readable_format(file.format()))),
        Remedy::Files,
    ),
    practice(
        "BP13",
        ["采用不依赖地区习惯的写法", "Use locale-neutral data representations"],
        |record| all_if(has_neutral_days(record)),
        Remedy::None(["日期请写作 2026-01-31", "write days as 2026-01-31"]),
    ),
    practice(
        "BP14",
        ["提供多种格式", "Provide data in multiple formats"],
        |record| all_if(n_formats(record) > 1),
        Remedy::Files,
    ),
    practice(
        "BP15",
        ["复用词表，优先标准词表", "Reuse vocabularies, preferably standardized ones"],
        |_| 100,
        BY_THE_SITE,
    ),
    practice("BP16", ["选择合适的形式化程度", "Choose the right formalization level"], |_| 100, BY_THE_SITE),
    practice("BP17", ["提供批量下载", "Provide bulk download"], |record| all_if(has_files(record)), Remedy::Files),
    practice(
        "BP18",
        ["大数据集提供子集", "Provide subsets for large datasets"],
        |record| all_if(!record.release.files.tables.is_empty()),
        Remedy::Files,
    ),
    practice(
        "BP19",
        ["通过内容协商提供多种格式", "Use content negotiation for serving data available in multiple formats"],
        |_| 0,
        Remedy::None([
            "静态网站不作协商，各格式另有地址",
            "a static site does not negotiate; each format has an address",
        ]),
    ),
    practice(
        "BP20",
        ["提供实时访问", "Provide real-time access"],
        |record| all_if(record.dataset().frequency != Some(Frequency::Continuous)),
        Remedy::None(["静态网站按构建时更新", "a static site is as new as its last build"]),
    ),
    practice(
        "BP21",
        ["及时更新", "Provide data up to date"],
        |record| all_if(!is_overdue(record)),
        Remedy::Fields(&[Field::Modified]),
    ),
    practice(
        "BP22",
        ["说明不能提供的数据", "Provide an explanation for data that is not available"],
        |_| 100,
        BY_THE_SITE,
    ),
    practice(
        "BP23",
        ["提供接口", "Make data available through an API"],
        |record| all_if(has_files(record)),
        Remedy::Files,
    ),
    practice("BP24", ["接口以网络标准为基础", "Use Web Standards as the foundation of APIs"], |_| 100, BY_THE_SITE),
    practice("BP25", ["提供完整的接口文档", "Provide complete documentation for your API"], |_| 100, BY_THE_SITE),
    practice("BP26", ["避免破坏接口的变更", "Avoid Breaking Changes to Your API"], |_| 100, BY_THE_SITE),
    practice("BP27", ["保留标识", "Preserve identifiers"], |_| 100, BY_THE_SITE),
    practice("BP28", ["评估数据集的覆盖范围", "Assess dataset coverage"], |_| 100, BY_THE_SITE),
    practice(
        "BP29",
        ["收集数据使用者的意见", "Gather feedback from data consumers"],
        |record| all_if(record.issuer.site.endpoint.is_some()),
        Remedy::Setting("[endpoint] url"),
    ),
    practice(
        "BP30",
        ["公开意见", "Make feedback available"],
        |record| all_if(record.issuer.site.endpoint.is_some()),
        Remedy::Setting("[endpoint] url"),
    ),
    practice(
        "BP31",
        ["通过生成新数据加以丰富", "Enrich data by generating new data"],
        |record| all_if(!record.release.files.tables.is_empty()),
        Remedy::Files,
    ),
    practice(
        "BP32",
        ["提供补充的呈现方式", "Provide Complementary Presentations"],
        |record| all_if(!record.release.files.tables.is_empty()),
        Remedy::Files,
    ),
    practice(
        "BP33",
        ["向原发布者反馈意见", "Provide Feedback to the Original Publisher"],
        |record| all_if(has_contact(record)),
        Remedy::Fields(&[Field::ContactPhone, Field::ContactEmail]),
    ),
    practice("BP34", ["遵守许可条款", "Follow Licensing Terms"], |_| 100, BY_THE_SITE),
    practice(
        "BP35",
        ["引用原出版物", "Cite the Original Publication"],
        |record| all_if(!record.dataset().source.is_empty()),
        Remedy::Fields(&[Field::Source]),
    ),
];
