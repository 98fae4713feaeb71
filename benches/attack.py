#!/usr/bin/env python3
"""Attacks a live server (the accept guard before a small one) and prints what legitimate clients saw meanwhile; exits
with 1 when a target is missed.

    cargo build --release --example guarded
    attack.py --spawn 'target/release/examples/guarded 127.0.0.1:8080 /dev/shm/guarded' 127.0.0.1:8080

    attack.py HOST:PORT PID [options]        a server that runs already; PID 0 leaves out memory and threads
    attack.py --spawn 'COMMAND' HOST:PORT    starts it, so that the exit code after SIGTERM is seen too

Only the standard library. The attackers run in a process of their own, so that they do not slow the measuring.
"""
import argparse, errno, multiprocessing, os, resource, selectors, shlex, signal, socket, subprocess, sys, threading, time

KINDS = ["headers", "body", "chunked", "idle", "keepalive", "readers"]  # and "uploads", which is a flood
GET_LIMIT, POST_LIMIT, GROWTH, THREADS, SMALL_GROWTH = 0.100, 0.250, 32 << 10, 600, 16 << 10
missed = []


def raise_descriptors():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def report(name, value, good):
    print(f"{'ok  ' if good else 'MISS'}  {name}: {value}", flush=True)
    if not good:
        missed.append(name)


def figure(pid, name):
    """KiB or a count from /proc/PID/status; 0 without a PID."""
    if not pid:
        return 0
    try:
        with open(f"/proc/{pid}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith(name + ":"))
    except (OSError, StopIteration):
        return -1


def head(method, path, *lines):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: attack.example", *lines, "", ""]).encode()


def exchange(address, data, timeout=10.0):
    """Sends bytes and reads to the end; gives what came, b"" for a reset or a timeout."""
    received = b""
    try:
        with socket.create_connection(address, timeout) as sock:
            try:
                sock.sendall(data)
            except OSError as err:
                if err.errno not in (errno.EPIPE, errno.ECONNRESET):
                    raise
            while chunk := sock.recv(65536):
                received += chunk
    except OSError:
        pass
    return received


class Attack:
    """Keeps `count` connections of one kind open, opens again what the server closes, and sends or reads a little."""

    def __init__(self, options, kind, count, many):
        self.options, self.kind, self.count, self.many = options, kind, count, many
        self.selector, self.open, self.born, self.number = selectors.EpollSelector(), {}, 0, 0

    def first(self):
        options = self.options
        return {
            "headers": b"GET / HTTP/1.1\r\nHost: attack.example\r\nX-Slow: ",
            "body": head("POST", options.post, f"Content-Type: {options.type}", "Content-Length: 4000") + b"{",
            "chunked": head("POST", options.post, "Transfer-Encoding: chunked") + b"5\r\nhello\r\n",
            "idle": b"",
            "keepalive": head("GET", options.get, "Connection: keep-alive"),
            "readers": head("GET", options.big),
            "uploads": head("POST", options.post, f"Content-Type: {options.type}", "Content-Length: 4000000") + bytes(150_000),
        }[self.kind]

    def begin(self):
        sock = socket.socket()
        sock.setblocking(False)
        if self.kind == "readers":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        if self.many:
            self.number += 1
            place = self.number % self.options.addresses
            sock.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT
            sock.bind((f"127.1.{place // 250}.{place % 250 + 1}", 0))
        code = sock.connect_ex(self.options.address)
        if code not in (0, errno.EINPROGRESS):
            sock.close()
            return
        self.open[sock] = False
        self.born += 1
        if self.kind != "readers":
            self.selector.register(sock, selectors.EVENT_WRITE)

    def end(self, sock):
        if self.kind != "readers":
            self.selector.unregister(sock)
        del self.open[sock]
        sock.close()

    def handle(self, sock, events):
        try:
            if events & selectors.EVENT_WRITE and not self.open[sock]:
                sock.send(self.first())
                self.open[sock] = True
                self.selector.modify(sock, selectors.EVENT_READ)
            elif events & selectors.EVENT_READ and not sock.recv(4096):
                self.end(sock)
        except OSError:
            self.end(sock)

    def drip(self):
        """One byte a second each way."""
        for sock in list(self.open):
            if not self.open[sock]:
                continue
            try:
                if self.kind in ("headers", "body", "uploads"):
                    sock.send(b"x")
                elif self.kind == "chunked":
                    sock.send(b"1\r\nx\r\n")
                elif self.kind == "readers" and not sock.recv(1):
                    self.end(sock)
            except BlockingIOError:
                pass
            except OSError:
                self.end(sock)

    def run(self, reached, stop):
        raise_descriptors()
        next_drip, most = time.monotonic() + 1, 0
        while not stop.is_set():
            # At most some thousands of new connections a second: more would measure Python and the kernel.
            for _ in range(min(self.count - len(self.open), 40)):
                self.begin()
            quick = time.monotonic() + 0.008
            while True:
                if self.kind == "readers":
                    fresh = [sock for sock, sent in self.open.items() if not sent]
                    for sock in fresh:
                        self.start_reader(sock)
                    time.sleep(0.004)
                else:
                    for key, events in self.selector.select(0.004):
                        if key.fileobj in self.open:
                            self.handle(key.fileobj, events)
                if time.monotonic() >= quick:
                    break
            if time.monotonic() >= next_drip:
                self.drip()
                next_drip = time.monotonic() + 1
            most = max(most, len(self.open))
            reached.value = most
            self.options.born.value = self.born

    def start_reader(self, sock):
        try:
            sock.send(self.first())
            self.open[sock] = True
        except BlockingIOError:
            pass
        except OSError as err:
            if err.errno != errno.ENOTCONN:
                self.end(sock)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def measure(options, seconds):
    """Legitimate requests one after the other: two GETs, one POST."""
    times, refused = {"GET": [], "POST": []}, []
    end = time.monotonic() + seconds
    while time.monotonic() < end or len(times["POST"]) < 100:
        # Each is another one: what was sent before would only be found again.
        body = options.body.replace(b"@N@", str(time.monotonic_ns()).encode())
        post = head("POST", options.post, f"Content-Type: {options.type}", f"Content-Length: {len(body)}") + body
        for name, data in (("GET", head("GET", options.get)), ("GET", head("GET", options.get)), ("POST", post)):
            begin = time.monotonic()
            answer = exchange(options.address, data)
            times[name].append(time.monotonic() - begin)
            if answer.split(b" ")[1:2] not in options.good:
                refused.append(answer[:60])
        if time.monotonic() > end + 20:
            break
        time.sleep(0.002)
    return times, refused


def slow_round(options, kind, count, many):
    before = figure(options.pid, "VmRSS")
    reached, stop = multiprocessing.Value("i", 0), multiprocessing.Event()
    options.born = multiprocessing.Value("i", 0)
    attacker = multiprocessing.Process(target=Attack(options, kind, count, many).run, args=(reached, stop))
    attacker.start()
    # Until they are there; those that the server ends at once, or by its caps, are never all there.
    begin = time.monotonic()
    while reached.value < count and options.born.value < 2 * count and time.monotonic() - begin < 10:
        time.sleep(0.05)
    times, refused = measure(options, options.seconds)
    grown, threads = figure(options.pid, "VmRSS") - before, figure(options.pid, "Threads")
    stop.set()
    attacker.join()
    get, post = percentile(times["GET"], 0.99), percentile(times["POST"], 0.99)
    good = not refused and get < GET_LIMIT and post < POST_LIMIT and grown < GROWTH and 0 <= threads < THREADS
    where = "many addresses" if many else "one address"
    value = (f"GET p99 {get * 1e3:.1f} ms, POST p99 {post * 1e3:.1f} ms, "
             f"longest {max(times['GET'] + times['POST']) * 1e3:.0f} ms, refused {len(refused)} of "
             f"{len(times['GET']) + len(times['POST'])}, growth {grown / 1024:.1f} MiB, threads {threads} "
             f"(open {reached.value}, opened {options.born.value})")
    report(f"{count} slow {kind}, {where}", value, good)
    if refused:
        print("      first refused:", refused[0])
    time.sleep(0.5)


def lengths_and_giants(options):
    before = figure(options.pid, "VmRSS")
    refused = 0
    for length in (10**9, 10**11, 2**31, 2**32, 2**63 - 1, 2**63, 2**64 - 1, 2**64, 10**30):
        for _ in range(3):
            answer = exchange(options.address, head("POST", options.post, f"Content-Length: {length}") + b"ninebytes")
            refused += answer.split(b" ")[1:2] in ([b"413"], [b"400"])
    report("declared lengths of 1 GB to 2^64 refused", f"{refused} of 27", refused == 27)
    giants = [
        b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * (64 << 20) + b"\r\n\r\n",
        b"GET /" + b"y" * (64 << 20) + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 200_000 + b"\r\n",
        head("GET", options.get) * 2000,
    ]
    answers = [exchange(options.address, data) for data in giants]
    accepted = [answer[:40] for answer in answers[:3] if answer.startswith(b"HTTP/1.1 2")]
    report("giant and many headers refused", accepted or "all", not accepted)
    count = answers[3].count(b"HTTP/1.1 ")
    report("2,000 pipelined requests", f"{count} answer", count <= 1)
    grown = figure(options.pid, "VmRSS") - before
    report("memory after them", f"growth {grown / 1024:.1f} MiB", grown < SMALL_GROWTH)
    answer = exchange(options.address, head("GET", options.get))
    report("the process lives", answer[:15].decode(), answer.split(b" ")[1:2] in options.good)


def framings(options):
    second = head("GET", options.get)
    body = options.body
    good = f"Content-Length: {len(body)}"

    def post(*lines):
        return "\r\n".join([f"POST {options.post} HTTP/1.1", "Host: a", f"Content-Type: {options.type}", *lines, "", ""]).encode() + body

    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    cases = [
        post(good + "x"), post("Content-Length: +%d" % len(body)), post("Content-Length: -1"),
        post("Content-Length: %d, %d" % (len(body), len(body))), post(good, good), post(good, "Content-Length: 0"),
        post("Content-Length: 0", good), post("Content-Length : %d" % len(body)), post("Content-Length:"),
        post("Content-Length: 1 0"), post("Content-Length: 5.0"), post("Content-Length: 1e3"), post("Content-Length: \x0b5"),
        post(), post(good, "Transfer-Encoding: chunked"), post("Transfer-Encoding: chunked", good),
        post("Transfer-Encoding: identity", good), post("Transfer-Encoding: gzip, chunked"), post("Transfer-Encoding: xchunked"),
        post("Transfer-Encoding : chunked", good), post("Transfer-Encoding:\tchunked", good), post("transfer-encoding: CHUNKED"),
        post("Transfer-Encoding: chunked", "Transfer-Encoding: identity"), post(good, " Transfer-Encoding: chunked"),
        post(good, "X: y\n", ), post(good, "X: y\rZ: z"), post(good, "X\0: y"), post(good, "X: \0"), post(good, ": y"),
        post(good, "X"), post(good, "X Y: z"), post(good, "X: a", "\tfolded"), post(good, "Host: b"), post(good, "Expect: nothing"),
        post(good).replace(b"Host: a\r\n", b""), post(good).replace(b"Host: a", b"Host: a b"), post(good).replace(b"Host: a", b"Host:"),
        post(good).replace(b"\r\n", b"\n"), post(good).replace(b"\r\n\r\n", b"\n\r\n"), post(good).replace(b"HTTP/1.1", b"HTTP/2.0"),
        post(good).replace(b"HTTP/1.1", b"HTTP/1.1 "), post(good).replace(b"POST ", b"POST  "), post(good).replace(b" HTTP/1.1", b""),
        post(good).replace(b"POST ", b" POST "), post(good).replace(b"POST /", b"POST http://a/"), b"\r\n" + post(good), b"\n" + post(good),
        post("Transfer-Encoding: chunked").replace(body, chunked), post("Transfer-Encoding: chunked").replace(body, chunked[:-5]),
        b"GET " + options.get.encode() + b" HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(second),
        b"GET " + options.get.encode() + b" HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        post("Content-Length: %d" % (len(body) + 1000)),  # truncated: less comes than was declared
    ]
    bad = []
    for number, case in enumerate(cases):
        truncated = number == len(cases) - 1
        answer = exchange(options.address, case if truncated else case + second, 2.0)
        if answer.count(b"HTTP/1.") > 1 or answer.startswith((b"HTTP/1.1 2", b"HTTP/1.0 2")):
            bad.append((number, case[:90], answer[:60]))
    report("framing matrix: no second answer, no receipt", f"{len(cases) - len(bad)} of {len(cases)}", not bad)
    for item in bad[:5]:
        print("     ", item)


def exhaust(options):
    """Opens as many connections as this process may, then lets go of them."""
    held = []
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 200
    for number in range(limit):
        try:
            sock = socket.socket()
            sock.settimeout(0.2)
            sock.bind((f"127.2.{number % 200}.{number // 200 % 200 + 1}", 0))
            sock.connect(options.address)
            held.append(sock)
        except OSError:
            sock.close()
    during = exchange(options.address, head("GET", options.get), 2.0).split(b" ")[1:2] in options.good
    for sock in held:
        sock.close()
    begin = time.monotonic()
    while exchange(options.address, head("GET", options.get), 1.0).split(b" ")[1:2] not in options.good:
        if time.monotonic() - begin > 5:
            break
    took = time.monotonic() - begin
    report(f"{len(held)} connections opened and let go", f"answers {took:.3f} s after (during them: {during})", took < 1)


def terminate(options):
    results, stop = {"whole": 0, "none": 0, "broken": 0}, threading.Event()
    post = head("POST", options.post, f"Content-Type: {options.type}", f"Content-Length: {len(options.body)}") + options.body

    def load():
        while not stop.is_set():
            answer = exchange(options.address, post, 6.0)
            lines, _, rest = answer.partition(b"\r\n\r\n")
            length = [int(line[15:]) for line in lines.split(b"\r\n") if line.lower().startswith(b"content-length:")]
            if not answer:
                results["none"] += 1
                time.sleep(0.01)
            else:
                results["whole" if length == [len(rest)] else "broken"] += 1

    threads = [threading.Thread(target=load) for _ in range(16)]
    for thread in threads:
        thread.start()
    time.sleep(1.5)
    begin = time.monotonic()
    os.kill(options.pid, signal.SIGTERM)
    code = None
    while time.monotonic() - begin < 10:
        if options.child is not None:
            code = options.child.poll()
            if code is not None:
                break
        elif not os.path.exists(f"/proc/{options.pid}"):
            break
        time.sleep(0.01)
    took = time.monotonic() - begin
    stop.set()
    for thread in threads:
        thread.join()
    good = took < 5 and results["broken"] == 0 and (options.child is None or code == 0)
    report("SIGTERM under load", f"{took:.2f} s, exit code {code}, {results['whole']} whole answers, {results['broken']} broken", good)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", help="HOST:PORT")
    parser.add_argument("pid", nargs="?", type=int, default=0)
    parser.add_argument("--spawn", help="command that starts the server")
    parser.add_argument("--get", default="/", help="path of a GET")
    parser.add_argument("--big", default="/", help="path of the largest answer, for slow readers")
    parser.add_argument("--post", default="/echo", help="path of a POST")
    parser.add_argument("--type", default="application/json", help="content type of the POST")
    parser.add_argument("--body", default='{"text":"' + "x" * 2000 + '"}', help="body of the POST, @N@ in it becomes a number that never comes twice; @FILE reads it")
    parser.add_argument("--accept", default="200,201,202,303", help="statuses that count as answered")
    parser.add_argument("--counts", default="1000,5000")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--addresses", type=int, default=1000, help="how many addresses 'many' are")
    parser.add_argument("--seconds", type=float, default=4.0, help="time of each measurement")
    parser.add_argument("--sigterm", action="store_true", help="end with SIGTERM under load (always with --spawn)")
    options = parser.parse_args()
    host, _, port = options.target.rpartition(":")
    options.address, options.child = (host, int(port)), None
    if options.body.startswith("@"):
        with open(options.body[1:], "rb") as file:
            options.body = file.read()
    else:
        options.body = options.body.encode()
    options.good = [[status.encode()] for status in options.accept.split(",")]
    if options.spawn:
        options.child = subprocess.Popen(shlex.split(options.spawn), stdout=subprocess.DEVNULL)
        options.pid = options.child.pid
        time.sleep(0.5)
    raise_descriptors()
    exchange(options.address, head("GET", options.get))
    times, refused = measure(options, 2)
    print(f"      alone: GET p99 {percentile(times['GET'], 0.99) * 1e3:.1f} ms, POST p99 "
          f"{percentile(times['POST'], 0.99) * 1e3:.1f} ms, refused {len(refused)}, RSS "
          f"{figure(options.pid, 'VmRSS') / 1024:.1f} MiB, threads {figure(options.pid, 'Threads')}", flush=True)
    lengths_and_giants(options)
    framings(options)
    for count in map(int, options.counts.split(",")):
        for kind in options.kinds.split(","):
            for many in (False, True):
                slow_round(options, kind, count, many)
    exhaust(options)
    print(f"      at the end: RSS {figure(options.pid, 'VmRSS') / 1024:.1f} MiB, threads {figure(options.pid, 'Threads')}")
    if options.pid and (options.sigterm or options.spawn):
        terminate(options)
    if options.child and options.child.poll() is None:
        options.child.kill()
    print(f"{len(missed)} missed" if missed else "all figures reached")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
