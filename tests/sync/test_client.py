"""The pinned CA: only the centre's own certificate counts, whatever the environment says."""

import datetime
import http.server
import ipaddress
import ssl
import threading

import pytest
from conftest import now
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from sync.client import CentreAddress, HttpCentre
from sync.errors import CentreRefused, CentreUnreachable

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


def certificate(folder, name):
    """A certificate for loopback that is its own CA, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - datetime.timedelta(days=1))
        .not_valid_after(now() + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = folder / f"{name}.key"
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path, private


class Refusing(http.server.BaseHTTPRequestHandler):
    """Answers every request with a problem document: what reaches it got through."""

    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        body = b'{"type":"urn:daan:problem:reached","title":"Reached"}'
        self.send_response(403)
        self.send_header("content-type", "application/problem+json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def secure(tmp_path):
    ca, key = certificate(tmp_path, "centre")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ca, key)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}", ca
    server.shutdown()
    thread.join()
    server.server_close()


def centre(url, ca):
    return HttpCentre(CentreAddress(url, ca, KEY.public_key()), "demo-1", KEY, now)


def test_only_the_pinned_ca_counts(secure, tmp_path, monkeypatch):
    url, ca = secure
    other, _ = certificate(tmp_path, "other")
    with pytest.raises(CentreRefused, match="Reached"):
        centre(url, ca).send(b"batch")
    with pytest.raises(CentreUnreachable, match="not the pinned one"):
        centre(url, other).send(b"batch")
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(ca))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    with pytest.raises(CentreUnreachable, match="not the pinned one"):
        centre(url, other).send(b"batch")
    with pytest.raises(CentreRefused, match="Reached"):
        centre(url, ca).send(b"batch")


def test_nobody_there():
    with pytest.raises(CentreUnreachable, match="no connection"):
        centre("http://127.0.0.1:9", None).send(b"batch")
