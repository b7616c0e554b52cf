"""The gate over HTTP: `web_save` as the kanban and the form send it.

One Odoo server a side, one session each; the deals move in turn, one here, one
there, so that whatever else the machine does hits both alike.
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar

CALLS = int(os.environ.get("BENCH_CALLS", "120"))
WARM_UP = 10


class Server:
    """An Odoo server of its own for one side, and a session of its seller."""

    def __init__(self, side):
        self.side = side
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [
                sys.executable, "-m", "odoo", "server", "-d", side.name,
                f"--http-port={port}", "--http-interface=127.0.0.1",
                "--max-cron-threads=0", "--log-level=error",
                f"--db-filter=^{side.name}$",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar())
        )

    def login(self):
        for _attempt in range(120):
            try:
                self.opener.open(self.url + "/web/health", timeout=30).read()
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.5)
        self.rpc(
            "/web/session/authenticate",
            {"db": self.side.name, "login": "bench", "password": "bench-password"},
        )

    def rpc(self, path, params):
        request = urllib.request.Request(
            self.url + path,
            json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}).encode(),
            {"Content-Type": "application/json"},
        )
        answer = json.load(self.opener.open(request, timeout=120))
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["message"])
        return answer["result"]

    def move(self, lead_id, column_id):
        """Drag a card: seconds of one web_save."""
        started = time.perf_counter()
        self.rpc(
            "/web/dataset/call_kw/crm.lead/web_save",
            {
                "model": "crm.lead",
                "method": "web_save",
                "args": [[lead_id], {"stage_id": column_id}],
                "kwargs": {"specification": {"stage_id": {}, "name": {}}},
            },
        )
        return time.perf_counter() - started

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


def compare(sides, report):
    """Move deals on both sides in turn; report the ratio of the medians."""
    for side in sides:
        side.home()
        side.meet()
    servers = [Server(side) for side in sides]
    spent = {side.kind: [] for side in sides}
    try:
        for server in servers:
            server.login()
        for number in range(CALLS + WARM_UP):
            for server in servers:
                seconds = server.move(server.side.leads[number], server.side.columns[1])
                if number >= WARM_UP:
                    spent[server.side.kind].append(seconds)
    finally:
        for server in servers:
            server.stop()
    return report(
        "http",
        "web_save",
        {kind: [(statistics.median(times), 0)] for kind, times in spent.items()},
    )
