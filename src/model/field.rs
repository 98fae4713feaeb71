//! The fields of a catalog entry, by their code names, and the headers that real catalogs use for them.

/// A field of a catalog entry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Field {
    /// 数据资源标识: the catalog's own identifier.
    Identifier,
    /// 数据资源名称.
    Title,
    /// 数据资源摘要.
    Abstract,
    /// 数据格式.
    Format,
    /// 行业分类 (GB/T 4754).
    Industry,
    /// 领域分类.
    Theme,
    /// 资源分类: a scheme of the portal's own.
    Category,
    /// 场景分类.
    Scenario,
    /// 关键字.
    Keywords,
    /// 数据覆盖时间.
    Temporal,
    /// 数据覆盖地域.
    Spatial,
    /// 坐标系.
    CoordinateSystem,
    /// 更新频率.
    UpdateFrequency,
    /// 发布日期.
    Issued,
    /// 更新日期.
    Modified,
    /// 数据资源提供方名称.
    ProviderName,
    /// 数据资源提供方代码.
    ProviderCode,
    /// 收集机构.
    CollectingBody,
    /// 审核机构.
    ReviewingBody,
    /// 开放类型.
    OpennessClass,
    /// A column that by its name is the openness class, where the mapping names another.
    OpennessSetAside,
    /// 是否向社会开放.
    IsOpen,
    /// 开放条件.
    OpenCondition,
    /// 数据项名称.
    ItemName,
    /// 数据项格式.
    ItemFormat,
    /// 数据项说明.
    ItemDescription,
    /// 文件: paths below `datasets/`, or links.
    Files,
    /// 字符编码: the encoding of the files that are texts.
    Encoding,
    /// 数据来源.
    Source,
    /// 许可.
    Licence,
    /// 许可文件: the licence text as its giver wrote it.
    LicenceFile,
    /// 联系电话.
    ContactPhone,
    /// 联系邮箱.
    ContactEmail,
    /// 详情页网址: where the entry stands in another portal.
    SourceUrl,
    /// 数据量: the number of rows as the catalog states it.
    Volume,
    /// 共享类型, 共享条件, 共享方式, 授权运营状态, 授权运营应用场景: read so that they are known, never published.
    Internal,
}

use Field as F;

/// Code name in `site.toml` and `domain/glossary.csv`, and the headers understood without any mapping, best first.
///
/// Source: the field names of the municipal regulations and of 52 Chinese portals (nju-websoft/CNPDS, Apache-2.0).
const TABLE: &[(Field, &str, &str)] = &[
    (
        F::Identifier,
        "identifier",
        "identifier id 数据资源标识 标识 标识符 资源标识 数据集标识 数据集编号 目录编号 目录编码 目录代码 信息资源代码 数据资源代码 资源代码 资源编码 resourcecode",
    ),
    (
        F::Title,
        "title",
        "title 数据资源名称 标题 名称 目录名称 数据目录名称 数据集名称 信息资源名称 资源名称 资源信息名称 资源标题 resourcename subjectbasename name",
    ),
    (
        F::Abstract,
        "abstract",
        "abstract 数据资源摘要 摘要 目录摘要 数据摘要 信息资源摘要 资源摘要 摘要信息 摘要描述 描述 资源描述 内容简介 简介 description remark tableremark",
    ),
    (
        F::Format,
        "format",
        "format 数据格式 资源格式 文件格式 信息资源格式 数据形式 文件类型 格式类型 数据下载 数据类型 资源类型 formats data_formats resourcetype",
    ),
    (F::Industry, "industry", "industry 行业分类 所属行业 行业名称 行业类型 数据行业 industrycategory"),
    (
        F::Theme,
        "theme",
        "theme 领域分类 数据领域 重点领域 所属领域 领域名称 领域 主题名称 所属主题 数据主题 主题分类 主题领域 主题 专题 主题标签 industryfield fieldname",
    ),
    (F::Category, "category", "category 信息资源分类 资源分类 服务分类 国家主题分类"),
    (F::Scenario, "scenario", "scenario 场景分类"),
    (F::Keywords, "keywords", "keywords 关键字 关键词 标签 数据标签 资源标签 tags label"),
    (F::Temporal, "temporal", "temporal 数据覆盖时间 时间范围 覆盖时间"),
    (F::Spatial, "spatial", "spatial 数据覆盖地域 数据开放范围 空间范围 覆盖地域 覆盖范围"),
    (F::CoordinateSystem, "coordinate_system", "coordinate_system 坐标系 坐标系统 空间参考 空间参考系 坐标参考系 crs"),
    (
        F::UpdateFrequency,
        "update_frequency",
        "update_frequency 更新频率 更新周期 更新频度 更新时限 资源更新频率 frequency dataupdateperiod",
    ),
    (
        F::Issued,
        "issued",
        "issued 发布日期 发布时间 首次发布日期 首次发布时间 目录发布时间 资源发布日期 资源出版日期 上架日期 上线日期 创建日期 创建时间 上传时间 publishtime releasetime",
    ),
    (
        F::Modified,
        "modified",
        "modified 更新日期 更新时间 数据更新时间 最后更新时间 最后更新 最近更新 资源更新日期 资源发布/更新时间 updatetime",
    ),
    (
        F::ProviderName,
        "provider_name",
        "provider_name 数据资源提供方名称 提供方名称 数据提供方 提供部门 提供单位 提供机构 提供方 数源单位 数源单位/数据提供单位 数据提供方单位 来源部门 信息资源提供方 信息资源提供方名称 资源提供方 资源提供单位 发布部门 所属部门 所属单位 部门名称 资源所有权单位 资源来源 provider orgname department datasource",
    ),
    (
        F::ProviderCode,
        "provider_code",
        "provider_code 数据资源提供方代码 提供方代码 提供方代码(统一社会信用代码) 信息资源提供方代码 统一社会信用代码",
    ),
    (F::CollectingBody, "collecting_body", "collecting_body 收集机构 采集机构"),
    (F::ReviewingBody, "reviewing_body", "reviewing_body 审核机构"),
    (F::OpennessClass, "openness_class", "openness_class 开放类型 开放属性 开放等级 opentypename opentype"),
    (F::IsOpen, "is_open", "is_open 是否向社会开放 是否开放"),
    (F::OpenCondition, "open_condition", "open_condition 开放条件"),
    (F::ItemName, "item_name", "item_name 数据项名称 信息项名称 数据项 信息项 items"),
    (F::ItemFormat, "item_format", "item_format 数据项格式 数据项类型 信息项类型"),
    (F::ItemDescription, "item_description", "item_description 数据项说明 数据项描述 信息项说明"),
    (F::Files, "files", "files 文件 数据文件 文件路径 file"),
    (F::Encoding, "encoding", "encoding 字符编码 文件编码 编码格式 编码方式 字符集 charset"),
    (F::Source, "source", "source 数据来源 来源系统 来源"),
    (F::Licence, "licence", "licence 许可 许可协议 授权协议 license"),
    (F::LicenceFile, "licence_file", "licence_file 许可文件 许可文本"),
    (
        F::ContactPhone,
        "contact_phone",
        "contact_phone 联系电话 部门电话 联系方式 提供方联系方式 技术支持电话 orgphone departmentcontacttel telephone",
    ),
    (
        F::ContactEmail,
        "contact_email",
        "contact_email 联系邮箱 部门邮箱 电子邮箱 邮箱 邮箱地址 技术支持邮箱 orgemail email",
    ),
    (F::SourceUrl, "source_url", "source_url 详情页网址 网址 链接 url"),
    (F::Volume, "volume", "volume 数据量 数据条数 数据容量 资源记录数 datavolume datanumsum"),
    (
        F::Internal,
        "internal",
        "共享类型 共享条件 共享方式 授权运营状态 授权运营应用场景 sharing_class sharing_condition sharing_method authorized_operation_status authorized_operation_scenario",
    ),
];

/// The fields that are read so that they are known, and never published: key and name.
const INTERNAL: [(&str, &str); 5] = [
    ("sharing_class", "共享类型"),
    ("sharing_condition", "共享条件"),
    ("sharing_method", "共享方式"),
    ("authorized_operation_status", "授权运营状态"),
    ("authorized_operation_scenario", "授权运营应用场景"),
];

impl Field {
    /// The code name used in `site.toml`.
    #[must_use]
    pub fn code_name(self) -> &'static str {
        TABLE.iter().find(|row| row.0 == self).map_or("", |row| row.1)
    }

    /// The name in Chinese as the regulations have it; the code name where there is none.
    #[must_use]
    pub fn label(self) -> &'static str {
        let names = TABLE.iter().find(|row| row.0 == self).map_or("", |row| row.2);
        names.split(' ').find(|name| !name.is_ascii()).unwrap_or(names)
    }

    /// The field with a code name.
    #[must_use]
    pub fn from_code_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The key of a field that is not for the public, by its folded header.
    #[must_use]
    pub fn internal_key(folded: &str) -> Option<&'static str> {
        INTERNAL.iter().find(|(key, name)| *key == folded || *name == folded).map(|(key, _)| *key)
    }

    /// Every code name, for messages.
    #[must_use]
    pub fn code_names() -> String {
        TABLE.iter().map(|row| row.1).collect::<Vec<_>>().join(", ")
    }

    /// The field that a header names, and how good the name is: 0 is the best.
    ///
    /// The header must already be folded by [`crate::model::text::fold`] and have lost a colon at its end.
    #[must_use]
    pub fn from_header(folded: &str) -> Option<(Self, usize)> {
        TABLE
            .iter()
            .find_map(|(field, _, names)| names.split(' ').position(|name| name == folded).map(|rank| (*field, rank)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_header_means_two_fields() {
        let mut names: Vec<&str> = TABLE.iter().flat_map(|row| row.2.split(' ')).collect();
        let n_names = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), n_names);
    }
}
