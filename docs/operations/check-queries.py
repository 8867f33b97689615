#!/usr/bin/env python3
"""Asks a real Prometheus every expression of the dashboard and of the alert rules, about a running Forebay.

    ./forebay run --path /tmp/store --port 8000 &
    docs/operations/check-queries.py http://127.0.0.1:8000

Needs prometheus on the PATH (Debian: prometheus). It writes and reads a little, so that there is something to see, and
drops what it made. Exit code 1 if an expression is refused, or names nothing that exists.
"""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
API = "/api/v2/tenants/default_tenant/databases/default_database/collections"
# Counters that begin with their first event, which does not happen here, and what is there only while something lags.
MAY_BE_EMPTY = {
    "forebay_refused_writes_total", "forebay_import_failed_documents_total", "forebay_import_embeddings_total",
    "forebay_collection_until_linked_seconds", "forebay_rate_limited_total", "forebay_log_pinned_bytes",
    "forebay_delayed_writes_seconds_count", "jvm_gc_live_data_size_bytes", "forebay_import_jobs",
}


def call(method, url, body=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return json.loads(error.read() or b"null")


def load(server, rounds):
    """Writes, reads, filters and one request that fails, a round every half second."""
    made = call("POST", server + API, {"name": "check-queries", "get_or_create": True})
    one = server + API + "/" + made["id"]
    for n in range(rounds):
        ids = ["%d-%d" % (n, i) for i in range(50)]
        call("POST", one + "/upsert", {"ids": ids, "embeddings": [[n, i, 1] for i in range(50)],
                                       "metadatas": [{"n": n}] * 50, "documents": ["text %d" % n] * 50})
        call("POST", one + "/query", {"query_embeddings": [[1, 2, 3]], "n_results": 3, "where": {"n": n}})
        call("POST", one + "/get", {"limit": 3})
        call("GET", server + API + "/no-such-collection")
        time.sleep(0.5)
    return lambda: call("DELETE", server + API + "/check-queries")


def expressions():
    with open(os.path.join(HERE, "grafana-dashboard.json"), encoding="utf-8") as file:
        for panel in json.load(file)["panels"]:
            for target in panel.get("targets", []):
                yield panel["title"], target["expr"]
    with open(os.path.join(HERE, "alerts.yaml"), encoding="utf-8") as file:
        for name, quote, expression in re.findall(r"- alert: (\w+)\n\s+expr: (['\"])(.*)\2\n", file.read()):
            yield name, expression


def without_bounds(expression):
    """An alert's expression is empty when all is well; its parts are not."""
    parts = re.split(r" (?:and|[<>]=?|==|!=) |\(([^()]*?) > 0\)", expression)
    return [part.rstrip(" /") for part in parts if part and re.search(r"[a-z]+_[a-z_]+|up\{", part)]


def metrics_of(expression):
    return re.findall(r"\b(?:forebay|jvm|process|system|up)(?:_[a-z0-9_]+)?\b(?=[{\[) ]|$)", expression)


def main():
    server = sys.argv[1].rstrip("/")
    with tempfile.TemporaryDirectory() as folder:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        with open(os.path.join(folder, "prometheus.yml"), "w", encoding="utf-8") as file:
            file.write("global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
                       "rule_files: ['%s']\n"
                       "scrape_configs:\n  - job_name: forebay\n    static_configs:\n      - targets: ['%s']\n"
                       % (os.path.join(HERE, "alerts.yaml"), urllib.parse.urlparse(server).netloc))
        prometheus = subprocess.Popen(
            ["prometheus", "--config.file=" + os.path.join(folder, "prometheus.yml"), "--storage.tsdb.path=" + folder,
             "--web.listen-address=127.0.0.1:%d" % port, "--log.level=error"])
        try:
            time.sleep(2)
            clean = load(server, 40)
            failed = ask("http://127.0.0.1:%d" % port)
            clean()
        finally:
            prometheus.terminate()
            prometheus.wait()
    sys.exit(1 if failed else 0)


def ask(prometheus):
    asked = failed = empty = 0
    for title, expression in expressions():
        alert = "$" not in expression
        whole = expression.replace("$job", "forebay").replace("$__rate_interval", "20s")
        for query in [whole] + (without_bounds(re.sub(r"\[\d+m\]", "[20s]", whole)) if alert else []):
            answer = call("GET", prometheus + "/api/v1/query?query=" + urllib.parse.quote(query))
            asked += 1
            if answer.get("status") != "success":
                failed += 1
                print("REFUSED  %s: %s: %s" % (title, query, answer.get("error")))
            elif not answer["data"]["result"] and not (alert and query == whole):
                known = MAY_BE_EMPTY.intersection(metrics_of(query)) or 'status=~"5.."' in query
                empty += 1
                failed += 0 if known else 1
                print("%s  %s: %s" % ("nothing " if known else "NOTHING ", title, query))
    targets = call("GET", prometheus + "/api/v1/rules")["data"]["groups"]
    bad = [rule["name"] for group in targets for rule in group["rules"] if rule["health"] != "ok"]
    print("%d queries, %d without data, %d failed; rules not ok: %s" % (asked, empty, failed, bad or "none"))
    return failed + len(bad)


if __name__ == "__main__":
    main()
