#!/usr/bin/env python3
"""Random tables through `kaishu inspect` and back, value by value.

Each table is written as a data file (CSV in many dialects and encodings, JSON, JSON Lines, XLSX, Parquet, SQLite), the
program makes all derived files from it, and other readers (csv, json, openpyxl, pyarrow, duckdb) read those back. Their
values, and types and profiles, are compared with what Python computes; two threads must give the same bytes as one.
A failure is made as small as leaving out rows and columns makes it, and described in full; the exit code is 1 then.
Needs the packages of requirements.txt beside it.
"""

import argparse
import csv
import datetime
import io
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
from collections import namedtuple
from decimal import Decimal

import duckdb
import openpyxl
import pyarrow.parquet

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXACT_DIGITS = 15  # what binary64 keeps
# The usual letters of GB 2312 and Big5: the tables of all implementations agree on these.
letters_of = lambda leads, ends, codec: bytes(b for lead in leads for end in ends for b in (lead, end)).decode(codec)
USUAL = {"gb18030": letters_of(range(0xB0, 0xD7), range(0xA1, 0xFF), "gb2312"),
         "big5": letters_of(range(0xA4, 0xC6), [*range(0x40, 0x7F), *range(0xA1, 0xFF)], "big5")}
NAMES = """名称 地址 数量 备注 x X name Value a,b a,b,c "q" 年度（2020） a.b a;b x|y 单位/元 'x' =x # 列1 列2 \\ null <b> 🚌 㳇"""
NAMES = [*NAMES.split(), "two words", 'say "hi"']
WORDS = """NULL NaN None inf -Infinity 1e5 3.20902E+17 #### 0x1F 1,234 +5 - -0 .5 5. 1.2.3 1.50万 TRUE 是 24:00 ０１２ N/A
    2026-02-30 #N/A _x0041_ _x000D_ <b>&amp;</b> ]]> 'q' \\ \\n \\N a\\ {} [] [1] "" a"b 5" ； ½ 100% a;b a|b x,y;z"""
WORDS = [*WORDS.split(), "\u3000全角", "a\u2028b", "a\u00a0b", "a\tb", " ", "  a", "b  ", "a\nb", "a\r\nb", "a\rb", "\n"]
COUNTEREXAMPLES = [*"约3 - 1,234 007 ３ 1e3 2026-01-01 true +1 1234567890123456".split(), " 5", "5 "]

Table = namedtuple("Table", "names columns native")  # texts, `None` for no value; native: formats with types use them
Cell = namedtuple("Cell", "text raw", defaults=[False])  # what a file holds; raw: as a number or truth value
Facts = namedtuple("Facts", "name cells texts type as_number stored")  # what the program should know of a column
# How a table is written, the plainest way by default; `seed` is of what a writer may choose.
How = namedtuple("How", "form ending encoding stated delimiter quoting line_end last_line_end seed",
                 defaults=["utf-8", False, ",", "minimal", "\n", True, 0])


class Failure(Exception):
    """What the program made is not what it should have made."""


class Unsuitable(Exception):
    """The table cannot be written this way, or the file can be read in two ways."""


def demand(holds, message, *about):
    if not holds:
        raise Failure(" ".join([message, *map(repr, about)]))


def kinds(rng, letters):
    """For each kind of column a function that makes a value of it."""
    pick, between, sign = rng.choice, rng.randint, ["", "", "-"]
    dashes, slashes = "{0.year}-{0.month:02}-{0.day:02}", "{0.year}/{0.month}/{0.day}"
    day_form = pick([dashes, slashes, "{0.year}年{0.month}月{0.day}日", "{0.year}{0.month:02}{0.day:02}"])
    moment_form = pick([dashes + " ", dashes + "T", slashes + " "])
    truth, n_listed = pick(["true false", "TRUE FALSE", "是 否"]).split(), between(2, 4)
    clocks = ["{0}:{1}", "{0}:{1}:07", "{0}:{1}:{1}.5", "00:00:00", "23:59:59.999999"]
    pieces = ["a", ",", '"', '""', "\n", "\r\n", "\r", " ", "  ", ";", "\t", "|", "'", "\\", letters[0], letters[9]]
    some = lambda signs, least, most: "".join(rng.choices(signs, k=between(least, most)))
    digits = lambda least, most: some("0123456789", least, most)
    whole = lambda n_digits: pick("123456789") + digits(0, n_digits)
    day = lambda form: form.format(datetime.date(1901, 1, 1) + datetime.timedelta(between(0, 60_000)))
    res = {
        "words": lambda: some(letters, 1, 8),
        "few words": lambda: pick([letters[:2], letters[2:5], letters[7:9]]),
        "long words": lambda: some(letters, 20, 60),
        "odd words": lambda: pick(WORDS),
        "rare": lambda: pick("㳇㙦䶮𠮷𡈽𪚥🏫🚌") + some(letters, 0, 2),
        "pieces": lambda: some(pieces, 1, 6),
        "padded": lambda: pick([" ", "  ", ""]) + some(letters, 1, 3) + pick([" ", "\u3000", ""]),
        "list": lambda: ",".join(digits(1, 2) for _ in range(n_listed)),
        "formula": lambda: pick(["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-x", '=HYPERLINK("http://x")', "-1+2"]),
        "full width": lambda: some("０１２３４５６７８９", 1, 4),
        "whole": lambda: pick(sign) + whole(pick([1, 3, 13])),
        "decimal": lambda: pick(sign) + pick(["0.0", whole(2), whole(13) + ".0"]) + pick(["", digits(0, 5)]),
        "leading zeros": lambda: pick(["0", "00", ""]) + digits(1, 5),
        "long digits": lambda: whole(0) + digits(14, 24),
        "day": lambda: day(day_form),
        "moment": lambda: day(moment_form) + pick(clocks).format(between(10, 23), between(10, 59)),
        "truth": lambda: pick(truth),
    }
    return res | {"several kinds": lambda: res[pick(["whole", "decimal", "day", "leading zeros", "truth"])]()}


def make_table(rng, encoding, n_rows):
    """A random table; `中` stands for letters that the encoding has not."""
    letters, table = USUAL.get(encoding, USUAL["gb18030"]), Table([], [], [])
    fit = lambda text: "".join(c if encoding not in USUAL or c.encode(encoding, "ignore") else "中" for c in text)
    for _ in range(rng.randint(1, 8)):
        kind, make = rng.choice(list(kinds(rng, letters).items()))
        share = rng.choice([0, 0, 0, 0.1, 0.5, rng.choice([0, 0.2, 1])])
        values = [None if rng.random() < share else fit(make()) for _ in range(n_rows)]
        if kind in ("whole", "decimal") and rng.random() < 0.25:
            values[-1] = fit(rng.choice(COUNTEREXAMPLES))
        ending = "日期" if rng.random() < (0.5 if kind == "day" else 0.03) else rng.choice([""] * 30 + ["代码"])
        parts = letters[:make().count(",") + 1] if kind == "list" else ""
        base = name = fit((",".join(parts) or rng.choice([*NAMES, "".join(rng.choices(letters, k=3))])) + ending)
        while name in table.names:
            name = f"{base}_{rng.randint(2, 99)}"
        for part, item in zip(table, (name, values, rng.random() < 0.6)):
            part.append(item)
    return table


def native_value(text, only_numbers=False):
    """What a format with types holds for a text, and what it then says; numbers only where binary64 keeps them."""
    is_number = re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?", text, re.ASCII) and sum(map(str.isdigit, text)) <= EXACT_DIGITS
    if is_number and (text[0] != "-" or float(text)):
        number = float(text) if "." in text else int(text)
        digits = f"{Decimal(repr(number)):f}"  # without an exponent, and below without idle zeros
        return number, Cell(digits.rstrip("0").rstrip(".") if "." in digits else digits, True)
    form, moment = (None, None) if only_numbers else moment_of(text)
    if text in ("true", "false") and not only_numbers:
        return text == "true", Cell(text, True)
    if form == "-":
        return moment.date(), Cell(text)
    return (moment, Cell(str(moment))) if form in ("- ", "-T") else (text, Cell(text))


def write_separated(table, how, path):
    """CSV by our own hand: the csv module cannot leave quotation marks out."""
    def field(value):
        value = value or ""
        has_sign = any(sign in value for sign in (how.delimiter, "\n", "\r"))
        if how.quoting == "all" or (how.quoting == "minimal" and (has_sign or '"' in value)):
            return '"' + value.replace('"', '""') + '"'
        if has_sign or value.startswith('"') or (not value and len(table.names) == 1):
            raise Unsuitable("quotation marks are needed")
        return value

    own = {".tsv": "\t", ".psv": "|"}.get(how.ending, "," if len(table.names) == 1 else how.delimiter)
    if own != how.delimiter or (len(table.names) == 1 and how.ending != ".csv"):
        raise Unsuitable("the ending says what separates; nothing separates one column, which as TXT would be prose")
    rows = [table.names, *zip(*table.columns)]
    text = how.line_end.join(how.delimiter.join(map(field, row)) for row in rows) + how.line_end * how.last_line_end
    for other in set(",;\t|" if how.ending in (".csv", ".txt") else "") - {how.delimiter}:
        # Where another sign gives more columns in even rows with sound quotation marks, nobody can tell what is meant.
        records = csv.reader(io.StringIO(text, newline=""), delimiter=other, strict=True)
        try:
            widths = [len(record) for record in records if record][:20]
        except csv.Error:
            continue
        if len(set(widths)) == 1 and widths[0] > len(table.names):
            raise Unsuitable("another sign separates as well")
    is_usual = [c in USUAL["gb18030"] for c in text if ord(c) > 127]
    if how.encoding == "gb18030" and not how.stated and sum(is_usual) < max(40, 0.9 * len(is_usual)):
        raise Unsuitable("too few letters to tell the encoding")
    path.write_bytes(("\ufeff" * how.encoding.startswith("utf-16") + text).encode(how.encoding))
    return table.names, [[Cell(value) if value else None for value in column] for column in table.columns]


def write_json(table, how, path):
    rng, columns, items = random.Random(how.seed), [], []
    string = json.JSONEncoder(ensure_ascii=rng.random() < 0.3).encode
    literal = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?|true|false", re.ASCII).fullmatch
    for values, native in zip(table.columns, table.native):
        missing = rng.choice([None, Cell("")])  # which are not the same
        columns.append([missing if value is None else Cell(value, native and bool(literal(value))) for value in values])
    for idx, row in enumerate(zip(*columns)):
        # A key may be left out, but not in the first row: it says in which order the columns stand.
        members = [f"{string(name)}: {'null' if cell is None else cell.text if cell.raw else string(cell.text)}"
                   for name, cell in zip(table.names, row) if idx == 0 or cell or rng.random() < 0.5]
        items.append("{" + ",".join(members) + "}")
    text = how.line_end.join(items) + how.line_end if how.form == "jsonl" else f"[{', '.join(items)}]"
    path.write_bytes(rng.choice([b"", b"", b"\xef\xbb\xbf"]) + text.encode())
    return table.names, columns


def write_xlsx(table, how, path):
    book, columns = openpyxl.Workbook(), []
    for column, (name, texts, native) in enumerate(zip(*table), 1):
        columns.append([])
        is_day = all(re.search(r" 00:00:00|T00:00:00|:.*\.", text) for text in texts if text)  # midnights alone
        for row, text in enumerate([name, *texts], 1):
            # Without what openpyxl cannot write, and spaces alone, which are no value to people.
            text = text and (text.replace("\r", "\n").replace("_x", "-x") if text.strip() else "·")
            text = text or ("x" if how.seed % len(table.names) == column - 1 else None)  # else a row may be no row
            is_native = native and not is_day and row > 1 and text and not re.search(r":.*\.", text)
            value, content = native_value(text) if is_native else (text, text and Cell(text))
            cell = book.active.cell(row, column, value)
            if isinstance(value, str):
                cell.data_type = "s"  # else openpyxl makes formulas and errors of some texts
            columns[-1] += [content] if row > 1 else []
    book.save(path)
    return table.names, columns


def write_sqlite(table, how, path):
    names = [f"{name}~{idx}" for idx, name in enumerate(table.names)]  # SQLite takes X and x for the same
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    pairs = [[native_value(text, True) if native and text else (text, text and Cell(text)) for text in texts]
             for texts, native in zip(table.columns, table.native)]
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    connection.execute(f"CREATE TABLE t ({', '.join(quoted)})")
    connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(names))})",
                           zip(*([value for value, _ in column] for column in pairs)))
    connection.commit()
    connection.close()
    return names, [[cell for _, cell in column] for column in pairs]


def write_parquet(table, how, path):
    rng, arrays, columns = random.Random(how.seed), [], []
    for texts, native in zip(table.columns, table.native):
        pairs = [(None, None) if text is None else native_value(text) for text in texts]
        values, cells = [value for value, _ in pairs], [cell for _, cell in pairs]
        types, kind = {type(value) for value in values if value is not None}, None
        if types and native and types <= {int, float}:
            scale = max(len(text.partition(".")[2]) for text in texts if text)
            if rng.random() < 0.5:
                kind = pyarrow.decimal128(rng.randint(15 + scale, 38), scale)
                values = [text and Decimal(text) for text in texts]
                cells = [text and Cell(f"{Decimal(text):.{scale}f}", True) for text in texts]
            elif types == {int} and all(0 <= (value or 0) < 1 << 31 for value in values):
                kind = rng.choice([pyarrow.int32(), pyarrow.uint64(), pyarrow.float64()])
        elif native and types == {datetime.datetime}:
            has_fraction = any("." in text for text in texts if text)
            kind = pyarrow.timestamp(rng.choice(["us", "ns"] if has_fraction else ["s", "ms", "us", "ns"]))
        elif not native or types not in ({bool}, {datetime.date}):
            kind = rng.choice([pyarrow.string(), pyarrow.dictionary(pyarrow.int32(), pyarrow.string())])
            values, cells = texts, [text and Cell(text) for text in texts]
        arrays.append(pyarrow.array(values, type=kind))
        columns.append(cells)
    made, group = pyarrow.Table.from_arrays(arrays, table.names), rng.choice([7, 9999])
    pyarrow.parquet.write_table(made, path, row_group_size=group, store_decimal_as_integer=group == 7)
    return table.names, columns


# Each writes a table and answers what the file says: names, and for each column its cells, `None` for no value.
WRITERS = {"csv": write_separated, "json": write_json, "jsonl": write_json, "xlsx": write_xlsx, "sqlite": write_sqlite,
           "parquet": write_parquet}
# What stands behind the year of a day, which may have a clock behind a space or, in the first form, a `T`.
DAYS = {"-": r"-(\d\d)-(\d\d)", "/": r"/(\d\d?)/(\d\d?)", "": r"(\d\d)(\d\d)", "年": r"年(\d\d?)月(\d\d?)日"}
MOMENTS = {"- ", "-T", "/ "}


def moment_of(text):
    """The form and the moment of a text; twice `None` where it is none."""
    for form, pattern in DAYS.items():
        found = re.fullmatch(r"(?a)(\d{4})" + pattern + r"(?:([ T])(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,6}))?)?)?", text)
        if found and (not found[4] or form + found[4] in MOMENTS):
            parts = [int(part or 0) for part in (*found.groups()[:3], *found.groups()[4:7])]
            try:
                return form + (found[4] or ""), datetime.datetime(*parts, int((found[8] or "").ljust(6, "0")))
            except ValueError:
                break
    return None, None


def type_of(name, values):
    """The type of a column by the rules of the documentation."""
    forms = {moment_of(text)[0] for text in values}
    form = forms.pop() if len(forms) == 1 else None
    if not values:
        return "text"
    if any(values <= pair for pair in ({"true", "false"}, {"TRUE", "FALSE"}, {"是", "否"})):
        return "boolean"
    if "代码" in name and not form:
        return "code"
    if form or (form == "" and "日期" in name):
        return "date_time" if form in MOMENTS else "date"
    # Numbers have at most 14 digits before the point and 18 in all; the rest of what is all digits are codes.
    is_number = re.compile(r"(?!-0$)-?(0|[1-9]\d{0,13})(\.\d+)?", re.ASCII).fullmatch
    if all(is_number(text) and sum(map(str.isdigit, text)) <= 18 for text in values):
        return "decimal" if any("." in text for text in values) else "integer"
    return "code" if all(re.fullmatch(r"\d+", text, re.ASCII) for text in values) else "text"


def facts_of(name, cells):
    """What the program should find out about a column: its type, and how files hold it."""
    texts = [cell.text for cell in cells if cell]
    column_type = type_of(name, set(texts))
    stored = {"integer": "int64", "date": "date32[day]", "date_time": "timestamp[us]"}.get(column_type, "string")
    stored = "bool" if column_type == "boolean" and set(texts) <= {"true", "false"} else stored
    as_number = column_type in ("integer", "decimal")
    if as_number:
        parts = [text.strip("-").partition(".") for text in set(texts)]
        as_number = max(len((before + rest).lstrip("0")) for before, _, rest in parts) <= EXACT_DIGITS
        scale = max(len(rest) for _, _, rest in parts)
        if column_type == "decimal" and max(len(before) for before, _, _ in parts) + scale <= 18:
            stored = f"decimal128(18, {scale})"
    return Facts(name, cells, texts, column_type, as_number, stored)


def check_profile(facts, column):
    """Type and statistics of a column as the program tells them."""
    profile, texts, different = column["profile"], facts.texts, set(facts.texts)
    found = [column["column_type"], profile["n_missing"], profile["n_empty"], profile["lengths"] or None]
    lengths = [min(map(len, texts)), max(map(len, texts))] if texts else None
    wanted = [facts.type, facts.cells.count(None), texts.count(""), lengths]
    if len(different) <= 10_000 and sum(len(text.encode()) for text in different) <= 1 << 20:  # else estimated
        found, wanted = [*found, profile["distinct"]], [*wanted, {"exactly": len(different)}]
    is_time = facts.type in ("date", "date_time")
    if is_time or facts.type in ("integer", "decimal"):
        read = (lambda text: moment_of(text)[1]) if is_time else Decimal
        bounds = [profile["span"][end] for end in ("first", "last")] if profile["span"] else []
        bounds = [profile["numbers"][end] for end in ("min", "max")] if profile["numbers"] else bounds
        found, wanted = [*found, *map(read, bounds)], [*wanted, min(map(read, texts)), max(map(read, texts))]
    demand(found == wanted, f"profile of column {facts.name!r}: found, expected, rule:", found, wanted, column["rule"])


def same(what, found, columns, names):
    """Demands that the rows that were found are those of the columns that were expected, types of values included."""
    wanted = list(zip(*columns))
    sizes = [len(found), {len(row) for row in found}], [len(wanted), {len(names)}]
    demand(sizes[0] == sizes[1], f"{what}: number of rows and cells: found, expected:", *sizes)
    for idx, (row, other) in enumerate(zip(found, wanted), 1):
        for name, value, expected in zip(names, row, other):
            demand((type(value), value) == (type(expected), expected),
                   f"{what}: row {idx}, column {name!r}: found, expected:", value, expected)


def check_json(out, columns, typed, names):
    """What the source cannot tell from numbers is a number where binary64 keeps it; digits stay as they are."""
    def value_of(cell, facts):
        is_truth = facts.type == "boolean" and cell and cell.text in ("true", "false")
        if cell is None or not (cell.raw if typed else facts.as_number or is_truth):
            return cell and cell.text
        return cell.text == "true" if cell.text in ("true", "false") else ("number", cell.text)

    as_read = {"parse_int": lambda text: ("number", text), "parse_float": lambda text: ("number", text)}
    read = lambda text, pairs=None: json.loads(text, object_pairs_hook=pairs, **as_read)
    wanted = [[value_of(cell, facts) for cell in facts.cells] for facts in columns]
    lines = (out / "data/table.jsonl").read_bytes().decode().split("\n")[:-1]
    items = {"json": read((out / "data/table.json").read_bytes(), list), "jsonl": [read(line, list) for line in lines]}
    for what, objects in items.items():
        demand(all([key for key, _ in item] == names for item in objects), f"{what}: keys", objects[:1])
        same(what, [[value for _, value in item] for item in objects], wanted, names)
    rows, page = [], {"next": "1.json"}
    while page["next"]:
        page = read((out / "api/table/rows" / page["next"]).read_bytes())
        about = [page["columns"], page["start"][1], page["total"][1]]
        demand(about == [names, str(len(rows)), str(len(wanted[0]))], "rows: columns, start or total", about)
        rows += page["rows"]
    same("rows", rows, wanted, names)


def check_csv(path, columns, names):
    # An empty text has quotation marks, a missing value has none; but one column would have an empty line then.
    missing = "" if len(names) == 1 else None
    texts = [[cell.text if cell else missing for cell in facts.cells] for facts in columns]
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode(), newline=""), strict=True))
    same("csv", rows, [[facts.name, *(text or "" for text in column)] for facts, column in zip(columns, texts)], names)
    types = dict.fromkeys(map(str, range(len(names))), "VARCHAR")
    table = duckdb.read_csv(str(path), auto_detect=False, header=True, columns=types, allow_quoted_nulls=False)
    same("csv in duckdb", table.fetchall(), texts, names)


def check_xlsx(path, columns, names):
    """Numbers where binary64 keeps them, all else text; never a formula, which would have a type of its own."""
    def value_of(cell):
        if not isinstance(cell.value, str):
            return cell.data_type, None if cell.value is None else float(cell.value)
        # openpyxl leaves the escapes of ECMA-376 22.9.2.19 to its callers.
        return cell.data_type, re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), cell.value)

    sheet, n_rows = openpyxl.load_workbook(path).active, len(columns[0].cells) + 1
    demand(sheet.max_row <= n_rows and sheet.max_column <= len(names), "xlsx: size", sheet.dimensions)
    as_cell = lambda text, facts: ("n", None) if not text else ("n", float(text)) if facts.as_number else ("s", text)
    wanted = [[("s", facts.name), *(as_cell(cell and cell.text, facts) for cell in facts.cells)] for facts in columns]
    same("xlsx", [[value_of(cell) for cell in row] for row in sheet.iter_rows(1, n_rows, 1, len(names))], wanted, names)


def check_parquet(path, columns, names):
    makers = {"int64": int, "date32[day]": lambda text: moment_of(text)[1].date(), "bool": lambda text: text == "true",
              "timestamp[us]": lambda text: moment_of(text)[1], "string": str}
    table = pyarrow.parquet.read_table(path)
    found = [table.column_names, list(map(str, table.schema.types))]
    demand(found == [names, [facts.stored for facts in columns]], "parquet: names or types", found)
    wanted = [[cell and makers.get(facts.stored, Decimal)(cell.text) for cell in facts.cells] for facts in columns]
    same("parquet", list(zip(*(column.to_pylist() for column in table.columns))), wanted, names)
    same("parquet in duckdb", duckdb.read_parquet(str(path)).fetchall(), wanted, names)


def check(kaishu, table, how, folder):
    """Writes a table, runs the program and compares everything."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    path, out = folder / f"table{how.ending}", folder / "one"
    names, cells = WRITERS[how.form](table, how, path)

    def run(out, n_jobs):
        command = [kaishu, "inspect", path, "--out", out, "--formats", "csv,json,jsonl,xlsx,parquet,rows", "--json"]
        command += ["--lang", "en", "--jobs", n_jobs, *(["--encoding", how.encoding] if how.stated else [])]
        done = subprocess.run(list(map(str, command)), capture_output=True, timeout=120)
        said = (done.stdout + done.stderr).decode(errors="replace").strip()
        if done.returncode == 1 and "two separators fit alike" in said:
            raise Unsuitable(said)
        # Random values may look like numbers of people: a site would refuse them, here they are read all the same.
        is_personal = '"code":"PERSONAL_' in said
        demand(done.returncode == 0 or (done.returncode == 1 and is_personal), f"exit code {done.returncode}:", said)
        return done.stdout, {str(file.relative_to(out)): file.read_bytes() for file in out.rglob("*") if file.is_file()}

    printed, files = run(out, 1)
    demand((printed, files) == run(folder / "two", 2), "one thread and two threads differ")
    report, *findings = [json.loads(line) for line in printed.decode().split("\n")[:-1]]
    found = [report["type"], report["rows"], [column["name"] for column in report["columns"]]]
    demand(found == ["table", len(cells[0]), names], "rows or names: found, expected:", found, len(cells[0]), names)
    sound = re.compile("ENCODING_|VALUES_|TABLE_HEADER_DOUBTFUL|PERSONAL_")
    demand(all(sound.match(finding["code"]) for finding in findings), "false alarm", findings)
    columns = [facts_of(name, column) for name, column in zip(names, cells)]
    for facts, column in zip(columns, report["columns"]):
        check_profile(facts, column)
    check_csv(out / "data/table.csv", columns, names)
    check_json(out, columns, how.form != "csv", names)
    check_xlsx(out / "data/table.xlsx", columns, names)
    check_parquet(out / "data/table.parquet", columns, names)


def next_case(rng, path):
    """A random table and a way of writing it that suits it."""
    form = rng.choice(["csv"] * 7 + ["json", "jsonl", "xlsx", "sqlite", "parquet"])
    how = How(form, "." + form, line_end=rng.choice(["\n", "\r\n"]), seed=rng.getrandbits(32))
    if form == "csv":
        encoding = rng.choice(["utf-8", "utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "gb18030", "gb18030", "big5"])
        delimiter, own = rng.choice([(",", ".csv"), (";", ".csv"), ("\t", ".tsv"), ("|", ".psv")])
        stated = encoding == "big5" or (encoding == "gb18030" and rng.random() < 0.5)
        how = How(form, rng.choice([".csv", ".csv", ".txt", own]), encoding, stated, delimiter,
                  rng.choice(["minimal", "all", "none"]), rng.choice(["\n", "\r\n", "\r"]), rng.random() < 0.8)
    # A few tables are longer than the pieces that the program reads.
    n_rows = rng.randint(1500, 4000) if rng.random() < 0.02 else rng.choice([1, 2, *[rng.randint(3, 60)] * 8])
    table = make_table(rng, how.encoding, n_rows)
    if len(table.names) == 1 and form == "csv":
        how = how._replace(ending=".csv", delimiter=",")
    for change in {}, {"quoting": "minimal"}, {"quoting": "all"}, {"quoting": "all", "stated": True}:
        try:
            WRITERS[form](table, how := how._replace(**change), path)
            break
        except Unsuitable:
            pass
    return table, how


def shrink(fails, table, how):
    """The smallest table and the plainest way of writing it that still fail."""
    deadline = time.monotonic() + 60

    def parts(table):
        for size, is_row in (len(table.names), False), (len(table.columns[0]), True):
            step = size
            while step := step // 2:
                for begin in range(0, size, step):
                    rest = lambda items: items[:begin] + items[begin + step:]
                    yield table._replace(columns=list(map(rest, table.columns))) if is_row else Table(*map(rest, table))

    while smaller := next((part for part in parts(table) if time.monotonic() < deadline and fails(part, how)), None):
        table = smaller
    for key, value in How._field_defaults.items():
        how = how._replace(**{key: value}) if fails(table, how._replace(**{key: value})) else how
    return table, how


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kaishu", type=pathlib.Path, default=ROOT / "target/release/kaishu")
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--seed", type=int, default=20261121)
    args = parser.parse_args()
    print(f"seed {args.seed}")
    rng, ends, temporary = random.Random(args.seed), time.monotonic() + args.seconds, tempfile.TemporaryDirectory()
    folder, n_tables, n_refused = pathlib.Path(temporary.name), 0, 0

    def failure_of(table, how):
        try:
            return check(args.kaishu, table, how, folder / "case")
        except Exception as failure:  # a derived file may be broken in any way
            return failure

    while time.monotonic() < ends:
        table, how = next_case(rng, folder / "trial")
        failure, n_tables = failure_of(table, how), n_tables + 1
        n_refused += isinstance(failure, Unsuitable)
        if failure and not isinstance(failure, Unsuitable):
            table, how = shrink(lambda *case: not isinstance(failure_of(*case), Unsuitable | None), table, how)
            print(f"FAILED: table {n_tables} of seed {args.seed}: {failure_of(table, how)!r}\n{how}\n{table}")
            kept = shutil.copy(folder / "case" / f"table{how.ending}", tempfile.gettempdir())
            print(f"{kept}: {pathlib.Path(kept).read_bytes()!r}"[:5000])
            return 1
    print(f"{n_tables} tables, {8 * (n_tables - n_refused)} readings of 6 formats compared, {n_refused} files refused")
    return int(n_refused > 0.15 * n_tables)


if __name__ == "__main__":
    sys.exit(main())
