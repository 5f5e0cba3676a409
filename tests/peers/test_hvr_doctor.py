"""`hvr doctor` against the host of the peers: what it finds over http and https, and what of certificates.

The names, dates and hashes of certificates are those that `cryptography` tells.
"""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from certificates import Certificate, certificate
from hvr import Hvr, Run
from winrm_host import PASSWORD, USER, Host

IP, NAME = "127.0.0.1", "localhost"
CA = certificate(is_ca=True)
LEAF = certificate(IP, NAME, issuer=CA, days=(-1, 400))
SELF_SIGNED = certificate(IP, NAME, days=(-1, 400))

Connect = Callable[..., tuple[Host, Hvr]]


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[Connect]:
    """Starts a host, and points the program at it; every host must see no offence."""
    with contextmanager(_connect)(tmp_path) as connect:
        yield connect


def _connect(folder: Path) -> Iterator[Connect]:
    hosts: list[Host] = []

    def connect(leaf: Certificate | None = None, *trust: str, **options: Any) -> tuple[Host, Hvr]:
        host = Host(tls=leaf and leaf.server(folder), **options)
        hosts.append(host)
        host.__enter__()
        hvr = Hvr(folder, host.url, USER, PASSWORD)
        hvr.options = ["--password-file", str(hvr.password_file()), *trust]
        return host, hvr

    yield connect
    for host in hosts:
        host.__exit__()
        assert host.offences == []


def pin(leaf: Certificate) -> str:
    return "sha256:" + hashlib.sha256(ssl.PEM_cert_to_DER_cert(leaf.pem.decode())).hexdigest()


def examine(hvr: Hvr, code: int, *arguments: str) -> dict[str, dict[str, Any]]:
    """The findings, by their names; each has the documented members."""
    report = hvr.run("doctor", "-o", "json", *arguments).expect(code).json()
    for finding in report["findings"]:
        assert set(finding) == {"name", "severity", "evidence", "advice", "kind"}
        assert (finding["kind"] is None) == (finding["severity"] != "error"), finding
        assert finding["advice"] or finding["severity"] in ("ok", "note"), finding
    names = [finding["name"] for finding in report["findings"]]
    assert len(names) == len(set(names))
    return {finding["name"]: finding for finding in report["findings"]}


def severities(findings: dict[str, dict[str, Any]], *names: str) -> set[str]:
    return {findings[name]["severity"] for name in names}


def test_finds_all_well_over_http(connect: Connect) -> None:
    """But for `winrm/config`, which this host does not show, and the classes that it does not have."""
    host, hvr = connect()
    findings = examine(hvr, 0)
    assert severities(findings, "address", "port", "scheme", "mechanisms", "credentials", "clock", "winrm") == {"ok"}
    assert severities(findings, "namespace", "virtual_machines", "replication_service") == {"ok"}
    assert findings["settings"]["severity"] == "note" and "administrator" in findings["settings"]["evidence"]
    assert "10.0.20348" in findings["winrm"]["evidence"] and "Negotiate" in findings["mechanisms"]["evidence"]
    assert host.handshakes == 1
    assert {entry.operation for entry in host.journal} <= {"Identify", "Get", "Enumerate", "Pull", "Release"}


def test_finds_all_well_over_https(connect: Connect, tmp_path: Path) -> None:
    host, hvr = connect(LEAF, "--ca", CA.file(tmp_path), channel_binding=LEAF.end_point)
    findings = examine(hvr, 0)
    assert severities(findings, "tls", "certificate", "channel_binding", "winrm") == {"ok"}
    assert "TLSv1_3" in findings["tls"]["evidence"]
    told = findings["certificate"]["evidence"]
    subject, issuer = (
        name.rfc4514_string().replace("\\", "") for name in (LEAF.x509.subject, LEAF.x509.issuer)
    )
    for part in (subject, f"issued by {issuer}", f"for {IP}, {NAME}", pin(LEAF)):
        assert part in told
    for date in (LEAF.x509.not_valid_before_utc, LEAF.x509.not_valid_after_utc):
        assert date.strftime("%Y-%m-%dT%H:%M:%SZ") in told
    label, _, digest = LEAF.end_point.partition(b":")
    assert findings["channel_binding"]["evidence"] == f"{label.decode()}:{digest.hex()}"


@pytest.mark.parametrize("key", ["ecdsa", "p384", "rsa"])
def test_tells_the_pin_of_a_certificate_that_signs_itself(connect: Connect, key: str) -> None:
    leaf = certificate(IP, key=key, days=(-1, 400))
    host, hvr = connect(leaf)
    finding = examine(hvr, 3)["certificate"]
    assert "signs itself" in finding["evidence"] and f"--pin {pin(leaf)}" in finding["advice"]
    assert finding["kind"] == "tls" and host.requests == 0, "no password went there"
    hvr.options += ["--pin", pin(leaf)]
    assert examine(hvr, 0)["certificate"]["evidence"].startswith("the pinned one")


def test_tells_the_pin_of_a_certificate_of_an_authority_that_signs_itself(connect: Connect) -> None:
    leaf = certificate(IP, is_ca=True, days=(-1, 400))
    _, hvr = connect(leaf)
    assert f"--pin {pin(leaf)}" in examine(hvr, 3)["certificate"]["advice"]


@pytest.mark.parametrize(
    ("leaf", "words"),
    [
        (certificate("hv01.example.com", issuer=CA), f"not for {IP}"),
        (certificate(IP, issuer=CA, days=(-3, -1)), "has expired"),
        (certificate(IP, issuer=CA, days=(1, 3)), "not valid yet"),
    ],
)
def test_says_what_is_wrong_with_a_certificate(connect: Connect, tmp_path: Path, leaf: Certificate, words: str) -> None:
    _, hvr = connect(leaf, "--ca", CA.file(tmp_path))
    finding = examine(hvr, 3)["certificate"]
    assert words in finding["evidence"] and pin(leaf) in finding["evidence"]


def test_says_that_another_certificate_was_pinned(connect: Connect) -> None:
    host, hvr = connect(SELF_SIGNED, "--pin", pin(LEAF))
    finding = examine(hvr, 3)["certificate"]
    assert "not the one that was pinned" in finding["evidence"] and pin(SELF_SIGNED) in finding["advice"]
    assert host.requests == 0


@pytest.mark.parametrize(("days", "words"), [((-1, 10), "expires in "), ((-3, -1), "expired on")])
def test_warns_of_a_pinned_certificate_that_ends(connect: Connect, days: tuple[int, int], words: str) -> None:
    leaf = certificate(IP, days=days)
    _, hvr = connect(leaf, "--pin", pin(leaf))
    finding = examine(hvr, 0)["certificate_dates"]
    assert finding["severity"] == "warning" and words in finding["evidence"]


def test_warns_of_any_certificate_being_accepted(connect: Connect) -> None:
    _, hvr = connect(SELF_SIGNED, "--dangerous-accept-invalid-certs")
    finding = examine(hvr, 0)["certificate"]
    assert finding["severity"] == "warning" and pin(SELF_SIGNED) in finding["advice"]


def test_says_that_the_system_has_no_roots(connect: Connect) -> None:
    _, hvr = connect(LEAF)
    hvr.environment |= {"SSL_CERT_FILE": "/dev/null", "SSL_CERT_DIR": "/nonexistent"}
    finding = examine(hvr, 3)["certificate"]
    assert "no trusted root" in finding["evidence"] and pin(LEAF) in finding["evidence"]


def test_says_that_no_cipher_suite_is_shared(connect: Connect) -> None:
    """As with Server 2012 and an RSA certificate."""
    leaf = certificate(IP, key="rsa")
    host, hvr = connect(leaf)
    assert host.tls is not None
    host.tls.maximum_version = ssl.TLSVersion.TLSv1_2
    host.tls.set_ciphers("ECDHE-RSA-AES256-SHA")
    finding = examine(hvr, 3)["tls"]
    assert "No cipher suite in common" in finding["advice"] and "RSA" in finding["advice"]


def test_tries_a_wrong_password_once(connect: Connect) -> None:
    host, hvr = connect()
    hvr.password = "wrong password"
    hvr.password_file()
    findings = examine(hvr, 4)
    assert "401" in findings["winrm"]["evidence"] and "password is wrong" in findings["winrm"]["advice"]
    assert host.failed_handshakes == 1 and host.journal == []


def test_sees_a_wrong_channel_binding_as_a_refusal(connect: Connect) -> None:
    _, hvr = connect(LEAF, "--pin", pin(LEAF), channel_binding=SELF_SIGNED.end_point)
    assert "CbtHardeningLevel" in examine(hvr, 4)["winrm"]["advice"]


def test_needs_no_user(connect: Connect) -> None:
    host, hvr = connect()
    hvr.user, hvr.options = None, []
    findings = examine(hvr, 0)
    assert findings["credentials"]["severity"] == "note" and "0.0.0" in findings["winrm"]["evidence"]
    assert [entry.anonymous for entry in host.journal] == [True] and host.handshakes == 0


def test_says_that_the_role_is_missing(connect: Connect) -> None:
    host, hvr = connect()
    host.provider.has_hyperv = False
    finding = examine(hvr, 1)["namespace"]
    assert "root/virtualization/v2" in finding["evidence"] and "role Hyper-V" in finding["advice"]


def test_is_a_table_for_people(connect: Connect) -> None:
    _, hvr = connect()
    run: Run = hvr.run("doctor").expect(0)
    lines = run.stdout.splitlines()
    assert run.stderr == "" and max(map(len, lines)) <= 100
    assert any(line.split() == ["ok", "port", hvr.host.split("/")[2], "accepts", "connections"] for line in lines)
