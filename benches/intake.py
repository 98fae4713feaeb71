#!/usr/bin/env python3
"""Compares how many objections a second `kaishu endpoint` and its peer (intake-peer/src/bin/peer.rs) store durably.

Each round begins with a new site, two empty stores and two new processes. They take short turns, the other one idle,
because what else the machine does changes from second to second; the ratio is the median of the ratios of all turns,
and `--noise` shows what chance does to it, by measuring the peer against a second one. The same clients
(intake-peer/src/bin/load.rs) send both the same JSON, one request a connection. Say which file system it was: on a disk the flush
of each commit decides, in memory (`--work /dev/shm`) the program does. Exits with 2 where a request failed.
"""

import argparse
import contextlib
import csv
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
PEER = HERE / "intake-peer"
PROGRAMS = PEER / "target/release"
TARGET_RATIO = 0.8  # of kaishu's POST requests a second to those of the peer
MEASUREMENTS = [("POST", 1), ("POST", 8), ("POST", 32), ("GET", 8)]  # with the number of connections at a time
WARM_UP_S = 0.5
TURNS = 8  # of each measurement in a round; even, so that both come first equally often

# The sections without which the endpoint does not start or would refuse what is measured here.
SECTIONS = {
    "[endpoint]": 'url = "https://data.example.gov.cn/cases"',
    "[endpoint.limits]": "per_network_per_hour = 100000000\nper_hour = 100000000",
}
# About 300 bytes; `load` puts another number into each request.
STATEMENT = (
    "第 @N@ 号：该数据集第三列载有本人的住址和联系电话，可以据此识别到本人，侵犯了本人的隐私，申请撤回该列数据，"
    "并请在核实之前中止开放。上述情况可以向本人居住地的社区居民委员会核实，本人愿意提供身份证明和其他材料。"
)


def refuse(message):
    print(message, file=sys.stderr)
    sys.exit(2)


def run(*command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    if done.returncode:
        refuse(f"{' '.join(map(str, command))} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def make_site(kaishu, site):
    """Makes and builds a site with an endpoint; answers the id of its dataset."""
    run(kaishu, "init", site)
    config = site / "site.toml"
    for section, values in SECTIONS.items():
        text = config.read_text(encoding="utf-8")
        if section not in text.splitlines():
            config.write_text(f"{text}\n{section}\n{values}\n", encoding="utf-8")
    run(kaishu, "build", "--site", site)
    with (site / "records/ids.csv").open(encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file))["id"]


@contextlib.contextmanager
def serving(*command):
    """Runs a server; gives the address it says it listens on."""
    server = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, text=True)
    try:
        line = server.stdout.readline()
        if not line.startswith("listening on "):
            refuse(f"{' '.join(map(str, command))} does not listen: {line}")
        yield line.split()[-1]
    finally:
        server.terminate()
        server.wait(timeout=10)


def load(address, path, seconds, n_connections, *options):
    result = json.loads(run(PROGRAMS / "load", address, path, seconds, n_connections, *options))
    if result["errors"] or not result["requests"]:
        refuse(f"{path} with {n_connections} connections: {result}")
    return result


def status_path(address, body):
    """Posts one case; answers the path of its status."""
    request = urllib.request.Request(f"http://{address}/cases", body.encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        case = json.load(answer)
    return f"/cases/{case['receipt']}?secret={case['secret']}"


def one_round(kaishu, work, seconds, names):
    """Measures both in turns; answers for each of MEASUREMENTS a list of turns, each with the result of both."""
    os.sync()  # so that what was left to be written before does not disturb
    with tempfile.TemporaryDirectory(prefix="intake-", dir=work) as folder, contextlib.ExitStack() as servers:
        folder = pathlib.Path(folder)
        dataset = make_site(kaishu, folder / "site") if "kaishu" in names else "example"
        body = {"kind": "objection", "dataset": dataset, "grounds": ["隐私"], "statement": STATEMENT}
        body = json.dumps(body, ensure_ascii=False)
        body_file = folder / "body.json"
        body_file.write_text(body, encoding="utf-8")
        addresses, statuses = {}, {}
        for name in names:
            state = folder / name.replace(" ", "-")
            command = [PROGRAMS / "peer", state]
            if name == "kaishu":
                command = [kaishu, "endpoint", "--site", folder / "site", "--state", state, "--listen", "127.0.0.1:0"]
            addresses[name] = servers.enter_context(serving(*command))
            load(addresses[name], "/cases", WARM_UP_S, 1, "--body-file", body_file)
            statuses[name] = status_path(addresses[name], body)
        res = []
        for method, n_connections in MEASUREMENTS:
            requests = {name: ["/cases", seconds, n_connections, "--body-file", body_file] for name in names}
            if method == "GET":
                requests = {name: [statuses[name], seconds, n_connections, "--get"] for name in names}
            orders = [names, names[::-1]] * (TURNS // 2)
            res.append([{name: load(addresses[name], *requests[name]) for name in order} for order in orders])
        return res


def report(rounds, first, second):
    """Prints what was measured; answers the ratios of the POST requests under load."""
    res = []
    for idx, (method, n_connections) in enumerate(MEASUREMENTS):
        print(f"{method}, {n_connections} at a time")
        turns = [turn for measured in rounds for turn in measured[idx]]
        for name in (first, second):
            median = {key: statistics.median(turn[name][key] for turn in turns) for key in turns[0][name]}
            each = [statistics.median(turn[name]["per_second"] for turn in measured[idx]) for measured in rounds]
            each = " ".join(f"{per_second:.0f}" for per_second in each)
            times = " ".join(f"{key[:3]} {median[key]:.2f}" for key in ("p50_ms", "p95_ms", "p99_ms"))
            print(f"  {name:10} {median['per_second']:6.0f} a second (rounds: {each}); ms: {times}")
        ratios = [turn[first]["per_second"] / turn[second]["per_second"] for turn in turns]
        low, ratio, high = statistics.quantiles(ratios, n=4)
        # One at a time is latency, shown beside the load that the target speaks of.
        is_load = method == "POST" and n_connections > 1
        target = f", target {TARGET_RATIO}" if is_load else ""
        print(f"  {first}/{second} {ratio:.2f} (half of the turns {low:.2f} to {high:.2f}){target}")
        if is_load:
            res.append(ratio)
    return res


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kaishu", type=pathlib.Path, default=ROOT / "target/release/kaishu")
    parser.add_argument("--noise", action="store_true", help="measure the peer against a second one instead of kaishu")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.5, help="of each turn")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/tmp"), help="folder to make a new one in")
    parser.add_argument("--targets", action="store_true", help="exit with 1 where a target is missed")
    args = parser.parse_args()
    if not args.noise and not args.kaishu.is_file():
        refuse(f"there is no {args.kaishu}: cargo build --release, or name another with --kaishu")
    run("cargo", "build", "--release", "--locked", "--quiet", "--manifest-path", PEER / "Cargo.toml")
    args.work.mkdir(parents=True, exist_ok=True)
    first, second = ("peer again" if args.noise else "kaishu"), "peer"
    rounds = [one_round(args.kaishu, args.work, args.seconds, [first, second]) for _ in range(args.rounds)]
    ratios = report(rounds, first, second)
    sys.exit(args.targets and min(ratios) < TARGET_RATIO)


if __name__ == "__main__":
    main()
