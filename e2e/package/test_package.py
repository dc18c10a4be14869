"""The Debian package in a clean Debian: installed, started as its unit says, looked over, removed. script/test-package
builds it and runs this."""

import contextlib
import json
import os
import re
import shlex
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest
import requests

PACKAGE = Path(os.environ["ORBIT_PACKAGE"]).resolve()
NOBODY = "65534:65534"
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{command}: {(done.stdout + done.stderr)[-2000:]}"
    return done.stdout


def dependencies():
    """The packages that it needs; in place of a virtual one, that which provides it here."""
    providers = {}
    for line in run("dpkg-query", "-W", "-f=${Package}\t${Provides}\n").splitlines():
        package, provided = line.split("\t")
        providers |= {part.split()[0]: package for part in provided.split(",") if part.strip()}
    names = [re.match(r"\S+", part.strip()).group() for part in run("dpkg-deb", "-f", PACKAGE, "Depends").split(",")]
    return [providers.get(name, name) for name in names]


@pytest.fixture(scope="module")
def root():
    """A Debian with what the package says that it needs, and nothing more."""
    parent = Path(tempfile.mkdtemp(prefix="orbit-debian-"))  # pytest's own folders may go when others run tests
    parent.chmod(0o755)
    folder = parent / "root"
    try:
        run("debootstrap", "--variant=minbase", f"--include={','.join(dependencies())}", "bookworm", folder)
        run("mount", "-t", "proc", "proc", folder / "proc")
        yield folder
        run("umount", folder / "proc")
    finally:
        # What is still mounted is left alone.
        subprocess.run(["rm", "-rf", "--one-file-system", parent], check=False)


@pytest.fixture(scope="module")
def installed(root):
    run("dpkg", f"--root={root}", "--install", PACKAGE)
    state = root / "var/lib/orbit"  # as StateDirectory= makes it
    state.mkdir(mode=0o700)
    os.chown(state, 65534, 65534)
    return root


def unit_command(root):
    unit = (root / "lib/systemd/system/orbit.service").read_text()
    return shlex.split(re.search(r"^ExecStart=(.*)$", unit, flags=re.MULTILINE).group(1))


def in_root(root, *command):
    return ["chroot", f"--userspec={NOBODY}", root, *command]


@contextlib.contextmanager
def serving(root):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    process = subprocess.Popen(in_root(root, *unit_command(root)), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               text=True, env=ENVIRONMENT | {"ORBIT_LISTEN": address})
    try:
        line = process.stdout.readline()
        assert line.startswith("listening on "), process.stderr.read()
        yield line.split()[-1]
        process.terminate()
        assert process.wait(20) == 0
    finally:
        process.kill()


def test_it_is_named_after_its_version_and_says_what_it_needs():
    version = run("dpkg-deb", "-f", PACKAGE, "Version").strip()
    architecture = run("dpkg-deb", "-f", PACKAGE, "Architecture").strip()
    assert PACKAGE.name == f"orbit_{version}_{architecture}.deb"
    assert {"libc6", "libsqlite3-0", "libssl3", "libpq5", "liburing2"} <= set(dependencies())


def test_nothing_in_it_is_for_others_to_write_and_all_is_roots():
    for line in run("dpkg-deb", "-c", PACKAGE).splitlines():
        mode, owner = line.split()[:2]
        assert owner == "root/root" and mode[8] != "w" and "s" not in mode, line


def test_it_serves_as_the_unit_starts_it(installed):
    with serving(installed) as url:
        assert requests.get(f"{url}/healthz", timeout=5).json() == {"status": "ok"}
        page = requests.get(url, timeout=5)
        assert page.status_code == 200 and "<script" in page.text
        script = re.search(r'src="(/assets/[^"]+)"', page.text).group(1)
        assert requests.get(url + script, timeout=5).status_code == 200
    assert (installed / "var/lib/orbit/orbit.db").stat().st_size > 0


def test_the_doctor_finds_nothing_wrong_with_the_configuration_that_comes_with_it(installed):
    told = subprocess.run(in_root(installed, "/usr/bin/orbit", "--config", "/etc/orbit/orbit.toml", "doctor", "--json"),
                          capture_output=True, text=True, env=ENVIRONMENT | {"ORBIT_LISTEN": "127.0.0.1:0"})
    report = json.loads(told.stdout)
    assert [finding for finding in report["findings"] if finding["state"] == "wrong"] == []
    assert told.returncode == 0


def test_the_list_of_what_it_is_made_of_names_every_linked_library_and_the_page(installed):
    sbom = json.loads((installed / "usr/share/doc/orbit/sbom.cdx.json").read_text())
    assert (sbom["bomFormat"], sbom["specVersion"]) == ("CycloneDX", "1.5")
    names = {component["name"] for component in sbom["components"]}
    assert set(dependencies()) <= names
    assert {"react", "react-dom", "@tanstack/react-router", "libboost1.81-dev"} <= names
    assert not {"vite", "typescript", "vitest"} & names


def test_the_unit_is_valid_and_keeps_the_service_from_what_it_does_not_need(installed, tmp_path):
    unit = installed / "lib/systemd/system/orbit.service"
    # Among the units of this machine, and with a program that it has.
    here = tmp_path / "orbit.service"
    here.write_text(unit.read_text().replace("/usr/bin/orbit", "/bin/true"))
    told = subprocess.run(["systemd-analyze", "verify", here], capture_output=True, text=True)
    assert (told.returncode, told.stderr) == (0, "")
    rating = run("systemd-analyze", "security", "--offline=true", unit, env=os.environ | {"LC_ALL": "C"})
    assert float(re.search(r"exposure level for orbit.service: ([0-9.]+)", rating).group(1)) <= 1.5


def test_upgrading_keeps_a_changed_configuration(installed):
    configuration = installed / "etc/orbit/orbit.toml"
    configuration.write_text(configuration.read_text() + '# mine\nheartbeat = "7s"\n')
    run("dpkg", f"--root={installed}", "--force-confdef", "--force-confold", "--install", PACKAGE)
    assert "# mine" in configuration.read_text()


def test_removing_leaves_what_is_the_operators_and_purging_only_the_database(installed):
    run("dpkg", f"--root={installed}", "--remove", "orbit")
    left = {str(path.relative_to(installed)) for folder in ("etc", "usr", "var") for path in
            (installed / folder).rglob("*orbit*")}
    assert {path for path in left if not path.startswith(("var/lib/dpkg/", "var/lib/orbit"))} == {
        "etc/orbit", "etc/orbit/orbit.toml"}
    run("dpkg", f"--root={installed}", "--purge", "orbit")
    assert not (installed / "etc/orbit").exists()
    assert (installed / "var/lib/orbit/orbit.db").exists()
