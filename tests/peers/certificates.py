"""Certificates of hosts, made for one run of the tests, and what a TLS server needs of them."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True)
class Certificate:
    """A certificate with its private key."""

    key: Key
    x509: x509.Certificate

    @property
    def pem(self) -> bytes:
        """The certificate alone."""
        return self.x509.public_bytes(serialization.Encoding.PEM)

    @property
    def end_point(self) -> bytes:
        """What binds an authentication to this certificate: RFC 5929 section 4.1."""
        algorithm = self.x509.signature_hash_algorithm
        assert algorithm is not None, "Ed25519 has no such binding"
        return b"tls-server-end-point:" + self.x509.fingerprint(algorithm)

    def file(self, folder: Path, name: str = "ca.pem") -> str:
        """A file with the certificate, for `--ca`."""
        (folder / name).write_bytes(self.pem)
        return str(folder / name)

    @property
    def pin(self) -> str:
        """Its hash, for `--pin`."""
        return "sha256:" + self.x509.fingerprint(hashes.SHA256()).hex()

    @property
    def der(self) -> bytes:
        return self.x509.public_bytes(serialization.Encoding.DER)

    def private(self, form: str = "PRIVATE KEY", password: bytes | None = None) -> bytes:
        """The private key as PEM: PKCS#8, PKCS#1 (`RSA PRIVATE KEY`) or SEC1 (`EC PRIVATE KEY`)."""
        pkcs8 = form == "PRIVATE KEY"
        pem = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8 if pkcs8 else serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption(),
        )
        assert password or f"-----BEGIN {form}-----".encode() in pem
        return pem

    def server(
        self,
        folder: Path,
        lowest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
        highest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
        clients: Certificate | None = None,
        asks: ssl.VerifyMode = ssl.CERT_REQUIRED,
    ) -> ssl.SSLContext:
        """The TLS of a host that has this certificate, and asks for client certificates of an issuer, if there is one."""
        (folder / "server.pem").write_bytes(self.private() + self.pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version, context.maximum_version = lowest, highest
        context.load_cert_chain(folder / "server.pem")
        if clients:
            context.verify_mode = asks
            context.load_verify_locations(cadata=clients.pem.decode())
        return context


def new_key(kind: str) -> Key:
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(ec.SECP384R1() if kind == "p384" else ec.SECP256R1())


def certificate(
    *names: str,
    issuer: Certificate | None = None,
    is_ca: bool = False,
    key: str = "ecdsa",
    days: tuple[int, int] = (-1, 1),
    purpose: x509.ObjectIdentifier = x509.ExtendedKeyUsageOID.SERVER_AUTH,
) -> Certificate:
    """A certificate for names and addresses, valid between two days from now; without an issuer it signs itself."""
    private = new_key(key)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"{key} {names or 'CA'} {is_ca}")])
    begin, end = (datetime.now(UTC) + timedelta(days=day) for day in days)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.x509.subject if issuer else subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(is_ca, None), critical=True)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    signer = issuer.key if issuer else private
    digest = hashes.SHA384() if key == "p384" else hashes.SHA256()
    return Certificate(private, builder.sign(signer, None if isinstance(signer, ed25519.Ed25519PrivateKey) else digest))


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
