#!/usr/bin/env python3
"""Prints what a build is made of, as CycloneDX 1.5: the Debian packages that the program is linked with or compiled from,
and the npm packages in its page. Run as: sbom.py BINARY VERSION"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Compiled in by their headers, or statically: the linked libraries don't tell of them.
HEADERS = ["libboost1.81-dev", "libcli11-dev", "libspdlog-dev"]


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def linked_libraries(binary):
    """Those that the program names itself, and those that they need."""
    return sorted(set(re.findall(r"=> (/\S+)", run("ldd", binary))))


def package_of(library):
    """dpkg knows a file by the name that it was installed under, which may be on the other side of /lib -> /usr/lib."""
    real = os.path.realpath(library)
    for path in (library, real, real.removeprefix("/usr")):
        found = subprocess.run(["dpkg", "-S", path], capture_output=True, text=True)
        if found.returncode == 0:
            return found.stdout.split(": ")[0].split(",")[0]
    raise SystemExit(f"no Debian package has {library}")


def debian_component(package):
    name, version, architecture, source = run(
        "dpkg-query", "-W", "-f=${Package}\t${Version}\t${Architecture}\t${source:Package}", package).split("\t")
    return {"type": "library", "bom-ref": f"deb:{name}", "name": name, "version": version,
            "purl": f"pkg:deb/debian/{name}@{version.replace('+', '%2B').replace(':', '%3A')}?arch={architecture}",
            "properties": [{"name": "debian:source", "value": source}]}


def page_packages():
    """What of package-lock.json the page depends on, at run time, as Node.js finds it: the nearest node_modules first."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]

    def find(name, start):
        folder = start
        while True:
            path = f"{folder}/node_modules/{name}".lstrip("/")
            if path in packages:
                return packages[path].get("resolved") if packages[path].get("link") else path
            if not folder:
                return None
            folder = folder.rpartition("/")[0]

    found, open_paths = set(), ["web"]
    while open_paths:
        path = open_paths.pop()
        for name in packages[path].get("dependencies", {}):
            target = find(name, path)
            if target is None:
                raise SystemExit(f"package-lock.json lacks {name}, which {path} needs")
            if target not in found:
                found.add(target)
                open_paths.append(target)
    return [(path.rpartition("node_modules/")[2], packages[path]) for path in sorted(found) if "node_modules/" in path]


def npm_component(name, package):
    purl = f"pkg:npm/{name.replace('@', '%40')}@{package['version']}"
    return {"type": "library", "bom-ref": f"npm:{name}@{package['version']}", "name": name, "version": package["version"],
            "purl": purl, "licenses": [{"license": {"name": package["license"]}}] if "license" in package else []}


def main():
    binary, version = sys.argv[1:]
    debian = {package_of(library) for library in linked_libraries(binary)} | set(HEADERS)
    components = [debian_component(package) for package in sorted(debian)]
    components += [npm_component(name, package) for name, package in page_packages()]
    program = {"type": "application", "bom-ref": "orbit", "name": "orbit", "version": version}
    print(json.dumps({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {"component": program},
        "components": components,
        "dependencies": [{"ref": "orbit", "dependsOn": [component["bom-ref"] for component in components]}],
    }, indent=2))


if __name__ == "__main__":
    main()
