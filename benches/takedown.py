#!/usr/bin/env python3
"""Measures how long a dataset of a large site needs to be gone: `kaishu case suspend` from start to exit, and an
objection with evidence from the first byte of the POST to the answer.

Builds a site of N metadata-only datasets and one with a table in two languages, takes that one down, and looks through
every file for its values and its title. Then the endpoint is killed at instants of its work: the next start takes down
what was on file, and a build does not bring it back. Exits with 1 where a byte is left or the target is missed.
"""

import argparse
import csv
import http.client
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET_S = 1.0
VALUE, TITLE, DATASET = "只在此表中的值", "只此一个的标题", "one"
DECISION = ["--basis", "依据", "--by", "单位", "--reason", "privacy"]


def make_site(site, n_datasets):
    shutil.rmtree(site, ignore_errors=True)
    (site / "datasets").mkdir(parents=True)
    (site / "site.toml").write_text(
        'title = "网站"\nbase_url = "https://data.example.invalid"\nregime = "shuangyashan-2026"\n'
        'languages = ["zh-CN", "en"]\n[endpoint]\nurl = "https://data.example.invalid/cases"\n'
    )
    (site / "datasets/one.csv").write_text("名称,等级\n" + f"{VALUE},一级\n" * 20_000)
    with (site / "datasets/catalog.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["数据资源标识", "数据资源名称", "提供方名称", "开放类型", "领域分类", "更新日期", "文件"])
        rows.writerow([DATASET, TITLE, "甲局", "无条件开放", "教育", "2026-10-01", "one.csv"])
        for idx in range(n_datasets - 1):
            day = f"2026-10-{1 + idx % 28:02}"
            rows.writerow([f"d{idx}", f"数据集{idx}", f"第{idx % 170}局", "无条件开放", f"领域{idx % 10}", day, ""])


def holding(folder, text):
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


class Site:
    """A built site, its endpoint, and what is left of the dataset."""

    def __init__(self, kaishu, folder, n_datasets):
        self.kaishu, self.folder, self.endpoint = kaishu, folder, None
        make_site(folder, n_datasets)
        assert self.run("build").returncode == 0

    def run(self, *command):
        return subprocess.run([self.kaishu, *command, "--site", self.folder], capture_output=True, text=True)

    def start(self):
        command = [self.kaishu, "endpoint", "--site", self.folder, "--listen", "127.0.0.1:0"]
        self.endpoint = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.address = self.endpoint.stdout.readline().split()[-1]

    def post(self):
        """Sends an objection with evidence; answers the JSON and the seconds, or None where the endpoint was killed."""
        fields = {"kind": "objection", "dataset": DATASET, "grounds": "个人隐私", "statement": "第一列"}
        parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()]
        parts.append('--b\r\nContent-Disposition: form-data; name="evidence"; filename="a.txt"\r\n\r\nproof\r\n--b--\r\n')
        connection = http.client.HTTPConnection(self.address, timeout=30)
        begin = time.perf_counter()
        try:
            headers = {"Content-Type": "multipart/form-data; boundary=b"}
            connection.request("POST", "/cases", "".join(parts).encode(), headers)
            answer = json.load(connection.getresponse())
            return answer, time.perf_counter() - begin
        except (OSError, http.client.HTTPException, ValueError):
            return None

    def check_gone(self):
        left = holding(self.folder / "public", VALUE)
        # Notices and the lists of changes tell holders of copies which dataset they are to take offline.
        told = {"notices", "changes"}
        titled = [path for path in holding(self.folder / "public", TITLE) if not told & set(path.parts)]
        notices = [path for path in titled if path.parent.name == DATASET]
        assert not left and len(notices) == 2 and titled == notices, (left, titled)
        verified = self.run("verify")
        assert verified.returncode == 0, verified.stderr


def by_staff(args):
    site = Site(args.kaishu, args.work, args.datasets)
    begin = time.perf_counter()
    assert site.run("case", "suspend", DATASET, *DECISION).returncode == 0
    seconds = time.perf_counter() - begin
    site.check_gone()
    return seconds


def by_post(args):
    site = Site(args.kaishu, args.work, args.datasets)
    site.start()
    answer, seconds = site.post()
    assert answer["effect"] == "suspended", answer
    site.endpoint.terminate()
    assert site.endpoint.wait(10) == 0
    site.check_gone()
    return seconds


def killed(args, delay):
    """Kills the endpoint so many seconds after the POST began; answers whether the case was on file by then."""
    site = Site(args.kaishu, args.work, args.datasets)
    site.start()
    poster = threading.Thread(target=site.post)
    poster.start()
    time.sleep(delay)
    site.endpoint.kill()
    site.endpoint.wait()
    poster.join()
    is_on_file = "KS-" in site.run("case", "export").stdout
    site.start()
    end = time.monotonic() + 15
    while is_on_file and (args.work / "public/datasets" / DATASET / "files").exists():
        assert time.monotonic() < end, "the next start did not take it down"
        time.sleep(0.05)
    site.endpoint.terminate()
    assert site.endpoint.wait(10) == 0
    if is_on_file:
        site.check_gone()
        assert site.run("build").returncode in (0, 1)
        assert not holding(args.work / "public", VALUE), "a build brought it back"
    return is_on_file


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kaishu", type=pathlib.Path, default=ROOT / "target/release/kaishu")
    parser.add_argument("--datasets", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/tmp/kaishu-takedown"))
    args = parser.parse_args()
    most = 0.0
    for name, measure in (("kaishu case suspend", by_staff), ("POST with evidence", by_post)):
        seconds = [measure(args) for _ in range(args.rounds)]
        most = max(most, *seconds)
        middle = statistics.median(seconds)
        print(f"{name}, {args.datasets} datasets: {middle:.2f} s, at most {max(seconds):.2f} s, target {TARGET_S}", flush=True)
    delays = [most * idx / args.kills for idx in range(args.kills)]
    on_file = [killed(args, delay) for delay in delays]
    print(f"killed {args.kills} times within {most:.2f} s of the POST: {sum(on_file)} on file, each gone after the next start")
    shutil.rmtree(args.work)
    sys.exit(most > TARGET_S)


if __name__ == "__main__":
    main()
