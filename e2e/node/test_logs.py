"""What a node writes to its log: never a secret, whatever it is given; one line for each thing worth knowing, with the ids that
tie lines together; and quiet about single sockets, of which there may be thousands."""

import contextlib
import hashlib
import hmac
import json
import re
import sqlite3
import time

import requests
from websockets.exceptions import ConnectionClosed

from harness import WEBHOOK_SECRET, Node, eventually
from raw_socket import KEY, UPGRADE, raw_handshake
from services import NatsServer, PostgreSQL


def lines_of(node):
    return [json.loads(line) for line in node.log.read_text().splitlines()]


def tokens_of(person):
    return [cookie.value for cookie in person.http.cookies]


def stripe_signature(body):
    at = str(int(time.time()))
    return at, hmac.new(WEBHOOK_SECRET.encode(), f"{at}.{body}".encode(), hashlib.sha256).hexdigest()


def join_by_invite(node, ada, password):
    token = ada.post("/v1/workspaces/acme/invites", {"email": "new@example.test"}).json()["token"]
    accepted = requests.post(f"{node.url}/v1/invites/accept", timeout=10, headers={"Origin": node.url},
                             json={"token": token, "name": "New", "password": password})
    assert accepted.status_code == 201, accepted.text
    return token


def send_bad_input_with(node, person, secret):
    """Secrets where they don't belong: broken JSON, wrong fields, paths, queries, headers, methods, sockets."""
    def post(path, body, **headers):
        requests.post(node.url + path, data=body, timeout=10, headers={"Origin": node.url, "Content-Type": "application/json"} | headers)

    post("/v1/session", f'{{"email":"ada@acme.test","password":"{secret}"')
    post("/v1/session", json.dumps({"email": secret, "password": secret, secret: secret}))
    post("/v1/session", json.dumps({"email": "ada@acme.test", "password": secret}))
    post("/v1/session", json.dumps({"email": "ada@acme.test", "password": [secret]}))
    post("/v1/invites/accept", json.dumps({"token": secret}))
    post("/v1/invites/accept", json.dumps({"token": secret, "name": "Someone", "password": secret}))
    post(f"/v1/invites/{secret}", "{}")
    post(f"/v1/workspaces/{secret}/teams", '{"name":"x"}', Cookie=person.cookie)
    post("/v1/session", "{}", Origin=f"https://{secret}.example")
    post("/v1/billing/stripe", f'{{"id":"{secret}"}}', **{"Stripe-Signature": f"t=1,v1={secret}"})
    requests.get(f"{node.url}/v1/me?token={secret}", timeout=10, headers={"Cookie": f"orbit_session={secret}"})
    requests.get(f"{node.url}/{secret}", timeout=10)
    requests.request("PURGE", f"{node.url}/v1/{secret}", timeout=10, headers={"Authorization": f"Bearer {secret}"})
    requests.get(f"{node.url}/v1/me", timeout=10, headers={"X-Long": secret * 2000})
    for lines in ((*UPGRADE, KEY, f"Cookie: orbit_session={secret}", f"Origin: {node.url}"),
                  (*UPGRADE, f"Sec-WebSocket-Key: {secret}", f"Origin: {node.url}", f"Cookie: {person.cookie}"),
                  (*UPGRADE, KEY, f"Sec-WebSocket-Extensions: {secret}; ;;", f"Origin: {node.url}", f"Cookie: {person.cookie}"),
                  (*UPGRADE, KEY, f"Origin: https://{secret}")):
        raw_handshake(node, *lines, path=f"/v1/ws?workspace=acme&token={secret}")
    for text in (secret, f'{{"type":"{secret}"}}', json.dumps({"type": "room.join", "room": secret, secret: secret}),
                 json.dumps({"type": "room.signal", "room": "lobby", "kind": secret, "payload": secret})):
        tab = person.open_tab()
        tab.send_text(text)
        tab.next("error")
        tab.close()
    tab = person.open_tab()
    tab.send_text(secret.encode())  # binary: closed
    tab.wait_closed()
    tab = person.open_tab()
    tab.send_text(secret * 2000)  # too long: closed
    tab.wait_closed()


def break_database_while(node, work):
    """Statements fail with what they were given, which may be a password's hash or a token's."""
    with sqlite3.connect(node.database.path) as connection:
        connection.execute("ALTER TABLE sessions RENAME TO elsewhere")
        connection.commit()
        work()
        connection.execute("ALTER TABLE elsewhere RENAME TO sessions")


def assert_holds_none_of(text, secrets):
    for secret in secrets:
        assert len(secret) > 7
        assert secret not in text, f"the log holds {secret}"


def test_no_secret_reaches_the_log(start_node):
    node = start_node("--log-level", "debug", "--log-format", "json")
    password, bad = "correct horse battery staple", "Sup3rS3cr3tValue"
    ada = node.sign_in("ada@acme.test")
    invite = join_by_invite(node, ada, password)
    new = node.sign_in("new@example.test", password)
    tab = new.open_tab()
    body = '{"id":"evt_1","type":"customer.created","created":1,"data":{"object":{}}}'
    at, signature = stripe_signature(body)
    answer = requests.post(f"{node.url}/v1/billing/stripe", data=body, timeout=10,
                           headers={"Stripe-Signature": f"t={at},v1={signature}", "Content-Type": "application/json"})
    assert answer.status_code < 300, answer.text
    send_bad_input_with(node, ada, bad)
    with_session = [*tokens_of(ada), *tokens_of(new)]
    break_database_while(node, lambda: [requests.post(f"{node.url}/v1/session", timeout=10, headers={"Origin": node.url},
                                                      json={"email": "new@example.test", "password": password}),
                                        requests.get(f"{node.url}/v1/me", timeout=10, headers={"Cookie": new.cookie})])
    hashes = [str(value) for table, column in (("sessions", "token_hash"), ("users", "password_hash"), ("invites", "token_hash"))
              for (value,) in node.query(f"SELECT {column} FROM {table}") if value]
    tab.close()
    node.stop()
    text = node.log.read_text()
    assert '"level":"debug"' in text and "database: " in text  # it did tell of all this
    assert_holds_none_of(text, [password, bad, invite, signature, WEBHOOK_SECRET, *with_session, *hashes])


def test_no_password_of_a_database_or_backplane_reaches_the_log(tmp_path):
    server = PostgreSQL().start()
    nats = NatsServer().start()
    secrets = "DatabaseSecret1", "BackplaneSecret1"
    url = server.create_database().replace("orbit@", f"orbit:{secrets[0]}@")
    flags = ("--log-level", "debug", "--database", url, "--backplane", nats.url.replace("://", f"://orbit:{secrets[1]}@"))
    node = Node(tmp_path, *flags).start()
    try:
        nats.stop()
        eventually(lambda: "out of reach" in node.log.read_text())
        server.stop()
        requests.get(f"{node.url}/v1/me", timeout=10, headers={"Cookie": "orbit_session=x"})
        eventually(lambda: "database: lost" in node.log.read_text())
    finally:
        node.kill()
        server.close()
        nats.close()
    assert_holds_none_of(node.log.read_text(), secrets)


def test_a_socket_can_be_followed_from_its_request_to_its_end(start_node):
    node = start_node("--log-level", "debug", "--log-format", "json")
    ada = node.sign_in("ada@acme.test")
    ada.open_tab().close()
    eventually(lambda: re.search(r"socket \d+: closed: peer", node.log.read_text()))
    text = "\n".join(line["message"] for line in lines_of(node))
    request, socket = re.search(r"request (\d+): GET /v1/ws 101, socket (\d+)", text).groups()
    assert re.search(rf"socket {socket}: opened by member mbr_\S+ of ws_\S+, session sess_\S+", text)
    assert f"socket {socket}: closed: peer" in text
    refused = requests.get(f"{node.url}/v1/me", timeout=10).json()
    assert refused["requestId"] != request
    assert f"request {refused['requestId']}: GET /v1/me 401" in node.log.read_text()


def test_at_the_usual_level_nothing_is_said_of_single_sockets_and_requests(start_node):
    node = start_node("--log-format", "json", "--message-rate", "1", "--message-burst", "2")
    ada = node.sign_in("ada@acme.test")
    tabs = [ada.open_tab() for _ in range(10)]
    with contextlib.suppress(ConnectionClosed):  # at the third, if it is told in time
        for _ in range(5):
            tabs[0].send({"type": "ping"})
    assert tabs[0].wait_closed() == 4429
    tabs[1].vanish()
    for tab in tabs[2:]:
        tab.close()
    raw_handshake(node)
    ada.get("/v1/no/such/route")
    node.stop()
    said = [line for line in lines_of(node) if re.search(r"\b(socket|request) \d+", line["message"])]
    assert said == []
    messages = [line["message"] for line in lines_of(node)]
    assert any(message.startswith("started: orbit ") for message in messages)
    assert messages[-1] == "stopped"
    assert not [line for line in lines_of(node) if line["level"] == "error"]
