#!/usr/bin/env python3
"""Writes a kaishu site folder with a catalog of N invented datasets, the same for the same N.

Usage: generate.py N DIR

DIR/site.toml and DIR/datasets/catalog.json. The datasets have metadata only, no files: the benchmark compares the
making of pages. Written one dataset at a time, so memory does not grow with N.
"""

import datetime
import json
import pathlib
import random
import sys

SEED = 20221201
AS_OF = datetime.date(2026, 11, 21)

SITE_TOML = """\
title = "{title}"
base_url = "https://data.bench.example"
regime = "yancheng-2022"
languages = ["zh-CN"]

[catalog]
files = ["datasets/catalog.json"]

[exports]
csv = {on}
json = {on}
jsonl = {on}
xlsx = {on}
zip = {on}
datapackage = {on}
metadata = {on}
search = {on}
"""
SITE_TITLE = "盐海市公共数据开放网站"

# The domains of article 29 of the rules.
THEMES = (
    "教育 科技 就业 社会保障 自然资源 生态环境 交通运输 农业农村 文化旅游 卫生健康 应急管理 市场监管 统计 "
    "医疗保障 金融 气象 信用"
).split()
AREAS = "市 亭湖区 盐都区 大丰区 响水县 滨海县 阜宁县 射阳县 建湖县 东台市".split()
BUREAUS = (
    "教育局 科学技术局 人力资源和社会保障局 自然资源和规划局 生态环境局 交通运输局 农业农村局 文化广电和旅游局 "
    "卫生健康委员会 应急管理局 市场监督管理局 统计局 医疗保障局 财政局 住房和城乡建设局 水利局 民政局"
).split()
SUBJECTS = (
    "义务教育学校 幼儿园 高等院校 科技型企业 高新技术企业 公共就业服务机构 职业技能培训机构 养老保险参保 "
    "工伤保险支付 建设用地供应 不动产登记 耕地保护 空气质量监测 水质监测断面 排污许可 公交线路 客运班线 "
    "道路运输企业 桥梁养护 农产品质量检测 农机购置补贴 家庭农场 农民专业合作社 旅游景区 星级饭店 公共图书馆 "
    "非物质文化遗产 定点医疗机构 社区卫生服务中心 疫苗接种门诊 执业医师 避难场所 危险化学品企业 安全生产许可 "
    "食品生产许可 药品经营企业 特种设备 个体工商户 地区生产总值 居民消费价格 规模以上工业企业 医保定点药店 "
    "医保目录药品 小额贷款公司 融资担保机构 自动气象站 降水量观测 行政处罚 行政许可 红黑名单 保障性住房 "
    "物业服务企业 燃气经营企业 公园绿地 公共厕所 停车场 河道水位 水库 养老机构 社会组织 殡葬服务 福利彩票 "
    "预算执行 政府采购 招标投标 志愿服务队伍 体育场馆 全民健身设施 充电桩 加油站 公共自行车站点 政务服务网点"
).split()
ASPECTS = "基本信息 名录 统计信息 分布信息 年度汇总 监测结果 备案信息 变更信息 检查结果 公示信息 明细 服务指南".split()
FORMATS = "CSV XLSX JSON XML PDF API".split()
FREQUENCIES = "实时 每日 每周 每月 每季度 每半年 每年 不定期 静态数据".split()
FREQUENCY_WEIGHTS = [2, 8, 5, 22, 14, 8, 30, 9, 2]
INDUSTRIES = (
    "教育 卫生和社会工作 公共管理、社会保障和社会组织 交通运输、仓储和邮政业 水利、环境和公共设施管理业 "
    "农、林、牧、渔业 制造业 批发和零售业 金融业 文化、体育和娱乐业 房地产业 科学研究和技术服务业"
).split()
TAG_HEADS = "基层 公共 城市 农村 社区 便民 企业 民生 政务 信用 环境 安全 健康 文化 交通 产业 人才 资源".split()
TAG_TAILS = "服务 设施 机构 名单 监管 统计 许可 检查 规划 补贴 项目 网点 指标 评价 培训 保障 管理 公示".split()
SENTENCES = (
    "由业务系统在办理过程中形成，经审核后按期汇总",
    "字段口径与省公共数据目录编制规范一致",
    "用于社会公众查询、企业经营参考和科研机构开展统计分析",
    "不含个人信息和商业秘密，地址精确到街道",
    "历史年份的口径变化在说明列中逐项注明",
    "同一单位在一个统计期内只有一行记录",
    "数值列的单位写在数据项说明中，空缺表示当期没有发生",
    "如发现内容与实际情况不符，请通过意见与异议栏目反映",
    "覆盖全市各县（市、区）以及市经济技术开发区和高新技术产业开发区",
    "更新以数据提供部门在平台上发布的最新批次为准",
)
ITEMS = (
    ("统一社会信用代码", "字符型", "主体的十八位统一社会信用代码，没有的填空"),
    ("单位名称", "字符型", "营业执照或者法人证书上的全称"),
    ("行政区划代码", "字符型", "所在县（市、区）的六位代码，依照国家标准"),
    ("详细地址", "字符型", "精确到街道和门牌号，不含个人住址"),
    ("经度", "数值型", "二〇〇〇国家大地坐标系，保留六位小数"),
    ("纬度", "数值型", "二〇〇〇国家大地坐标系，保留六位小数"),
    ("联系电话", "字符型", "对外公开的办公电话，带区号"),
    ("登记日期", "日期型", "首次登记的日期，年月日之间用短横线连接"),
    ("有效期至", "日期型", "证书载明的截止日期，长期有效的填空"),
    ("状态", "字符型", "正常、暂停、注销三者之一"),
    ("等级", "字符型", "最近一次评定的等级，未评定的填空"),
    ("从业人数", "数值型", "统计期末的在岗人数，单位为人"),
    ("营业面积", "数值型", "用于经营或者服务的建筑面积，单位为平方米"),
    ("统计年份", "数值型", "四位公历年份"),
    ("统计期", "字符型", "年、季度或者月份，与更新频率对应"),
    ("数量", "数值型", "统计期内的合计数，单位见备注"),
    ("同比", "数值型", "与上年同期相比的增减，单位为百分比"),
    ("监测值", "数值型", "仪器读数经校准以后的值"),
    ("监测时间", "日期时间型", "北京时间，精确到分钟"),
    ("执法机构", "字符型", "作出决定的行政机关名称"),
    ("决定文书号", "字符型", "行政决定文书上的编号"),
    ("备注", "字符型", "需要说明的其他情况"),
)
YEAR_DAYS = 28  # days of a month that every month has, so that due days are the same however months are added


def providers():
    return [("盐海市" if area == "市" else area) + bureau for area in AREAS for bureau in BUREAUS]


def tags():
    return [head + tail for head in TAG_HEADS for tail in TAG_TAILS]


def some_day(rng, until):
    day = datetime.date(rng.choice([2023, 2024, 2025, 2026, 2026, 2026]), rng.randint(1, 12), rng.randint(1, YEAR_DAYS))
    return day if day < until else day.replace(year=day.year - 1)


def dataset(rng, idx, all_providers, all_tags):
    # Squares make some values much more common than others, as in real catalogs.
    provider = all_providers[int(len(all_providers) * rng.random() ** 1.5)]
    area = provider[:3]
    subject, aspect = rng.choice(SUBJECTS), rng.choice(ASPECTS)
    modified = some_day(rng, AS_OF)
    issued = modified.replace(year=modified.year - rng.randint(0, 4))
    title = f"{area}{subject}{aspect}（{modified.year}年第{idx % 97 + 1}批）"
    summary = f"{provider}发布的{subject}{aspect}数据，"
    target = rng.randint(85, 140)
    for sentence in rng.sample(SENTENCES, len(SENTENCES)):
        if len(summary) + len(sentence) < 150:
            summary += sentence + "，"
        if len(summary) >= target:
            break
    keywords = []
    for _ in range(rng.randint(3, 5)):
        tag = all_tags[int(len(all_tags) * rng.random() ** 1.4)]
        if tag not in keywords:
            keywords.append(tag)
    year = issued.year - rng.randint(0, 3)
    return {
        "数据资源标识": f"320900-{idx + 1:07d}",
        "数据资源名称": title,
        "数据资源摘要": summary[:-1] + "。",
        "数据格式": "，".join(rng.sample(FORMATS, rng.choice([1, 2, 2, 3]))),
        "行业分类": rng.choice(INDUSTRIES),
        "领域分类": THEMES[int(len(THEMES) * rng.random() ** 1.3)],
        "关键字": "，".join(keywords),
        "更新频率": rng.choices(FREQUENCIES, FREQUENCY_WEIGHTS)[0],
        "发布日期": issued.isoformat(),
        "更新日期": modified.isoformat(),
        "提供单位": provider,
        "收集机构": provider,
        "审核机构": "盐海市大数据管理中心",
        "数据覆盖时间": f"{year}年至{modified.year}年",
        "数据覆盖地域": "盐海市" if area == "盐海市" else f"盐海市{area}",
        "开放类型": "无条件开放",
        "联系电话": f"0515-{rng.randint(80000000, 89999999)}",
        "数据项名称": [
            {"name": name, "format": form, "description": text} for name, form, text in rng.sample(ITEMS, 12)
        ],
    }


def generate(n_datasets, folder, extras=False):
    """Writes the site folder; with `extras` every export is switched on."""
    folder = pathlib.Path(folder)
    (folder / "datasets").mkdir(parents=True, exist_ok=True)
    site = SITE_TOML.format(title=SITE_TITLE, on="true" if extras else "false")
    (folder / "site.toml").write_text(site, encoding="utf-8")
    rng = random.Random(SEED)
    all_providers, all_tags = providers(), tags()
    rng.shuffle(all_providers)
    rng.shuffle(all_tags)
    with open(folder / "datasets" / "catalog.json", "w", encoding="utf-8") as out:
        for idx in range(n_datasets):
            out.write("[\n" if idx == 0 else ",\n")
            json.dump(dataset(rng, idx, all_providers, all_tags), out, ensure_ascii=False)
        out.write("\n]\n" if n_datasets else "[]\n")


def main():
    if len(sys.argv) != 3 or not sys.argv[1].isdigit():
        sys.exit(__doc__)
    generate(int(sys.argv[1]), sys.argv[2])


if __name__ == "__main__":
    main()
