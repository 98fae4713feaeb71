#!/usr/bin/env python3
"""Measures how well kaishu finds columns of personal data, against argus-redact and Presidio on the same tables.

Everything is judged by column: is it flagged, and should it be? Needs Python 3.11 or newer with pip, on Linux.

- The tables are invented here, the same for the same --seed, half of them clean; those of --pii come from others.
  Nothing in them is about a real person. What a column holds is known, because it was made to hold that.
- kaishu flags a column by a finding PERSONAL_… of level "refuse" that names it, and warns of it by one of level "warn".
- A peer looks at single values, bare, argus-redact also with the header before it, as `列名：值`. It flags a column when
  at least half of the values that are not empty hold a direct identifier; in free text one value is enough. It warns
  likewise of other personal data: names, addresses, dates of birth. It sees --cells values of a column, evenly spread,
  of free text all. kaishu sees everything.
- The peers get what helps them: argus-redact's credit codes, organizations, schools and places count as nothing.
  Presidio knows nothing of China but its telephone numbers: it runs its recognizers of no country, and that of numbers
  with region CN. spaCy is blank, for no recognizer here needs a model. The list of top-level domains is the one that
  comes with tldextract, so nothing is fetched.
- Neither right nor wrong are masked values under a header of personal data, and what is neither in the set of --pii.
- CPU seconds are user and system, of whole processes; kaishu also reads, types and profiles the tables. "Less start" is
  for a peer without starting and loading, for kaishu what it says about its screening.
"""

import argparse
import collections
import csv
import dataclasses
import datetime
import itertools
import json
import os
import pathlib
import platform
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import unicodedata
import uuid

from compare import HERE, ROOT, refuse

TARGET_RECALL, TARGET_FALSE, TARGET_MB_PER_S = 1.0, 0.005, 200
REQUIREMENTS = HERE / "screening-requirements.txt"
TOOLS = ["kaishu", "argus", "argus 列名：值", "Presidio"]
DIRECT, INDIRECT, CLEAN, NEITHER = "direct", "indirect", "clean", "neither"


@dataclasses.dataclass
class Column:
    header: str
    kind: str
    label: str
    cells: list
    flags: dict = dataclasses.field(default_factory=dict)  # by tool: "refuse" or "warn"

    def is_text(self):
        return "text" in self.kind


@dataclasses.dataclass
class Table:
    path: pathlib.Path
    columns: list
    is_given: bool = False  # from --pii


def all_columns(tables):
    return [(table, column) for table in tables for column in table.columns]


# Numbers with a check

PROVINCES = ("11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 81 82 "
             "83").split()
BINS = [("622848", 19), ("622202", 19), ("621700", 19), ("621661", 19), ("622260", 19), ("621799", 19), ("622588", 16),
        ("621483", 16), ("622622", 16), ("622908", 18)]
MOBILES = ("130 131 132 133 134 135 136 137 138 139 145 147 149 150 151 152 153 155 156 157 158 159 162 165 166 167 "
           "170 171 172 173 175 176 177 178 180 181 182 183 184 185 186 187 188 189 190 191 192 193 195 196 197 198 "
           "199").split()
CODE_CHARS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # of GB 32100
PLATE_CHARS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
PLATE_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"


def mod_11_2(body):
    """The check character of GB 11643 for 17 digits."""
    return "10X98765432"[sum(int(digit) * pow(2, 17 - idx, 11) for idx, digit in enumerate(body)) % 11]


def luhn(body):
    """The check digit of a card number."""
    doubled = [int(digit) * (2 - idx % 2) for idx, digit in enumerate(reversed(body))]
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def is_day(text, form):
    try:
        return 1900 <= datetime.datetime.strptime(text, form).year <= 2026
    except ValueError:
        return False


def is_id(text):
    """Is it a resident ID of 18 characters, or that of a foreigner with permanent residence?"""
    return bool(re.fullmatch(r"\d{17}[\dX]", text, re.ASCII) and is_day(text[6:14], "%Y%m%d")
                and (text[0] == "9" or text[:2] in PROVINCES) and mod_11_2(text[:17]) == text[17])


def is_card(text):
    return bool(re.fullmatch(r"62\d{14,17}", text, re.ASCII)) and luhn(text[:-1]) == text[-1]


def is_mobile(text):
    return bool(re.fullmatch(r"(\+?86|0086)?1\d{10}", text, re.ASCII)) and text[-11:-8] in MOBILES


PLATE = re.compile(f"[{PLATE_PROVINCES}][A-Z]([{PLATE_CHARS}]{{5}}|[DF][{PLATE_CHARS}]\\d{{4}}|\\d{{5}}[DF])")
VALID = {
    "resident ID 18": is_id,
    "foreign PR ID": lambda text: text[0] == "9" and is_id(text),
    "mobile": is_mobile,
    "bank card": is_card,
    "plate": PLATE.fullmatch,
    "plate, new energy": PLATE.fullmatch,
    "e-mail": lambda text: re.fullmatch(r"[\w.]+@[\w.]+", text) and not text.endswith(".GOV.CN"),
    "IP": re.compile(r"\d{1,3}(\.\d{1,3}){3}").fullmatch,
}
# These need a header, so nothing that looks so is wrong in a clean column.
VALID_WITH_HEADER = {
    "resident ID 15": lambda text: text[:2] in PROVINCES and is_day("19" + text[6:12], "%Y%m%d") and len(text) == 15,
    "passport": re.compile(r"[EG]\d{8}|E[A-Z]\d{7}").fullmatch,
    "HK/Macau permit": re.compile(r"[CW]\d{8}").fullmatch,
    "home return permit": re.compile(r"[HM](\d{8}|\d{10})").fullmatch,
}


def plain(text):
    """The value without what people put into it: full width, spaces, hyphens, an apostrophe before it."""
    return re.sub(r"[\s'·-]", "", unicodedata.normalize("NFKC", text)).upper()


def is_valid_in(text):
    """Does free text hold a resident ID, a mobile number or a bank card?"""
    runs = re.findall(r"(?<![\d.])\d[\d -]{9,21}[\dXx](?![\d.])", unicodedata.normalize("NFKC", text))
    return any(test(plain(run)) for run in runs for test in (is_id, is_mobile, is_card))


class Values(random.Random):
    """A source of values that are invented but may be valid."""

    def digits(self, count):
        return "".join(self.choices("0123456789", k=count))

    def day(self, first=1945, last=2008):
        start = datetime.date(first, 1, 1)
        return start + datetime.timedelta(days=self.randrange((datetime.date(last, 12, 31) - start).days))

    def region(self):
        if self.random() < 0.5:
            return self.choice("320902 320903 320904 320921 320922 320923 320924 320925 320981".split())
        return f"{self.choice(PROVINCES)}{self.randint(1, 4):02}{self.randint(2, 5):02}"

    def resident_id(self):
        body = self.region() + self.day().strftime("%Y%m%d") + self.digits(3)
        return body + mod_11_2(body)

    def foreign_id(self):
        body = "9" + self.choice(PROVINCES[:-3]) + self.choice("840 826 392 410 276 250 124 356".split())
        body += self.day().strftime("%Y%m%d") + self.digits(3)
        return body + mod_11_2(body)

    def mobile(self):
        return self.choice(MOBILES) + self.digits(8)

    def card(self):
        start, length = self.choice(BINS)
        body = start + self.digits(length - len(start) - 1)
        return body + luhn(body)

    def plate(self, *forms):
        """A plate with tails of one of some forms: 0 is a digit, A any letter, others stand for themselves."""
        tail = "".join(self.digits(1) if c == "0" else self.choice("ABCEGHJKLMN") if c == "A" else c
                       for c in self.choice(forms))
        return self.choice(PLATE_PROVINCES) + self.choice("ABCDEFGHJK") + tail

    def mail(self):
        name = self.choice("wang li zhang liu chen yang huang zhao".split()) + self.choice(["", "wei", ".fang", "_jun"])
        domain = self.choice("qq.com 163.com 126.com gmail.com sina.com foxmail.com outlook.com 139.com".split())
        return f"{name}{self.randint(1, 99999)}@{domain}"

    def person(self):
        return self.choice("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹") + "".join(
            self.choices("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华建文志玉兰", k=self.randint(1, 2)))

    def street(self):
        return (f"盐城市{self.choice('亭湖区 盐都区 大丰区 东台市 射阳县'.split())}"
                f"{self.choice('建军 解放 人民 毓龙 黄海 大庆 青年 世纪 海洋 开放'.split())}{self.choice('东西南北中')}路"
                f"{self.randint(1, 400)}号")

    def home(self):
        return (f"{self.street()}{self.choice('绿城 金域 悦达 盛世 锦绣'.split())}花园"
                f"{self.randint(1, 40)}幢{self.randint(101, 2604)}室")

    def company(self):
        return (self.choice("盐城 江苏 盐城市 东台市".split()) + self.choice("恒信 瑞丰 华远 盛世 金桥 天宇 海力 东方".split())
                + self.choice("纺织 机械 电子 建材 食品 农业 物流 环保".split()) + "有限公司")

    def credit_code(self, only_digits=False):
        """A unified social credit code; both of its check characters are right."""
        while True:
            organ = self.digits(8) if self.random() < 0.7 else "MA" + "".join(self.choices(CODE_CHARS, k=6))
            total = sum(int(c, 36) * weight for c, weight in zip(organ, (3, 7, 9, 10, 5, 8, 4, 2)))
            body = self.choice("91 91 92 12 52".split()) + self.region() + organ + "0X987654321"[total % 11]
            code = body + CODE_CHARS[-sum(CODE_CHARS.index(c) * pow(3, idx, 31) for idx, c in enumerate(body)) % 31]
            if code.isdigit() or not only_digits:
                return code

    def permit(self):
        return self.region() + self.day(2010, 2025).strftime("%Y%m%d") + self.digits(4)

    def office_phone(self):
        form = self.choice(["0515-8{}", "0515-8{}", "(0515)8{}", "05158{}", "12345", "400-{:.3}-{:.4}"])
        return form.format(self.digits(7), self.digits(4))

    def remark(self, forms):
        """Free text without personal data, now and then with a number that is none."""
        while True:
            res = self.choice(forms).format(self.randint(10, 25), self.randint(1, 9999), self.permit(), self.digits(19),
                                            self.office_phone())
            if not is_valid_in(res):
                return res


def dress(value, cuts, form):
    """A number as people write it: full width, a small x, something before it or between its pieces."""
    if form == "wide":
        return value.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})
    if form == "lower":
        return value.lower()
    if form in ("+86", "+86 ", "0086", "'"):
        return form + value
    return form.join(value[start:end] for start, end in itertools.pairwise((0, *cuts, 99)) if value[start:end])


# Kinds of columns: what makes them from Values, and their headers, telling and pinyin

PERSONAL = {
    "resident ID 18": (Values.resident_id, "身份证号 公民身份号码 身份证号码 证件号码", "SFZH SFZHM ZJHM"),
    "resident ID 15": (lambda v: v.region() + v.day(1945, 1985).strftime("%y%m%d") + v.digits(3),
                       "身份证号 身份证号码", "SFZH SFZHM"),
    "foreign PR ID": (Values.foreign_id, "外国人永久居留身份证号 身份证件号码 证件号码", "SFZH ZJHM"),
    "mobile": (Values.mobile, "手机号 手机号码 联系电话 移动电话", "SJH SJHM LXDH"),
    "bank card": (Values.card, "银行卡号 银行账号", "YHZH YHKH"),
    "passport": (lambda v: v.choice("EG") + v.digits(8) if v.random() < 0.7 else
                 "E" + v.choice("ABCDEFGHJKLMN") + v.digits(7), "护照号 护照号码", "HZH HZHM"),
    "HK/Macau permit": (lambda v: v.choice("CW") + v.digits(8), "港澳通行证号 往来港澳通行证号码", "GATXZH"),
    "home return permit": (lambda v: v.choice("HM") + v.digits(v.choice([8, 10])),
                           "回乡证号 港澳居民来往内地通行证号码", "HXZH HXZHM"),
    "plate": (lambda v: v.plate("00000", "A0000", "000A0"), "车牌号 车牌号码 号牌号码", "CPH CPHM HPHM"),
    "plate, new energy": (lambda v: v.plate("D00000", "F00000", "00000D", "DA0000"),
                          "车牌号 车牌号码 号牌号码", "CPH CPHM HPHM"),
    "e-mail": (Values.mail, "电子邮箱 邮箱 电子邮件", "DZYX DZYJ"),
    "IP": (lambda v: ".".join(str(v.randint(1, 254)) for _ in range(4)), "IP地址 访问IP 登录IP", "FWIP DLIP"),
    "ID in text": (lambda v: v.choice("代领人{0}，身份证{1}|本人身份证号码：{1}，材料齐全|{0}（{1}）已核实".split("|")).format(
        v.person(), v.resident_id()), "备注 说明 情况说明", "BZ SM"),
    "mobile in text": (lambda v: v.choice("代领人{0}，电话{1}|联系电话{1}|{0}{1}代领|有事打{1}找{0}".split("|")).format(
        v.person(), dress(v.mobile(), (3, 7), v.choice(["", "", "", "", "-", " "]))), "备注 说明 情况说明", "BZ SM"),
}
PERSONS = {
    "name": (Values.person, "姓名 户主姓名 申请人", "XM HZXM"),
    "home address": (Values.home, "家庭住址 现住址 户籍地址", "JTZZ HKSZD"),
    "birth date": (lambda v: str(v.day()), "出生日期 出生年月日", "CSRQ"),
    "sex": (lambda v: v.choice("男女"), "性别", "XB"),
    "ethnicity": (lambda v: v.choice("汉族 汉族 汉族 回族 苗族 满族".split()), "民族", "MZ"),
    "age": (lambda v: str(v.randint(0, 99)), "年龄", "NL"),
    "education": (lambda v: v.choice("小学 初中 高中 本科 研究生".split()), "学历 文化程度", "XL WHCD"),
}
NEUTRAL = "字段1 字段2 字段3 字段4 字段5 col_a col_b col_c F1 F2 编号 备注 内容 项目 值 其他".split()
# Where the values of a kind are cut, and the other ways in which people write them.
FORMS = {"resident ID 18": ((6, 14), ["wide", " ", "-", "lower", "'"]), "foreign PR ID": ((6, 14), ["wide", " ", "'"]),
         "mobile": ((3, 7), ["wide", " ", "-", "+86", "+86 ", "0086"]), "bank card": ((4, 8, 12, 16), ["wide", " "]),
         "plate": ((2,), ["·", "-"]), "plate, new energy": ((2,), ["·", "-"])}
REMARKS = ("已核实|材料齐全||按季度发放|文号盐政发〔20{0}〕{1}号|共{1}户，金额{1}.{0}元|2023年{0}月检查，发现问题{0}处|许可证号{2}|"
           "流水号{3}，已归档").split("|")
PHONE_REMARKS = "咨询电话{4}|投诉请拨打{4}".split("|")


def personal_cells(values, kind, n_rows):
    """A column of personal data: some values are empty, some written otherwise; few or many of free text have it."""
    make = (PERSONAL | PERSONS)[kind][0]
    if "text" in kind:
        n_hits = max(1, round(n_rows * values.choice([0.03, 0.1, 0.3, 1])))
        cells = [make(values) for _ in range(n_hits)] + [values.remark(REMARKS) for _ in range(n_rows - n_hits)]
        values.shuffle(cells)
        return cells
    cells = [make(values) for _ in range(n_rows)]
    if kind in FORMS:
        cuts, forms = FORMS[kind]
        share, forms = values.choice([(0, forms), (0, forms), (0.3, forms), (1, [values.choice(forms)])])
        cells = [dress(cell, cuts, values.choice(forms)) if values.random() < share else cell for cell in cells]
    empty = values.choice([0, 0, 0.1])
    return ["" if values.random() < empty else cell for cell in cells]


def serials(values, n_rows):
    """Whole numbers of one length, random or in sequence."""
    length = values.choice([11, 15, 16, 18, 19])
    if values.random() < 0.5:
        return [str(values.randint(1, 9)) + values.digits(length - 1) for _ in range(n_rows)]
    start, step = int(values.choice("20 62 91 32 10 88".split()) + values.digits(length - 2)), values.choice([1, 1, 7])
    return [str(start + step * idx) for idx in range(n_rows)]


def each(make):
    """A maker of columns out of a maker of values."""
    return lambda values, n_rows: [make(values) for _ in range(n_rows)]


def alike(choose, make):
    """The same, when something is chosen once for the column."""
    return lambda values, n_rows: [make(values, chosen) for chosen in [choose(values)] for _ in range(n_rows)]


OTHERS = {
    "credit code": (each(Values.credit_code), "统一社会信用代码 社会信用代码"),
    "credit code, digits": (each(lambda v: v.credit_code(True)), "统一社会信用代码 信用代码 编码"),
    "company": (each(Values.company), "企业名称 单位名称"),
    "legal representative": (each(Values.person), "法定代表人 法定代表人姓名"),
    "company address": (each(Values.street), "注册地址 住所 经营地址"),
    "permit number": (each(Values.permit), "许可证号 证书编号 行政许可决定文书号 编号 字段3"),
    "permit, sequence": (lambda v, n_rows: [f"{start}{idx:04}" for start in [v.permit()[:14]]
                                            for idx in range(1, n_rows + 1)], "许可证编号 备案号 col_a"),
    "licence number": (each(lambda v: v.choice(["JY1{}{}", "苏食药{:.2}〔2024〕{:.5}号"]).format(v.region(), v.digits(7))),
                       "许可证编号 文号"),
    "product code": (alike(lambda v: v.choice("EGCWHM"), lambda v, start: start + v.digits(8)), "产品编码 物料编码 型号"),
    "serial": (serials, "流水号 业务编号 订单号 物料编码 编号 字段3 col_b"),
    "timestamp, ms": (each(lambda v: str(v.randint(1_500_000_000_000, 1_790_000_000_000))), "时间戳 创建时间 字段5"),
    "timestamp + 4": (each(lambda v: f"{v.day(2012, 2025):%Y%m%d}{v.randrange(24):02}{v.randrange(60):02}"
                                     f"{v.randrange(60):02}{v.digits(4)}"), "受理编号 办件编号 序列号"),
    "UUID": (alike(lambda v: v.choice(["-", ""]), lambda v, between:
                   str(uuid.UUID(int=v.getrandbits(128), version=4)).replace("-", between)), "uuid 主键 资源标识"),
    "office phone": (each(Values.office_phone), "联系电话 办公电话 咨询电话 监督电话 电话"),
    "office e-mail": (each(lambda v: f"{v.choice('office yc bgs xxk zfb'.split())}{v.randint(1, 99)}@"
                                     f"{v.choice(['', 'jyj.', 'czj.'])}yancheng.gov.cn"), "电子邮箱 单位邮箱"),
    "facility": (each(lambda v: v.choice("第一 第二 实验 城南 城北".split()) + v.choice("公园 停车场 图书馆 卫生院".split())),
                 "设施名称 机构名称"),
    "facility address": (each(Values.street), "地址 详细地址 机构地址 设施地址"),
    "longitude": (each(lambda v: f"{v.uniform(119.5, 120.9):.6f}"), "经度 JD"),
    "latitude": (each(lambda v: f"{v.uniform(32.6, 34.4):.6f}"), "纬度 WD"),
    "text": (alike(lambda v: v.sample(REMARKS, 5) + v.sample(PHONE_REMARKS, v.randint(0, 1)), Values.remark),
             "备注 说明 检查情况"),
    "date": (alike(lambda v: v.choice(["%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y年%m月%d日"]),
                   lambda v, form: v.day(2005, 2025).strftime(form)), "发证日期 成立日期 更新日期 检查日期"),
    "amount": (each(lambda v: f"{v.randint(1, 10**v.randint(2, 9)) / 100:.2f}"), "金额 合计 投资额（元）"),
    "count": (each(lambda v: str(v.randint(0, 99999))), "数量 面积 户数"),
    "words": (each(lambda v: v.choice("教育 科技 就业 交通运输 农业农村 文化旅游 合格 不合格 在建 完成".split())),
              "类别 行业 状态 街道"),
    "masked ID": (each(lambda v: v.region()[:4] + "*" * 12 + v.digits(2)), "身份证号 证件号码"),
    "masked name": (each(lambda v: v.person()[0] + v.choice(["*", "**"])), "姓名 申请人"),
}
FILLERS = "count amount date words".split()
# What clean tables are about. Each gets fillers and, but for the masked one, some look-alikes besides.
CLEAN_TABLES = [kinds.split("; ") for kinds in (
    "masked ID; masked name; amount",
    "credit code; company; legal representative; company address",
    "permit number; company; credit code, digits; text",
    "facility; facility address; longitude; latitude; office phone",
    "serial; timestamp, ms; UUID",
    "facility; office phone; office e-mail; facility address",
    "product code; serial; company",
    "timestamp + 4; permit, sequence; text",
    "credit code, digits; company; licence number; company address; legal representative; office phone",
    "serial; words; text",
)]
LOOK_ALIKES = ("serial; timestamp, ms; timestamp + 4; UUID; permit number; permit, sequence; product code; "
               "licence number; credit code, digits").split("; ")


# The corpus


def take(values, headers, used):
    """A header that the table does not have."""
    free = [header for header in headers if header not in used]
    header = values.choice(free) if free else f"{headers[0]}{len(used) + 1}"
    used.add(header)
    return header


def personal_table(values, style, kind, may_add):
    """A table whose first kind is given, with names and other data of persons, and clean columns beside."""
    direct = [kind] + values.sample([other for other in may_add if other != kind], values.choice([0, 1, 1, 2]))
    persons = values.sample(list(PERSONS), values.randint(1, 3))
    if kind is None:  # of no direct identifier, only what identifies together
        direct, persons = [], values.sample(list(PERSONS), values.randint(4, 6))
    n_rows, used, columns = values.randint(60, 400), set(), []
    for name in direct + persons:
        _, *headers = (PERSONAL | PERSONS)[name]
        options = NEUTRAL if style == "neutral" else headers[style == "pinyin"].split()
        columns.append(Column(take(values, options, used), name, DIRECT if name in direct else INDIRECT,
                              personal_cells(values, name, n_rows)))
    for name in values.sample(FILLERS, values.randint(1, 2)):
        make, headers = OTHERS[name]
        options = NEUTRAL if style == "neutral" else headers.split()
        columns.append(Column(take(values, options, used), name, CLEAN, make(values, n_rows)))
    values.shuffle(columns)
    return columns


def clean_table(values, kinds):
    """A table of the given kinds, with some look-alikes and other clean columns besides."""
    fillers, look_alikes = ([kind for kind in more if kind not in kinds] for more in (FILLERS, LOOK_ALIKES))
    if "masked ID" not in kinds:
        kinds = kinds + values.sample(look_alikes, values.randint(0, 3))
    kinds = kinds + values.sample(fillers, values.randint(0, 1))
    n_rows, used = values.randint(60, 400), set()
    return [Column(take(values, OTHERS[kind][1].split(), used), kind, NEITHER if "masked" in kind else CLEAN,
                   OTHERS[kind][0](values, n_rows)) for kind in kinds]


def write_table(path, columns, is_given=False):
    rows = itertools.zip_longest(*([column.header, *column.cells] for column in columns), fillvalue="")
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows(rows)
    return Table(path, columns, is_given)


def write_labels(path, tables):
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("file", "header", "kind", "label"), *(
            (table.path.name, column.header, column.kind, column.label) for table, column in all_columns(tables))])


def generate(folder, seed, n_tables):
    """Writes the tables; a third of the personal ones has telling headers, a third pinyin, a third neutral ones."""
    values, tables = Values(seed), []
    without_header = [kind for kind in PERSONAL if kind not in VALID_WITH_HEADER]
    for number in range(n_tables // 2):
        style = ("telling", "pinyin", "neutral")[number % 3]
        kinds = without_header if style == "neutral" else list(PERSONAL)
        columns = personal_table(values, style, [*kinds, None][number // 3 % (len(kinds) + 1)], kinds)
        tables.append(write_table(folder / f"personal-{number:03}-{style}.csv", columns))
        columns = clean_table(values, CLEAN_TABLES[number % len(CLEAN_TABLES)])
        tables.append(write_table(folder / f"clean-{number:03}.csv", columns))
    return tables


def write_big(path, n_bytes, seed):
    """Writes text without personal data; every row differs."""
    values = Values(seed)
    firms, places = [values.company() for _ in range(9_967)], [values.street() for _ in range(9_973)]
    work = "沿街商铺改造 河道清淤 道路养护 校舍加固 管网更新 绿化提升 农田灌溉 垃圾分类 路灯检修 防汛演练".split()
    remarks = [f"{values.choice(work)}{values.randint(1, 99)}处，完成{values.uniform(1, 99):.1f}%；{values.choice(work)}投入"
               f"{values.randint(1, 9999)}万元，文号盐政发〔20{values.randint(10, 25)}〕{values.randint(1, 999)}号"
               for _ in range(49_999)]
    with path.open("w", encoding="utf-8") as out:
        out.write("编码,单位名称,地址,备注\n")
        for start in itertools.count(0, 10_000):
            out.write("".join(f"YC{idx * 7919 % 10**9:09}-{idx % 97:02},{firms[idx % 9_967]},{places[idx % 9_973]}"
                              f"{idx % 53 + 1}号楼,{remarks[idx * 31 % 49_999]}\n"
                              for idx in range(start, start + 10_000)))
            if out.tell() >= n_bytes:
                return


# The set of others: what labels.csv calls the values of a column, and what we call it.
GIVEN_KINDS = {"ID_CARD": "resident ID 18", "MOBILE": "mobile", "BANK_CARD": "bank card", "EMAIL": "e-mail",
               "PLATE": "plate", "NAME": "name", "ADDRESS": "home address"}
# Not as labels.csv has it: names of legal representatives are public in a register of enterprises; the place of work
# and mobile numbers cut out of addresses of web pages are neither clean nor identify anyone.
GIVEN_OTHERWISE = {("enterprises.csv", "法定代表人"): ("legal representative", CLEAN),
                   ("people_plain.csv", "工作单位"): ("place of work", NEITHER),
                   ("lookalikes_real.csv", "matched"): ("cut out", NEITHER)}


def read_given(folder, pii):
    """Reads the set of --pii with its labels; the look-alikes also with a column for each kind of them."""
    kinds, tables = collections.defaultdict(set), []
    with (pii / "labels.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["personal"] == "1":
                where = " in text" if row["form"] == "in free text" else ""
                kinds[row["file"], row["column"]].add(GIVEN_KINDS[row["type"]] + where)
    for name in "people_plain.csv notice_list_forms.csv enterprises.csv lookalikes.csv lookalikes_real.csv".split():
        with (pii / name).open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        columns = []
        for header in rows[0]:
            kind = max(kinds[name, header], default="given, clean")
            label = CLEAN if kind == "given, clean" else INDIRECT if kind in PERSONS else DIRECT
            kind, label = GIVEN_OTHERWISE.get((name, header), (kind, label))
            columns.append(Column(header, kind, label, [row[header] for row in rows]))
        tables.append(Table(pii / name, columns, True))
        if name.startswith("lookalikes"):
            by, value = ("类别", "值") if name == "lookalikes.csv" else ("field", "value")
            apart = collections.defaultdict(list)
            for row in rows:
                apart[row[by]].append(row[value])
            columns = [Column(header, "given, clean", CLEAN, cells) for header, cells in apart.items()]
            tables.append(write_table(folder / f"apart-{name}", columns, True))
    return tables


def check_labels(tables):
    """Refuses a corpus whose columns do not hold what their labels say."""
    for table, column in all_columns(tables):
        cells = [plain(cell) for cell in column.cells if cell.strip()]
        where = f"{table.path.name}, {column.header}, {column.kind}"
        if column.label == CLEAN:
            for kind, test in VALID.items():
                if sum(bool(test(cell)) for cell in cells) >= len(cells) / 2:
                    refuse(f"{where}: clean, but holds {kind}")
            if column.kind == "text" and any(map(is_valid_in, column.cells)):
                refuse(f"{where}: clean, but an identifier is in the text")
        elif column.label == DIRECT and column.is_text():
            if not any(map(is_valid_in, column.cells)):
                refuse(f"{where}: no identifier is in the text")
        elif column.label == DIRECT:
            test = (VALID | VALID_WITH_HEADER)[column.kind]
            share = sum(bool(test(cell)) for cell in cells) / len(cells)
            if share < (0.5 if table.is_given else 1):
                refuse(f"{where}: {share:.1%} is that")


# The tools

# Each script: `grade(text)` is 2 for a direct identifier, 1 for other personal data. Arguments: a JSON file of lists of
# texts, and the file for the answer: how many of each are 2, and how many 1 or more.
ARGUS = """
from argus_redact import redact
none = {"credit_code", "organization", "school", "workplace", "job_title", "location", "date", "url", "self_reference"}
other = {"person", "address", "date_of_birth", "age", "gender", "ethnicity", "religion", "political", "medical",
         "biometric", "financial", "criminal_record", "sexual_orientation", "hobby"}
def grade(text):
    kinds = set(redact(text, lang="zh", mode="fast", with_types=True, salt=bytes(range(32)))[2].values()) - none
    return 2 if kinds - other else 1 if kinds else 0
"""
PRESIDIO = """
import spacy
from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, predefined_recognizers as known
from presidio_analyzer.nlp_engine import SpacyNlpEngine
names = ["CreditCard", "Email", "Ip", "MacAddress", "Iban"]
recognizers = [getattr(known, name + "Recognizer")(supported_language="zh") for name in names]
recognizers.append(known.PhoneRecognizer(supported_language="zh", supported_regions=("CN",)))
blank = SpacyNlpEngine(models=[{"lang_code": "zh", "model_name": "blank"}])
blank.nlp = {"zh": spacy.blank("zh")}
registry = RecognizerRegistry(recognizers=recognizers, supported_languages=["zh"])
engine = AnalyzerEngine(nlp_engine=blank, registry=registry, supported_languages=["zh"])
def grade(text):
    return 2 if engine.analyze(text, language="zh") else 0
"""
VERSIONS = """
import importlib.metadata
for name in ("argus-redact", "presidio-analyzer"):
    print(name, importlib.metadata.version(name))
"""
COUNTER = """
import json, sys, time
columns = json.load(open(sys.argv[1], encoding="utf-8"))
started = time.process_time()
grades = [list(map(grade, texts)) for texts in columns]
hits = [[sum(grade >= least for grade in column) for least in (2, 1)] for column in grades]
json.dump({"hits": hits, "seconds": time.process_time() - started}, open(sys.argv[2], "w"))
"""


def run(command, env=None):
    """Runs a command; answers its output and CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, encoding="utf-8", env=env)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):  # 1: something was refused
        refuse(f"{command[0]} ended with {done.returncode}:\n{done.stderr[-4000:]}")
    return done, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def inspect(kaishu, path):
    """Answers what kaishu says of a table, and its CPU seconds."""
    done, cpu = run([kaishu, "inspect", "--screen", "--json", "--jobs", "1", path])
    return [json.loads(line) for line in done.stdout.splitlines()], cpu


def run_kaishu(tables, kaishu):
    cpu = screening = 0
    for table in tables:
        records, seconds = inspect(kaishu, table.path)
        cpu += seconds
        screening += sum(record["seconds"] for record in records if record.get("type") == "screening")
        flags = {}
        for record in records:
            if record.get("type") == "finding" and record["code"].startswith("PERSONAL_") and record["column"]:
                for header in record["column"].split("、"):
                    flags.setdefault(header, set()).add(record["level"])
        for column in table.columns:
            levels = flags.get(column.header, ())
            level = next((level for level in ("refuse", "warn") if level in levels), None)
            column.flags |= {"kaishu": level} if level else {}
    return {"cpu": cpu, "less start": screening, "cells": sum(len(column.cells) for _, column in all_columns(tables))}


def run_peer(tables, tool, python, options, folder):
    """Runs a peer over all tables in one process."""
    asked = []
    for _, column in all_columns(tables):
        cells = [cell for cell in column.cells if cell.strip()]
        if options.cells and len(cells) > options.cells and not column.is_text():
            cells = [cells[idx * len(cells) // options.cells] for idx in range(options.cells)]
        asked.append([f"{column.header}：{cell}" if "列名" in tool else cell for cell in cells])
    (folder / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
    # An empty list of addresses and an empty cache make tldextract use the list of domains that comes with it.
    env = os.environ | {"TLDEXTRACT_PUBLIC_SUFFIX_LIST_URLS": "", "TLDEXTRACT_CACHE": str(folder / "tld")}
    script = (PRESIDIO if tool == "Presidio" else ARGUS) + COUNTER
    done, cpu = run([python, "-I", "-c", script, folder / "asked.json", folder / "hits.json"], env)
    if done.returncode:
        refuse(f"{tool} failed:\n{done.stderr[-4000:]}")
    answer = json.loads((folder / "hits.json").read_text())
    for (_, column), (n_direct, n_any), cells in zip(all_columns(tables), answer["hits"], asked):
        enough = 1 if column.is_text() else max(1, len(cells) / 2)
        if n_any >= enough:
            column.flags[tool] = "refuse" if n_direct >= enough else "warn"
    return {"cpu": cpu, "less start": answer["seconds"], "cells": sum(map(len, asked))}


def make_venv(work):
    """Makes the peers' environment, once for each set of versions; answers its Python."""
    folder, pins = work / "venv-screening", REQUIREMENTS.read_text(encoding="utf-8")
    made = folder / "made-of"
    if not made.exists() or made.read_text(encoding="utf-8") != pins:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--no-deps", "-r", REQUIREMENTS], check=True)
        made.write_text(pins, encoding="utf-8")
    return folder / "bin" / "python"


# The report


def count(columns, tool, level="refuse"):
    return sum(column.flags.get(tool) == level for column in columns)


def print_tables(tables, costs):
    """Prints a table of the tools, then for each label one of the kinds of columns."""
    columns, tools = [column for _, column in all_columns(tables)], list(costs)
    given = [column for table, column in all_columns(tables) if table.is_given and column.label == DIRECT]
    direct, indirect, clean = ([column for column in columns if column.label == label]
                               for label in (DIRECT, INDIRECT, CLEAN))
    print("\n| tool | direct identifiers found | recall | those of --pii | false alarms | share | clean, warned of "
          "| other personal, flagged | warned of | values seen | CPU s | less start |\n|---" + "|---:" * 11 + "|")
    for tool in tools:
        cells = [tool, f"{count(direct, tool)} / {len(direct)}", f"{count(direct, tool) / len(direct):.3f}",
                 f"{count(given, tool)} / {len(given)}", f"{count(clean, tool)} / {len(clean)}",
                 f"{count(clean, tool) / len(clean):.2%}", count(clean, tool, "warn"),
                 f"{count(indirect, tool)} / {len(indirect)}", count(indirect, tool, "warn"), costs[tool]["cells"],
                 f"{costs[tool]['cpu']:.1f}", f"{costs[tool]['less start']:.1f}"]
        print("|", " | ".join(map(str, cells)), "|")
    for title, label in (("Direct identifiers", DIRECT), ("Other personal", INDIRECT), ("Clean", CLEAN),
                         ("Neither", NEITHER)):
        print(f"\n| {title}: flagged + warned of | columns |", " | ".join(tools), "|")
        print("|---" + "|---:" * (len(tools) + 1) + "|")
        for kind in sorted({column.kind for column in columns if column.label == label}):
            those = [column for column in columns if (column.kind, column.label) == (kind, label)]
            cells = (f"{count(those, tool)} + {count(those, tool, 'warn')}" for tool in tools)
            print(f"| {kind} | {len(those)} | {' | '.join(cells)} |")


def judge(tables, tool):
    """Names the columns that a tool has wrong; answers the targets it misses."""
    direct, clean = ([pair for pair in all_columns(tables) if pair[1].label == label] for label in (DIRECT, CLEAN))
    unfound = [pair for pair in direct if pair[1].flags.get(tool) != "refuse"]
    false = [pair for pair in clean if pair[1].flags.get(tool) == "refuse"]
    print()
    for title, pairs in (("not found", unfound), ("false alarm", false)):
        for table, column in pairs:
            print(f"{tool}, {title}: {table.path.name}, {column.header}, {column.kind}")
    recall, share = 1 - len(unfound) / len(direct), len(false) / len(clean)
    missed = [f"recall {recall:.3f}"] if recall < TARGET_RECALL else []
    return missed + ([f"false alarms {share:.2%}"] if share > TARGET_FALSE else [])


def throughput(kaishu, path, n_rounds):
    """Prints how fast kaishu screens; answers the target it misses."""
    speeds = []
    for _ in range(n_rounds):
        records, cpu = inspect(kaishu, path)
        said = [record for record in records if record.get("type") == "screening"]
        if not said:
            return ["speed unknown, there is no line of type screening"]
        n_mb, seconds = said[0]["bytes"] / 1e6, said[0]["seconds"]
        speeds.append(n_mb / seconds)
        print(f"{path.stat().st_size / 1e6:.1f} MB: {n_mb:.1f} MB screened in {seconds:.2f} of {cpu:.2f} CPU s, "
              f"{speeds[-1]:.0f} MB/s")
    speed = statistics.median(speeds)
    return [f"{speed:.0f} MB/s"] if speed < TARGET_MB_PER_S else []


def options_of(args):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kaishu", type=pathlib.Path, default=ROOT / "target" / "release" / "kaishu",
                        help="the program (default: target/release/kaishu)")
    parser.add_argument("--pii", type=pathlib.Path, default=ROOT / "tests" / "fixtures" / "pii",
                        help="a labelled set (default: tests/fixtures/pii)")
    parser.add_argument("--seed", type=int, default=20221201, help="of the invented tables (default: %(default)s)")
    parser.add_argument("--tables", type=int, default=270, help="how many to invent (default: %(default)s)")
    parser.add_argument("--cells", type=int, default=100,
                        help="values of a column that the peers see, 0 for all (default: %(default)s)")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path.home() / ".cache" / "kaishu-benches",
                        help="where the peers are kept and all is written (default: %(default)s)")
    parser.add_argument("--python", type=pathlib.Path, help="a Python that has the peers, to make no environment")
    parser.add_argument("--keep", type=pathlib.Path, metavar="DIR", help="write the tables here and keep them")
    parser.add_argument("--megabytes", type=int, default=200, help="of the file for the speed, 0 for none")
    parser.add_argument("--rounds", type=int, default=3, help="runs for the speed (default: %(default)s)")
    parser.add_argument("--no-peers", action="store_true", help="kaishu alone")
    parser.add_argument("--targets", action="store_true", help="exit 1 when kaishu misses a target")
    options = parser.parse_args(args)
    if not options.kaishu.is_file():
        parser.error(f"no program at {options.kaishu}; build it with `cargo build --release` or give --kaishu")
    if not (options.pii / "labels.csv").is_file():
        parser.error(f"no labels.csv in {options.pii}; give --pii")
    return options


def main():
    options = options_of(sys.argv[1:])
    work = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="screening-", dir=work) as folder:
        folder = pathlib.Path(folder)
        kept = options.keep or folder / "tables"
        kept.mkdir(parents=True, exist_ok=True)
        tables = generate(kept, options.seed, options.tables) + read_given(kept, options.pii)
        check_labels(tables)
        write_labels(kept / "column-labels.csv", tables)
        print(f"{len(tables)} tables, {len(all_columns(tables))} columns, seed {options.seed}; the peers see "
              f"{options.cells or 'all'} values of a column, of free text all", flush=True)
        versions = run([options.kaishu.resolve(), "--version"])[0].stdout
        costs = {"kaishu": run_kaishu(tables, options.kaishu.resolve())}
        if not options.no_peers:
            python = options.python or make_venv(work)
            versions += run([python, "-I", "-c", VERSIONS])[0].stdout
            costs |= {tool: run_peer(tables, tool, python, options, folder) for tool in TOOLS[1:]}
        print(", ".join([*versions.splitlines(), f"Python {platform.python_version()}", platform.platform()]))
        print_tables(tables, costs)
        missed = judge(tables, "kaishu")
        if options.megabytes:
            write_big(folder / "big.csv", options.megabytes * 1_000_000, options.seed)
            missed += throughput(options.kaishu.resolve(), folder / "big.csv", options.rounds)
    print(f"\nTargets: recall of direct identifiers {TARGET_RECALL:.2f}, false alarms of clean columns at most "
          f"{TARGET_FALSE:.1%}, {TARGET_MB_PER_S} MB/s. " + (f"Missed: {'; '.join(missed)}" if missed else "Met"))
    sys.exit(1 if options.targets and missed else 0)


if __name__ == "__main__":
    main()
