"""Whom `hvr` trusts over https by a pin, or by no certificate at all, against OpenSSL."""

from __future__ import annotations

import ssl

import pytest

from certificates import certificate
from test_hvr_over_https import CA, IP, LEAF, NAME, NO_ROOTS, SELF_SIGNED, TLS12, TLS13, Connect, completes, connect

__all__ = ["connect"]

OTHER = certificate(IP, NAME, issuer=CA)
EXPIRED = certificate(IP, days=(-2, -1))
ELSEWHERE = certificate("elsewhere.test")


@pytest.mark.parametrize("version", [TLS12, TLS13])
@pytest.mark.parametrize("leaf", [LEAF, SELF_SIGNED, EXPIRED, ELSEWHERE], ids=["CA", "self", "expired", "elsewhere"])
def test_a_pin_replaces_issuer_name_and_dates(connect: Connect, leaf, version: ssl.TLSVersion) -> None:
    host, hvr = connect(leaf, ca=None, versions=(version, version), channel_binding=leaf.end_point)
    hvr.options += ["--pin", leaf.pin]
    hvr.environment |= NO_ROOTS
    completes(host, hvr)


@pytest.mark.parametrize("ca", [None, CA])
def test_a_pin_excludes_every_other_certificate(connect: Connect, ca) -> None:
    """Also one that is trusted by its issuer; and shows the hash of what came."""
    host, hvr = connect(LEAF, ca=ca)
    hvr.options += ["--pin", OTHER.pin]
    error = hvr.run("vm", "list", "-o", "json").expect(3).error()
    assert error["kind"] == "tls" and LEAF.pin in error["message"] and OTHER.pin not in error["message"], error
    assert "certutil -hashfile" in error["hint"] and "--pin" in error["hint"]
    assert host.requests == 0


def test_the_hash_that_was_shown_is_the_one_to_pin(connect: Connect) -> None:
    host, hvr = connect(SELF_SIGNED, ca=None)
    message = hvr.run("--pin", OTHER.pin, "vm", "list", "-o", "json").expect(3).error()["message"]
    shown = next(word.rstrip(";") for word in message.split() if word.startswith("sha256:"))
    hvr.options += ["--pin", shown]
    completes(host, hvr)


def test_takes_pins_in_every_spelling_and_number(connect: Connect) -> None:
    host, hvr = connect(SELF_SIGNED, ca=None)
    digits = SELF_SIGNED.pin.removeprefix("sha256:")
    colons = ":".join(digits[at : at + 2] for at in range(0, 64, 2)).upper()  # as openssl x509 -fingerprint prints them
    for pin in [f"sha256:{digits.upper()}", f"SHA256:{colons}", f"sha256:{colons.lower()}"]:
        hvr.run("--pin", pin, "identify").expect(0)
    hvr.run("--pin", OTHER.pin, "--pin", SELF_SIGNED.pin, "identify").expect(0)
    hvr.environment["HVR_PIN"] = f"{OTHER.pin},{SELF_SIGNED.pin}"
    hvr.run("identify").expect(0)


@pytest.mark.parametrize("pin", ["", "sha256:", "sha256:00", "sha1:" + "00" * 20, "00" * 32, "sha256:" + "0g" * 32])
def test_refuses_what_is_no_pin(connect: Connect, pin: str) -> None:
    host, hvr = connect(ca=None)
    assert "64 hexadecimal digits" in hvr.run("--pin", pin, "identify").expect(2).stderr
    assert host.connections == host.failed_tls == 0


def test_a_pin_is_of_no_use_over_http(connect: Connect) -> None:
    host, hvr = connect(None, ca=None)
    assert "https" in hvr.run("--pin", LEAF.pin, "identify").expect(2).stderr
    assert host.connections == 0


def test_a_pin_excludes_accepting_any(connect: Connect) -> None:
    host, hvr = connect(ca=None)
    run = hvr.run("--pin", LEAF.pin, "--dangerous-accept-invalid-certs", "identify").expect(2)
    assert "choose one" in run.stderr and host.connections == host.failed_tls == 0


@pytest.mark.parametrize("leaf", [SELF_SIGNED, EXPIRED, ELSEWHERE], ids=["self", "expired", "elsewhere"])
def test_accepts_any_certificate_when_told_to_and_says_so(connect: Connect, leaf) -> None:
    host, hvr = connect(leaf, ca=None, channel_binding=leaf.end_point)
    hvr.environment |= NO_ROOTS
    hvr.run("vm", "list").expect(3)
    hvr.options += ["--dangerous-accept-invalid-certs"]
    assert "anybody on the way can be the host" in hvr.run("vm", "list").expect(0).stderr
    run = hvr.run("-v", "vm", "list", "-o", "json").expect(0)
    assert "WARN" in run.stderr and "anybody on the way can be the host" in run.stderr
    completes(host, hvr)
