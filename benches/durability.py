#!/usr/bin/env python3
"""Tries to make `kaishu endpoint` lose or double what it acknowledged: kills, power cuts, a full disk, a failing disk.

    durability.py kills        kill -9 at a random instant 20 to 400 ms after the load began, start again, look;
                               a new store after every 20
    durability.py powercuts    as root: state and site on an ext4 image with commit=600; freeze the process under load,
                               copy the image, mount the copy (its journal recovers), start on it, look
    durability.py diskfull     as root: the same image filled up with a ballast file, before any post, all but 100 KB,
                               exactly, and under load; then the ballast goes and the same process has to work again
    durability.py fsync        a preloaded library (failing_fsync.c, built with cc) lets every fsync fail for a while
    durability.py all

Eight threads post cases (multipart with up to two files, or JSON), each with an Idempotency-Key, and later files to
cases of their own. Everything answered with 201 is remembered and looked for afterwards: by GET with its secret, and
in `kaishu case check`, which reads the stored bytes. What got no answer, or was refused, is sent again with its key and
must be answered with 200 or 201. Counted are:

    lost             acknowledged, and the case or an attachment is gone or has other bytes
    doubled          a case that no key explains, or an attachment too many
    half-visible     a case in doubt, or a later post of files in doubt, is there without all of its attachments
    false receipts   acknowledged while every fsync failed, or while the body could not fit on the disk
    wrong answers    any answer that the interface does not promise: it includes a start that fails, a case that cannot
                     be read, other content under a used key that is not refused, no recovery within 5 s

On the full disk a small post may be acknowledged, when the database has room within its own files. It is no false
receipt if it survives the kill -9 at the end, which is looked at like everything else. A body beyond 64 KiB needs a
spool file, so it is one.

The images lie in /dev/shm: the copy then holds exactly what the guest file system had written to its device, and no
cache of the host stands between. It is copied until nothing was written meanwhile. A process under `kill -9` alone
proves little: a store that never syncs passes, whereas the power cuts find it out. What is not simulated is a drive
that loses or reorders what it was told to flush.

Exits with 1 when any of these counts is not 0. Needs Linux; only the standard library.
"""

import argparse, collections, concurrent.futures, contextlib, csv, hashlib, http.client, itertools, json, os, pathlib
import random, re, shutil, signal, statistics, subprocess, sys, tempfile, threading, time

HERE = pathlib.Path(__file__).resolve().parent
FAULTS = ["lost", "doubled", "half-visible", "false receipts", "wrong answers"]
COLUMNS = ["rounds", "acknowledged", "files later", "no answer", "refused", "was stored", "was absent", *FAULTS]
THREADS, TIMEOUT_S, START_S, RECOVERY_S = 8, 10, 60, 5
IMAGE_BYTES, SPOOLED_BEYOND = 256 << 20, 64 << 10
GROUNDS = ["隐私", "个人信息", "商业秘密", "其他应当保密的信息"]
SITE_ADDITION = """
[endpoint]
url = "https://data.example.gov.cn/cases"
[endpoint.limits]
per_network_per_hour = 100000000
per_hour = 100000000
"""
seeds = itertools.count(1)


class Tally(collections.Counter):
    def __init__(self, part):
        super().__init__()
        self.part, self.starts, self.recoveries, self.lock = part, [], [], threading.Lock()

    def count(self, name):
        with self.lock:
            self[name] += 1

    def fault(self, name, text):
        with self.lock:
            self[name] += 1
            if self[name] <= 5:
                print(f"{self.part}: {name}: {text}"[:400], flush=True)


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise RuntimeError(f"{command}: {done.stdout[-500:]}{done.stderr[-500:]}")
    return done.stdout


def exchange(port, method, path, body=None, headers={}):
    """Status and JSON; 0 where no whole answer came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.connect()
        try:
            connection.request(method, path, body, headers)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it may have answered before it read everything
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError):
        return 0, {}
    finally:
        connection.close()


def texts(rng, owner, count):
    """Text files with names used only once."""
    made = []
    for idx in range(count):
        size = rng.randint(100, 300_000)
        text = f"证据 {owner}-{idx}\n".encode() + rng.randbytes(size).hex("\n", rng.randint(5, 60)).encode()
        made.append((f"e{owner}-{idx}.txt", text[:size]))
    return made


def described(files):
    return tuple(sorted((name, len(data), hashlib.sha256(data).hexdigest()) for name, data in files))


def stated(entries):
    return tuple(sorted((entry["name"], entry["bytes"], entry["sha256"]) for entry in entries))


def multipart(fields, files):
    boundary, body = "durability-7d1f0a52c3", b""
    for name, text in fields:
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode()
    for name, data in files:
        disposition = f'form-data; name="evidence"; filename="{name}"'
        body += f"--{boundary}\r\nContent-Disposition: {disposition}\r\nContent-Type: text/plain\r\n\r\n".encode()
        body += data + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


class Case:
    """One post. Its content follows from its seed, so that it can be sent again without being kept."""

    def __init__(self, dataset):
        self.seed, self.dataset = next(seeds), dataset
        self.groups = [(described(self.content()[-1]), True)]  # files, and whether they are sure to be there
        self.receipt = self.secret = None
        self.was_in_doubt = self.is_faulty = False

    def content(self, suffix=""):
        rng = random.Random(self.seed)
        fields = {"kind": rng.choice(["objection", "correction", "report"]), "dataset": self.dataset}
        fields["statement"] = f"第 {self.seed} 件：{rng.randbytes(rng.randint(10, 800)).hex()}{suffix}"
        grounds = rng.sample(GROUNDS, 2) if fields["kind"] == "objection" else []
        as_json = rng.random() < 0.3
        return as_json, fields, grounds, [] if as_json else texts(rng, self.seed, rng.randint(0, 2))

    def request(self, suffix=""):
        as_json, fields, grounds, files = self.content(suffix)
        if as_json:
            body, kind = json.dumps(fields | {"grounds": grounds}).encode(), "application/json"
        else:
            body, kind = multipart([*fields.items(), *(("grounds", text) for text in grounds)], files)
        return body, {"Content-Type": kind, "Idempotency-Key": f"durability-{self.seed}"}


class Ledger:
    """What was posted to one store, beside a copy of the site, and what came back."""

    def __init__(self, args, tally, base, may_refuse=False):
        self.kaishu, self.tally, self.may_refuse = args.kaishu, tally, may_refuse
        self.folders = ["--site", base / "site", "--state", base / "state"]
        self.dataset, self.refuse_beyond = args.dataset, None  # bodies longer than this must be refused now
        self.cases, self.strays, self.lock = [], set(), threading.Lock()
        shutil.copytree(args.work / "site", base / "site")
        run("sync", "-f", base)

    def acknowledged(self):
        return [case for case in self.cases if case.receipt and not case.is_faulty]

    def doubtful(self):
        return [case for case in self.cases if not case.receipt and not case.is_faulty]

    def fault(self, case, name, text):
        case.is_faulty = True
        self.tally.fault(name, f"{case.receipt or 'key ' + str(case.seed)}: {text}")

    def send(self, port, path, body, headers):
        """A first post: the status."""
        limit = self.refuse_beyond
        status, answer = exchange(port, "POST", path, body, headers)
        if status == 201 and limit is not None and limit == self.refuse_beyond and len(body) > limit:
            self.tally.fault("false receipts", f"{path}, {len(body)} bytes")
        if status == 0 and not self.may_refuse:
            self.tally.count("no answer")
        elif status in (503, 507) and self.may_refuse:
            self.tally.count("refused")
        elif status != 201:
            self.tally.fault("wrong answers", f"{status} to a post: {answer}")
        return status, answer

    def post(self, port):
        case = Case(self.dataset)
        body, headers = case.request()
        status, answer = self.send(port, "/cases", body, headers)
        with self.lock:
            self.cases.append(case)
            if status == 201:
                self.acknowledge(case, answer)
            else:
                case.was_in_doubt = True
        return status, case

    def acknowledge(self, case, answer):
        case.receipt, case.secret = answer["receipt"], answer["secret"]
        self.tally.count("acknowledged")
        self.compare(case, stated(answer["evidence"]), "the receipt")

    def post_files(self, port, case, rng):
        files = texts(rng, f"{case.seed}-{len(case.groups)}", rng.randint(1, 2))
        body, kind = multipart([("statement", "补充证据")], files)
        headers = {"Content-Type": kind, "Authorization": f"Bearer {case.secret}"}
        status, _ = self.send(port, f"/cases/{case.receipt}/evidence", body, headers)
        case.groups.append((described(files), status == 201))
        if status == 201:
            self.tally.count("files later")
        return status

    def retry(self, port, case):
        """Sends a doubtful post again, with its key: the status."""
        status, answer = exchange(port, "POST", "/cases", *case.request())
        if status in (200, 201):
            self.tally.count("was stored" if status == 200 else "was absent")
            with self.lock:
                self.acknowledge(case, answer)
        return status

    def compare(self, case, got, where):
        rest = collections.Counter(got)
        for idx, (files, is_sure) in enumerate(case.groups):
            there = collections.Counter(files) & rest
            rest -= there
            missing = len(files) - there.total()
            if missing and (is_sure or there.total()):
                is_half = not is_sure or (idx == 0 and case.was_in_doubt)
                name = "half-visible" if is_half else "lost"
                return self.fault(case, name, f"{missing} of {len(files)} attachments not in {where}")
        if rest:
            self.fault(case, "doubled", f"attachments too many in {where}: {list(rest)}")

    def look(self, port, case):
        headers = {"Authorization": f"Bearer {case.secret}"}
        status, answer = exchange(port, "GET", f"/cases/{case.receipt}", headers=headers)
        if status == 200:
            self.compare(case, stated(answer["evidence"]), "the status")
        else:
            self.fault(case, "lost" if status == 404 else "wrong answers", f"GET answers {status}")

    def replay(self, port, case):
        """An acknowledged post, sent again: the same receipt; with another statement: refused."""
        status, answer = exchange(port, "POST", "/cases", *case.request())
        if (status, answer.get("receipt"), answer.get("secret")) != (200, case.receipt, case.secret):
            self.fault(case, "doubled" if status == 201 else "wrong answers", f"{status} to the same post again")
        elif (status := exchange(port, "POST", "/cases", *case.request("改"))[0]) != 409:
            self.fault(case, "wrong answers", f"{status} to other content under its key")

    def read_store(self):
        """Receipts and attachments, from the stored bytes."""
        command = [self.kaishu, "case", "check", *self.folders, "--json"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            self.tally.fault("lost", f"case check exits with {done.returncode}: {done.stderr[-300:]}")
        lines = [line for line in map(json.loads, done.stdout.splitlines()) if line["type"] == "case"]
        return [(line["receipt"], stated(line["attachments"])) for line in lines]

    def compare_store(self, stored, expected):
        """What was read before the retries is judged after them, when the receipts of the cases in doubt are known."""
        times = collections.Counter(receipt for receipt, _ in stored)
        for case in expected:
            if times[case.receipt] != 1 and not case.is_faulty:
                self.fault(case, "doubled" if times[case.receipt] else "lost", f"{times[case.receipt]} in the store")
        known = {case.receipt: case for case in self.cases if case.receipt}
        for receipt, files in stored:
            if receipt in known and not known[receipt].is_faulty:
                self.compare(known[receipt], files, "the store")
        unknown = [receipt for receipt in times if receipt not in known and receipt not in self.strays]
        for receipt in unknown[len(self.cases) - len(known) :]:  # as many may be of keys that were refused again
            self.strays.add(receipt)
            self.tally.fault("doubled", f"{receipt} is the case of no key")


class Service:
    """A running endpoint; killed at the end."""

    def __init__(self, ledger, **environment):
        command = [ledger.kaishu, "endpoint", *ledger.folders, "--listen", "127.0.0.1:0"]
        self.log, self.tally, begin = tempfile.TemporaryFile("w+"), ledger.tally, time.perf_counter()
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log, env=os.environ | environment)
        try:
            while not self.is_healthy():
                if self.process.poll() is not None or time.perf_counter() - begin > START_S:
                    raise RuntimeError(f"the endpoint does not start: {self.said()[-300:]}")
                time.sleep(0.005)
        except BaseException:
            self.process.kill()
            self.process.wait(TIMEOUT_S)
            raise
        self.tally.starts.append(time.perf_counter() - begin)

    def said(self):
        return os.pread(self.log.fileno(), 1 << 20, 0).decode(errors="replace")

    def is_healthy(self):
        line = re.search(r"^listening on 127\.0\.0\.1:(\d+)\n", self.said(), re.MULTILINE)
        self.port = line and int(line[1])
        return line and exchange(self.port, "GET", "/health")[0] == 200

    def freeze(self):
        """Stops it; returns when every thread stands, the ones inside a system call too."""
        self.process.send_signal(signal.SIGSTOP)
        begin, tasks = time.perf_counter(), pathlib.Path(f"/proc/{self.process.pid}/task")
        while time.perf_counter() - begin < TIMEOUT_S:
            with contextlib.suppress(OSError):  # a thread that ends meanwhile
                if all(stat.read_text().rsplit(")", 1)[1].split()[0] in "Tt" for stat in tasks.glob("*/stat")):
                    return
            time.sleep(0.001)
        raise RuntimeError("the process does not freeze")

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        else:
            self.tally.fault("wrong answers", f"it had ended with {self.process.returncode}: {self.said()[-300:]}")
        self.process.wait(TIMEOUT_S)

    def stop(self):
        self.process.terminate()
        try:
            code = self.process.wait(5)
        except subprocess.TimeoutExpired:
            code = "nothing within 5 s"
        if code != 0:
            self.tally.fault("wrong answers", f"SIGTERM ends it with {code}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.returncode is None:
            self.kill()
        self.log.close()


@contextlib.contextmanager
def load(service, ledger):
    """Eight threads that post until the end of the block; each ends early when it gets no answer."""
    ended = threading.Event()

    def work():
        rng, own, status = random.Random(), [], 201
        while not ended.is_set() and status != 0:
            if own and rng.random() < 0.2:
                status = ledger.post_files(service.port, own.pop(rng.randrange(len(own))), rng)
            else:
                status, case = ledger.post(service.port)
                own += [case] if status == 201 else []
            if status != 201:
                ended.wait(0.05)

    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        threads = [pool.submit(work) for _ in range(THREADS)]
        try:
            yield
        finally:
            ended.set()
    for thread in threads:
        thread.result()


def verify(service, ledger):
    """Looks at everything that was acknowledged, and sends again what is in doubt."""
    stored, expected, doubtful = ledger.read_store(), ledger.acknowledged(), ledger.doubtful()
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda case: ledger.look(service.port, case), expected))
        for case, status in zip(doubtful, pool.map(lambda case: ledger.retry(service.port, case), doubtful)):
            if status not in (200, 201):
                ledger.fault(case, "wrong answers", f"{status} to a retry")
    ledger.compare_store(stored, expected)
    for case in random.sample(ledger.acknowledged(), min(3, len(ledger.acknowledged()))):
        ledger.replay(service.port, case)


def settle(ledger):
    """Starts on what is left, verifies it, stops it in order and reads the store once more."""
    try:
        with Service(ledger) as service:
            verify(service, ledger)
            verify(service, ledger)
            service.stop()
    except RuntimeError as error:
        print(f"{ledger.tally.part}: {error}", flush=True)
        ledger.tally.count("wrong answers")
        for case in ledger.acknowledged():
            ledger.fault(case, "lost", "with the whole store")
    else:
        ledger.compare_store(ledger.read_store(), ledger.acknowledged())


def recover(service, ledger):
    """The same process has to complete something that it refused within 5 s; then all of it."""
    begin, doubtful = time.perf_counter(), ledger.doubtful()
    if not doubtful:
        return ledger.tally.fault("wrong answers", "nothing was refused")
    while ledger.retry(service.port, doubtful[0]) not in (200, 201):
        if time.perf_counter() - begin > RECOVERY_S:
            return ledger.tally.fault("wrong answers", f"still refused {RECOVERY_S} s after the cause went away")
        time.sleep(0.02)
    ledger.tally.recoveries.append(time.perf_counter() - begin)
    verify(service, ledger)


@contextlib.contextmanager
def mounted(image, folder):
    folder.mkdir(exist_ok=True)
    run("mount", "-o", "loop,commit=600", image, folder)
    try:
        yield
    finally:
        if subprocess.run(["umount", folder]).returncode != 0:
            run("umount", "--lazy", folder)


@contextlib.contextmanager
def images():
    """A folder in memory, for images, and one to mount them at."""
    if os.geteuid() != 0:
        sys.exit("needs root, to mount file systems")
    with tempfile.TemporaryDirectory(prefix="kaishu-durability-", dir="/dev/shm") as folder:
        folder = pathlib.Path(folder)
        yield folder / "disk", folder / "cut", folder / "mnt"


def make_disk(image):
    image.unlink(missing_ok=True)
    with image.open("wb") as file:
        file.truncate(IMAGE_BYTES)
    run("mkfs.ext4", "-q", "-F", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0", image)


def copy_still(image, copy, folder):
    """Copies an image until nothing was written to its device meanwhile."""
    device = pathlib.Path(run("findmnt", "-no", "SOURCE", folder).strip()).name
    written = lambda: pathlib.Path(f"/sys/block/{device}/stat").read_text().split()[4:9]
    for _ in range(50):
        before = written()
        run("cp", "--sparse=always", image, copy)
        if before == written() and before[4] == "0":
            return
    raise RuntimeError("the device does not come to rest")


def make_site(kaishu, work):
    """A site that builds, to be copied beside each store, and the dataset of it that cases are about."""
    run(kaishu, "init", work / "site")
    config = work / "site/site.toml"
    if "\n[endpoint]" not in config.read_text():
        config.write_text(config.read_text() + SITE_ADDITION)
    run(kaishu, "build", "--site", work / "site")
    with (work / "site/records/ids.csv").open(newline="", encoding="utf-8") as file:
        return next(csv.DictReader(file))["id"]


def kills(args, tally, rounds=200):
    rounds = args.rounds or rounds
    for begin in range(0, rounds, 20):
        with tempfile.TemporaryDirectory(dir=args.work) as folder:
            ledger = Ledger(args, tally, pathlib.Path(folder))
            with contextlib.suppress(RuntimeError):  # it does not start: settle says so
                for _ in range(min(20, rounds - begin)):
                    with Service(ledger) as service:
                        verify(service, ledger)
                        with load(service, ledger):
                            time.sleep(random.uniform(0.02, 0.4))
                            service.kill()
                    tally["rounds"] += 1
            settle(ledger)


def powercuts(args, tally, rounds=50):
    with images() as (disk, cut, folder):
        for _ in range(args.rounds or rounds):
            make_disk(disk)
            with mounted(disk, folder):
                ledger = Ledger(args, tally, folder)
                with Service(ledger) as service, load(service, ledger):
                    time.sleep(random.uniform(0.05, 1.5))
                    service.freeze()
                    copy_still(disk, cut, folder)
                    service.kill()
            with mounted(cut, folder):
                settle(ledger)
            tally["rounds"] += 1


def fill(folder, leave):
    """Writes a ballast file until nothing more fits, then gives back some of it."""
    run("sync", "-f", folder)
    with (folder / "ballast").open("ab", buffering=0) as file:
        for size in [1 << 20, 4096, 4096]:
            with contextlib.suppress(OSError):
                while file.write(bytes(size)) == size:
                    pass
            with contextlib.suppress(OSError):
                os.fsync(file.fileno())
        file.truncate(file.tell() - leave)
    run("sync", "-f", folder)


def make_room(service, ledger, folder):
    """Everything has to be there while the disk is full; then the ballast goes."""
    for case in ledger.acknowledged():
        ledger.look(service.port, case)
    (folder / "ballast").unlink()
    recover(service, ledger)


def diskfull(args, tally, rounds=3):
    with images() as (disk, _, folder):
        for _ in range(args.rounds or rounds):
            make_disk(disk)
            with mounted(disk, folder):
                ledger = Ledger(args, tally, folder, may_refuse=True)
                with Service(ledger) as service:
                    for leave in [0, 100_000, 0]:  # before any post, all but 100 KB, exactly
                        fill(folder, leave)
                        ledger.refuse_beyond = leave + SPOOLED_BEYOND
                        with load(service, ledger):
                            time.sleep(0.5)
                        ledger.refuse_beyond = None
                        make_room(service, ledger, folder)
                        with load(service, ledger):
                            time.sleep(0.2)
                    with load(service, ledger):
                        time.sleep(0.2)
                        fill(folder, 0)
                        time.sleep(0.3)
                    make_room(service, ledger, folder)
                    service.kill()
                settle(ledger)
            tally["rounds"] += 1


def fsync(args, tally, rounds=5):
    library, switch = args.work / "failing_fsync.so", args.work / "failing"
    run("cc", "-shared", "-fPIC", "-O2", "-o", library, HERE / "failing_fsync.c")
    shim = {"LD_PRELOAD": str(library), "FAILING_FSYNC_WHILE": str(switch)}
    for name, only in [("every-file", {}), ("wal", {"FAILING_FSYNC_ONLY": "cases.db-wal"})]:
        ledger = Ledger(args, tally, args.work / name, may_refuse=True)
        with Service(ledger, **shim, **only) as service:
            for _ in range(args.rounds or rounds):
                with load(service, ledger):
                    time.sleep(0.3)
                    switch.touch()
                    ledger.refuse_beyond = 0
                    time.sleep(0.5)
                if switch.stat().st_size == 0:
                    tally.fault("wrong answers", "no fsync went through the C library while it was to fail")
                ledger.refuse_beyond = None
                switch.unlink()
                recover(service, ledger)
                tally["rounds"] += 1
            service.kill()
        settle(ledger)


def main():
    parts = {"kills": kills, "powercuts": powercuts, "diskfull": diskfull, "fsync": fsync}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=[*parts, "all"])
    parser.add_argument("--kaishu", type=pathlib.Path, default=HERE.parent / "target/release/kaishu")
    parser.add_argument("--rounds", type=int, help="default: 200, 50, 3 and 5 (of each of two failures)")
    parser.add_argument("--work", type=pathlib.Path, help="where to make a temporary folder for kills and fsync")
    args = parser.parse_args()
    args.kaishu = args.kaishu.resolve()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    tallies = [Tally(name) for name in (parts if args.part == "all" else [args.part])]
    with tempfile.TemporaryDirectory(prefix="kaishu-durability-", dir=args.work) as folder:
        args.work = pathlib.Path(folder)
        args.dataset = make_site(args.kaishu, args.work)
        for tally in tallies:
            parts[tally.part](args, tally)
    print(f"\n{'':40}" + "".join(f"{tally.part:>14}" for tally in tallies))
    for column in COLUMNS:
        print(f"{column:40}" + "".join(f"{tally[column]:14,}" for tally in tallies))
    for column, values in [("start to healthy", "starts"), ("refusing to accepting", "recoveries")]:
        seconds = [getattr(tally, values) or [0] for tally in tallies]
        row = [f"{1000 * statistics.median(each):,.0f} / {1000 * max(each):,.0f}" for each in seconds]
        print(f"{column + ', median / most, ms':40}" + "".join(f"{text:>14}" for text in row))
    sys.exit(any(tally[name] for tally in tallies for name in FAULTS))


if __name__ == "__main__":
    main()
