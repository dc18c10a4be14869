"""Certificates for nodes that speak TLS themselves, made with the openssl command."""

import subprocess
from pathlib import Path


class Certificate:
    """Signed by itself, for 127.0.0.1. Its files are written anew by `renew`."""

    def __init__(self, directory):
        self.file, self.key_file = str(directory / "node.pem"), str(directory / "node.key")
        self.renew()

    def renew(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc",
                        "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-out", self.file, "-keyout", self.key_file], check=True, capture_output=True)
        self.text = Path(self.file).read_text()
