"""`hvr` over https, against OpenSSL: whom it trusts, what it sends within TLS, and what it makes of failures.

Within TLS bodies are plain, as real hosts have it. NTLM authenticates the TCP connection once, Basic every request;
the host counts anything else as an offence.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from certificates import Certificate, certificate
from failures import Broken
from hvr import Hvr
from winrm_host import PASSWORD, USER, Host

IP, NAME = "127.0.0.1", "localhost"
TLS12, TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
CA = certificate(is_ca=True)
LEAF = certificate(IP, NAME, issuer=CA)
SELF_SIGNED = certificate(IP, is_ca=True)
BOTH = ["ntlm", "basic"]
NO_ROOTS = {"SSL_CERT_FILE": "/dev/null", "SSL_CERT_DIR": "/nonexistent"}

Connect = Callable[..., tuple[Host, Hvr]]


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[Connect]:
    """Starts a host with a certificate, and points the program at it; every host must see no offence."""
    with contextmanager(_connect)(tmp_path) as connect:
        yield connect


def _connect(folder: Path) -> Iterator[Connect]:
    hosts: list[Host] = []

    def connect(
        leaf: Certificate | None = LEAF,
        *,
        ca: Certificate | None = CA,
        auth: str = "ntlm",
        name: str = IP,
        versions: tuple[ssl.TLSVersion, ssl.TLSVersion] = (TLS12, TLS13),
        **options: object,
    ) -> tuple[Host, Hvr]:
        options.setdefault("mechanisms", ("Negotiate", "Basic"))
        host = Host(tls=leaf and leaf.server(folder, *versions), **options)
        hosts.append(host)
        host.__enter__()
        hvr = Hvr(folder, host.url.replace(IP, name), USER, PASSWORD)
        hvr.options = ["--password-file", str(hvr.password_file()), "--auth", auth]
        hvr.options += ["--ca", ca.file(folder)] if ca else []
        return host, hvr

    yield connect
    for host in hosts:
        host.__exit__()
        assert host.offences == []


def completes(host: Host, hvr: Hvr) -> None:
    """A resynchronization succeeds, and ran once."""
    assert hvr.run("resync", "web01", "-o", "json").expect(0).json()["result"] == "completed"
    assert host.ran("Resynchronize") == len(host.entries("Resynchronize")) == 1


def refuses(host: Host, hvr: Hvr, *words: str) -> None:
    """The program ends the TLS handshake, before the host learns anything, and says why."""
    run = hvr.run("vm", "list", "-o", "json").expect(3)
    error = run.error()
    assert error["kind"] == "tls" and "TLS" in error["message"] and "--ca" in error["hint"], error
    for word in words:
        assert word in error["message"], error
    end = time.monotonic() + 15
    while host.failed_tls == 0 and time.monotonic() < end:
        time.sleep(0.02)  # the host's thread may count after the program has ended
    assert run.stdout == "" and host.requests == 0 and host.failed_tls == 1


# All is well


@pytest.mark.parametrize("auth", BOTH)
@pytest.mark.parametrize("name", [IP, NAME])
def test_resynchronizes(connect: Connect, auth: str, name: str) -> None:
    host, hvr = connect(auth=auth, name=name)
    completes(host, hvr)
    assert host.handshakes == (host.connections if auth == "ntlm" else 0)
    assert not host.provider.enumerations.open


@pytest.mark.parametrize("auth", ["ntlm", "negotiate"])
def test_seals_ntlm_within_tls_on_request(connect: Connect, auth: str) -> None:
    host, hvr = connect(auth=auth, seals_within_tls=True, channel_binding=LEAF.end_point)
    hvr.environment["HVR_SEALING"] = "always"
    completes(host, hvr)


@pytest.mark.parametrize("version", [TLS12, TLS13])
@pytest.mark.parametrize("key", ["rsa", "ecdsa"])
def test_speaks_both_versions_of_tls_with_both_keys(connect: Connect, version: ssl.TLSVersion, key: str) -> None:
    host, hvr = connect(certificate(IP, issuer=CA, key=key), versions=(version, version))
    assert len(hvr.run("vm", "list", "-o", "json").expect(0).json()) == len(host.inventory.vms)


@pytest.mark.parametrize("key", ["rsa", "ecdsa"])
@pytest.mark.parametrize("is_ca", [False, True])
def test_trusts_a_certificate_that_is_named_itself(connect: Connect, key: str, is_ca: bool) -> None:
    leaf = certificate(IP, is_ca=is_ca, key=key)
    completes(*connect(leaf, ca=leaf))


def test_trusts_a_named_certificate_whose_issuer_is_unknown(connect: Connect) -> None:
    completes(*connect(LEAF, ca=LEAF))


def test_takes_the_certificates_from_the_environment(connect: Connect, tmp_path: Path) -> None:
    host, hvr = connect(ca=None)
    hvr.environment["HVR_CA"] = CA.file(tmp_path)
    completes(host, hvr)


def test_takes_one_certificate_of_several(connect: Connect, tmp_path: Path) -> None:
    host, hvr = connect(ca=None)
    (tmp_path / "both.pem").write_bytes(b"A comment\n" + SELF_SIGNED.pem + CA.pem)
    hvr.options += ["--ca", str(tmp_path / "both.pem")]
    completes(host, hvr)


@pytest.mark.parametrize("version", [TLS12, TLS13])
@pytest.mark.parametrize("key", ["rsa", "ecdsa", "p384"])
def test_binds_ntlm_to_the_certificate_of_the_host(connect: Connect, version: ssl.TLSVersion, key: str) -> None:
    leaf = certificate(IP, key=key)
    host, hvr = connect(leaf, ca=leaf, versions=(version, version), channel_binding=leaf.end_point)
    completes(host, hvr)
    assert host.handshakes == host.connections


def test_is_of_no_use_behind_another_certificate(connect: Connect) -> None:
    """As behind a proxy that ends TLS: the host behind it has another certificate than the one that we see."""
    host, hvr = connect(channel_binding=SELF_SIGNED.end_point)
    error = hvr.run("vm", "list", "-o", "json").expect(4).error()
    assert error["kind"] == "authentication", error
    assert host.failed_handshakes == 1 and not host.journal


@pytest.mark.parametrize("auth", BOTH)
def test_prints_no_secret_however_much_it_logs(connect: Connect, auth: str) -> None:
    host, hvr = connect(auth=auth)
    run = hvr.run("-vvv", "vm", "list").expect(0)
    assert "Msvm_ComputerSystem" in run.stderr, "the messages are logged"
    hvr.password = PASSWORD + "wrong"
    hvr.password_file()
    hvr.run("-vvv", "vm", "list").expect(4)


# Whom it does not trust


def test_refuses_an_unknown_issuer(connect: Connect) -> None:
    refuses(*connect(ca=SELF_SIGNED), "UnknownIssuer")


@pytest.mark.parametrize("ca", [None, CA])
def test_refuses_a_self_signed_certificate_that_is_not_named(connect: Connect, ca: Certificate | None) -> None:
    refuses(*connect(SELF_SIGNED, ca=ca))


def test_refuses_another_certificate_of_the_same_name(connect: Connect) -> None:
    """Same subject and addresses, another key: what is named is the whole certificate."""
    refuses(*connect(SELF_SIGNED, ca=certificate(IP, is_ca=True)))


def test_refuses_another_issuer_of_the_same_name(connect: Connect) -> None:
    refuses(*connect(ca=certificate(is_ca=True)))


@pytest.mark.parametrize("name", [NAME, IP])
@pytest.mark.parametrize("by", ["CA", "itself", "itself as CA"])
def test_refuses_another_host_name(connect: Connect, name: str, by: str) -> None:
    other = {NAME: IP, IP: NAME}[name]
    leaf = certificate(other, issuer=CA if by == "CA" else None, is_ca=by == "itself as CA")
    refuses(*connect(leaf, ca=CA if by == "CA" else leaf, name=name), "not valid for name", other)


@pytest.mark.parametrize("days", [(-2, -1), (1, 2)])
@pytest.mark.parametrize("by", ["CA", "itself", "itself as CA"])
def test_refuses_a_certificate_outside_its_dates(connect: Connect, by: str, days: tuple[int, int]) -> None:
    """Also one that is named itself: whoever names a certificate does not thereby extend it."""
    leaf = certificate(IP, issuer=CA if by == "CA" else None, is_ca=by == "itself as CA", days=days)
    refuses(*connect(leaf, ca=CA if by == "CA" else leaf), "expired" if days[1] < 0 else "not valid yet")


def test_refuses_what_is_no_certificate(connect: Connect, tmp_path: Path) -> None:
    host, hvr = connect(ca=None)
    body = "\n".join(["-----BEGIN CERTIFICATE-----", "{}", "-----END CERTIFICATE-----", ""])
    for text in ["", "garbage", "\0\xff", body.format("%%%"), body.format("Z2FyYmFnZQ=="), CA.pem.decode()[:300]]:
        (tmp_path / "garbage.pem").write_text(text, encoding="latin-1")
        run = hvr.run("--ca", str(tmp_path / "garbage.pem"), "vm", "list", "-o", "json").expect(2)
        assert "certificate" in run.stderr
    hvr.run("--ca", str(tmp_path / "missing.pem"), "vm", "list").expect(2)
    assert host.connections == host.failed_tls == 0


# A system without root certificates


def test_needs_no_roots_of_the_system_for_a_named_certificate(connect: Connect) -> None:
    host, hvr = connect()
    hvr.environment |= NO_ROOTS
    assert hvr.run("-q", "vm", "list").expect(0).stderr == ""


def test_says_that_the_system_has_no_roots(connect: Connect) -> None:
    host, hvr = connect(ca=None)
    hvr.environment |= NO_ROOTS
    error = hvr.run("vm", "list", "-o", "json").expect(3).error()
    assert "no trusted root certificates" in error["message"] and "--ca" in error["hint"]
    assert host.connections == host.failed_tls == 0


def test_needs_no_roots_over_http(connect: Connect) -> None:
    host, hvr = connect(None, ca=None)
    hvr.environment |= NO_ROOTS
    assert hvr.run("-q", "vm", "list").expect(0).stderr == ""


# Not what it seems


def test_refuses_http_on_an_https_url(connect: Connect) -> None:
    host, hvr = connect(None)
    hvr.host = host.url.replace("http:", "https:")
    assert "TLS" in hvr.run("vm", "list", "-o", "json").expect(3).error()["message"]
    assert host.requests == 0


def test_refuses_https_on_an_http_url(connect: Connect) -> None:
    host, hvr = connect()
    hvr.host = host.url.replace("https:", "http:")
    hvr.run("vm", "list", "-o", "json").expect(3).error()
    assert host.requests == 0 and host.failed_tls > 0


@pytest.mark.parametrize("broken", [Broken.HTML, Broken.JSON, Broken.GARBAGE, Broken.DOCTYPE])
@pytest.mark.parametrize("auth", BOTH)
def test_refuses_an_answer_that_is_no_soap(connect: Connect, auth: str, broken: Broken) -> None:
    host, hvr = connect(auth=auth)
    host.script("*", broken, times=None)
    run = hvr.run("vm", "list", "-o", "json").expect(3)
    assert run.stdout == "" and run.error()["message"]


@pytest.mark.parametrize("broken", [Broken.HTML, Broken.JSON, Broken.GARBAGE])
def test_an_unreadable_answer_leaves_the_outcome_unknown(connect: Connect, broken: Broken) -> None:
    host, hvr = connect()
    host.script("Resynchronize", broken)
    hvr.run("resync", "web01", "-o", "json").expect_unknown()
    assert host.ran("Resynchronize") == len(host.entries("Resynchronize")) == 1


# Connections that break


@pytest.mark.parametrize("auth", BOTH)
@pytest.mark.parametrize("reset", [False, True])
@pytest.mark.parametrize(("broken", "ran"), [(Broken.DROP_BEFORE, 0), (Broken.DROP_AFTER, 1), (Broken.TRUNCATED, 1)])
def test_a_dropped_connection_leaves_the_outcome_unknown(
    connect: Connect, broken: Broken, ran: int, reset: bool, auth: str
) -> None:
    host, hvr = connect(auth=auth)
    host.script("Resynchronize", broken, reset=reset)
    hvr.run("resync", "web01", "-o", "json").expect_unknown()
    assert len(host.entries("Resynchronize")) == 1 and host.ran("Resynchronize") == ran


@pytest.mark.parametrize("auth", BOTH)
def test_a_dropped_read_is_repeated(connect: Connect, auth: str) -> None:
    host, hvr = connect(auth=auth)
    host.script("*", Broken.DROP_AFTER)
    completes(host, hvr)


@pytest.mark.parametrize("auth", BOTH)
def test_obeys_connection_close(connect: Connect, auth: str) -> None:
    host, hvr = connect(auth=auth, closes_after_each_answer=True)
    completes(host, hvr)


def test_authenticates_anew_in_mid_session(connect: Connect) -> None:
    host, hvr = connect()
    host.script("Resynchronize", Broken.UNAUTHORIZED)
    assert hvr.run("resync", "web01", "-o", "json").expect(0).json()["result"] == "completed"
    assert host.ran("Resynchronize") == 1 and host.handshakes == 2


# Who is not let in


@pytest.mark.parametrize(("auth", "requests"), [("ntlm", 2), ("basic", 1)])
def test_tries_a_wrong_password_once(connect: Connect, auth: str, requests: int) -> None:
    """More would lock the account."""
    host, hvr = connect(auth=auth)
    hvr.password = "wrong password"
    hvr.password_file()
    assert USER in hvr.run("vm", "list", "-o", "json").expect(4).error()["message"]
    assert (host.requests, host.failed_handshakes, host.journal) == (requests, 1, [])


@pytest.mark.parametrize(
    ("auth", "wanted", "offered"),
    [
        ("ntlm", "NTLM", "Basic"),
        ("ntlm", "NTLM", "negotiate"),  # by which this host means anything but NTLM
        ("basic", "Basic", "Negotiate"),
    ],
)
def test_names_what_the_host_offers(connect: Connect, auth: str, wanted: str, offered: str) -> None:
    """And does not fall back to it."""
    host, hvr = connect(auth=auth, mechanisms=(offered,))
    message = hvr.run("vm", "list", "-o", "json").expect(4).error()["message"]
    assert message.endswith(f"the host does not accept {wanted} authentication; it offers {offered}")
    assert host.requests == 1 and host.journal == []


# In clear, because the user says so


@pytest.mark.parametrize("auth", BOTH)
def test_resynchronizes_in_clear(connect: Connect, auth: str) -> None:
    host, hvr = connect(None, ca=None, auth=auth, allows_clear=True)
    hvr.options += ["--dangerous-clear-text"]
    completes(host, hvr)


@pytest.mark.parametrize(("auth", "refusal"), [("ntlm", 401), ("ntlm", 500), ("basic", 500)])
def test_says_that_the_host_refuses_clear_text(connect: Connect, auth: str, refusal: int) -> None:
    host, hvr = connect(None, ca=None, auth=auth, clear_refusal=refusal)
    hvr.options += ["--dangerous-clear-text"]
    message = hvr.run("resync", "web01", "-o", "json").expect(4).error()["message"]
    assert "clear text" in message and str(refusal) in message and "AllowUnencrypted" in message
    assert host.journal == [] and set(host.offences) == {"a body was sent in clear"}
    host.offences.clear()


def test_cannot_tell_whether_basic_is_refused_for_its_clear_text(connect: Connect) -> None:
    """A 401 may mean both, so the hint has both."""
    host, hvr = connect(None, ca=None, auth="basic")
    hvr.options += ["--dangerous-clear-text"]
    hint = hvr.run("resync", "web01", "-o", "json").expect(4).error()["hint"]
    assert "password" in hint and "clear text" in hint
    assert host.requests == 1 and host.offences == ["a body was sent in clear"]
    host.offences.clear()


def test_seals_unless_clear_text_is_asked_for(connect: Connect) -> None:
    host, hvr = connect(None, ca=None, allows_clear=True)
    completes(host, hvr)
    hvr.options[-1:] = ["basic"]
    assert "https" in hvr.run("vm", "list").expect(2).stderr


def test_believes_no_clear_answer_to_a_sealed_request(connect: Connect) -> None:
    host, hvr = connect(None, ca=None, allows_clear=True)
    host.script("*", Broken.CLEAR_ANSWER, times=None)
    assert "clear" in hvr.run("vm", "list").expect(3).stderr
