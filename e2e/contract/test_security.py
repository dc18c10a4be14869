"""What docs/security.md calls a proof is there: each test that it names is in the file that it names."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs/security.md").read_text()
PROOF = re.compile(r"`([\w/.]+) :: ([^`]+)`")


def threats():
    table = TEXT.split("| threat | control | shown by |")[1].split("\n\n")[0]
    return [line.split("|") for line in table.splitlines()[2:]]


def is_in(file, name):
    text = (ROOT / file).read_text()
    if file.endswith("_test.cpp"):
        return re.search(rf"^TEST(_F|_P)?\(\w+, {re.escape(name)}\)", text, re.MULTILINE)
    if file.endswith(".py"):
        return re.search(rf"^def {re.escape(name)}\(", text, re.MULTILINE)
    return re.search(rf"""\btest\([`"][^`"\n]*{re.escape(name)}[`"],""", text)


@pytest.mark.parametrize("file, name", PROOF.findall(TEXT))
def test_the_test_that_is_named_is_there(file, name):
    assert (ROOT / file).is_file(), f"there is no {file}"
    assert is_in(file, name), f"{file} has no test {name}"


def test_each_threat_has_a_control_and_a_proof():
    rows = threats()
    assert len(rows) > 20
    for _, threat, control, proof, _ in rows:
        assert threat.strip() and control.strip() and PROOF.search(proof), threat
        assert PROOF.sub("", proof).strip(" ,") == "", f"what is not a proof: {proof}"


def test_how_to_report_a_hole_is_said():
    policy = (ROOT / "SECURITY.md").read_text()
    assert "docs/security.md" in policy
    assert "@" not in policy, "an address that nobody may be reading"
