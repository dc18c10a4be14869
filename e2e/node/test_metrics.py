"""What an operator sees: metrics that Prometheus' own tool finds in order, alerts that fire when they should, and a dashboard, a
runbook and pages that name nothing that isn't there."""

import json
import os
import re
import subprocess
from functools import cache

import pytest
import requests
import yaml

from harness import PATIENCE, ROOT, Node, Refused, Tab, eventually
from certificates import Certificate
from services import PostgreSQL, free_port

PROMETHEUS = ROOT / "deploy/prometheus"
ALERTS = yaml.safe_load((PROMETHEUS / "alerts.yml").read_text())["groups"][0]["rules"]
DASHBOARD = json.loads((ROOT / "deploy/grafana/orbit.json").read_text())
RUNBOOK = (ROOT / "docs/runbook.md").read_text()
REFERENCE = ROOT / "docs/reference/metrics.md"
# Of Prometheus itself, and of the library that serves the metrics.
NOT_OURS = re.compile(r"up$|exposer_")


class Measured:
    """A node, and what it tells Prometheus."""

    def __init__(self, directory, *flags, database=None):
        directory.mkdir()
        self.port = free_port()
        on = ("--database", database) if database else ()
        self.node = Node(directory, "--metrics-listen", f"127.0.0.1:{self.port}", *on, *flags).start()

    @property
    def text(self):
        return requests.get(f"http://127.0.0.1:{self.port}/metrics", timeout=PATIENCE).text

    def value(self, name, **labels):
        total = 0.0
        for line in self.text.splitlines():
            match = re.fullmatch(rf"{name}(?:{{(.*)}})? (\S+)", line)
            if match and all(f'{key}="{value}"' in (match[1] or "") for key, value in labels.items()):
                total += float(match[2])
        return total


def make_traffic(measured):
    node = measured.node
    ada, grace = node.sign_in("ada@acme.test"), node.sign_in("grace@acme.test")
    tab = ada.open_tab()
    first = grace.open_tab()
    grace.get("/v1/workspaces/acme")
    ada.post("/v1/workspaces/acme/teams", {"name": "Engines two"})
    ada.post("/v1/workspaces/acme/teams", {"name": ""})
    ada.get("/v1/no/such/route")
    tab.next("team.created")
    tab.ask({"type": "room.join", "room": "lobby"})
    tab.ask({"type": "room.join", "room": "nowhere"})
    cursor = first.next("team.created")["seq"]
    first.close()
    grace.open_tab(query=f"&after={cursor}&epoch={first.hello['epoch']}")
    for origin, cookie in (("https://elsewhere.example", ada.cookie), ("own", None)):
        with pytest.raises(Refused):
            Tab(node, "acme", cookie=cookie, origin=origin)
    return tab


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A node on a file, with the tab that is left open on it."""
    measured = Measured(tmp_path_factory.mktemp("alone") / "node")
    measured.tab = make_traffic(measured)
    yield measured
    measured.node.kill()


@pytest.fixture(scope="module")
def in_cluster(tmp_path_factory):
    """A node that has all that several have."""
    server = PostgreSQL().start()
    measured = Measured(tmp_path_factory.mktemp("cluster") / "node", "--backplane", "postgres", "--node-name", "a",
                        database=server.create_database())
    measured.tab = make_traffic(measured)
    yield measured
    measured.node.kill()
    server.close()


@pytest.fixture(scope="module")
def secured(tmp_path_factory):
    """A node that speaks TLS itself."""
    directory = tmp_path_factory.mktemp("secured")
    certificate = Certificate(directory)
    measured = Measured(directory / "node", "--tls-certificate", certificate.file, "--tls-key", certificate.key_file)
    yield measured
    measured.node.kill()


def described(text):
    """Each metric's type, help and names of labels."""
    metrics = {}
    for name, words in re.findall(r"^# HELP (\S+) (.*)$", text, re.MULTILINE):
        kind = re.search(rf"^# TYPE {name} (\S+)$", text, re.MULTILINE)[1]
        series = re.findall(rf"^{name}(?:_bucket)?{{(.*)}} ", text, re.MULTILINE)
        labels = {label for each in series for label in re.findall(r'(\w+)="', each)} - {"le"}
        metrics[name] = (kind, words, tuple(sorted(labels)))
    return {name: about for name, about in metrics.items() if not NOT_OURS.match(name)}


@cache
def all_metrics(alone, in_cluster, secured):
    return described(alone.text) | described(in_cluster.text) | described(secured.text)


def reference_page(metrics):
    """docs/reference/metrics.md, as it must be."""
    lines = [
        "# Metrics", "",
        "What `orbit serve --metrics-listen ADDRESS:PORT` serves at `/metrics`, held against a running node by "
        "`e2e/node/test_metrics.py`, which", "prints this page with `ORBIT_WRITE_REFERENCE=1`: don't edit. Durations are in seconds. "
        "Metrics of PostgreSQL and of the cluster are", "there on nodes that have those, and those of TLS on nodes that speak it.", "",
        "| metric | type | labels | meaning |", "| --- | --- | --- | --- |",
    ]
    for name, (kind, words, labels) in sorted(metrics.items()):
        lines.append(f"| `{name}` | {kind} | {', '.join(f'`{label}`' for label in labels)} | {words} |")
    return "\n".join(lines) + "\n"


def names_in(text):
    """Names of metrics in an expression or on a page, as they are declared."""
    names = set(re.findall(r"\b(?:orbit|process)_[a-z0-9_]+\b", text))
    return {re.sub(r"(_seconds)_(bucket|sum|count)$", r"\1", name) for name in names}


def promtool(*arguments, **options):
    return subprocess.run(["promtool", *arguments], capture_output=True, text=True, check=False, cwd=PROMETHEUS, **options)


# The scrape

def ours(text):
    return "".join(line + "\n" for line in text.splitlines() if "exposer_" not in line)


@pytest.mark.parametrize("which", ["alone", "in_cluster"])
def test_promtool_finds_nothing_to_say_of_the_metrics(which, request):
    checked = promtool("check", "metrics", input=ours(request.getfixturevalue(which).text))
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_traffic_shows(alone):
    eventually(lambda: alone.value("orbit_websocket_connections") == 2)
    assert alone.value("orbit_websocket_handshakes_total", status="101") == 3
    assert alone.value("orbit_websocket_handshakes_total", status="403") == 1
    assert alone.value("orbit_websocket_handshakes_total", status="401") == 1
    teams = {"method": "POST", "route": "/v1/workspaces/{slug}/teams"}
    assert alone.value("orbit_http_responses_total", status="2xx", **teams) == 1
    assert alone.value("orbit_http_responses_total", status="4xx", **teams) == 1
    assert alone.value("orbit_http_request_seconds_count", **teams) == 2
    assert alone.value("orbit_http_responses_total", route="none") == 1
    assert alone.value("orbit_resume_total", outcome="resumed") == 1
    eventually(lambda: alone.value("orbit_presence_online_members") == 2)
    assert alone.value("orbit_database_wait_seconds_count") > 0
    assert alone.value("orbit_build_info") == 1


def test_the_way_from_commit_to_socket_is_measured_once_for_each_shard(alone):
    before = alone.value("orbit_commit_to_socket_seconds_count")
    assert before >= 1
    ada = alone.node.sign_in("ada@acme.test")
    assert ada.post("/v1/workspaces/acme/teams", {"name": "Measured"}).status_code == 201
    alone.tab.next("team.created")
    eventually(lambda: alone.value("orbit_commit_to_socket_seconds_count") > before)
    assert alone.value("orbit_commit_to_socket_seconds_sum") > 0
    assert alone.value("orbit_relay_waiting_events") == 0
    assert alone.value("orbit_relay_oldest_waiting_seconds") == 0
    assert alone.value("orbit_projection_seconds_count") >= 1


def test_use_stands_beside_its_limit(alone):
    for used, limit in (("orbit_websocket_connections", "orbit_websocket_connections_limit"),
                        ("orbit_http_connections", "orbit_http_connections_limit"),
                        ("orbit_workers_busy", "orbit_workers"),
                        ("orbit_database_sessions_in_use", "orbit_database_sessions"),
                        ("orbit_history_bytes", "orbit_history_bytes_limit"),
                        ("process_open_fds", "process_max_fds")):
        assert 0 <= alone.value(used) < alone.value(limit), used


def test_a_path_that_somebody_makes_up_makes_no_series(alone):
    before = len(alone.text.splitlines())
    for number in range(5):
        requests.get(f"{alone.node.url}/v1/made-up-{number}", timeout=PATIENCE)
        requests.get(f"{alone.node.url}/made-up-{number}", timeout=PATIENCE)
    assert len(alone.text.splitlines()) == before


# The alerts

def test_promtool_accepts_the_rules_and_their_tests_pass():
    for arguments in (("check", "rules", "alerts.yml"), ("test", "rules", "alerts_test.yml"), ("check", "config", "prometheus.yml")):
        done = promtool(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_is_seen_to_fire_and_to_keep_still():
    cases = yaml.safe_load((PROMETHEUS / "alerts_test.yml").read_text())["tests"]
    checks = [check for case in cases for check in case["alert_rule_test"]]
    names = {rule["alert"] for rule in ALERTS}
    assert {check["alertname"] for check in checks if check["exp_alerts"]} == names
    quiet = [check for case in cases for check in case["alert_rule_test"] if case["name"].startswith("nothing fires")]
    assert {check["alertname"] for check in quiet} == names


def test_each_alert_says_how_bad_it_is_and_where_to_read_on():
    for rule in ALERTS:
        assert rule["labels"]["severity"] in ("page", "ticket"), rule["alert"]
        assert "$labels.instance" in rule["annotations"]["summary"], rule["alert"]
        assert rule["annotations"]["runbook"] == f"docs/runbook.md#{rule['alert'].lower()}"


def test_the_runbook_has_a_section_for_each_alert_and_for_nothing_else():
    assert re.findall(r"^## (.*)$", RUNBOOK, re.MULTILINE) == [rule["alert"] for rule in ALERTS]
    for rule, section in zip(ALERTS, re.split(r"^## .*$", RUNBOOK, flags=re.MULTILINE)[1:], strict=True):
        assert section.strip().startswith(f"*{rule['labels']['severity']}.*"), rule["alert"]
        assert "**Look at**" in section and "**Do**" in section, rule["alert"]


def test_lines_that_the_runbook_tells_to_look_for_are_in_the_program():
    source = "".join(path.read_text() for path in (ROOT / "server").rglob("*.cpp"))
    texts = re.findall(r'"((?:[^"\\]|\\.)*)"', re.sub(r'"\s*\n\s*"', "", source))
    quoted = re.findall(r"`((?:database|relay|backplane|cluster|log|event|accept|request N): ?[^`]*|cluster: node [^`]*)`", RUNBOOK)
    assert len(quoted) > 8
    for line in quoted:
        beginning = re.sub(r"\bN\b", "…", line).split("…")[0].removesuffix("Too many open files").strip()
        assert any(text.startswith(beginning) for text in texts), line


# Names

def expressions_of_the_dashboard():
    for panel in DASHBOARD["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["expr"]


def test_alerts_and_dashboard_name_only_what_a_node_serves(alone, in_cluster, secured):
    known = set(all_metrics(alone, in_cluster, secured))
    for title, expression in [*expressions_of_the_dashboard(), *((rule["alert"], rule["expr"]) for rule in ALERTS)]:
        assert names_in(expression) <= known, title
    for annotation in DASHBOARD["annotations"]["list"]:
        assert names_in(annotation["expr"]) <= known


def test_every_expression_of_the_dashboard_is_one(tmp_path):
    rules = [{"record": f"panel:{number}", "expr": expression.replace("$__rate_interval", "1m")}
             for number, (_, expression) in enumerate(expressions_of_the_dashboard())]
    file = tmp_path / "dashboard.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    checked = promtool("check", "rules", str(file))
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_dashboard_has_its_rows():
    rows = [panel["title"] for panel in DASHBOARD["panels"] if panel["type"] == "row"]
    assert rows == ["Is it well?", "Sockets", "From commit to socket", "Database", "Cluster", "Limits"]


@pytest.mark.parametrize("page", sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")))
def test_pages_name_only_metrics_that_are_served(page, alone, in_cluster, secured):
    text = (ROOT / page).read_text()
    named = {name for name in names_in(" ".join(re.findall(r"`([^`\n]+)`", text)))
             if re.search(r"_(total|bytes|seconds|fds)$", name)}
    assert named <= set(all_metrics(alone, in_cluster, secured)), page


def test_labels_that_pages_name_are_served(alone, in_cluster, secured):
    text = alone.text + in_cluster.text + secured.text
    for page in (ROOT / "docs").rglob("*.md"):
        for name, label in re.findall(r'`(orbit_[a-z_]+){([a-z]+="[^"]*")}`', page.read_text()):
            if name != "orbit_http_responses_total":
                assert re.search(rf"^{name}{{[^}}]*{label}", text, re.MULTILINE), (page.name, name, label)


def test_the_reference_has_every_metric(alone, in_cluster, secured):
    page = reference_page(all_metrics(alone, in_cluster, secured))
    if os.environ.get("ORBIT_WRITE_REFERENCE"):
        REFERENCE.write_text(page)
    assert REFERENCE.read_text() == page


def test_every_metric_of_the_code_is_served(alone, in_cluster, secured):
    declared = set()
    for path in (ROOT / "server").rglob("*.cpp"):
        if path.name.endswith("_test.cpp"):
            continue
        text = path.read_text()
        declared |= set(re.findall(r'(?:counter|gauge|histogram|age)\(\s*"(orbit_[a-z_]+)"', text))
    assert declared <= set(all_metrics(alone, in_cluster, secured))
    assert len(declared) > 80
