"""pypsrp with the Kerberos of MIT against our Python host and each KDC: the judge of `hvr` is itself judged."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypsrp.exceptions import AuthenticationError, WinRMTransportError
from pypsrp.wsman import WSMan

import winrm_host
from psrp_client import connect, get, identify
from realms import HOST, HTTP_HOST, SERVICES, WSMAN_HOST, Realm, Serve
from winrm_host import Host

REFUSED = (AuthenticationError, WinRMTransportError)

Client = Callable[..., WSMan]


@pytest.fixture
def kerberos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Points pypsrp at a host, with the ticket of the user and the name that the KDC has for the host."""
    def kerberos(host: Host, realm: Realm, name: str = HOST, **options: Any) -> WSMan:
        # A copy, as GSSAPI adds the tickets that it gets.
        monkeypatch.setenv("KRB5CCNAME", f"FILE:{shutil.copy(realm.ccache, tmp_path / 'ccache')}")
        options = {
            "auth": "kerberos",
            "negotiate_service": SERVICES[name],
            "negotiate_hostname_override": name,
            **options,
        }
        return connect(host.url, None, None, **options)

    return kerberos


def lets_in(host: Host, client: WSMan) -> None:
    """A client gets in by one exchange, and its sealed requests are answered."""
    identify(client)
    assert get(client, "Msvm_ComputerSystem", {"Name": host.inventory.computer})["Name"] == host.inventory.computer
    assert (host.handshakes, host.failed_handshakes) == (1, 0)


def keeps_out(host: Host, client: WSMan) -> None:
    with pytest.raises(REFUSED):
        identify(client)
    assert host.journal == [] and host.failed_handshakes == 1


@pytest.mark.parametrize("auth", ["kerberos", "negotiate"])
def test_lets_a_ticket_in_and_seals(serve: Serve, kerberos: Client, realm: Realm, auth: str) -> None:
    host = serve(realm)
    lets_in(host, kerberos(host, realm, auth=auth))
    assert host.strengths == {realm.strong}


def test_lets_a_ticket_of_the_scheme_kerberos_in(serve: Serve, kerberos: Client, realm: Realm) -> None:
    host = serve(realm, mechanisms=("Kerberos",))
    lets_in(host, kerberos(host, realm))


@pytest.mark.parametrize("name", [HTTP_HOST, WSMAN_HOST])
def test_has_every_name_that_a_service_may_have(serve: Serve, kerberos: Client, realm: Realm, name: str) -> None:
    host = serve(realm, name)
    lets_in(host, kerberos(host, realm, name))


# Over https pypsrp seals here, too: it would send a body with each token otherwise, which `hvr` never does and the host
# thus calls an offence.


@pytest.mark.parametrize("auth", ["kerberos", "negotiate"])
def test_demands_the_binding_to_its_certificate(serve: Serve, kerberos: Client, realm: Realm, auth: str) -> None:
    host = serve(realm, https=True, seals_within_tls=True)
    keeps_out(host, kerberos(host, realm, auth=auth, negotiate_send_cbt=False))
    host.handshakes = host.failed_handshakes = 0
    lets_in(host, kerberos(host, realm, auth=auth))


@pytest.mark.parametrize("binds_all", [False, True])
def test_refuses_a_wrong_binding(serve: Serve, kerberos: Client, sha1: Realm, binds_all: bool) -> None:
    binding = b"tls-server-end-point:" + bytes(32)
    host = serve(sha1, https=True, seals_within_tls=True, channel_binding=binding, binds_all=binds_all)
    keeps_out(host, kerberos(host, sha1))


def test_can_do_without_a_binding(serve: Serve, kerberos: Client, sha1: Realm) -> None:
    host = serve(sha1, https=True, seals_within_tls=True, binds_all=False)
    lets_in(host, kerberos(host, sha1, negotiate_send_cbt=False))


def test_can_demand_sealing_within_tls(serve: Serve, kerberos: Client, sha1: Realm) -> None:
    host = serve(sha1, https=True, seals_within_tls=True)
    with pytest.raises(REFUSED):
        identify(kerberos(host, sha1, encryption="auto"))
    assert host.journal == [] and set(host.offences) == {"a body was sent in clear"}
    host.offences.clear()


def test_refuses_a_body_in_clear(serve: Serve, kerberos: Client, sha1: Realm) -> None:
    host = serve(sha1)
    with pytest.raises(REFUSED):
        identify(kerberos(host, sha1, encryption="never"))
    assert host.journal == [] and "a body was sent in clear" in host.offences
    host.offences.clear()


def test_refuses_a_ticket_for_another_service(serve: Serve, kerberos: Client, sha1: Realm) -> None:
    host = serve(sha1, WSMAN_HOST)
    keeps_out(host, kerberos(host, sha1, HTTP_HOST))


def test_takes_ntlm_within_spnego_besides(serve: Serve, sha1: Realm) -> None:
    host = serve(sha1)
    lets_in(host, connect(host.url, winrm_host.USER, winrm_host.PASSWORD, auth="negotiate"))
    assert host.strengths == {(16, 128)}
