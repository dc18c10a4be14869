"""nginx and HAProxy, run with the files of deploy/ as they are: only addresses are put in."""

import re
import signal
from pathlib import Path

from services.process import Service, unprivileged_user

DEPLOY = Path(__file__).parents[2] / "deploy"


def deployed(file, ports, listen, replace=()):
    """The text of a file of deploy/, for nodes on these ports of the loopback, and listening on `listen`. `replace` puts
    other words in place of some, such as times that a test can't wait for."""
    text = (DEPLOY / file).read_text()
    addresses = [f"127.0.0.1:{port}" for port in ports]
    if file.startswith("nginx/"):
        # As many lines as nodes, made like the first of each upstream.
        text = re.sub(r"(?m)(^ *server 10\.0\.0\.11:8080(.*);\n)(?: *server 10\.0\.0\.\d+:8080.*;\n)*",
                      lambda match: "".join(f"    server {address}{match[2]};\n" for address in addresses), text)
        text = re.sub(r"(?m)^( *listen) 80;$", rf"\1 {listen};", text)
    else:
        def line(match, number, address):
            checks = match[2].replace("id 1", f"id {number}").replace("/a", f"/{_letter(number)}")
            return f"    server {_letter(number)} {address}{checks}\n"
        text = re.sub(r"(?m)(^    server a 10\.0\.0\.11:8080(.*)\n)(?:    server \w+ 10\.0\.0\.\d+:8080.*\n)*",
                      lambda match: "".join(line(match, n, one) for n, one in enumerate(addresses, 1)), text)
        text = re.sub(r"(?m)^( *bind) :80$", rf"\1 {listen}", text)
    for words, others in dict(replace).items():
        assert words in text, f"{file} doesn't say {words}"
        text = text.replace(words, others)
    assert text.count(listen) >= 1, f"{file} listens nowhere"
    assert "\n    server 10.0.0" not in text and all(address in text for address in addresses), f"{file} has other nodes"
    return text


def _letter(number):
    return chr(ord("a") + number - 1)


class _Proxy(Service):
    """A process with workers of its own, which a kill would leave behind."""

    @property
    def url(self):
        return f"http://{self.host}:{self.port}"

    def close(self):
        self.stop()
        super().close()


class Nginx(_Proxy):
    """With one of deploy/nginx, in the http part of a small nginx.conf."""

    name = "nginx"

    def __init__(self, file, ports, workers=2, replace=(), **options):
        super().__init__(**options)
        self.replace = replace
        self.file = file
        self.ports = ports
        self.workers = workers

    def configure(self):
        directory = self.directory
        (directory / "orbit.conf").write_text(deployed(self.file, self.ports, f"{self.host}:{self.port}", self.replace))
        temporary = "".join(f"    {kind}_temp_path {directory}/{kind};\n"
                            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = unprivileged_user()
        as_user = f"user {user.pw_name};\n" if user else ""
        if user:
            directory.chmod(0o755)
        (directory / "nginx.conf").write_text(
            f"{as_user}daemon off;\nworker_processes {self.workers};\npid {directory}/nginx.pid;\n"
            f"error_log {directory}/error.log info;\nworker_shutdown_timeout 2s;\n"
            "events { worker_connections 4096; }\n"
            f"http {{\n    log_format routes '$request_method $request_uri $status $upstream_addr';\n"
            f"    access_log {directory}/access.log routes;\n{temporary}    include {directory}/orbit.conf;\n}}\n")

    def arguments(self):
        self.configure()
        return ["nginx", "-e", "stderr", "-c", self.directory / "nginx.conf", "-p", self.directory]

    def reload(self):
        self.configure()
        self.process.send_signal(signal.SIGHUP)

    def log_text(self):
        errors = self.directory / "error.log"
        return super().log_text() + (errors.read_text() if errors.exists() else "")


class HAProxy(_Proxy):
    """With one of deploy/haproxy, as a master process and its worker, so that it can be reloaded."""

    name = "haproxy"

    def __init__(self, file, ports, replace=(), **options):
        super().__init__(**options)
        self.replace = replace
        self.file = file
        self.ports = ports

    def configure(self):
        text = deployed(self.file, self.ports, f"{self.host}:{self.port}", self.replace)
        (self.directory / "haproxy.cfg").write_text(
            text.replace("hard-stop-after 10s", "hard-stop-after 2s")
            .replace("maxconn 40000", "maxconn 2000")
            .replace("    log global\n    option httplog\n", ""))

    def arguments(self):
        self.configure()
        return ["haproxy", "-W", "-f", self.directory / "haproxy.cfg"]

    def reload(self):
        self.configure()
        self.process.send_signal(signal.SIGUSR2)
