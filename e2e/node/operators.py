"""Operators: whoever has a key and asks the operator API. Every answer is held against the published document."""

import json
import os
import re
import subprocess

import jsonschema
import requests

from harness import BINARY, PATIENCE, ROOT

DOCUMENT = json.loads((ROOT / "docs/reference/openapi-admin.json").read_text())


def orbit(*arguments, **environment):
    return subprocess.run([BINARY, *arguments], capture_output=True, text=True, timeout=PATIENCE,
                          env={k: v for k, v in os.environ.items() if k != "ORBIT_ADMIN_KEY"} | environment)


class Operator:
    """Somebody with a key, at one node; every answer is held against the document."""

    answered = set()  # (method, path of the document, status)

    def __init__(self, node, key=None):
        self.url = node.admin_url
        self.key = key

    def ask(self, method, path, body=None, **options):
        headers = {"Authorization": f"Bearer {self.key}"} | options.pop("headers", {}) if self.key else {}
        if body is not None:
            options["json"] = body
        answer = requests.request(method, self.url + path, headers=headers, timeout=PATIENCE, **options)
        check_against_document(method, path.split("?")[0], answer)
        return answer

    def get(self, path, **options):
        return self.ask("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.ask("POST", path, body, **options)


def check_against_document(method, path, answer):
    for pattern, operations in DOCUMENT["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path) and method.lower() in operations:
            break
    else:
        assert answer.status_code in (404, 405), f"{method} {path} is not in the document"
        return
    responses = operations[method.lower()]["responses"]
    status = str(answer.status_code)
    assert status in responses, f"{method} {pattern} answered {status}, which the document doesn't have: {answer.text}"
    Operator.answered.add((method, pattern, status))
    response = responses[status]
    if "$ref" in response:
        response = DOCUMENT["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    if "content" not in response:
        assert answer.content == b""
        return
    (kind, content), = response["content"].items()
    assert answer.headers["Content-Type"] == kind
    schema = content["schema"] | {"components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.draft202012_format_checker).validate(answer.json())


def make_key(node, *flags, database=None):
    made = orbit("key", "create", "--database", database or node.database.url, *flags)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()
