"""Nothing that a run prints or records holds a secret: not at the highest verbosity, not with the names kept."""

from __future__ import annotations

import base64
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.x509 import ExtendedKeyUsageOID
from spnego._ntlm_raw.crypto import ntowfv1

from certificates import certificate
from hvr import Hvr
from kdc import Kdc, program
from winrm_host import PASSWORD, USER, Host

CA, LEAF = certificate(is_ca=True), certificate("127.0.0.1")
CLIENT = certificate("admin.test", issuer=CA, purpose=ExtendedKeyUsageOID.CLIENT_AUTH)
KEY = CLIENT.private()


def spellings(secret: bytes) -> Iterator[bytes]:
    """A secret as it could be written: as it is, in UTF-16, in hexadecimal digits, and in Base64 at any offset."""
    yield secret
    yield secret.hex().encode()
    yield ", ".join(map(str, secret)).encode()  # as Rust shows bytes
    for text in {secret.decode("utf-8", "ignore")} - {""}:
        yield text.encode("utf-16-le")
        yield repr(text)[1:-1].encode()
    for padding in range(3):
        encoded = base64.b64encode(bytes(padding) + secret)
        yield encoded[4 if padding else 0 : -4]


def tells_nothing(hvr: Hvr, folder: Path, *secrets: bytes) -> None:
    """Runs at the highest verbosity with a recording that keeps names, and searches all of it."""
    recording = folder / "recording"
    arguments = ["-vvv", "--record", str(recording), "--dangerous-record-names", "resync", "web01"]
    run = hvr.run(*arguments).expect(0)
    said = [run.stdout.encode(), run.stderr.encode()]
    said += [path.read_bytes() for path in sorted(recording.rglob("*")) if path.is_file()]
    assert "Envelope" in run.stderr and len(said) > 4, "it says and records nothing at all"
    for secret in secrets:
        assert len(secret) >= 8, "too short to be searched for"
        for spelling in spellings(secret):
            for text in said:
                assert spelling.lower() not in text.lower(), f"{secret!r} as {spelling!r}"


PASSWORDS = [PASSWORD.encode(), ntowfv1(PASSWORD), f"{USER}:{PASSWORD}".encode()]


@pytest.mark.parametrize("auth", ["ntlm", "negotiate"])
def test_of_a_password_over_http(tmp_path: Path, auth: str) -> None:
    with Host() as host:
        hvr = Hvr(tmp_path, host.url, USER, PASSWORD)
        hvr.options = ["--password-file", str(hvr.password_file()), "--auth", auth]
        tells_nothing(hvr, tmp_path, *PASSWORDS)


def test_of_a_password_by_basic(tmp_path: Path) -> None:
    with Host(tls=LEAF.server(tmp_path), mechanisms=("Basic",)) as host:
        hvr = Hvr(tmp_path, host.url, USER, PASSWORD)
        hvr.options = ["--password-file", str(hvr.password_file()), "--auth", "basic", "--ca", LEAF.file(tmp_path)]
        tells_nothing(hvr, tmp_path, *PASSWORDS)


def test_of_a_client_certificate(tmp_path: Path) -> None:
    tls = LEAF.server(tmp_path, clients=CA)
    with Host(tls=tls, mechanisms=("Certificate",), accounts=(CLIENT.der,)) as host:
        (tmp_path / "client.pem").write_bytes(CLIENT.pem + KEY)
        hvr = Hvr(tmp_path, host.url, None, PASSWORD)
        hvr.options = ["--auth", "certificate", "--client-cert", str(tmp_path / "client.pem"), "--ca", LEAF.file(tmp_path)]
        lines = [line for line in KEY.splitlines() if not line.startswith(b"-")]
        tells_nothing(hvr, tmp_path, *[line for line in lines if len(line) >= 8], base64.b64decode(b"".join(lines)))


@pytest.fixture(scope="module")
def kdc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kdc]:
    with Kdc(tmp_path_factory.mktemp("secrets")) as kdc:
        kdc.add("peer", PASSWORD)
        kdc.add("host/127.0.0.1")
        kdc.keytab("host/127.0.0.1", name="host.keytab")
        yield kdc


def by_password(hvr: Hvr, kdc: Kdc) -> list[str]:
    return ["--user", f"peer@{kdc.realm}", "--password-file", str(hvr.password_file())]


def by_keytab(_: Hvr, kdc: Kdc) -> list[str]:
    return ["--keytab", str(kdc.keytab("peer", name="peer.keytab", random=False))]


def by_ccache(_: Hvr, kdc: Kdc) -> list[str]:
    return ["--ccache", str(kdc.kinit("peer", PASSWORD))]


@pytest.mark.parametrize("source", [by_password, by_keytab, by_ccache])
def test_of_kerberos(
    kdc: Kdc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: Callable[[Hvr, Kdc], list[str]]
) -> None:
    monkeypatch.setenv("KRB5_CONFIG", str(kdc.config))
    monkeypatch.setenv("KRB5_KTNAME", str(kdc.folder / "host.keytab"))
    monkeypatch.setenv("KRB5RCACHENAME", f"file2:{tmp_path}/replays")
    with Host(keytab=kdc.folder / "host.keytab") as host:
        hvr = Hvr(tmp_path, host.url, None, PASSWORD)
        hvr.environment = kdc.variables
        hvr.options = ["--auth", "kerberos", *source(hvr, kdc)]
        # The keys that the password makes, and the session key of the ticket, which is all that who has it needs.
        kdc.keytab("peer", name="all.keytab", random=False)
        listing = subprocess.run(
            [program("klist"), "-ekK", str(kdc.folder / "all.keytab")], capture_output=True, text=True, check=True
        )
        keys = [bytes.fromhex(key) for key in re.findall(r"\(0x([0-9a-f]+)\)", listing.stdout)]
        assert len(keys) >= 2
        ccache = kdc.folder / "ccache"
        keys += re.findall(rb"\x00\x12\x00\x00\x00\x20(.{32})", ccache.read_bytes(), re.S) if ccache.exists() else []
        tells_nothing(hvr, tmp_path, PASSWORD.encode(), *keys)


def test_of_a_proxy(tmp_path: Path) -> None:
    with Host(tls=LEAF.server(tmp_path)) as host:
        hvr = Hvr(tmp_path, host.url, USER, PASSWORD)
        hvr.options = ["--password-file", str(hvr.password_file()), "--ca", LEAF.file(tmp_path), "-vvv"]
        run = hvr.run("--proxy", "http://proxyuser:proxysecret@127.0.0.1:1", "vm", "list").expect(3)
        assert "proxysecret" not in run.both and "127.0.0.1:1" in run.both
