"""pypsrp, pyspnego and GSSAPI log on to `hvr sim serve`: by every mechanism, over http and https, and by levels of channel binding."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pypsrp.exceptions import AuthenticationError, WinRMTransportError
from pypsrp.negotiate import HTTPNegotiateAuth
from pypsrp.wsman import WSMan

from certificates import certificate
from kdc import AES_SHA1, AES_SHA2, Kdc
from psrp_client import NAMESPACES, connect, identify
from sim_host import PASSWORD, USER, simulated

LATIN = "password 5"
pytestmark = pytest.mark.filterwarnings("ignore::urllib3.exceptions.InsecureRequestWarning")


@pytest.fixture(scope="module", params=[AES_SHA1, AES_SHA2], ids=["sha1", "sha2"])
def kdc(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kdc]:
    """A KDC that knows the host and a user, with a ticket of the user's."""
    with Kdc(tmp_path_factory.mktemp("kdc"), enctypes=request.param) as kdc:
        kdc.add("peer", "password 5")
        kdc.add("host/127.0.0.1")
        kdc.keytab("host/127.0.0.1")
        kdc.kinit("peer", "password 5")
        yield kdc


@pytest.fixture
def ticket(kdc: Kdc, monkeypatch: pytest.MonkeyPatch) -> Kdc:
    """This process has the user's ticket."""
    monkeypatch.setenv("KRB5_CONFIG", str(kdc.config))
    monkeypatch.setenv("KRB5CCNAME", f"FILE:{kdc.folder / 'ccache'}")
    return kdc


@contextmanager
def over_tls(folder: Path, *options: str, password: str = PASSWORD) -> Iterator[str]:
    """A simulated host with a certificate."""
    leaf = certificate("127.0.0.1")
    leaf.server(folder)
    with simulated(folder, 3, "--tls-cert", str(folder / "server.pem"), *options, password=password) as url:
        assert url.startswith("https://")
        yield url


def gets_in(client: WSMan) -> None:
    """Two requests are answered, on one authentication."""
    for _ in range(2):
        assert identify(client).findtext("wsmid:ProductVendor", None, NAMESPACES) == "Microsoft Corporation"


def is_refused(client: WSMan) -> None:
    with pytest.raises((AuthenticationError, WinRMTransportError)) as error:
        identify(client)
    assert "401" in str(error.value) or "Failed to authenticate" in str(error.value)


@pytest.mark.parametrize("auth", ["kerberos", "negotiate"])
def test_kerberos_over_http_is_sealed(ticket: Kdc, tmp_path: Path, auth: str) -> None:
    with simulated(tmp_path, 3, "--host-keytab", str(ticket.folder / "keytab")) as url:
        gets_in(connect(url, None, None, auth=auth, negotiate_service="host"))


@pytest.mark.parametrize("sealed", ["never", "always"])
def test_kerberos_over_https_is_bound(ticket: Kdc, tmp_path: Path, sealed: str) -> None:
    options = ["--host-keytab", str(ticket.folder / "keytab"), "--cbt", "strict"]
    with over_tls(tmp_path, *options) as url:
        gets_in(connect(url, None, None, sealed, auth="kerberos", negotiate_service="host"))


@pytest.mark.parametrize("level, gets", [("none", True), ("relaxed", True), ("strict", False)])
@pytest.mark.parametrize("auth", ["ntlm", "kerberos"])
def test_a_missing_binding_is_judged_by_the_level(ticket: Kdc, tmp_path: Path, level: str, gets: bool, auth: str) -> None:
    options = ["--host-keytab", str(ticket.folder / "keytab"), "--cbt", level]
    user = (USER, PASSWORD) if auth == "ntlm" else (None, None)
    with over_tls(tmp_path, *options) as url:
        client = connect(url, *user, "never", auth=auth, negotiate_service="host", negotiate_send_cbt=False)
        (gets_in if gets else is_refused)(client)


@pytest.mark.parametrize("level, gets", [("none", True), ("relaxed", False), ("strict", False)])
@pytest.mark.parametrize("auth", ["ntlm", "kerberos"])
def test_a_wrong_binding_is_judged_by_the_level(
    ticket: Kdc, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, level: str, gets: bool, auth: str
) -> None:
    """As behind somebody who ends TLS with a certificate of his own and passes the tokens on."""
    wrong = certificate("127.0.0.1").end_point
    monkeypatch.setattr(HTTPNegotiateAuth, "_get_cbt_data", staticmethod(lambda _: wrong))
    options = ["--host-keytab", str(ticket.folder / "keytab"), "--cbt", level]
    user = (USER, PASSWORD) if auth == "ntlm" else (None, None)
    with over_tls(tmp_path, *options) as url:
        client = connect(url, *user, "never", auth=auth, negotiate_service="host")
        (gets_in if gets else is_refused)(client)


@pytest.mark.parametrize("auth", ["ntlm", "negotiate"])
@pytest.mark.parametrize("sealed", ["never", "always"])
def test_ntlm_over_https_is_bound(tmp_path: Path, auth: str, sealed: str) -> None:
    with over_tls(tmp_path, "--cbt", "strict") as url:
        gets_in(connect(url, USER, PASSWORD, sealed, auth=auth))


def test_ntlm_within_spnego_over_http_is_sealed(tmp_path: Path) -> None:
    with simulated(tmp_path, 3) as url:
        gets_in(connect(url, USER, PASSWORD, auth="negotiate"))


def test_basic_is_taken_where_it_is_allowed(tmp_path: Path) -> None:  # requests writes it in Latin-1
    with over_tls(tmp_path, "--basic", password=LATIN) as url:
        gets_in(connect(url, USER, LATIN, "never", auth="basic"))
        is_refused(connect(url, USER, "wrong", "never", auth="basic"))


def test_basic_is_refused_elsewhere(tmp_path: Path) -> None:
    with over_tls(tmp_path, password=LATIN) as url:
        is_refused(connect(url, USER, LATIN, "never", auth="basic"))


def test_a_wrong_password_is_refused(tmp_path: Path) -> None:
    with simulated(tmp_path, 3) as url:
        is_refused(connect(url, USER, "wrong", auth="negotiate"))
