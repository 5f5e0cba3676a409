"""`hvr` with a client certificate, against OpenSSL, which verifies that we have its key."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from cryptography.x509 import ExtendedKeyUsageOID

from certificates import Certificate, certificate
from hvr import Hvr
from winrm_host import PASSWORD, USER, Host

IP = "127.0.0.1"
CA = certificate(is_ca=True)
LEAF = certificate(IP, issuer=CA)
CLIENTS = certificate(is_ca=True, key="p384")
STRANGERS = certificate(is_ca=True, key="rsa")


def client(issuer: Certificate = CLIENTS, key: str = "ecdsa") -> Certificate:
    return certificate("admin.test", issuer=issuer, key=key, purpose=ExtendedKeyUsageOID.CLIENT_AUTH)


OURS, OTHERS, STRANGER = client(), client(), client(STRANGERS)
TLS12, TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
VERSIONS = pytest.mark.parametrize("version", [TLS12, TLS13])
Start = Callable[..., tuple[Host, Hvr]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a host that asks for certificates of `CLIENTS`, and points the program at it, without any."""
    with ExitStack() as stack:
        hosts = []

        def start(
            version: ssl.TLSVersion = TLS13,
            *,
            asks: ssl.VerifyMode | None = ssl.CERT_REQUIRED,
            accounts: tuple[Certificate, ...] = (OURS,),
            auth: str = "certificate",
            **options: object,
        ) -> tuple[Host, Hvr]:
            tls = LEAF.server(tmp_path, version, version, asks and CLIENTS, asks or ssl.CERT_NONE)
            options.setdefault("mechanisms", ("Certificate",))
            host = stack.enter_context(Host(tls=tls, accounts=tuple(it.der for it in accounts), **options))
            hosts.append(host)
            needs_password = auth != "certificate"
            hvr = Hvr(tmp_path, host.url, USER if needs_password else None, PASSWORD)
            hvr.options = ["--auth", auth, "--ca", CA.file(tmp_path)]
            hvr.options += ["--password-file", str(hvr.password_file())] if needs_password else []
            return host, hvr

        yield start
        for host in hosts:
            assert host.offences == []


def options(folder: Path, ours: Certificate, key: bytes | None = None) -> list[str]:
    (folder / "client.pem").write_bytes(ours.pem)
    (folder / "client.key").write_bytes(key or ours.private())
    return ["--client-cert", str(folder / "client.pem"), "--client-key", str(folder / "client.key")]


@VERSIONS
@pytest.mark.parametrize("key", ["rsa", "ecdsa", "p384"])
def test_logs_on_with_a_certificate(start: Start, tmp_path: Path, version: ssl.TLSVersion, key: str) -> None:
    """No user, no password, and every request says what the host is to go by."""
    ours = client(key=key)
    host, hvr = start(version, accounts=(ours,))
    hvr.options += options(tmp_path, ours)
    assert hvr.run("resync", "web01", "-o", "json").expect(0).json()["result"] == "completed"
    assert host.ran("Resynchronize") == len(host.entries("Resynchronize")) == 1
    assert host.handshakes == host.failed_handshakes == host.failed_tls == 0


@VERSIONS
@pytest.mark.parametrize("auth", ["ntlm", "basic"])
def test_shows_a_certificate_beside_a_password(
    start: Start, tmp_path: Path, version: ssl.TLSVersion, auth: str
) -> None:
    host, hvr = start(version, auth=auth, mechanisms=("Negotiate", "Basic"), channel_binding=LEAF.end_point)
    hvr.options += options(tmp_path, OURS)
    assert hvr.run("resync", "web01", "-o", "json").expect(0).json()["result"] == "completed"


@pytest.mark.parametrize(("kind", "form"), [("rsa", "RSA PRIVATE KEY"), ("p384", "EC PRIVATE KEY"), ("rsa", "PRIVATE KEY")])
def test_reads_every_form_of_a_key(start: Start, tmp_path: Path, kind: str, form: str) -> None:
    ours = client(key=kind)
    host, hvr = start(accounts=(ours,))
    hvr.run(*options(tmp_path, ours, ours.private(form)), "identify").expect(0)


@pytest.mark.parametrize("key_first", [False, True])
def test_reads_certificate_and_key_from_one_file(start: Start, tmp_path: Path, key_first: bool) -> None:
    host, hvr = start()
    parts = [OURS.pem, OURS.private()]
    (tmp_path / "both.pem").write_bytes(b"".join(reversed(parts) if key_first else parts))
    hvr.environment["HVR_CLIENT_CERT"] = str(tmp_path / "both.pem")
    hvr.run("identify").expect(0)


def test_shows_the_whole_chain(start: Start, tmp_path: Path) -> None:
    """The host knows the root alone."""
    between = certificate(issuer=CLIENTS, is_ca=True)
    ours = client(between)
    host, hvr = start(accounts=(ours,))
    hvr.options += options(tmp_path, ours)
    assert hvr.run("identify").code in (3, 4)
    (tmp_path / "client.pem").write_bytes(ours.pem + between.pem)
    hvr.run("identify").expect(0)


# Who is not let in


@pytest.mark.parametrize("refusal", [401, 403])
@VERSIONS
def test_says_that_the_host_knows_no_such_account(
    start: Start, tmp_path: Path, version: ssl.TLSVersion, refusal: int
) -> None:
    host, hvr = start(version, certificate_refusal=refusal)
    hvr.options += options(tmp_path, OTHERS)
    error = hvr.run("resync", "web01", "-o", "json").expect(4).error()
    assert error["kind"] == "authentication" and "certmapping" in error["hint"], error
    assert f"(HTTP {refusal})" in error["message"] and "no account" in error["message"]
    assert host.failed_handshakes == host.requests == 1 and not host.journal


@pytest.mark.parametrize("refusal", [401, 403])
@VERSIONS
def test_says_that_the_host_did_not_ask(start: Start, tmp_path: Path, version: ssl.TLSVersion, refusal: int) -> None:
    """As Windows hosts are installed: they would ask after the handshake."""
    host, hvr = start(version, asks=None, certificate_refusal=refusal)
    hvr.options += options(tmp_path, OURS)
    error = hvr.run("resync", "web01", "-o", "json").expect(4).error()
    assert error["kind"] == "authentication" and "clientcertnegotiation=enable" in error["message"], error
    assert host.requests == 1 and not host.journal


@VERSIONS
@pytest.mark.parametrize("ours", [None, STRANGER], ids=["none", "stranger"])
def test_a_host_that_demands_a_certificate_ends_tls(
    start: Start, tmp_path: Path, version: ssl.TLSVersion, ours: Certificate | None
) -> None:
    """With TLS 1.3 we learn it in place of the first answer, if a reset of the connection does not overtake it."""
    host, hvr = start(version, auth="ntlm", mechanisms=("Negotiate",))
    hvr.options += options(tmp_path, ours) if ours else []
    run = hvr.run("vm", "list", "-o", "json")
    # With TLS 1.2 nothing but "handshake failure" says that a certificate is missing.
    assert run.code in ([3, 4] if version is TLS13 else [4] if ours else [3]), run
    error = run.error()
    if run.code == 4:
        assert "client certificate" in error["message"] and "--client-cert" in error["hint"], error
    assert run.stdout == "" and host.requests == 0 and host.failed_tls > 0


def test_shows_no_certificate_to_a_host_that_does_not_ask(start: Start, tmp_path: Path) -> None:
    host, hvr = start(asks=None, auth="ntlm", mechanisms=("Negotiate",))
    hvr.options += options(tmp_path, OURS)
    hvr.run("identify").expect(0)


# What cannot be used


def refuses(hvr: Hvr, arguments: list[str], *words: str) -> None:
    """Usage, before anything is sent."""
    run = hvr.run(*arguments, "identify").expect(2)
    for word in words:
        assert word in run.stderr, run.stderr


@pytest.mark.parametrize(("kind", "form"), [("ecdsa", "PRIVATE KEY"), ("rsa", "RSA PRIVATE KEY")])
def test_says_how_to_decrypt_a_key(start: Start, tmp_path: Path, kind: str, form: str) -> None:
    host, hvr = start()
    ours = client(key=kind)
    refuses(hvr, options(tmp_path, ours, ours.private(form, b"secret")), "openssl pkey -in KEY -out PLAIN")
    assert host.connections == host.failed_tls == 0


def test_refuses_what_does_not_fit(start: Start, tmp_path: Path) -> None:
    host, hvr = start()
    ours = options(tmp_path, OURS)
    refuses(hvr, [], "--client-cert FILE")
    refuses(hvr, ours[2:], "--client-cert")
    refuses(hvr, ours[:2], "private key")  # its file has none
    refuses(hvr, [*ours[:2], "--client-key", str(tmp_path / "missing")], "missing")
    refuses(hvr, options(tmp_path, OURS, OTHERS.private()), "not that of the client certificate")
    refuses(hvr, options(tmp_path, OURS, b"garbage"), "private key")
    (tmp_path / "client.pem").write_text("garbage")
    refuses(hvr, ours, "certificate")
    hvr.host = host.url.replace("https:", "http:")
    refuses(hvr, options(tmp_path, OURS), "https")
    assert host.connections == host.failed_tls == 0


def test_prints_no_key_however_much_it_logs(start: Start, tmp_path: Path) -> None:
    host, hvr = start()
    hvr.options += options(tmp_path, OURS)
    run = hvr.run("-vvv", "vm", "list").expect(0)
    for line in OURS.private().decode().splitlines()[1:-1]:
        assert line not in run.both
