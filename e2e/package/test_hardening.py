"""That the program that people run was built so that mistakes in memory are of little use: read from the program."""

import os
import platform
import re
import subprocess
from pathlib import Path

import pytest

BINARY = Path(os.environ.get("ORBIT_BINARY", Path(__file__).parents[2] / "build/release/orbit"))


@pytest.fixture(scope="module")
def elf():
    def read(*flags):
        return subprocess.run(["readelf", "--wide", *flags, BINARY], check=True, capture_output=True, text=True).stdout

    return read


def test_it_is_position_independent(elf):
    assert re.search(r"Type:\s+DYN \(Position-Independent Executable", elf("--file-header"))


def test_its_relocations_are_done_at_the_start_and_read_only_from_then_on(elf):
    assert "GNU_RELRO" in elf("--program-headers")
    dynamic = elf("--dynamic")
    assert re.search(r"FLAGS\b.*BIND_NOW", dynamic) or re.search(r"FLAGS_1.*\bNOW\b", dynamic)


def test_no_memory_of_its_own_can_be_written_and_run(elf):
    headers = elf("--program-headers")
    stack = re.search(r"GNU_STACK.*", headers).group()
    assert "RW " in stack and "E" not in stack.split("0x")[-2]
    for line in headers.splitlines():
        if line.split()[:1] == ["LOAD"]:
            assert "RWE" not in line


def test_it_checks_its_stack_and_the_sizes_of_what_it_copies(elf):
    symbols = elf("--dyn-syms")
    assert "__stack_chk_fail" in symbols
    assert re.search(r"__\w+_chk\b", symbols.replace("__stack_chk_fail", ""))
    assert "__glibcxx_assert_fail" in symbols


@pytest.mark.skipif(platform.machine() != "x86_64", reason="it is of x86")
def test_indirect_calls_have_marked_places_to_land_at():
    command = ["objdump", "--disassemble", "--section=.text", "--no-show-raw-insn", BINARY]
    code = subprocess.run(command, check=True, capture_output=True, text=True)
    assert code.stdout.count("endbr64") > 1000
