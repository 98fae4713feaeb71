//! The arguments of `kaishu case`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::model::date::Day;

/// What staff do with a dataset.
#[derive(Subcommand)]
pub enum CaseCommand {
    /// 中止开放：立即删除网站上该数据集的全部数据，换成公告 Take a dataset off the site at once, with a notice in its place
    #[command(
        after_help = "例 Example:\n  kaishu case suspend 307010203001 --basis 《…》第…条 --by 市数据局 --reason privacy\n\n数据文件、压缩包、预览和接口文件立即从网站文件夹删除，列表中不再出现；以后每次生成都不会恢复，直到 kaishu case resume。\nFiles, archives, previews and API files leave the live folder at once and no later build brings them back, until `kaishu case resume`."
    )]
    Suspend(HoldArgs),
    /// 撤回：同上，页面保留为撤回公告 The same for good: the page stays as a notice of the withdrawal
    Withdraw(HoldArgs),
    /// 恢复开放：记录决定，下一次生成时重新发布 Record that it may be published again; the next build does
    Resume(ResumeArgs),
    /// 登记收到的异议、校核申请或者举报 Put on file what came in by post, phone or counter
    #[command(
        after_help = "例 Example:\n  kaishu case receive --kind objection --dataset 307010203001 --ground 个人隐私 --statement 第3列含有住址 --by 张主任"
    )]
    Receive(ReceiveArgs),
    /// 列出未办结的案件，逾期的在前；期限按工作日计算 List open cases, overdue first; periods in working days
    List(ListArgs),
    /// 显示一个案件的经过和期限 Show one case: what happened, what is due
    Show(ShowArgs),
    /// 记录案件的一个步骤 Record a step of a case: notified, evidence, decision, feedback, review, closed
    #[command(
        after_help = "例 Example:\n  kaishu case record KS-2026-abcde23456 decided --outcome withdraw --reasons 经核实含有个人信息 --by 市教育局\n\n按规则不能进行的步骤会被拒绝并说明原因。 A step that the rules do not allow is refused, with the reason."
    )]
    Record(RecordArgs),
    /// 列出当前中止开放和撤回的数据集 List what is suspended or withdrawn
    Holds(FolderArgs),
}

#[derive(Args)]
pub struct FolderArgs {
    /// 站点文件夹 the site folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub site: PathBuf,
    /// 输出文件夹（默认为站点文件夹中的 public/） the live folder (default: public/ in the site folder)
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// 输出 JSON 行 print JSON lines on stdout
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct ResumeArgs {
    /// 数据集标识 the dataset's identifier
    pub dataset: String,
    /// 依据的条文或文件 the article or document that the decision rests on
    #[arg(long, value_name = "TEXT")]
    pub basis: String,
    /// 作出决定的单位 the body that decided
    #[arg(long, value_name = "NAME")]
    pub by: String,
    #[command(flatten)]
    pub folder: FolderArgs,
}

#[derive(Args)]
pub struct HoldArgs {
    #[command(flatten)]
    pub decision: ResumeArgs,
    /// 原因类别，公告中只显示类别 the class of reasons; nothing else of it is shown
    #[arg(long, value_name = "CLASS", value_parser = ["privacy", "trade_secret", "error", "security", "other_rights"])]
    pub reason: String,
    /// 可改用的数据的网址 the address of what can be used instead
    #[arg(long, value_name = "URL", default_value = "", value_parser = parse_address)]
    pub replacement: String,
}

fn parse_address(text: &str) -> std::result::Result<String, String> {
    let is_address = text.is_empty() || text.starts_with("https://") || text.starts_with("http://");
    is_address
        .then(|| text.to_owned())
        .ok_or_else(|| "应为 https:// 开头的网址 / expected an address such as https://…".to_owned())
}

/// Where the site and its cases are.
#[derive(Args)]
pub struct BookArgs {
    /// 站点文件夹 the site folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub site: PathBuf,
    /// 案件文件夹，含有个人信息，不得公开（默认为站点文件夹中的 cases/） where cases are kept; personal, never public (default: cases/ in the site folder)
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// 输出 JSON 行 print JSON lines on stdout
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct ReceiveArgs {
    /// 类别：异议、校核、举报 what is asked for
    #[arg(long, value_name = "KIND", value_parser = ["objection", "correction", "report"])]
    pub kind: String,
    /// 涉及的数据集标识 the dataset's identifier
    #[arg(long, value_name = "ID", default_value = "")]
    pub dataset: String,
    /// 情形（异议应为规则所列） the ground; for an objection one of those that the rules list
    #[arg(long, value_name = "TEXT")]
    pub ground: String,
    /// 说明；填 - 时从标准输入读取，不留在命令历史中 what the person says; - reads it from standard input, out of the shell's history
    #[arg(long, value_name = "TEXT")]
    pub statement: String,
    /// 联系方式 how to reach the person
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub contact: String,
    /// 收到日期（默认今天） the day it came in (default: today)
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = super::super::parse_day)]
    pub on: Option<Day>,
    /// 经办人 who puts it on file
    #[arg(long, value_name = "NAME")]
    pub by: String,
    #[command(flatten)]
    pub book: BookArgs,
}

#[derive(Args)]
pub struct ListArgs {
    /// 也列出已办结的 closed ones too
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    pub book: BookArgs,
}

#[derive(Args)]
pub struct ShowArgs {
    /// 回执号 the receipt
    pub receipt: String,
    #[command(flatten)]
    pub book: BookArgs,
}

#[derive(Args)]
pub struct RecordArgs {
    /// 回执号 the receipt
    pub receipt: String,
    /// 步骤 the step
    #[arg(value_parser = ["authority_notified", "provider_notified", "evidence_requested", "evidence_received", "suspended", "decided", "feedback_sent", "review_requested", "review_decided", "closed"])]
    pub step: String,
    /// 处理结果（decided） how it was decided
    #[arg(long, value_name = "OUTCOME", value_parser = ["withdraw", "open_after_processing", "keep_open", "resume_open", "corrected", "unfounded", "handled"])]
    pub outcome: Option<String>,
    /// 理由和依据（decided、review_decided） why
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub reasons: String,
    /// 经办人或者作出决定的单位 who
    #[arg(long, value_name = "NAME")]
    pub by: String,
    #[command(flatten)]
    pub book: BookArgs,
}
