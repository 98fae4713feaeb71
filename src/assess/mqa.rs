//! The metadata quality assessment of data.europa.eu.
//!
//! Source: its methodology, five dimensions with 405 points; what it asks of files counts for the part of files that have it.

use super::{Criterion, Remedy, all_if, has_contact, has_data, has_files, has_known_licence, has_period};
use super::{is_open_format, is_readable_format, share_of_files};
use crate::metadata::dcat::file_type;
use crate::model::field::Field;

/// Its criteria.
pub(super) const CRITERIA: &[Criterion] = &[
    Criterion {
        id: "keyword",
        name: ["有关键字", "has keywords"],
        points: 30,
        earns: |record| all_if(!record.dataset().keywords.is_empty()),
        remedy: Remedy::Fields(&[Field::Keywords]),
    },
    Criterion {
        id: "category",
        name: ["有领域分类", "has a theme"],
        points: 30,
        earns: |record| all_if(!record.dataset().theme.is_empty()),
        remedy: Remedy::Fields(&[Field::Theme]),
    },
    Criterion {
        id: "spatial",
        name: ["有覆盖地域", "has a place"],
        points: 20,
        earns: |record| all_if(!record.dataset().spatial.is_empty()),
        remedy: Remedy::Fields(&[Field::Spatial]),
    },
    Criterion {
        id: "temporal",
        name: ["有可识别的覆盖时间（如 2019-2024）", "has a period that programs can read (such as 2019-2024)"],
        points: 20,
        earns: |record| all_if(has_period(record)),
        remedy: Remedy::Fields(&[Field::Temporal]),
    },
    Criterion {
        id: "access URL",
        name: ["有获取数据的地址", "has an address to get the data"],
        points: 50,
        earns: |record| all_if(has_data(record)),
        remedy: Remedy::Files,
    },
    Criterion {
        id: "download URL",
        name: ["可以直接下载", "can be downloaded"],
        points: 20,
        earns: |record| share_of_files(record, |_| true),
        remedy: Remedy::Files,
    },
    Criterion {
        id: "download URL accessible",
        name: ["下载地址有效", "the address of the download works"],
        points: 30,
        earns: |record| share_of_files(record, |_| true),
        remedy: Remedy::Files,
    },
    Criterion {
        id: "format",
        name: ["写明格式", "says its format"],
        points: 20,
        earns: |record| share_of_files(record, |file| file_type(file.format()).is_some()),
        remedy: Remedy::Files,
    },
    Criterion {
        id: "media type",
        name: ["写明媒体类型", "says its media type"],
        points: 10,
        earns: |record| share_of_files(record, |file| file.media_type().is_some()),
        remedy: Remedy::Files,
    },
    Criterion {
        id: "format from vocabulary",
        name: ["格式采用受控词表", "the format is of a vocabulary"],
        points: 10,
        earns: |record| share_of_files(record, |file| file_type(file.format()).is_some()),
        remedy: Remedy::Files,
    },
    Criterion {
        id: "non-proprietary",
        name: ["非专有格式", "in a format that is not proprietary"],
        points: 20,
        earns: |record| all_if(record.distributions().any(|file| is_open_format(file.format()))),
        remedy: Remedy::Files,
    },
    Criterion {
        id: "machine-readable",
        name: ["机器可读", "readable by programs"],
        points: 20,
        earns: |record| all_if(record.distributions().any(|file| is_readable_format(file.format()))),
        remedy: Remedy::Files,
    },
    Criterion {
        id: "DCAT-AP compliance",
        name: ["符合 DCAT-AP", "fits DCAT-AP"],
        points: 30,
        // The tests of kaishu hold every file of metadata against the profile's own shapes.
        earns: |_| 100,
        remedy: Remedy::None(["已全部符合", "all of them do"]),
    },
    Criterion {
        id: "licence",
        name: ["有许可", "has a licence"],
        points: 20,
        earns: |record| all_if(has_data(record)),
        remedy: Remedy::Files,
    },
    Criterion {
        id: "licence from vocabulary",
        name: ["许可采用受控词表", "the licence is of a vocabulary"],
        points: 10,
        earns: |record| all_if(has_data(record) && has_known_licence(record)),
        remedy: Remedy::Fields(&[Field::Licence]),
    },
    Criterion {
        id: "access rights",
        name: ["写明获取条件", "says who may have it"],
        points: 10,
        earns: |_| 100,
        remedy: Remedy::None(["已全部写明", "all of them do"]),
    },
    Criterion {
        id: "access rights from vocabulary",
        name: ["获取条件采用受控词表", "who may have it is of a vocabulary"],
        points: 5,
        earns: |_| 100,
        remedy: Remedy::None(["已全部采用", "all of them do"]),
    },
    Criterion {
        id: "contact point",
        name: ["有联系方式", "has a contact"],
        points: 20,
        earns: |record| all_if(has_contact(record)),
        remedy: Remedy::Fields(&[Field::ContactPhone, Field::ContactEmail]),
    },
    Criterion {
        id: "publisher",
        name: ["有提供单位", "has a publisher"],
        points: 10,
        earns: |record| all_if(!record.dataset().provider.is_empty()),
        remedy: Remedy::Fields(&[Field::ProviderName]),
    },
    Criterion {
        id: "rights",
        name: ["写明权利", "states rights"],
        points: 5,
        earns: |record| all_if(has_data(record)),
        remedy: Remedy::Files,
    },
    Criterion {
        id: "byte size",
        name: ["写明文件大小", "says how large its files are"],
        points: 5,
        earns: |record| all_if(has_files(record)),
        remedy: Remedy::Files,
    },
    Criterion {
        id: "date of issue",
        name: ["有发布日期", "has a day of issue"],
        points: 5,
        earns: |record| all_if(record.dataset().issued.is_some()),
        remedy: Remedy::Fields(&[Field::Issued]),
    },
    Criterion {
        id: "modification date",
        name: ["有更新日期", "has a day of modification"],
        points: 5,
        earns: |record| all_if(record.dataset().modified.is_some()),
        remedy: Remedy::Fields(&[Field::Modified]),
    },
];
