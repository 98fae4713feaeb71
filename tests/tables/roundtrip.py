#!/usr/bin/env python3
"""Random tables through `kaishu inspect` and back, value by value.

Each table is written as a data file (CSV in many dialects and encodings, JSON, JSON Lines, XLSX, Parquet, SQLite), the
program makes all derived files from it, and readers that have nothing to do with the program (csv, json, openpyxl,
pyarrow, duckdb) read those back. Every value, the type of every column and its profile are compared with what Python
computes from the source; a second run with another number of threads must give the same bytes.

A failure is made as small as rows and columns can be left out, described in full, and ends the run with exit code 1.

    pip install -r tests/tables/requirements.txt
    tests/tables/roundtrip.py [--kaishu PATH] [--seconds N] [--seed S]
"""

import argparse
import csv
import dataclasses
import datetime
import hashlib
import io
import itertools
import json
import pathlib
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass
from decimal import Decimal

import duckdb
import openpyxl
import pyarrow
import pyarrow.parquet

ROOT = pathlib.Path(__file__).resolve().parents[2]
FORMATS = "csv,json,jsonl,xlsx,parquet,rows"
EXACT_DIGITS = 15  # what binary64 keeps
MAX_SKIPPED = 0.15
SHRINK_SECONDS = 60

# Letters. In GB 2312 and Big5 the first level holds the usual ones; its tables are the same in all implementations.
LEVEL_1 = {
    "gb18030": "".join(bytes((a, b)).decode("gb2312") for a in range(0xB0, 0xD7) for b in range(0xA1, 0xFF)),
    "big5": "".join(bytes((a, b)).decode("big5") for a in range(0xA4, 0xC6) for b in [*range(0x40, 0x7F), *range(0xA1, 0xFF)]),
}
RARE = "㳇㙦䶮𠮷𡈽𪚥👩‍🏫🚌🇨🇳"
NAMES = (
    "名称|地址|数量|金额|备注|地区|类别|人口|面积|x|X|name|Value|a,b|say \"hi\"|\"q\"|two words|年度（2020）|a.b|a;b|"
    "单位/元|'x'|=x|#|列1|列2|\\|null|<b>|🚌|㳇"
).split("|") + ["x|y", "a\tb"]
ODD_WORDS = (
    "NULL NaN nan None inf -Infinity 1e5 3.20902E+17 #### 0x1F 1_000 1,234 +5 - -0 .5 5. 1.2.3 1.50万 TRUE 是 2026-02-30 "
    "24:00 \\N N/A #N/A _x0041_ _x000D_ <b>&amp;</b> ]]> 'q' \\ \\n a\\ {} [] [1] \"\" \" a\"b 5\" ； ， ٣ ½ 100% ￥5 a\u2028b a\u00a0b"
).split(" ") + ["\u3000全角空格", "a;b", "a|b", "a\tb", "x,y;z", " ", "  a", "b  ", "a\nb", "a\r\nb", "a\rb", "\n", "\"\n\""]


class Failure(Exception):
    """What the program made is not what it should have made."""


class Skipped(Exception):
    """The program refused a file that can be read in two ways."""


class Unsuitable(Exception):
    """The table cannot be written this way."""


def demand(holds, message, *about):
    """Fails with a message unless something holds."""
    if not holds:
        raise Failure(" ".join([message, *(repr(item) for item in about)]))


# Tables: texts, before they are written in any format.


@dataclass
class Table:
    """Names, and for each column its values as texts; `None` where there is none."""

    names: list
    columns: list
    native: list  # for each column whether formats with types of their own use them

    def n_rows(self):
        return len(self.columns[0])

    def rows(self):
        return list(zip(*self.columns))

    def keep(self, column_idxs, row_idxs):
        """A part of the table."""
        columns = [[self.columns[idx][row] for row in row_idxs] for idx in column_idxs]
        return Table([self.names[i] for i in column_idxs], columns, [self.native[i] for i in column_idxs])


@dataclass(frozen=True)
class How:
    """How a table is written; the defaults are the plainest way."""

    form: str = "csv"
    ending: str = ".csv"
    encoding: str = "utf-8"
    stated: bool = False  # whether the program is told the encoding
    delimiter: str = ","
    quoting: str = "minimal"
    line_end: str = "\n"
    ends_with_line_end: bool = True
    seed: int = 0  # of what a writer may choose


def digits(rng, n_least, n_most):
    return "".join(rng.choices("0123456789", k=rng.randint(n_least, n_most)))


def whole(rng):
    return rng.choice(["", "", "-"]) + rng.choice("123456789") + digits(rng, 0, rng.choice([1, 3, 13]))


def decimal(rng):
    n_decimals = rng.randint(0, 6)
    before = "0" if rng.random() < 0.2 else rng.choice("123456789") + digits(rng, 0, rng.choice([2, 5, 13]))
    text = before + ("." + digits(rng, n_decimals, n_decimals) if n_decimals else "")
    return ("-" if rng.random() < 0.3 and text != "0" else "") + text


def day(rng):
    return datetime.date(1901, 1, 1) + datetime.timedelta(rng.randint(0, 60_000))


def time_of_day(rng, n_least):
    text = f"{rng.randint(0, 23):0{n_least}}:{rng.randint(0, 59):02}"
    return text + rng.choice(["", f":{rng.randint(0, 59):02}", ":00.5", ":59.999999"]) if rng.random() < 0.5 else text + ":00"


def han(rng, letters, n_least=1, n_most=8):
    return "".join(rng.choices(letters, k=rng.randint(n_least, n_most)))


def mixed(rng, letters):
    parts = [han(rng, letters), "a", ",", '"', '""', "\n", "\r\n", "\r", " ", "  ", ";", "\t", "|", "'", "\\"]
    return "".join(rng.choices(parts, k=rng.randint(1, 6)))


# Each kind: a value from random numbers and the letters of the table's encoding.
KINDS = {
    "words": lambda rng, letters: han(rng, letters),
    "few words": lambda rng, letters: rng.choice([letters[:2], letters[2:5], letters[7:9]]),
    "long words": lambda rng, letters: han(rng, letters, 20, 60),
    "mixed": mixed,
    "padded": lambda rng, letters: rng.choice([" ", "  ", ""]) + han(rng, letters) + rng.choice([" ", "\u3000", ""]),
    "whole": lambda rng, letters: whole(rng),
    "decimal": lambda rng, letters: decimal(rng),
    "price": lambda rng, letters: f"{rng.randint(-999, 99999) / 100:.2f}",
    "leading zeros": lambda rng, letters: rng.choice(["0", "00", ""]) + digits(rng, 1, 5),
    "long digits": lambda rng, letters: rng.choice("123456789") + digits(rng, 14, 24),
    "dashes": lambda rng, letters: day(rng).isoformat(),
    "slashes": lambda rng, letters: "{0.year}/{0.month}/{0.day}".format(day(rng)),
    "compact": lambda rng, letters: day(rng).strftime("%Y%m%d"),
    "han day": lambda rng, letters: "{0.year}年{0.month}月{0.day}日".format(day(rng)),
    "moment": lambda rng, letters: f"{day(rng)} {time_of_day(rng, 2)}",
    "moment with T": lambda rng, letters: f"{day(rng)}T{time_of_day(rng, 2)}",
    "moment with slashes": lambda rng, letters: "{0.year}/{0.month}/{0.day} ".format(day(rng)) + time_of_day(rng, 1),
    "true and false": lambda rng, letters: rng.choice(["true", "false"]),
    "yes and no": lambda rng, letters: rng.choice("是否"),
    "formula": lambda rng, letters: rng.choice(["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-x", "=HYPERLINK(\"http://x\")", "-1+2"]),
    "full width": lambda rng, letters: "".join(rng.choices("０１２３４５６７８９", k=3)),
    "rare": lambda rng, letters: rng.choice(RARE) + han(rng, letters, 0, 2),
    "odd": lambda rng, letters: rng.choice(ODD_WORDS),
    "mixed kinds": lambda rng, letters: KINDS[rng.choice(["whole", "decimal", "dashes", "leading zeros", "true and false"])](rng, letters),
}
COUNTEREXAMPLES = ["约3", "-", "1,234", "007", "３", " 5", "5 ", "1e3", "2026-01-01", "true", "+1", "1234567890123456"]


def fit(text, encoding):
    """The text with `中` for letters that the encoding has not."""
    if encoding not in LEVEL_1:
        return text
    return "".join(c if c.encode(encoding, "ignore") else "中" for c in text)


def make_table(rng, encoding, n_rows):
    """A random table that the encoding can hold."""
    letters = LEVEL_1.get(encoding, LEVEL_1["gb18030"])
    names, columns = [], []
    for _ in range(rng.randint(1, 8)):
        kind = rng.choice(list(KINDS))
        values = [KINDS[kind](rng, letters) for _ in range(n_rows)]
        share = rng.choice([0, 0, 0, 0.1, 0.5, 1 if rng.random() < 0.2 else 0])
        values = [None if rng.random() < share else fit(value, encoding) for value in values]
        if kind in ("whole", "decimal") and rng.random() < 0.25:
            values[-1] = fit(rng.choice(COUNTEREXAMPLES), encoding)
        base = han(rng, letters, 2, 4) if rng.random() < 0.3 else rng.choice(NAMES)
        if kind == "compact" or (kind == "whole" and rng.random() < 0.1):
            base += "日期"
        elif kind in ("whole", "long digits", "words") and rng.random() < 0.1:
            base += "代码"
        base = name = " ".join(fit(base, encoding).split())
        while name in names:
            name = f"{base}_{rng.randint(2, 99)}"
        names.append(name)
        columns.append(values)
    return Table(names, columns, [rng.random() < 0.6 for _ in names])


# Files: a table as a format has it, and what the file then says.


@dataclass(frozen=True)
class Cell:
    """A value that a file holds; `raw` where the file says that it is a number or truth value."""

    text: str
    raw: bool = False


@dataclass
class Content:
    """What a file says, column by column."""

    names: list
    columns: list
    typed: bool


def plain(number):
    """The digits of a number without an exponent or idle zeros."""
    text = f"{Decimal(repr(number)):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def number_of(text):
    """A text as the number that it is and that binary64 keeps; `None` where it is none."""
    if not re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", text, re.ASCII) or len(text.strip("-").replace(".", "")) > EXACT_DIGITS:
        return None
    number = float(text) if "." in text else int(text)
    return None if number == 0 and text.startswith("-") else number


def readings(text, delimiter):
    """How many cells a strict reader finds in each of the first records; `None` where quotation marks are unsound."""
    try:
        return [len(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True) if row][:20]
    except csv.Error:
        return None


def separated_text(table, how):
    """CSV by our own hand: the csv module cannot leave quotation marks out."""
    signs = {how.delimiter, '"', "\n", "\r"}

    def field(value):
        value = value or ""
        if how.quoting == "all" or (how.quoting == "minimal" and signs & set(value)):
            return '"' + value.replace('"', '""') + '"'
        if value.startswith('"') or (signs - {'"'}) & set(value):
            raise Unsuitable("quotation marks are needed")
        return value

    rows = [table.names, *table.rows()]
    if len(table.names) == 1 and how.quoting != "all" and any(not row[0] for row in rows):
        raise Unsuitable("an empty line is no row")
    text = how.line_end.join(how.delimiter.join(field(value) for value in row) for row in rows)
    text += how.line_end if how.ends_with_line_end else ""
    if how.ending in (".csv", ".txt"):
        for other in set(",;\t|") - {how.delimiter}:
            widths = set(readings(text, other) or [1])
            if len(widths) == 1 and max(widths) > len(table.names):
                raise Unsuitable("another sign separates as well")
    return text


def write_separated(table, how, path):
    marks = {"utf-8-sig": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
    text = separated_text(table, how)
    if how.encoding == "gb18030" and not how.stated:
        beyond = [c for c in text if ord(c) > 127]
        if len(beyond) < 40 or sum(c in LEVEL_1["gb18030"] for c in beyond) < 0.9 * len(beyond):
            raise Unsuitable("too few letters to tell the encoding")
    encoding = "utf-8" if how.encoding == "utf-8-sig" else how.encoding
    path.write_bytes(marks.get(how.encoding, b"") + text.encode(encoding))
    cells = [[Cell(value) if value else None for value in column] for column in table.columns]
    return Content(table.names, cells, typed=False)


def write_json(table, how, path):
    rng = random.Random(how.seed)
    as_ascii, indent = rng.random() < 0.3, rng.choice([None, None, 1])
    mark = b"\xef\xbb\xbf" if rng.random() < 0.2 else b""
    literal = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?|true|false", re.ASCII)

    def cell(value, native):
        if value is None:
            # An empty text is not a missing value: JSON can tell them apart.
            return Cell("") if rng.random() < 0.2 else None
        return Cell(value, native and bool(literal.fullmatch(value)))

    cells = [[cell(value, native) for value in column] for column, native in zip(table.columns, table.native)]

    def member(name, at):
        value = "null" if at is None else at.text if at.raw else json.dumps(at.text, ensure_ascii=as_ascii)
        return f"{json.dumps(name, ensure_ascii=as_ascii)}:{value}"

    items = []
    for idx, row in enumerate(zip(*cells)):
        # A key may be left out, but for the first row, which says in which order the columns stand.
        members = [member(name, at) for name, at in zip(table.names, row) if idx == 0 or at or rng.random() < 0.5]
        items.append("{" + (",\n " if indent and how.form == "json" else ",").join(members) + "}")
    text = "[" + ",\n".join(items) + "]" if how.form == "json" else how.line_end.join(items) + how.line_end
    path.write_bytes(mark + text.encode())
    return Content(table.names, cells, typed=True)


def write_xlsx(table, how, path):
    book = openpyxl.Workbook()
    sheet = book.active

    def put(row, column, value):
        at = sheet.cell(row, column, value)
        if isinstance(value, str):
            at.data_type = "s"  # else openpyxl makes formulas and errors of some texts

    def write(row, column, value, native):
        if value is None:
            return None
        value = value.replace("\r", "\n").replace("_x", "-x")  # openpyxl cannot write these
        if not value.strip():
            value = "·"  # spaces alone are an empty cell to people and to the program
        number = number_of(value) if native else None
        if native and re.fullmatch(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d:\d\d)?", value) and not value.startswith("2026-02-30"):
            moment = datetime.datetime.fromisoformat(value)
            put(row, column, moment)
            return Cell(str(moment.date()) if moment.time() == datetime.time() else str(moment))
        if number is not None:
            put(row, column, number)
            return Cell(plain(number), raw=True)
        if native and value in ("true", "false"):
            put(row, column, value == "true")
            return Cell(value, raw=True)
        put(row, column, value)
        return Cell(value)

    if any(not any(row) for row in table.rows()):
        raise Unsuitable("a workbook has no rows without a value")
    for idx, name in enumerate(table.names, 1):
        put(1, idx, name)
    cells = [[write(row, idx, value, table.native[idx - 1]) for row, value in enumerate(column, 2)]
             for idx, column in enumerate(table.columns, 1)]
    book.save(path)
    return Content(table.names, cells, typed=True)


def write_sqlite(table, how, path):
    def value_of(text, native):
        number = number_of(text) if native and text is not None else None
        return text if number is None else number

    path.unlink(missing_ok=True)
    values = [[value_of(text, native) for text in column] for column, native in zip(table.columns, table.native)]
    # SQLite does not tell small letters from capital ones in names.
    names = [f"{name}~{idx}" for idx, name in enumerate(table.names)]
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    connection = sqlite3.connect(path)
    connection.execute(f"CREATE TABLE t ({', '.join(quoted)})")
    connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(quoted))})", zip(*values))
    connection.commit()
    connection.close()
    cell = lambda value: value if value is None else Cell(value) if isinstance(value, str) else Cell(plain(value), raw=True)
    return Content(names, [[cell(value) for value in column] for column in values], typed=True)


def parquet_column(texts, rng):
    """A column in a type that every value fits, with the cells that it stands for; `None` where there is no such type."""
    values = [text for text in texts if text is not None]
    numbers = [number_of(text) for text in values]
    each = lambda make: [None if text is None else make(text) for text in texts]
    if not values:
        return None
    if all(text in ("true", "false") for text in values):
        return each(lambda text: text == "true"), pyarrow.bool_(), each(lambda text: Cell(text, raw=True))
    if all(time_form(text) in ("dashes", "compact", "slashes") for text in values):
        return each(lambda text: moment_of(text).date()), pyarrow.date32(), each(lambda text: Cell(str(moment_of(text).date())))
    if all(time_form(text) in ("space", "t", "slash space") for text in values):
        unit = rng.choice(["us", "ns"] if any("." in text for text in values) else ["s", "ms", "us", "ns"])
        return each(moment_of), pyarrow.timestamp(unit), each(lambda text: Cell(str(moment_of(text))))
    if any(number is None for number in numbers):
        return None
    scale = max(len(text.partition(".")[2]) for text in values)
    width = max(len(text.partition(".")[0].strip("-")) for text in values) + scale
    if width <= 38 and rng.random() < 0.5:
        kind = pyarrow.decimal128(rng.randint(width, 38), scale)
        return each(Decimal), kind, each(lambda text: Cell(f"{Decimal(text):.{scale}f}", raw=True))
    kind = pyarrow.float64() if scale else rng.choice([pyarrow.int64(), pyarrow.int32(), pyarrow.uint64(), pyarrow.float64()])
    if scale == 0 and (kind == pyarrow.int32() and width > 9 or kind == pyarrow.uint64() and min(numbers) < 0):
        kind = pyarrow.int64()
    return each(number_of), kind, each(lambda text: Cell(plain(number_of(text)), raw=True))


def write_parquet(table, how, path):
    rng = random.Random(how.seed)
    arrays, cells = [], []
    for texts, native in zip(table.columns, table.native):
        found = parquet_column(texts, rng) if native else None
        kind = rng.choice([pyarrow.string(), pyarrow.large_string(), pyarrow.dictionary(pyarrow.int32(), pyarrow.string())])
        as_text = texts, kind, [None if text is None else Cell(text) for text in texts]
        values, kind, column = found or as_text
        arrays.append(pyarrow.array(values, type=kind))
        cells.append(column)
    pyarrow.parquet.write_table(
        pyarrow.Table.from_arrays(arrays, names=table.names), path,
        row_group_size=rng.choice([7, 1_000_000]), compression=rng.choice(["snappy", "zstd", "gzip", "none"]),
        store_decimal_as_integer=rng.random() < 0.5,
    )
    return Content(table.names, cells, typed=True)


WRITERS = {"csv": write_separated, "json": write_json, "jsonl": write_json, "xlsx": write_xlsx, "sqlite": write_sqlite,
           "parquet": write_parquet}


# What the program ought to say of a column, computed anew.

TIME_FORMS = {
    "dashes": r"(\d{4})-(\d\d)-(\d\d)",
    "slashes": r"(\d{4})/(\d\d?)/(\d\d?)",
    "han": r"(\d{4})年(\d\d?)月(\d\d?)日",
    "compact": r"(\d{4})(\d\d)(\d\d)",
    "space": r"(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?",
    "t": r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?",
    "slash space": r"(\d{4})/(\d\d?)/(\d\d?) (\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?",
}
TIME_FORMS = {name: re.compile(pattern, re.ASCII) for name, pattern in TIME_FORMS.items()}


def time_form(text):
    """The form of a day or moment; `None` where the text is none."""
    for name, pattern in TIME_FORMS.items():
        found = pattern.fullmatch(text)
        if found:
            *numbers, fraction = (*found.groups(), None, None, None, None)[:7]
            try:
                datetime.datetime(*(int(number or 0) for number in numbers))
            except ValueError:
                return None
            return name if 1000 <= int(found[1]) < 3000 else None
    return None


def moment_of(text):
    found = TIME_FORMS[time_form(text)].fullmatch(text)
    *numbers, fraction = (*found.groups(), None, None, None, None)[:7]
    return datetime.datetime(*(int(number or 0) for number in numbers), int((fraction or "0").ljust(6, "0")))


def is_number(text):
    """Whether a text is a number that can be written back: at most 14 digits before the point and 18 in all."""
    found = re.fullmatch(r"-?(0|[1-9]\d{0,13})(\.\d+)?", text, re.ASCII)
    return bool(found) and sum(c.isdigit() for c in text) <= 18 and text != "-0"


def expected_type(name, texts):
    values = set(texts)
    forms = {time_form(text) for text in values}
    form = forms.pop() if len(forms) == 1 else None
    if not values:
        return "text"
    if any(values <= pair for pair in ({"true", "false"}, {"TRUE", "FALSE"}, {"是", "否"})):
        return "boolean"
    if "代码" in name and form in (None, "compact"):
        return "code"
    if form and (form != "compact" or "日期" in name):
        return "date_time" if form in ("space", "t", "slash space") else "date"
    if all(map(is_number, values)):
        return "decimal" if any("." in text for text in values) else "integer"
    if all(re.fullmatch(r"\d+", text, re.ASCII) for text in values):
        return "code"
    return "text"


def significant(texts):
    return max((len(text.strip("-").replace(".", "").lstrip("0")) for text in texts), default=0)


def check_profile(name, cells, column, n_rows):
    """Type and statistics of a column."""
    texts = [cell.text for cell in cells if cell is not None]
    profile, wanted = column["profile"], expected_type(name, texts)
    demand(column["name"] == name, "column name", name, column["name"])
    demand(column["column_type"] == wanted, f"column {name!r}: type should be {wanted}, rule", column["column_type"], column["rule"])
    demand(profile["n_missing"] == n_rows - len(texts), f"column {name!r}: missing", profile["n_missing"])
    demand(profile["n_empty"] == texts.count(""), f"column {name!r}: empty", profile["n_empty"])
    if len(set(texts)) <= 10_000 and len("".join(set(texts)).encode()) <= 1 << 20:
        demand(profile["distinct"] == {"exactly": len(set(texts))}, f"column {name!r}: distinct", profile["distinct"])
    lengths = [min(map(len, texts)), max(map(len, texts))] if texts else None
    demand((profile["lengths"] or None) == lengths, f"column {name!r}: lengths", profile["lengths"], lengths)
    if wanted in ("integer", "decimal"):
        numbers = profile["numbers"]
        bounds = Decimal(numbers["min"]), Decimal(numbers["max"])
        demand(bounds == (min(map(Decimal, texts)), max(map(Decimal, texts))), f"column {name!r}: bounds", numbers)
        mean = sum(map(Decimal, texts)) / len(texts)
        near = abs(Decimal(numbers["mean"]) - mean) <= max(abs(mean) * Decimal("1e-5"), Decimal("1e-9"))
        demand(near, f"column {name!r}: mean", numbers["mean"], mean)
    elif wanted in ("date", "date_time"):
        demand(profile["span"] is not None, f"column {name!r}: no span")
        span = moment_of(profile["span"]["first"]), moment_of(profile["span"]["last"])
        demand(span == (min(map(moment_of, texts)), max(map(moment_of, texts))), f"column {name!r}: span", profile["span"])
    return wanted


# Reading back.


def same(what, found, wanted, names):
    """Demands that two tables are one."""
    demand(len(found) == len(wanted), f"{what}: number of rows", len(found), len(wanted))
    for idx, (row, other) in enumerate(zip(found, wanted), 1):
        demand(len(row) == len(other), f"{what}: row {idx}: number of cells", len(row), len(other))
        for name, value, expected in zip(names, row, other):
            is_same = type(value) is type(expected) and value == expected
            demand(is_same, f"{what}: row {idx}, column {name!r}: found, expected:", value, expected)


def json_value(cell, column_type, typed, n_significant):
    """A cell as JSON should have it; numbers as their letters."""
    if cell is None:
        return None
    as_number = column_type in ("integer", "decimal") and n_significant <= EXACT_DIGITS
    if cell.raw if typed else as_number or (column_type == "boolean" and cell.text in ("true", "false")):
        return cell.text == "true" if cell.text in ("true", "false") else ("number", cell.text)
    return cell.text


def check_json(folder, stem, content, wanted, names):
    read = lambda text, pairs=None: json.loads(
        text, parse_int=lambda t: ("number", t), parse_float=lambda t: ("number", t), object_pairs_hook=pairs)
    for ending in ("json", "jsonl"):
        text = (folder / "data" / f"{stem}.{ending}").read_bytes().decode()
        demand(text.endswith("\n") and "\r" not in text, f"{ending}: line ends")
        items = read(text, list) if ending == "json" else [read(line, list) for line in text.split("\n")[:-1]]
        for item in items:
            demand([key for key, _ in item] == names, f"{ending}: keys", item)
        same(ending, [[value for _, value in item] for item in items], wanted, names)
    rows = []
    for number in itertools.count(1):
        page = read((folder / "api" / stem / "rows" / f"{number}.json").read_bytes().decode())
        demand(page["columns"] == names, "rows: columns", page["columns"])
        demand(page["start"] == ("number", str(len(rows))) and page["total"] == ("number", str(len(wanted))), "rows: place", page)
        rows += page["rows"]
        if page["next"] is None:
            break
    same("rows", rows, wanted, names)


def check_csv(path, wanted, names):
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode(), newline=""), strict=True))
    same("csv", rows, [names] + [[value or "" for value in row] for row in wanted], names)
    # A quoted empty cell is an empty text and an unquoted one is missing, but where a line would be empty.
    columns = ", ".join(f"'{idx}': 'VARCHAR'" for idx in range(len(names)))
    table = duckdb.sql(f"FROM read_csv('{path}', auto_detect=false, header=true, delim=',', quote='\"', escape='\"', "
                       f"new_line='\\r\\n', allow_quoted_nulls=false, columns={{{columns}}})")
    alone = len(names) == 1
    same("csv in duckdb", table.fetchall(), [[value or "" if alone else value for value in row] for row in wanted], names)


def check_xlsx(path, content, wanted_types, names):
    with zipfile.ZipFile(path) as archive:
        sheet = next(name for name in archive.namelist() if name.startswith("xl/worksheets/"))
        demand(not re.search(rb"<f[ >/]", archive.read(sheet)), "xlsx: a formula")
    sheet = openpyxl.load_workbook(path, data_only=True).active
    n_rows = len(content.columns[0])
    demand(sheet.max_row <= n_rows + 1 and sheet.max_column <= len(names), "xlsx: size", sheet.dimensions)

    def value_of(cell):
        if isinstance(cell.value, str):
            demand(cell.data_type == "s", "xlsx: type of a text", cell.data_type, cell.value)
            # openpyxl leaves the escapes of ECMA-376 22.9.2.19 to its callers.
            return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), cell.value)
        demand(cell.value is None or cell.data_type == "n", "xlsx: type of a number", cell.data_type, cell.value)
        return None if cell.value is None else float(cell.value)

    columns = []
    for cells, column_type in zip(content.columns, wanted_types):
        as_number = column_type in ("integer", "decimal") and significant(c.text for c in cells if c) <= EXACT_DIGITS
        columns.append([None if not c or not c.text else float(c.text) if as_number else c.text for c in cells])
    rows = [[value_of(cell) for cell in row] for row in sheet.iter_rows(1, n_rows + 1, 1, len(names))]
    same("xlsx", rows, [names, *zip(*columns)], names)


def parquet_value(text, kind):
    if pyarrow.types.is_int64(kind):
        return int(text)
    if pyarrow.types.is_decimal(kind):
        return Decimal(text)
    if pyarrow.types.is_date32(kind):
        return moment_of(text).date()
    if pyarrow.types.is_timestamp(kind):
        return moment_of(text)
    return text == "true" if pyarrow.types.is_boolean(kind) else text


def check_parquet(path, content, wanted_types, names):
    table = pyarrow.parquet.read_table(path)
    demand(table.column_names == names, "parquet: names", table.column_names)
    columns = []
    for name, kind, cells, column_type in zip(names, table.schema.types, content.columns, wanted_types):
        texts = [cell.text for cell in cells if cell]
        n_digits = max((len(t.strip("-").partition(".")[0]) for t in texts), default=0) + max((len(t.partition(".")[2]) for t in texts), default=0)
        fits = {"integer": "int64", "date": "date32[day]", "date_time": "timestamp[us]"}.get(column_type, "string")
        if column_type == "decimal" and n_digits <= 18:
            fits = f"decimal128(18, {max(len(text.partition('.')[2]) for text in texts)})"
        if column_type == "boolean" and set(texts) <= {"true", "false"}:
            fits = "bool"
        demand(str(kind) == fits, f"parquet: column {name!r}: type", str(kind), fits)
        columns.append([None if cell is None else parquet_value(cell.text, kind) for cell in cells])
    same("parquet", list(zip(*(column.to_pylist() for column in table.columns))), list(zip(*columns)), names)
    same("parquet in duckdb", duckdb.read_parquet(str(path)).fetchall(), list(zip(*columns)), names)


def run(kaishu, path, how, out, n_jobs):
    """Runs the program; answers what it printed and every file that it made."""
    command = [kaishu, "inspect", path, "--out", out, "--formats", FORMATS, "--json", "--lang", "en", "--jobs", str(n_jobs)]
    command += ["--encoding", how.encoding] if how.stated else []
    done = subprocess.run(list(map(str, command)), capture_output=True, timeout=120)
    said = done.stderr.decode(errors="replace").strip()
    if done.returncode == 1 and "two separators fit alike" in said:
        raise Skipped
    demand(done.returncode == 0, f"exit code {done.returncode}:", said)
    files = {str(file.relative_to(out)): file.read_bytes() for file in sorted(out.rglob("*")) if file.is_file()}
    return done.stdout, files


def check(kaishu, table, how, folder):
    """Writes a table, runs the program and compares everything; answers how many readings were compared."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    path = folder / f"table{how.ending}"
    content = WRITERS[how.form](table, how, path)
    printed, files = run(kaishu, path, how, folder / "one", 1)
    demand((printed, files) == run(kaishu, path, how, folder / "two", 2), "one thread and two threads differ")
    lines = [json.loads(line) for line in printed.decode().split("\n")[:-1]]
    reports = [line for line in lines if line["type"] == "table"]
    codes = {line["code"] for line in lines if line["type"] != "table"}
    demand(len(reports) == 1, "one table expected", reports)
    false_alarms = codes & {"TABLE_RAGGED", "TABLE_PREAMBLE", "TABLE_HEADER_ROWS", "TABLE_QUOTES_LITERAL", "TABLE_HEADER_NAMES"}
    demand(not false_alarms, "false alarm", false_alarms)
    report, names, n_rows = reports[0], content.names, table.n_rows()
    demand(report["rows"] == n_rows, "rows", report["rows"], n_rows)
    demand([column["name"] for column in report["columns"]] == names, "names", report["columns"])
    for file in report["files"]:
        made = files["data/" + file["name"]]
        demand((len(made), hashlib.sha256(made).hexdigest()) == (file["bytes"], file["sha256"]), "size or digest", file)
    types = [check_profile(name, cells, column, n_rows) for name, cells, column in zip(names, content.columns, report["columns"])]
    n_significant = [significant(cell.text for cell in cells if cell) for cells in content.columns]
    as_json = [[json_value(cell, column_type, content.typed, n_digits) for cell in cells]
               for cells, column_type, n_digits in zip(content.columns, types, n_significant)]
    texts = [[cell and cell.text for cell in cells] for cells in content.columns]
    made = folder / "one" / "data"
    check_csv(made / "table.csv", list(zip(*texts)), names)
    check_json(folder / "one", "table", content, list(zip(*as_json)), names)
    check_xlsx(made / "table.xlsx", content, types, names)
    check_parquet(made / "table.parquet", content, types, names)
    return 8


def choose(rng):
    """How to write the next table."""
    form = rng.choice(["csv"] * 7 + ["json", "jsonl", "xlsx", "sqlite", "parquet"])
    how = How(form, "." + form, line_end=rng.choice(["\n", "\r\n", "\r"] if form == "csv" else ["\n", "\r\n"]), seed=rng.getrandbits(32))
    if form != "csv":
        return how
    encoding = rng.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "gb18030", "gb18030", "big5"])
    ending = rng.choice([".csv", ".csv", ".csv", ".txt", ".tsv", ".psv"])
    delimiter = {".tsv": "\t", ".psv": "|"}.get(ending) or rng.choice(",;\t|")
    stated = encoding == "big5" or (encoding == "gb18030" and rng.random() < 0.5)
    return dataclasses.replace(how, ending=ending, encoding=encoding, stated=stated, delimiter=delimiter,
                               quoting=rng.choice(["minimal", "all", "none"]), ends_with_line_end=rng.random() < 0.8)


def next_case(rng, folder):
    """A random table with a way of writing it that suits it."""
    how = choose(rng)
    letters = how.encoding if how.encoding in LEVEL_1 else "utf-8"
    # One table in forty is longer than the pieces that the program reads.
    table = make_table(rng, letters, rng.randint(1500, 4000) if rng.random() < 1 / 40 else rng.randint(1, 60))
    if len(table.names) == 1 and how.form == "csv":
        # One column is separated by nothing: plain CSV, and no TXT, which would be prose.
        how = dataclasses.replace(how, ending=".csv", delimiter=",")
    if how.form == "xlsx":
        table.columns[0] = [value or (None if any(row) else "x") for value, row in zip(table.columns[0], table.rows())]
    folder.mkdir(exist_ok=True)
    for change in ({}, {"quoting": "minimal"}, {"quoting": "all"}, {"quoting": "all", "stated": True}):
        try:
            WRITERS[how.form](table, how := dataclasses.replace(how, **change), folder / "trial")
            return table, how
        except Unsuitable:
            pass
    raise AssertionError(f"no way to write {table} with {how}")


def failure_of(kaishu, table, how, folder):
    """The failure of a case; `None` where there is none."""
    try:
        check(kaishu, table, how, folder)
    except Failure as failure:
        return failure
    except (Skipped, Unsuitable):
        pass
    return None


def shrink(kaishu, table, how, folder):
    """The smallest table and plainest way of writing it that still fail."""
    deadline = time.monotonic() + SHRINK_SECONDS

    def fails(smaller, way):
        return time.monotonic() < deadline and failure_of(kaishu, smaller, way, folder) is not None

    for field in dataclasses.fields(How)[2:]:
        plainer = dataclasses.replace(how, **{field.name: field.default})
        if plainer != how and fails(table, plainer):
            how = plainer
    for _ in range(2):
        for idx in reversed(range(len(table.names))):
            rest = [other for other in range(len(table.names)) if other != idx]
            if rest and fails(smaller := table.keep(rest, range(table.n_rows())), how):
                table = smaller
        step = table.n_rows() // 2
        while step:
            for begin in range(0, table.n_rows(), step):
                rest = [row for row in range(table.n_rows()) if not begin <= row < begin + step]
                if rest and fails(smaller := table.keep(range(len(table.names)), rest), how):
                    table = smaller
                    break
            else:
                step //= 2
    return table, how


def describe(kaishu, table, how, folder):
    """Everything that is needed to see a failure again."""
    failure = failure_of(kaishu, table, how, folder)
    path = folder / f"table{how.ending}"
    kept = pathlib.Path(tempfile.gettempdir()) / f"kaishu-roundtrip{how.ending}"
    shutil.copy(path, kept)
    stated = f" --encoding {how.encoding}" if how.stated else ""
    lines = [f"FAILED: {failure}", f"{how}", f"names: {table.names}", f"native: {table.native}"]
    lines += [f"row {idx}: {list(row)}" for idx, row in enumerate(table.rows()[:20], 1)]
    if how.form in ("csv", "json", "jsonl"):
        lines.append(f"bytes: {path.read_bytes()[:2000]!r}")
    lines.append(f"{kaishu} inspect {kept} --out out --formats {FORMATS} --json --lang en{stated}")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kaishu", type=pathlib.Path, default=ROOT / "target" / "release" / "kaishu")
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--seed", type=int, default=20261121)
    args = parser.parse_args()
    print(f"seed {args.seed}")
    rng = random.Random(args.seed)
    ends = time.monotonic() + args.seconds
    n_tables = n_compared = n_skipped = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary) / "case"
        while time.monotonic() < ends:
            table, how = next_case(rng, folder)
            n_tables += 1
            try:
                n_compared += check(args.kaishu, table, how, folder)
            except Skipped:
                n_skipped += 1
            except Failure:
                table, how = shrink(args.kaishu, table, how, folder)
                print(f"table {n_tables} of seed {args.seed}\n{describe(args.kaishu, table, how, folder)}")
                return 1
    if n_skipped > MAX_SKIPPED * n_tables:
        print(f"FAILED: {n_skipped} of {n_tables} files were refused because two separators fit alike")
        return 1
    print(f"{n_tables} tables, {n_compared} readings of derived files compared, {n_skipped} files refused as ambiguous")
    return 0


if __name__ == "__main__":
    sys.exit(main())
