//! The arguments of `kaishu case`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::model::date::Day;

/// How a case can be decided.
const OUTCOMES: [&str; 7] =
    ["withdraw", "open_after_processing", "keep_open", "resume_open", "corrected", "unfounded", "handled"];

/// What staff do with a dataset.
#[derive(Subcommand)]
pub enum CaseCommand {
    /// 登记以信函、电话、窗口等方式收到的异议、校核申请或者举报 Put on file what came in by post, phone or counter
    #[command(
        after_help = "例 Example:\n  kaishu case receive --kind objection --dataset 307010203001 --ground 个人隐私 --statement - --by 张主任 < letter.txt"
    )]
    Receive(ReceiveArgs),
    /// 列出未办结的案件，逾期的在前；期限按工作日计算 List open cases, overdue first; periods in working days
    List(ListArgs),
    /// 显示一个案件的经过、期限和附件 Show one case: what happened, what is due, what was attached
    Show(ReceiptArgs),
    /// 取出一个附件 Take a file out of a case
    File(FileArgs),
    /// 记录已通知主管部门或者提供单位 Record that the authority or the provider was told
    Notify(NotifyArgs),
    /// 记录已要求补充证据材料 Record that the person was asked for evidence
    RequestEvidence(StepArgs),
    /// 登记收到的证据材料；规则要求立即中止开放的，同时中止 Put evidence on file; where the rules say so, the dataset goes off the site at once
    Attach(AttachArgs),
    /// 中止开放：立即删除网站上该数据集的全部数据，换成公告 Take a dataset off the site at once, with a notice in its place
    #[command(
        after_help = "例 Example:\n  kaishu case suspend 307010203001 --basis 《…》第…条 --by 市数据局 --reason privacy\n  kaishu case suspend KS-2026-abcde23456 --by 市数据局      一个案件涉及的数据集，依据和原因取自案件 the dataset of a case\n\n数据文件、压缩包、预览和接口文件立即从网站文件夹删除，列表中不再出现；以后每次生成都不会恢复，直到 kaishu case resume。\nFiles, archives, previews and API files leave the live folder at once and no later build brings them back, until `kaishu case resume`."
    )]
    Suspend(SuspendArgs),
    /// 作出决定：撤回的立即撤下，继续或者恢复开放的由下一次生成重新发布 Decide: what is withdrawn leaves the site at once, what stays open comes back with the next build
    #[command(
        after_help = "例 Example:\n  kaishu case decide KS-2026-abcde23456 --outcome withdraw --reasons 经核实含有个人信息 --by 市教育局\n\n按规则不能进行的步骤会被拒绝并说明原因。 A step that the rules do not allow is refused, with the reason."
    )]
    Decide(DecideArgs),
    /// 记录已反馈处理结果 Record that the person was told the result
    Feedback(StepArgs),
    /// 复核：登记申请，或者记录复核决定（--reasons） A review: put the request on file, or record its decision with --reasons
    Review(ReviewArgs),
    /// 办结 Close a case
    Close(StepArgs),
    /// 生成文书：受理回执、转办函、补充材料通知、处理结果告知书、复核结果告知书 A letter as a page to print
    Letter(LetterArgs),
    /// 导出案件（JSON 行），附有 --key 或者未加密时含陈述内容 Export cases as JSON lines
    Export(ExportArgs),
    /// 统计：类别、结果、按期情况 Counts by kind, outcome and timeliness
    Stats(BookArgs),
    /// 撤回：立即撤下，页面保留为撤回公告 Withdraw a dataset: off the site for good, the page stays as a notice
    Withdraw(HoldArgs),
    /// 恢复开放：记录决定，下一次生成时重新发布 Record that it may be published again; the next build does
    Resume(ResumeArgs),
    /// 列出当前中止开放和撤回的数据集 List what is suspended or withdrawn
    Holds(FolderArgs),
    /// 中止、撤回和恢复决定的签名文件，供受理程序与生成网站不在同一台机器时传送 Decisions as a signed file, where endpoint and build run on different machines
    #[command(subcommand)]
    Transfer(TransferCommand),
    /// 核对案件库的每一个字节 Check every byte of the store
    Check(BookArgs),
    /// 删除无关的垃圾信息：案件立即办结，内容和附件删除 Discard spam: the case is closed, its words and files erased
    Discard(StepArgs),
    /// 用备份恢复案件库，先停止受理程序 Put a copy in the place of the store; stop the endpoint first
    Restore(BackupArgs),
    /// 备份案件库，不影响受理 Copy the store while it is in use
    Backup(BackupArgs),
    /// 删除保存期限已满的个人信息和案件记录 Erase what its term is over for
    Erase(BookArgs),
    /// 生成工作人员的密钥对，用于加密案件内容 Make a key pair for sealing what people say
    #[command(
        after_help = "例 Example:\n  kaishu case keygen staff.key\n\n打印的公钥写入 site.toml：[endpoint] staff_keys = [\"age1…\"] The public key that is printed goes into site.toml."
    )]
    Keygen(KeygenArgs),
}

#[derive(Subcommand)]
pub enum TransferCommand {
    /// 生成签名密钥，在受理程序所在的机器上运行一次 Make the signing key, once, on the machine of the endpoint
    Key(KeygenArgs),
    /// 写出签名文件 Write the signed file
    #[command(
        after_help = "例 Example:\n  kaishu case transfer write holds.signed.json --key holds.key --site /srv/site"
    )]
    Write(TransferArgs),
    /// 读入签名文件，核对签名后记入本机的记录，并撤下所涉数据集；kaishu build 会自动读入 Take decisions from a signed file into this machine's record, and off the live folder what they say; `kaishu build` does so by itself
    #[command(
        after_help = "例 Example:\n  kaishu case transfer read holds.signed.json --site /srv/site\n\n公钥取自 site.toml 的 [endpoint] holds_key。 The public key is [endpoint] holds_key of site.toml."
    )]
    Read(TransferReadArgs),
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
    /// 输出文件夹（默认为站点文件夹中的 public/） the live folder (default: public/ in the site folder)
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// 案件文件夹，含有个人信息，不得公开（默认为站点文件夹中的 cases/） where cases are kept; personal, never public (default: cases/ in the site folder)
    #[arg(long, value_name = "DIR")]
    pub state: Option<PathBuf>,
    /// 工作人员的私钥文件，案件内容加密时需要 the staff's private key, where what people said is sealed
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
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
    /// 情形，可以多次填写（异议应为规则所列） the grounds; for an objection of those that the rules list
    #[arg(long, value_name = "TEXT", required = true)]
    pub ground: Vec<String>,
    /// 要求，可以多次填写 what is claimed
    #[arg(long, value_name = "TEXT")]
    pub claim: Vec<String>,
    /// 说明；填 - 时从标准输入读取，不留在命令历史中 what the person says; - reads it from standard input, out of the shell's history
    #[arg(long, value_name = "TEXT")]
    pub statement: String,
    /// 联系方式 how to reach the person
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub contact: String,
    /// 证据材料，可以多次填写 a file that came with it
    #[arg(long, value_name = "FILE")]
    pub evidence: Vec<PathBuf>,
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
pub struct ReceiptArgs {
    /// 回执号 the receipt
    pub receipt: String,
    #[command(flatten)]
    pub book: BookArgs,
}

#[derive(Args)]
pub struct FileArgs {
    /// 回执号 the receipt
    pub receipt: String,
    /// 附件的编号，从 1 起，见 kaishu case show，与当事人所见相同 the file's number, from 1, as `kaishu case show` and the person have it
    pub number: usize,
    /// 写到哪个文件（不得已存在） the file to write; it must not exist
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    #[command(flatten)]
    pub book: BookArgs,
}

#[derive(Args)]
pub struct StepArgs {
    /// 回执号 the receipt
    pub receipt: String,
    /// 经办人 who
    #[arg(long, value_name = "NAME")]
    pub by: String,
    #[command(flatten)]
    pub book: BookArgs,
}

#[derive(Args)]
pub struct NotifyArgs {
    /// 通知谁：主管部门、提供单位 whom
    #[arg(long, value_name = "WHOM", value_parser = ["authority", "provider"], default_value = "provider")]
    pub to: String,
    #[command(flatten)]
    pub step: StepArgs,
}

#[derive(Args)]
pub struct AttachArgs {
    #[command(flatten)]
    pub step: StepArgs,
    /// 证据材料 the files
    #[arg(long, value_name = "FILE", required = true)]
    pub evidence: Vec<PathBuf>,
    /// 说明 what was said with it
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub statement: String,
}

#[derive(Args)]
pub struct SuspendArgs {
    /// 数据集标识，或者回执号 the dataset's identifier, or a receipt
    pub about: String,
    /// 依据的条文或文件（案件的默认为规则的条文） the article or document that it rests on (of a case: the rules' article)
    #[arg(long, value_name = "TEXT")]
    pub basis: Option<String>,
    /// 作出决定的单位 the body that decided
    #[arg(long, value_name = "NAME")]
    pub by: String,
    /// 原因类别，公告中只显示类别（案件的默认取自其情形） the class of reasons; nothing else of it is shown
    #[arg(long, value_name = "CLASS", value_parser = ["privacy", "trade_secret", "error", "security", "other_rights"])]
    pub reason: Option<String>,
    /// 可改用的数据的网址 the address of what can be used instead
    #[arg(long, value_name = "URL", default_value = "", value_parser = parse_address)]
    pub replacement: String,
    #[command(flatten)]
    pub book: BookArgs,
}

#[derive(Args)]
pub struct DecideArgs {
    #[command(flatten)]
    pub step: StepArgs,
    /// 处理结果；可以选用哪些由适用规则规定，规则没有的会被拒绝并列出可选项 how it is decided; which can be chosen comes from the rules in force, and what they do not know is refused with a list
    #[arg(long, value_name = "OUTCOME", value_parser = OUTCOMES)]
    pub outcome: String,
    /// 理由，当事人会看到 why; the person reads it
    #[arg(long, value_name = "TEXT")]
    pub reasons: String,
}

#[derive(Args)]
pub struct ReviewArgs {
    #[command(flatten)]
    pub step: StepArgs,
    /// 复核决定的理由，当事人会看到；不填则登记复核申请 why the review is decided so; without it the request is put on file
    #[arg(long, value_name = "TEXT")]
    pub reasons: Option<String>,
    /// 复核改变处理结果的，新的结果，由适用规则规定；不填则维持 how, of what the rules know, where the review changes the outcome
    #[arg(long, value_name = "OUTCOME", requires = "reasons", value_parser = OUTCOMES)]
    pub outcome: Option<String>,
}

#[derive(Args)]
pub struct LetterArgs {
    /// 回执号 the receipt
    pub receipt: String,
    /// 哪一种文书 which
    #[arg(value_parser = ["receipt", "forward", "evidence", "decision", "review"])]
    pub kind: String,
    /// 写到哪个 HTML 文件（不得已存在） the HTML file to write; it must not exist
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    #[command(flatten)]
    pub book: BookArgs,
}

#[derive(Args)]
pub struct ExportArgs {
    /// 回执号（默认全部） receipts (default: all)
    pub receipts: Vec<String>,
    #[command(flatten)]
    pub book: BookArgs,
}

#[derive(Args)]
pub struct BackupArgs {
    /// 备份文件（备份时不得已存在） the copy; for a backup it must not exist
    pub file: PathBuf,
    #[command(flatten)]
    pub book: BookArgs,
}

#[derive(Args)]
pub struct KeygenArgs {
    /// 私钥写到哪个文件（不得已存在），如 staff.key；公钥打印出来，写入 site.toml where the private key goes, such as staff.key; the public one is printed
    #[arg(value_name = "FILE")]
    pub to: Option<PathBuf>,
}

#[derive(Args)]
pub struct TransferReadArgs {
    /// 签名文件 the signed file
    pub file: PathBuf,
    #[command(flatten)]
    pub folder: FolderArgs,
}

#[derive(Args)]
pub struct TransferArgs {
    /// 签名文件 the signed file
    pub file: PathBuf,
    /// 签名密钥，由 kaishu case transfer key 生成 the signing key that `kaishu case transfer key` made
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    #[command(flatten)]
    pub folder: FolderArgs,
}
