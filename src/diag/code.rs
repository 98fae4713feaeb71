//! Every code with its level, wording, hint and source: one table, append-only.
//!
//! `{}` in a wording stands for [`crate::diag::Finding::expected`]. Names are permanent: scripts depend on them.

use crate::diag::{Lang, Level};

/// The words of a code in one language.
#[derive(Clone, Copy, Debug)]
pub struct Wording {
    /// What is wrong.
    pub title: &'static str,
    /// What was expected.
    pub expected: &'static str,
    /// What to do.
    pub hint: &'static str,
}

macro_rules! codes {
    ($($variant:ident $name:literal $level:ident $source:literal
        zh($zt:literal, $ze:literal, $zh:literal) en($et:literal, $ee:literal, $eh:literal);)*) => {
        /// A kind of finding.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
        pub enum Code { $(#[doc = $et] $variant,)* }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The permanent name, such as `OPENNESS_MISSING`.
            #[must_use]
            pub fn name(self) -> &'static str { match self { $(Self::$variant => $name,)* } }

            /// What the finding does.
            #[must_use]
            pub fn level(self) -> Level { match self { $(Self::$variant => Level::$level,)* } }

            /// What the rule rests on: an invariant or section of the design, a standard, or our choice.
            #[must_use]
            pub fn source(self) -> &'static str { match self { $(Self::$variant => $source,)* } }

            /// The wording in a language.
            #[must_use]
            pub fn wording(self, lang: Lang) -> Wording {
                match (self, lang) {
                    $((Self::$variant, Lang::Zh) => Wording { title: $zt, expected: $ze, hint: $zh },
                      (Self::$variant, Lang::En) => Wording { title: $et, expected: $ee, hint: $eh },)*
                }
            }
        }
    };
}

codes! {
    ConfigInvalid "CONFIG_INVALID" Stop "DESIGN 3"
        zh("配置文件有误：{}", "符合 site.toml 说明的配置", "按提示修改该行；全部配置项见 docs/configuration.md")
        en("the configuration is not valid: {}", "a site.toml as the README describes it", "correct the line; docs/configuration.md lists every key");
    Placeholder "SITE_PLACEHOLDER" Stop "ours: a template is no site"
        zh("正式网站还留有样例文字：{}", "正式的名称和网址", "在 site.toml 中填写；仅作演示时设置 demonstration = true")
        en("the site still has words of the sample: {}", "the real name and address", "fill them in; for a demonstration set demonstration = true");
    FooterIncomplete "FOOTER_INCOMPLETE" Warn "国办发〔2017〕47号"
        zh("页脚缺少：{}", "主办单位、联系电话或电子邮箱", "在 site.toml 的 [footer] 中填写")
        en("the footer lacks: {}", "the host and a phone number or e-mail address", "fill in `[footer]` in site.toml");
    PersonalData "PERSONAL_DATA" Refuse "PIPL 25; requirements 5"
        zh("发现个人信息：{}（括号内为遮盖后的样例）", "不含个人信息的列，或有依据可以公开", "由提供部门删除或脱敏后重新导出，或在 datasets/transforms.toml 中写明处理方式；依法可以公开的，在 datasets/grounds.toml 中记录依据")
        en("personal data found: {} (samples are masked)", "a column without personal data, or a recorded ground", "have the provider remove or mask it, or state a transform in datasets/transforms.toml; if law allows it, record the ground in datasets/grounds.toml");
    PersonalHeader "PERSONAL_BY_HEADER" Refuse "PIPL 25; requirements 5.2"
        zh("列名表明内容为个人信息：{}", "不含个人信息的列，或有依据可以公开", "由提供部门删除该列后重新导出，或在 datasets/transforms.toml 中写明 drop；依法可以公开的，在 datasets/grounds.toml 中记录依据")
        en("the header says that the column is personal: {}", "a column without personal data, or a recorded ground", "have the provider remove the column, or drop it in datasets/transforms.toml; if law allows it, record the ground in datasets/grounds.toml");
    PersonalCombination "PERSONAL_COMBINATION" Refuse "GB/T 37964-2019; requirements 5.4"
        zh("几列合在一起可以识别到个人：{}", "删除姓名，或泛化到每组至少 5 行", "在 datasets/transforms.toml 中删除或泛化其中的列；依法可以公开的，在 datasets/grounds.toml 中以 kind = \"combination\" 记录依据")
        en("these columns together tell who is meant: {}", "no names, or groups of at least 5 rows", "drop or generalise one of them in datasets/transforms.toml; if law allows it, record the ground with kind = \"combination\" in datasets/grounds.toml");
    PersonalDoubt "PERSONAL_DOUBT" Warn "requirements 5.2"
        zh("可能含有个人信息：{}", "不含个人信息的列", "请提供部门核对；依法公开的（如法定代表人、执业人员、公职人员姓名）无需处理")
        en("this may be personal data: {}", "a column without personal data", "have the provider look; nothing to do where law makes it public, such as legal representatives or officials");
    PersonalCoincidence "PERSONAL_COINCIDENCE" Note "requirements 5.1"
        zh("少数值恰好符合个人号码的校验规则，比例与巧合相当：{}", "编号类的列", "无需处理；如该列确为个人号码，请删除")
        en("a few values pass the check of a personal number, as many as chance gives: {}", "a column of serial numbers", "nothing to do; remove the column if its numbers do belong to people");
    NotScreened "SCREENING_NOT_POSSIBLE" Refuse "requirements 5.1; when in doubt, refuse"
        zh("无法检查其中有无个人信息：{}", "可以读取文字的文件", "人工检查后，在 datasets/grounds.toml 中以 kind = \"unscreened\" 和该文件的 sha256 记录由谁在何时检查")
        en("this cannot be screened for personal data: {}", "a file whose text can be read", "look at it yourself, then record who looked and when in datasets/grounds.toml with kind = \"unscreened\" and the file's sha256");
    DatasetHeld "DATASET_HELD" Note "DESIGN I4; the regime: objections"
        zh("已按决定中止开放：{}", "已恢复开放的数据集", "无需处理；核实后决定恢复开放的，用 kaishu case resume 记录决定，再重新生成")
        en("suspended by a decision on record: {}", "a dataset that was resumed", "nothing to do; once it may be open again, record that with `kaishu case resume` and build again");
    DatasetWithdrawn "DATASET_WITHDRAWN" Note "DESIGN I4; the regime: objections"
        zh("已按决定撤回：{}", "目录中不再列出的数据集", "无需处理；可以从目录中删除该条目，公告页面保留")
        en("withdrawn by a decision on record: {}", "a catalog that no longer lists it", "nothing to do; the entry may leave the catalog, its notice stays");
    HoldsFileInvalid "HOLDS_FILE_INVALID" Stop "DESIGN I4; docs/endpoint.md"
        zh("中止、撤回和恢复决定的签名文件不能采用：{}", "由 site.toml 的 holds_key 所对应的密钥为本站签名、不早于上次读入的文件", "在受理程序所在的机器上运行 kaishu case transfer write，把文件复制到站点文件夹，再重新生成")
        en("the signed file of decisions cannot be used: {}", "a file for this site, signed by the key that holds_key in site.toml names, no older than the last one", "run `kaishu case transfer write` on the endpoint's machine, copy the file into the site folder and build again");
    GroundApplied "GROUND_APPLIED" Note "requirements 5.3"
        zh("按记录的依据公开：{}", "有依据的公开", "无需处理；每次发布都会写入记录")
        en("published on a recorded ground: {}", "a recorded ground", "nothing to do; each publication puts it on record");
    GroundUnused "GROUND_UNUSED" Warn "requirements 5.3"
        zh("这条依据没有用到：{}", "与检查结果相符的数据集、列名和种类", "核对 dataset、columns 和 kind；不再需要的依据请删除")
        en("this ground was not needed: {}", "a dataset, columns and kind that screening found", "check `dataset`, `columns` and `kind`; remove grounds that are no longer needed");
    DecisionInvalid "DECISION_INVALID" Stop "requirements 5.3, 5.4; the regime: approvals"
        zh("审批、依据或脱敏处理的记录有误：{}", "docs/screening.md 和 docs/regimes.md 所列的各项，都不为空", "按提示修改该文件")
        en("a record of an approval, ground or transform is not valid: {}", "all keys that docs/screening.md and docs/regimes.md list, none empty", "correct the file");
    TransformUnmatched "TRANSFORM_UNMATCHED" Refuse "requirements 5.4"
        zh("文件中没有要做脱敏处理的列：{}", "datasets/transforms.toml 中写明的列", "核对列名；列名改了而不处理，可能公开不应公开的内容")
        en("the file has no such column to transform: {}", "the column named in datasets/transforms.toml", "check the name: a renamed column that is not transformed may publish what must not be");
    TransformIdle "TRANSFORM_IDLE" Warn "requirements 5.4"
        zh("这条脱敏处理没有用到任何文件：{}", "以 datasets/ 开头、与已审核条目的文件相符的路径", "核对 files；文件改了名称的，请一并更改")
        en("this transform is about no file: {}", "a path that begins with datasets/ and is that of a file of a cleared entry", "check `files`; correct it where a file was renamed");
    CalendarInvalid "CALENDAR_INVALID" Stop "requirements 4"
        zh("放假安排文件有误：{}", "与 calendar/ 中其他年份同样形式的文件", "改正该文件，或删除后使用内置的安排")
        en("the file of holidays is not valid: {}", "a file of the same form as the others in calendar/", "correct it, or remove it and use the built-in one");
    RegimeUnknown "REGIME_UNKNOWN" Stop "DESIGN I10"
        zh("没有这套规则", "下列之一：{}", "修改 site.toml 的 regime，或把规则文件放入 regimes/ 文件夹")
        en("there is no such rule profile", "one of: {}", "change `regime` in site.toml, or put the file into regimes/");
    RegimeInvalid "REGIME_INVALID" Stop "DESIGN I10"
        zh("规则文件有误：{}", "符合说明的规则文件", "对照内置规则文件修改该行")
        en("the rule profile is not valid: {}", "a rule profile as documented", "correct the line; compare with a built-in profile");
    RegimeDraft "REGIME_DRAFT" Stop "requirements 7 A13"
        zh("所选规则是征求意见稿或者尚未施行，不能用于正式发布", "现行有效的规则", "改用现行规则；仅作演示时加 --allow-draft，每页将标注“草案”")
        en("the chosen rules are a draft or not yet in force and cannot be used for publication", "rules in force", "choose rules in force; for a demonstration add --allow-draft, which marks every page");
    RegimeExpired "REGIME_EXPIRED" Warn "requirements 7 A9, A10"
        zh("所选规则的有效期已满（{}）", "在有效期内的规则", "请主管部门确认依据；网站已显示到期说明")
        en("the chosen rules have expired ({})", "rules within their period of validity", "ask the authority to confirm the basis; the site shows a notice");
    DataOverdue "DATA_OVERDUE" Warn "the regime: update frequency"
        zh("按更新频率已逾期未更新", "按目录载明的频率更新", "更新数据并改写更新日期；频率有变的，修改目录中的更新频率")
        en("the update that the stated frequency calls for is overdue", "updates as often as the catalog states", "update the data and its date; or correct the stated frequency");
    CatalogReviewDue "CATALOG_REVIEW_DUE" Warn "the regime: review of each year"
        zh("本年度的目录全面更新维护尚无记录（{}）", "在 site.toml 的 [catalog] reviewed_on 中写明完成日期", "完成后填写 reviewed_on")
        en("no review of the catalog is on record for this year ({})", "its day as `reviewed_on` under `[catalog]` in site.toml", "do the review, then state the day");
    RegimeEndsSoon "REGIME_ENDS_SOON" Note "requirements 7 A9"
        zh("所选规则的有效期将满（{}）", "有效期内的规则", "及早准备新的规则文件；到期后网站显示提示，不自动下线")
        en("the chosen rules end soon ({})", "rules in force", "prepare the new profile in time; once they end the site says so and stays online");
    ClassLowered "CLASS_LOWERED" Stop "DESIGN 6 (3); the regime: changes of class"
        zh("已发布的数据集在目录中改为不再无条件开放，但没有审批记录（{}）", "datasets/approvals.toml 中的一条审批记录", "补记审批后再生成（见 docs/regimes.md）；涉及个人信息需要立即下线的，先中止开放")
        en("a published dataset is no longer unconditionally open in the catalog, and no approval is on record ({})", "an approval in datasets/approvals.toml", "record the approval and build again (docs/regimes.md); if it must go offline at once, suspend it");
    DatasetVanished "DATASET_VANISHED" Stop "DESIGN 6 (3); the regime: changes of class"
        zh("已发布的数据集从目录中消失，但没有记录原因（{}）", "目录中原有的条目，或 datasets/approvals.toml 中 change = \"removed\" 的记录", "误删的请恢复目录条目；确需下线的，补记审批后再生成（见 docs/regimes.md）")
        en("a published dataset vanished from the catalog, and no reason is on record ({})", "its entry, or a record with change = \"removed\" in datasets/approvals.toml", "put the entry back if it was lost; else record the approval and build again (docs/regimes.md)");
    CatalogMissing "CATALOG_MISSING" Stop "DESIGN 3"
        zh("找不到目录文件", "site.toml 的 [catalog] files 所指的文件：{}", "把目录文件放到该位置，或修改 [catalog] files")
        en("there is no catalog file", "a file that `[catalog] files` in site.toml names: {}", "put the catalog there, or change `[catalog] files`");
    CatalogUnreadable "CATALOG_UNREADABLE" Stop "DESIGN 6"
        zh("目录文件无法读取：{}", "CSV（UTF-8 或 GB18030）、XLSX 或 JSON 数组", "用表格软件重新导出该文件")
        en("the catalog cannot be read: {}", "CSV (UTF-8 or GB18030), XLSX or a JSON array", "export the file again");
    CatalogTooLarge "CATALOG_TOO_LARGE" Stop "ours: bounded memory"
        zh("目录文件过大", "不超过 {}", "按部门或县区拆成多个文件，放入 datasets/catalog/ 文件夹")
        en("the catalog file is too large", "at most {}", "split it by provider or county into a folder datasets/catalog/");
    CatalogEmpty "CATALOG_EMPTY" Stop "ours: an empty catalog is a mistake"
        zh("目录中没有任何条目", "至少一个条目", "检查导出的文件是否完整")
        en("the catalog has no entries", "at least one entry", "check that the export is complete");
    NothingCleared "NOTHING_CLEARED" Stop "DESIGN I1; ours: a mistake must not empty the site"
        zh("没有任何条目可以发布，网站保持原样", "至少一个条目的开放类型为“无条件开放”。{}", "按上面的原因逐项处理；如确需发布空网站，加 --allow-empty")
        en("no entry can be published; the site stays as it was", "at least one entry whose openness class is unconditional. {}", "see the reasons above; to publish an empty site on purpose add --allow-empty");
    ColumnUnknown "COLUMN_UNKNOWN" Warn "DESIGN 3"
        zh("不认识的列，未读取也未发布", "已知的列名，或在 [catalog.columns] 中写明对应关系", "在 site.toml 中写明对应的字段；不需要的列写入 [catalog] ignore。可用字段：{}")
        en("unknown column; it is neither read nor published", "a known header, or a line in `[catalog.columns]`", "map it in site.toml, or list it in `[catalog] ignore`. Fields: {}");
    ColumnMapped "COLUMN_MAPPED_MISSING" Stop "DESIGN 3"
        zh("site.toml 指定的列在目录文件中不存在", "文件中有的列：{}", "修改 [catalog.columns] 中的列名")
        en("a column named in site.toml is not in the catalog", "one of the columns there are: {}", "correct the header in `[catalog.columns]`");
    ColumnAmbiguous "COLUMN_AMBIGUOUS" Warn "ours: one column for one field"
        zh("有两列对应同一字段，只采用了“{}”", "每个字段一列", "在 [catalog.columns] 中写明采用哪一列，另一列写入 [catalog] ignore")
        en("two columns mean the same field; only `{}` was used", "one column for each field", "choose one in `[catalog.columns]` and list the other in `[catalog] ignore`");
    RowRagged "ROW_RAGGED" Refuse "RFC 4180 2.4"
        zh("该行的列数与表头不一致", "{} 列", "检查是否有未加引号的逗号或换行")
        en("the row has another number of cells than the header", "{} cells", "look for a comma or line break without quotation marks");
    SheetsLeftOut "SHEETS_LEFT_OUT" Warn "ours: one sheet is the catalog"
        zh("工作簿中还有其他工作表，未读取：{}", "只有一张可见工作表，即目录", "把目录放在第一张可见工作表，其他工作表另存或删除")
        en("the workbook has further sheets that are not read: {}", "one visible sheet, the catalog", "keep the catalog in the first visible sheet; save or delete the others");
    EncodingGuessed "ENCODING_GUESSED" Note "SURPRISES: text files"
        zh("文件不是 UTF-8，按 {} 读取", "UTF-8，或在 site.toml 中写明编码", "核对页面文字；可在 [catalog] encoding 中写明编码")
        en("the file is not UTF-8 and was read as {}", "UTF-8, or an encoding stated in site.toml", "check the text on the pages; state it as `[catalog] encoding`");
    DuplicateRecord "DUPLICATE_RECORD" Note "SURPRISES: catalogs"
        zh("与前面的条目各字段完全相同，只发布一次", "每个条目只出现一次", "从目录中删除重复的条目")
        en("every field equals an earlier entry's; published once", "each entry once", "remove the repeated entry from the catalog");
    IdDuplicate "ID_DUPLICATE" Refuse "DESIGN 3"
        zh("标识与其他条目重复，这些条目都不发布", "每个条目有自己的标识；另见：{}", "为每个条目填写不同的标识")
        en("the identifier stands for several entries; none of them is published", "an identifier of its own; see also: {}", "give each entry its own identifier");
    IdInvalid "ID_INVALID" Refuse "DESIGN 3"
        zh("标识不能用作网址", "100 字节以内的文字、数字、- 、_ 或 .", "更正目录中的标识")
        en("the identifier cannot stand in an address", "letters, digits, -, _ or ., at most 100 bytes", "correct the identifier in the catalog");
    OpennessMissing "OPENNESS_MISSING" Refuse "DESIGN I1"
        zh("没有填写开放类型", "无条件开放、有条件开放、不予开放之一", "填写开放类型；若写在别的列，在 site.toml 的 [catalog.columns] 写 openness_class = \"列名\"")
        en("there is no openness class", "one of 无条件开放, 有条件开放, 不予开放", "fill it in; if it stands in another column, write openness_class = \"header\" under `[catalog.columns]` in site.toml");
    OpennessUnknown "OPENNESS_UNKNOWN" Refuse "DESIGN I1"
        zh("开放类型无法识别", "无条件开放、有条件开放、不予开放之一", "更正目录；若该用语有确定含义，在 [catalog.values.openness_class] 中写明；若开放类型在别的列，用 [catalog.columns] 指定")
        en("the openness class is not one we know", "one of 无条件开放, 有条件开放, 不予开放", "correct the catalog; if the word has a fixed meaning, state it under `[catalog.values.openness_class]`; if the class stands in another column, map it under `[catalog.columns]`");
    OpennessContradiction "OPENNESS_CONTRADICTION" Refuse "DESIGN I1"
        zh("开放类型与其他列相互矛盾", "各列一致；{}", "更正目录；若该列文字并非开放条件，在 [catalog] ignore 或 [catalog.values] 中写明")
        en("the openness class contradicts another column", "columns that agree; {}", "correct the catalog; if the other column does not state a condition, say so in `[catalog] ignore` or `[catalog.values]`");
    OpennessClosed "OPENNESS_CLOSED" Note "DESIGN I1"
        zh("开放类型不是无条件开放，不在网站发布", "（按目录正常处理）", "无需处理")
        en("the class is not unconditional; the entry is not on the site", "(as the catalog says)", "nothing to do");
    TitleMissing "TITLE_MISSING" Refuse "DESIGN 6 (2)"
        zh("没有数据资源名称", "名称", "在目录中填写名称")
        en("there is no title", "a title", "fill in the title");
    TitleHidden "TITLE_HIDDEN_CHARACTERS" Refuse "DESIGN I9"
        zh("名称或标识中有控制字符或改变文字方向的字符", "只含可见文字的名称", "在目录中删除这些字符后重新填写")
        en("the title has control characters or characters that change the reading direction", "visible text only", "type the title again in the catalog");
    TextHidden "TEXT_HIDDEN_CHARACTERS" Warn "DESIGN I9"
        zh("文字中有控制字符，已去除", "只含可见文字", "在目录中删除这些字符")
        en("hidden characters were left out of the text", "visible text only", "remove them from the catalog");
    TextMarkup "TEXT_MARKUP" Warn "DESIGN I9"
        zh("文字中有网页标记，按普通文字显示", "普通文字", "在目录中删除标记")
        en("the text has markup; it is shown as text", "plain text", "remove the markup from the catalog");
    TextTooLong "TEXT_TOO_LONG" Refuse "ours: bounded pages"
        zh("文字过长", "不超过 {} 个字符", "缩短文字，或改为随数据文件提供说明")
        en("the text is too long", "at most {} characters", "shorten it, or ship it as a file of the dataset");
    ProviderMissing "PROVIDER_MISSING" Refuse "DESIGN 6 (2)"
        zh("没有数据提供方", "提供方名称", "在目录中填写提供方")
        en("there is no provider", "the provider's name", "fill in the provider");
    FieldMissing "FIELD_MISSING" Warn "DESIGN 6 (2)"
        zh("缺少规则要求的字段：{}", "目录中填写了该字段", "在目录中补充；要使其成为发布条件，设置 [gate] missing_fields = \"refuse\"")
        en("a field that the rules require is missing: {}", "the field filled in", "fill it in; to make it a condition set `[gate] missing_fields = \"refuse\"`");
    FieldRequired "FIELD_REQUIRED" Refuse "DESIGN 6 (2)"
        zh("缺少规则要求的字段：{}", "目录中填写了该字段", "在目录中补充后重新生成")
        en("a field that the rules require is missing: {}", "the field filled in", "fill it in and build again");
    DateUnreadable "DATE_UNREADABLE" Warn "SURPRISES: dates"
        zh("日期无法识别，已留空", "如 2026-11-21", "更正目录中的日期")
        en("the date cannot be read and was left out", "a day such as 2026-11-21", "correct the date");
    DateFuture "DATE_IN_FUTURE" Warn "ours: an update cannot lie ahead"
        zh("更新日期晚于生成日期", "不晚于 {} 的日期", "核对目录中的日期")
        en("the date of update lies after the day of the build", "a day not after {}", "check the date");
    FrequencyUnknown "FREQUENCY_UNKNOWN" Warn "DESIGN 3"
        zh("更新频率无法识别，按原文显示", "每日、每周、每月、每季度、每半年、每年、实时、不定期、一次性之一", "更正目录，或在 [catalog.values.update_frequency] 中写明")
        en("the update frequency is not one we know; shown as written", "daily, weekly, monthly, quarterly, semiannual, annual, continuous, irregular or never", "correct it, or map it under `[catalog.values.update_frequency]`");
    ItemsUneven "ITEMS_UNEVEN" Warn "ours: parallel lists"
        zh("数据项的名称、格式、说明个数不一致，格式或说明未采用", "{}", "使各列的项数一致，以“；”分隔")
        en("names, formats and descriptions of data items differ in number; formats or descriptions were left out", "{}", "give all lists the same number of parts, separated by `；`");
    ItemsUnreadable "ITEMS_UNREADABLE" Warn "ours: parallel lists"
        zh("数据项无法读取，未显示", "由 name、format、description 组成的对象数组，或以“；”分隔的文字", "更正目录中的数据项")
        en("the data items cannot be read and are not shown", "an array of objects with name, format and description, or text separated by `；`", "correct the data items");
    LicenceUnknown "LICENCE_UNKNOWN" Refuse "DESIGN 6 (7)"
        zh("许可不在登记表中", "下列之一：{}", "更正许可；自定义许可在 site.toml 的 [[licence.extra]] 中登记")
        en("the licence is not in the register", "one of: {}", "correct it; register a licence of your own under `[[licence.extra]]`");
    LicenceNotPermitted "LICENCE_NOT_PERMITTED" Refuse "DESIGN 6 (7)"
        zh("适用规则下不能使用该许可", "{}", "改用规则默认条款，或在 site.toml 的 [licence.authorisation] 中记录授权的机关、文号和日期")
        en("the licence is not permitted under the rules", "{}", "use the terms of the rules, or record body, reference and date under `[licence.authorisation]`");
    FileMissing "FILE_MISSING" Refuse "DESIGN 6 (5)"
        zh("数据文件不存在", "datasets/ 文件夹中的文件；多个文件用“；”分隔", "放入文件，或更正目录中的路径")
        en("the data file does not exist", "a file below datasets/; several are separated by `；`", "put the file there, or correct the path");
    FileOutside "FILE_OUTSIDE" Refuse "DESIGN I9"
        zh("文件路径指向 datasets/ 之外", "datasets/ 之内的相对路径", "把文件放入 datasets/，填写相对路径；不要使用指向外部的链接文件")
        en("the file path leads outside datasets/", "a relative path below datasets/", "put the file below datasets/ and name it relatively; do not use links that lead out");
    FileNotRegular "FILE_NOT_REGULAR" Refuse "DESIGN 6 (5)"
        zh("所指的不是普通文件", "普通文件", "填写文件的路径，不是文件夹")
        en("the path does not name a regular file", "a regular file", "name the file, not its folder");
    FileOfClosed "FILE_OF_CLOSED_ENTRY" Refuse "DESIGN I1"
        zh("同一文件也属于一个未开放的条目，或者就是目录文件", "只属于无条件开放条目的文件", "核对两个条目的文件；未开放的内容不能通过其他条目发布")
        en("the same file belongs to an entry that is not open, or is the catalog itself", "a file of unconditionally open entries only", "check the files of both entries");
    FileActive "FILE_ACTIVE_CONTENT" Refuse "DESIGN I9"
        zh("该类文件可在浏览器中执行，不能直接发布", "数据文件；网页、脚本和 SVG 请放入 ZIP", "改为 CSV 等数据格式，或压缩为 ZIP 后填写")
        en("a file of this kind can run in the browser and is not published", "a data file; put web pages, scripts and SVG into a ZIP", "export it as data, or zip it");
    TableTooWide "TABLE_NO_XLSX" Note "Excel specifications and limits"
        zh("表格超出 Excel 的限制，未生成 XLSX：{}", "至多 1,048,576 行、每格至多 32,767 个字符", "无需处理；其他格式内容完整")
        en("the table is beyond what Excel holds, so no XLSX was made: {}", "at most 1,048,576 rows and 32,767 characters a cell", "nothing to do; the other formats are complete");
    FileUnreadable "FILE_UNREADABLE" Refuse "DESIGN 6 (5)"
        zh("数据文件无法读取：{}", "可以读取的文件", "检查权限，或重新导出文件")
        en("the data file cannot be read: {}", "a file that can be read", "check permissions, or export the file again");
    FileNotAsNamed "FILE_NOT_AS_NAMED" Refuse "DESIGN 6 (5)"
        zh("文件内容与扩展名不符：{}", "与扩展名一致的内容", "更正扩展名，或重新导出文件")
        en("the content is not what the file's ending says: {}", "content as the ending says", "correct the ending, or export the file again");
    TableNone "TABLE_NONE" Note "DESIGN I5"
        zh("文件不能读作表格，只提供原文件：{}", "带表头的 CSV，或由对象组成的 JSON 数组", "无需处理；如需在线预览，可另附 CSV")
        en("the file does not read as a table; only the original is offered: {}", "CSV with a header, or a JSON array of objects", "nothing to do; add a CSV to get a preview");
    TableRagged "TABLE_RAGGED" Warn "RFC 4180 2.4"
        zh("有 {} 行的列数与表头不一致；缺少的按空缺处理，多出的列另加列名", "每行列数相同", "检查原文件中的分隔符和引号")
        en("{} rows have another number of cells than the header; missing ones are empty, further ones get columns of their own", "rows of equal length", "check separators and quotation marks in the file");
    EncodingDoubtful "ENCODING_DOUBTFUL" Warn "SURPRISES: text files"
        zh("文件的编码只能推测，可能有误：{}", "UTF-8，或在 site.toml 的 [[tables]] 中写明 encoding", "核对所示文字；如有误，在 [[tables]] 中写明 encoding，或另存为 UTF-8")
        en("the encoding of the file is a doubtful guess (usual letters of a hundred, then the runner-up, then a sample): {}", "UTF-8, or `encoding` stated under `[[tables]]` in site.toml", "look at the sample; if it is wrong, state `encoding` under `[[tables]]`, or save the file as UTF-8");
    TablePreamble "TABLE_PREAMBLE" Note "SURPRISES: text files"
        zh("表头上方有说明文字，未作为数据：{}", "第一行是表头", "无需处理；如判断有误，在 [[tables]] 中写明 header_row")
        en("there are rows above the headers, which are no data: {}", "headers in the first row", "nothing to do; if this is wrong, state `header_row` under `[[tables]]`");
    TableHeaderRows "TABLE_HEADER_ROWS" Note "SURPRISES: text files"
        zh("表头共 {} 行，已合并为一行列名", "一行表头", "无需处理；如判断有误，在 [[tables]] 中写明 header_rows")
        en("there are {} rows of headers, joined into one", "one row of headers", "nothing to do; if this is wrong, state `header_rows` under `[[tables]]`");
    TableHeaderDoubtful "TABLE_HEADER_DOUBTFUL" Warn "SURPRISES: text files"
        zh("第 {} 行作为表头，但多为数值或日期，可能没有表头", "一行列名", "在原文件中补上列名，或在 [[tables]] 中写明 header_row")
        en("row {} was taken for the headers, but most of it are numbers or days: the headers may be missing", "a row of column names", "add the headers to the file, or state `header_row` under `[[tables]]`");
    TableHeaderNames "TABLE_HEADER_NAMES" Note "SURPRISES: text files"
        zh("有 {} 个列名为空或重复，已另行编号", "每列有各不相同的列名", "在原文件中补全列名")
        en("{} column names are empty or repeated and were numbered", "a name of its own for each column", "complete the names in the file");
    TableQuotesLiteral "TABLE_QUOTES_LITERAL" Warn "RFC 4180 2.5 to 2.7"
        zh("第 {} 行的引号不合规范；各行列数一致，引号按普通文字读取", "成对的引号，值内的引号写两次", "核对该行；最好重新导出")
        en("line {} has a quotation mark that RFC 4180 does not allow; all rows come out even, so marks were read as letters", "marks in pairs, doubled inside a value", "check the line; best export the file again");
    ValuesScientific "VALUES_SCIENTIFIC" Warn "SURPRISES: text files"
        zh("有类似 3.20902E+17 的值，位数已被表格软件丢失", "完整的数字", "从原系统重新导出，导出前把该列设为文本格式")
        en("there are values such as 3.20902E+17: a spreadsheet lost their digits", "all digits", "export again from the source, with the column set to text");
    ValuesHashes "VALUES_HASHES" Warn "SURPRISES: text files"
        zh("有 ######## 字样的值，原值已丢失", "原来的值", "在表格软件中加宽该列后重新导出")
        en("there are values such as ########: what stood there is lost", "the value itself", "widen the column in the spreadsheet and export again");
    ValuesSerialDays "VALUES_SERIAL_DAYS" Warn "SURPRISES: text files"
        zh("列名表示日期，值却像 45250 这样的天数，日期可能已被表格软件改成序号", "如 2026-11-21 的日期", "在表格软件中把该列设为日期格式后重新导出")
        en("the name says date, but the values are numbers such as 45250: a spreadsheet may have turned days into serial numbers", "days such as 2026-11-21", "set the column to a date format in the spreadsheet and export again");
    ValuesLost "VALUES_LOST_CHARACTERS" Warn "SURPRISES: text files"
        zh("有类似“湖?镇”的值，生僻字可能已在转换编码时丢失", "完整的文字", "从原系统以 UTF-8 或 GB18030 重新导出")
        en("there are values such as 湖?镇: a rare character may have been lost to an encoding", "every character", "export again from the source as UTF-8 or GB18030");
    HiddenContent "HIDDEN_CONTENT" Refuse "issue 3: hidden sheets, rows and columns are where personal data hides"
        zh("工作簿中有隐藏的内容：{}", "没有隐藏工作表、行、列的工作簿", "取消隐藏后检查并删除不应公开的内容；确认可以公开的，在 [[tables]] 中设置 hidden_is_checked = true")
        en("the workbook hides something: {}", "a workbook without hidden sheets, rows or columns", "unhide it, look, and delete what must not be published; if all may be, set `hidden_is_checked = true` under `[[tables]]`");
    HiddenUnknown "HIDDEN_UNKNOWN" Warn "issue 3: hidden sheets, rows and columns"
        zh("{} 格式看不出有无隐藏的行和列", "XLSX 或 ODS，或事先检查过的文件", "打开文件检查；确认后在 [[tables]] 中设置 hidden_is_checked = true")
        en("in {} files hidden rows and columns cannot be told", "XLSX or ODS, or a file that somebody looked at", "open the file and look; then set `hidden_is_checked = true` under `[[tables]]`");
    ArchiveBomb "ARCHIVE_BOMB" Refuse "ours: bounded time and memory"
        zh("压缩文件解开后过大：{}", "正常大小的文件", "核对文件来源；确有需要时拆分为多个文件")
        en("the archive unpacks to too much: {}", "a file of ordinary size", "check where it comes from; split it if it is sound");
    ExportLimit "EXPORT_BEYOND_LIMIT" Note "[exports.max_mib]"
        zh("原文件较大，未生成以下格式：{}", "不超过 [exports.max_mib] 的文件", "无需处理；需要时在 site.toml 的 [exports.max_mib] 中提高上限")
        en("the original is large, so these were not made: {}", "a file within `[exports.max_mib]`", "nothing to do; raise the limit under `[exports.max_mib]` in site.toml if you want them");
    TableSplit "TABLE_SPLIT" Note "Excel specifications and limits"
        zh("表格超过一张工作表的行数，XLSX 分为多张工作表或多个文件：{}", "至多 1,048,575 行数据", "无需处理；其他格式不受影响")
        en("the table is longer than a sheet, so the XLSX was split into sheets and files: {}", "at most 1,048,575 rows of data", "nothing to do; the other formats are whole");
    NotMachineReadable "NOT_MACHINE_READABLE" Warn "the regime: machine readability"
        zh("规则要求可机器读取，但没有可以读作表格的文件：{}", "CSV、JSON、XLSX 等可机器读取的文件", "另附一个 CSV 等格式的数据文件")
        en("the rules ask for machine readability, and no file reads as a table: {}", "a file that machines read, such as CSV, JSON or XLSX", "add a data file such as CSV");
    PageInvalid "PAGE_INVALID" Stop "DESIGN I9"
        zh("内容页有误：{}", "以 +++ 开头的 TOML 页头和 Markdown 正文", "修改该页")
        en("the content page is not valid: {}", "TOML front matter between +++ lines, then Markdown", "correct the page");
    PageHtml "PAGE_RAW_HTML" Stop "DESIGN I9"
        zh("内容页含有网页标记，不予接受", "不含 HTML 的 Markdown", "删除标记，改用 Markdown 写法")
        en("the content page has raw HTML", "Markdown without HTML", "remove it and write Markdown");
    PageLink "PAGE_LINK_UNSAFE" Stop "DESIGN I9"
        zh("内容页的链接地址不被允许", "http、https、mailto 或站内相对地址；图片只能用站内地址", "修改链接")
        en("the content page has an address that is not allowed", "http, https, mailto or a relative address; images only relative", "correct the address");
    ThemeInvalid "THEME_INVALID" Stop "DESIGN 3"
        zh("主题模板有误：{}", "正确的模板", "按提示的文件和行修改")
        en("the theme has a mistake: {}", "a correct template", "correct the file and line shown");
    PathClash "PATH_CLASH" Stop "STYLE 1 (7)"
        zh("两个页面要写到同一个地址", "每个地址一个页面", "修改内容页的文件名")
        en("two pages want one address", "one page for each address", "rename the content page");
    LinkInvalid "LINK_INVALID" Warn "DESIGN I9"
        zh("网址不是 http 或 https 地址，未采用", "http:// 或 https:// 开头的网址", "更正目录中的网址")
        en("the link is no http or https address and was left out", "an address that starts with http:// or https://", "correct the address");
    ThemeContrast "THEME_CONTRAST" Warn "WCAG 2.2, 1.4.3 and 1.4.11"
        zh("主题的颜色不易辨认：{}", "文字对比度 4.5 : 1，边框和图形 3 : 1，颜色写作 #rrggbb", "修改 tokens.css 中的颜色")
        en("colours of the theme are hard to read: {}", "contrast of 4.5 : 1 for text, 3 : 1 for borders and charts, colours as #rrggbb", "change the colours in tokens.css");
    CoordinateSystem "COORDINATE_SYSTEM_UNKNOWN" Warn "design/frontend.md 5"
        zh("没有写明经纬度的坐标系，或者写法不能识别", "{}", "在目录的“坐标系”栏填写；不同坐标系之间可相差数百米，开数不作换算")
        en("the coordinate system of longitudes and latitudes is not stated, or not known", "{}", "fill in the catalog's column 坐标系; systems lie up to 500 m apart, and kaishu converts nothing");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_says_what_to_do_in_both_languages() {
        for code in Code::ALL {
            for lang in [Lang::Zh, Lang::En] {
                let words = code.wording(lang);
                assert!(!words.title.is_empty() && !words.expected.is_empty() && !words.hint.is_empty());
                assert!(!words.title.ends_with(['.', '。']), "{}", code.name());
            }
        }
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
    }
}
