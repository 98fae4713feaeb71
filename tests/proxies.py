"""The endpoint behind nginx and Caddy with the snippets that kaishu writes. Standard library; Linux.

    python3 tests/proxies.py --kaishu target/release/kaishu [--nginx PATH] [--caddy PATH] [--snippets DIR]

Each client comes from its own network of the loopback (127.0.N.1), as two submissions an hour are let in from each.
A program that is not installed is a failure. `--snippets` takes the endpoint's snippets from a folder, with {path} in them.
"""
import argparse, hashlib, http.client, itertools, json, os, select, shutil, socket, subprocess, sys, tempfile, time
from pathlib import Path
from urllib.parse import quote

MIB = 1 << 20
# Caddy passes chunks on whatever its settings are, and the endpoint wants Content-Length.
CHUNKED = {"nginx": 201, "caddy": 411}
networks, n_checks = itertools.count(10), itertools.count()


def check(is_so, what):
    next(n_checks)
    if not is_so:
        sys.exit(f"FAILED: {what}")


def ask(port, path, body=None, headers=(), source=None, chunked=False, pause=0.0, piece=MIB):
    """Sends a request, stops when an answer comes early as browsers do; answers status, headers, body."""
    source = source or f"127.0.{next(networks)}.1"
    with socket.create_connection(("127.0.0.1", port), timeout=30, source_address=(source, 0)) as sock:
        lines = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", "Host: data.example.gov.cn", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in dict(headers).items()]
        lines += [] if body is None else ["Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}"]
        try:
            sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
            for at in range(0, len(body or b""), piece):
                if select.select([sock], [], [], pause)[0]:
                    break
                part = body[at : at + piece]
                sock.sendall(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
            else:
                sock.sendall(b"0\r\n\r\n" if chunked else b"")
        except (BrokenPipeError, ConnectionResetError):
            pass  # The answer is there all the same.
        answer = http.client.HTTPResponse(sock)
        answer.begin()
        return answer.status, [name.lower() for name, _ in answer.getheaders()], answer.read()


def post_json(port, statement, **more):
    case = {"kind": "report", "dataset": "example-hours", "grounds": [], "statement": statement}
    headers = {"Content-Type": "application/json", **more.pop("headers", {})}
    return ask(port, "/cases", json.dumps(case).encode(), headers, **more)


def post_form(port, fields, files, **more):
    parts = [f'--edge\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in fields.items()]
    for idx, data in enumerate(files):
        head = f'--edge\r\nContent-Disposition: form-data; name="evidence"; filename="{idx}.txt"\r\n'
        parts += [head.encode(), b"Content-Type: text/plain\r\n\r\n", data, b"\r\n"]
    return ask(port, "/cases", b"".join(parts) + b"--edge--\r\n", {"Content-Type": "multipart/form-data; boundary=edge"}, **more)


class Program:
    """A program that listens on a port; its output goes to a file."""
    def __init__(self, work, name, command, port):
        self.command, self.port, self.log = command, port, work / f"{name}.log"
        self.start()
    def start(self):
        log, env = self.log.open("ab"), {**os.environ, "HOME": str(self.log.parent)}
        self.process = subprocess.Popen(self.command, stdout=log, stderr=log, env=env)
        for _ in range(100):
            try:
                return socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.1 if self.process.poll() is None else 0)
        self.stop()
        sys.exit(f"FAILED: {self.command[0]} does not start:\n{self.log.read_text()[-2000:]}")
    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def make_site(args, work):
    """Makes a site whose rules suspend as soon as evidence is there."""
    site = work / "site"
    subprocess.run([args.kaishu, "init", site], check=True, capture_output=True)
    text = (site / "site.toml").read_text().replace('"yancheng-2022"', '"shuangyashan-2026"')
    text += '\n[endpoint]\nurl = "https://data.example.gov.cn/cases"\n[endpoint.limits]\nper_network_per_hour = 2\n'
    (site / "site.toml").write_text(text)
    subprocess.run([args.kaishu, "build", "--site", site], check=True, capture_output=True)
    return site


def configure(args, work, site, ports):
    for name in ("endpoint.nginx.conf", "endpoint.caddy"):
        text = (Path(args.snippets or site / "server") / name).read_text().replace("{path}", "/cases")
        check("127.0.0.1:8090" in text, f"{name} names the endpoint")
        (work / name).write_text(text.replace("127.0.0.1:8090", f"127.0.0.1:{ports['endpoint']}"))
    temp = "".join(f"{kind}_temp_path {work}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    user = "user root;" if os.geteuid() == 0 else ""
    includes = [site / "server/nginx.conf", site / "server/gone.nginx.conf", work / "endpoint.nginx.conf"]
    (work / "nginx.conf").write_text(
        f"daemon off; pid {work}/nginx.pid; error_log {work}/nginx-error.log info; {user}\nevents {{ }}\n"
        f"http {{ access_log {work}/nginx-access.log; {temp}\nserver {{ listen 127.0.0.1:{ports['nginx']}; "
        f"root {site}/public;\n{''.join(f'include {path};' for path in includes)} }} }}\n")
    imports = [site / "server/Caddyfile", site / "server/gone.caddy", work / "endpoint.caddy"]
    (work / "Caddyfile").write_text(
        f"{{\nadmin off\nauto_https off\n}}\nhttp://:{ports['caddy']} {{\nbind 127.0.0.1\nlog\nroot * {site}/public\n"
        + "".join(f"import {path}\n" for path in imports) + "}\n")


# What programs fetch, and the type that it must be sent with.
FETCHED = {
    "/catalog.ttl": "text/turtle; charset=utf-8", "/catalog.jsonld": "application/ld+json", "/catalog.rdf": "application/rdf+xml",
    "/catalog.csv": "text/csv; charset=utf-8", "/feed.xml": "application/atom+xml", "/changes/feed.xml": "application/atom+xml",
    "/openapi.json": "application/json", "/opensearch.xml": "application/opensearchdescription+xml", "/oai.xml": "application/xml",
    "/api/3/action/package_list": "application/json", "/api/action/package_list": "application/json",
    "/api/3/action/package_show?id=example-hours": "application/json",
    "/datasets/example-hours/cite/citation.bib": "application/x-bibtex", "/datasets/example-hours/cite/CITATION.cff": "application/yaml",
    "/datasets/example-hours/metadata/croissant.jsonld": "application/ld+json",
}


def fetch(port, path):
    """Status, headers and body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    answer = connection.getresponse()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


def check_files(name, port):
    """What programs read of the site comes with its type, and to programs of other sites too."""
    for path, kind in FETCHED.items():
        status, headers, _ = fetch(port, path)
        sent = headers.get("content-type")
        check(status == 200 and sent == kind, f"{name}: {path} answers {status} as {sent} instead of {kind}")
        if path != "/opensearch.xml":
            check(headers.get("access-control-allow-origin") == "*", f"{name}: {path} is for programs of other sites")
    shown = json.loads(fetch(port, "/api/3/action/package_show?id=example-hours")[2])
    check(shown["result"]["name"] == "example-hours", f"{name}: CKAN clients find a dataset by ?id=")
    link = fetch(port, "/datasets/example-hours/")[1].get("link", "")
    check("/datasets/example-hours/metadata/dcat.jsonld" in link, f"{name}: a dataset's page leads on: {link}")
    data = json.loads(fetch(port, "/datasets/example-hours/datapackage.json")[2])["resources"][0]["path"]
    link = fetch(port, f"/datasets/example-hours/{quote(data)}")[1].get("link", "")
    check('</datasets/example-hours/>; rel="collection"' in link, f"{name}: a file leads to its page: {link}")


def check_proxy(name, port, attached):
    """What holds for either proxy; answers the address of a case and its secret."""
    for path in ("/", "/cases/challenge"):
        status, headers, _ = ask(port, path)
        check(status == 200, f"{name}: {path} answers {status}")
        for header in ("x-content-type-options", "referrer-policy", "content-security-policy"):
            check(headers.count(header) == 1, f"{name}: {path} has {header} {headers.count(header)} times")
    check(b"error" not in ask(port, "/cases-elsewhere")[2][:12], f"{name}: only its own path goes to the endpoint")

    status, _, body = post_json(port, f"json {name}")
    check(status == 201, f"{name}: JSON answers {status}")
    path, secret = f"/cases/{json.loads(body)['receipt']}", json.loads(body)["secret"]
    asked = ((path, {"Authorization": f"Bearer {secret}"}), (f"{path}?secret={secret}", {}), (path, {}))
    got = [ask(port, address, headers=headers)[0] for address, headers in asked]
    check(got == [200, 200, 404], f"{name}: the status by header, by query and without the secret: {got}")
    digests = [hashlib.sha256(data).hexdigest() for data in attached]
    fields = {"kind": "report", "dataset": "example-hours", "statement": f"form {name}"}
    status, _, body = post_form(port, fields, attached)
    check(status == 201, f"{name}: 50 MiB of files answer {status}")
    check([item["sha256"] for item in json.loads(body)["evidence"]] == digests, f"{name}: the files arrive whole")
    status = post_json(port, f"chunks {name}", chunked=True, piece=7)[0]
    check(status == CHUNKED[name], f"{name}: chunks answer {status}")
    if CHUNKED[name] == 201:
        status = post_form(port, {**fields, "statement": f"chunked form {name}"}, attached, chunked=True)[0]
        check(status == 201, f"{name}: files in chunks answer {status}")
    # Several times: whether the answer or the broken connection is seen first was a matter of luck.
    for chunked in [False] * 5 + [True] * 5 * (CHUNKED[name] == 201):
        status = ask(port, "/cases", bytes(60 * MIB), {"Content-Type": "application/json"}, chunked=chunked)[0]
        check(status == 413, f"{name}: 60 MiB answer {status}")
    began = time.monotonic()
    status = post_json(port, f"slow {name}", piece=9, pause=0.2)[0]
    check(status == 201 and time.monotonic() - began > 2, f"{name}: a slow client is answered {status}")
    network, got = f"127.0.{next(networks)}", []
    for n in (1, 2, 3):
        got.append(post_json(port, f"{name} {n}", source=f"{network}.{n}", headers={"X-Forwarded-For": f"203.0.{n}.1"})[0])
    check(got == [201, 201, 429], f"{name}: what a client says of its address is not believed: {got}")
    status = post_json(port, f"{name} 4", headers={"X-Forwarded-For": f"{network}.1"})[0]
    check(status == 201, f"{name}: another network is let in: {status}")
    return path, secret


def main(args, work, started):
    free = {name: socket.create_server(("127.0.0.1", 0)) for name in ("endpoint", "nginx", "caddy")}
    ports = {name: (probe.getsockname()[1], probe.close())[0] for name, probe in free.items()}
    site = make_site(args, work)
    configure(args, work, site, ports)
    serve = f"endpoint --site {site} --state {work}/state --listen 127.0.0.1:{ports['endpoint']}".split()
    commands = {"endpoint": [args.kaishu, *serve], "nginx": [args.nginx, "-c", f"{work}/nginx.conf"],
                "caddy": [args.caddy, "run", "--adapter", "caddyfile", "--config", f"{work}/Caddyfile"]}
    for name, command in commands.items():
        started[name] = Program(work, name, command, ports[name])
    proxies = {name: ports[name] for name in ("nginx", "caddy")}
    line = "公开数据 open data, a line of plain text.\n".encode()
    attached = [b"%d " % n + line * ((10 * MIB - 9) // len(line)) for n in range(5)]
    for name, port in proxies.items():
        check_files(name, port)
    cases = {name: check_proxy(name, port, attached) for name, port in proxies.items()}
    started["endpoint"].stop()
    for name, (path, secret) in cases.items():
        check(ask(proxies[name], f"{path}?secret={secret}")[0] == 502, f"{name}: without the endpoint it answers 502")
    started["endpoint"].start()
    logs = "".join(path.read_text("utf-8", "replace") for path in work.glob("*.log"))
    check("/cases-elsewhere" in logs, "the logs were written")
    check(not any(secret in logs for _, secret in cases.values()), "no log holds a secret")
    gone = ("/datasets/example-hours/datapackage.json", "/api/v1/datasets/example-hours/index.json")
    check(all(ask(port, gone[0])[0] == 200 for port in proxies.values()), "the dataset is there")
    objection = {"kind": "objection", "dataset": "example-hours", "grounds": "个人隐私", "statement": "objection"}
    status, _, body = post_form(ports["nginx"], objection, [line])
    check(status == 201 and json.loads(body)["effect"] == "suspended", f"an objection suspends: {status} {body[:300]}")
    check(all(ask(port, gone[0])[0] == 404 for port in proxies.values()), "the dataset is gone before any reload")
    for name, port in proxies.items():
        started[name].stop(), started[name].start()
        got = [ask(port, path)[0] for path in (*gone, "/datasets/example-hours/")]
        check(got == [410, 410, 200], f"{name}: gone, gone and the notice: {got}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name, default in (("kaishu", None), ("nginx", "nginx"), ("caddy", "caddy"), ("snippets", None)):
        parser.add_argument(f"--{name}", default=default, required=name == "kaishu")
    args, began, started = parser.parse_args(), time.monotonic(), {}
    for name in ("kaishu", "nginx", "caddy"):
        path = shutil.which(getattr(args, name), path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")
        check(path, f"{name} is not installed")
        setattr(args, name, path)
    with tempfile.TemporaryDirectory() as work:
        try:
            main(args, Path(work), started)
        finally:
            for program in started.values():
                program.stop()
    print(f"proxies: {next(n_checks)} checks passed in {time.monotonic() - began:.0f} s")
