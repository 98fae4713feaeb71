//! The metrics of FAIRsFAIR with the points that the F-UJI tool gives.
//!
//! Source: FAIRsFAIR Data Object Assessment Metrics, as F-UJI counts them: 24 points in sixteen metrics.

use super::{Criterion, Remedy, all_if, has_files, has_known_licence, is_readable_format};
use crate::metadata::Record;
use crate::model::field::Field;

/// What F-UJI takes for core metadata beyond what every dataset here has.
fn core(record: Record<'_>) -> u32 {
    let dataset = record.dataset();
    let is_cited = record.updated().is_some();
    let is_described = is_cited && !dataset.summary.is_empty() && !dataset.keywords.is_empty();
    if is_described {
        100
    } else if is_cited {
        50
    } else {
        0
    }
}

/// Its criteria.
pub(super) const CRITERIA: &[Criterion] = &[
    Criterion {
        id: "FsF-F1-01D",
        name: ["有全球唯一的标识", "has a globally unique identifier"],
        points: 1,
        earns: |_| 100,
        remedy: Remedy::None(["每个数据集都有网址", "every dataset has an address"]),
    },
    Criterion {
        id: "FsF-F1-02D",
        name: ["有持久标识（如 DOI）", "has a persistent identifier (such as a DOI)"],
        points: 1,
        earns: |_| 0,
        remedy: Remedy::None([
            "目录字段不能取得；可以用 DataCite 文件向注册机构申请",
            "no field earns it; a register takes the DataCite file",
        ]),
    },
    Criterion {
        id: "FsF-F2-01M",
        name: ["有核心元数据", "has core metadata"],
        points: 2,
        earns: core,
        remedy: Remedy::Fields(&[Field::Abstract, Field::Keywords, Field::Issued, Field::Modified]),
    },
    Criterion {
        id: "FsF-F3-01M",
        name: ["元数据写明数据的地址", "metadata name the data"],
        points: 1,
        earns: |record| all_if(has_files(record)),
        remedy: Remedy::Files,
    },
    Criterion {
        id: "FsF-F4-01M",
        name: ["元数据可供搜索引擎读取", "metadata can be read by search engines"],
        points: 2,
        earns: |_| 100,
        remedy: Remedy::None(["每个页面都有", "every page has them"]),
    },
    Criterion {
        id: "FsF-A1-01M",
        name: ["写明获取条件", "says who may have it"],
        points: 1,
        earns: |_| 100,
        remedy: Remedy::None(["已全部写明", "all of them do"]),
    },
    Criterion {
        id: "FsF-A1-02M",
        name: ["元数据按标准协议可取", "metadata come by a standard protocol"],
        points: 1,
        earns: |_| 100,
        remedy: Remedy::None(["HTTP", "HTTP"]),
    },
    Criterion {
        id: "FsF-A1-03D",
        name: ["数据按标准协议可取", "data come by a standard protocol"],
        points: 1,
        earns: |record| all_if(has_files(record)),
        remedy: Remedy::Files,
    },
    Criterion {
        id: "FsF-I1-01M",
        name: ["元数据采用形式语言", "metadata are in a formal language"],
        points: 2,
        earns: |_| 100,
        remedy: Remedy::None(["JSON-LD、Turtle", "JSON-LD, Turtle"]),
    },
    Criterion {
        id: "FsF-I2-01M",
        name: ["采用学科词表", "uses vocabularies of its field"],
        points: 1,
        earns: |_| 0,
        remedy: Remedy::None(["目录字段不能取得", "no field earns it"]),
    },
    Criterion {
        id: "FsF-I3-01M",
        name: ["写明相关资源", "names related resources"],
        points: 1,
        earns: |record| all_if(!record.dataset().source_url.is_empty()),
        remedy: Remedy::Fields(&[Field::SourceUrl]),
    },
    Criterion {
        id: "FsF-R1-01MD",
        name: ["写明数据内容：类型、大小、变量", "says what the data hold: type, size, variables"],
        points: 4,
        earns: |record| {
            let has_variables = !record.release.files.tables.is_empty() || !record.dataset().items.is_empty();
            25 + 50 * u32::from(has_files(record)) + 25 * u32::from(has_variables)
        },
        remedy: Remedy::Files,
    },
    Criterion {
        id: "FsF-R1.1-01M",
        name: ["有程序认得的许可", "has a licence that programs know"],
        points: 2,
        earns: |record| if has_known_licence(record) { 100 } else { 50 },
        remedy: Remedy::Fields(&[Field::Licence]),
    },
    Criterion {
        id: "FsF-R1.2-01M",
        name: ["写明来源", "says where it comes from"],
        points: 2,
        earns: |record| 50 * (1 + u32::from(!record.dataset().source.is_empty())),
        remedy: Remedy::Fields(&[Field::Source]),
    },
    Criterion {
        id: "FsF-R1.3-01M",
        name: ["元数据符合领域标准", "metadata follow a standard of the community"],
        points: 1,
        earns: |_| 100,
        remedy: Remedy::None(["DCAT-AP、Croissant、DataCite", "DCAT-AP, Croissant, DataCite"]),
    },
    Criterion {
        id: "FsF-R1.3-02D",
        name: ["数据采用常用格式", "data are in a common format"],
        points: 1,
        earns: |record| all_if(record.distributions().any(|file| is_readable_format(file.format()))),
        remedy: Remedy::Files,
    },
];
