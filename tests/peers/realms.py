"""Kerberos for the tests: realms with a user, hosts and their keys, and hosts that accept it. Each KDC is started once.

The first host of a realm is known as `host/`, the second as `HTTP/`, and the third as `WSMAN/`. The second has nothing
but AES of 128 bits, the fourth nothing but RC4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from certificates import Certificate, certificate
from kdc import AES_SHA1, AES_SHA2, Kdc
from samba_dc import AES128, AES256, RC4, SambaDc
from samba_dc import REALM as SAMBA
from winrm_host import Host

USER, PASSWORD = "peer", "Pässword 5 $"
CA = certificate(is_ca=True)
HOST, HTTP_HOST, WSMAN_HOST, RC4_HOST = (f"hv0{number}.peers.test" for number in range(1, 5))
SERVICES = {HOST: "host", HTTP_HOST: "HTTP", WSMAN_HOST: "WSMAN", RC4_HOST: "host"}


@dataclass
class Realm:
    """A KDC, with what the tests want of it."""

    kdc: Kdc | SambaDc
    name: str
    # Bytes of a signature, and bits of a key, that its strongest encryption has, and the one of 128 bits.
    strong: tuple[int, int]
    weak: tuple[int, int]
    keytabs: dict[str, Path] = field(default_factory=dict)  # of hosts, by their names
    user_keytab: Path = Path()
    ccache: Path = Path()

    @property
    def user(self) -> str:
        return f"{USER}@{self.name}"


def _mit_realm(kdc: Kdc, strong: tuple[int, int], weak: tuple[int, int]) -> Realm:
    realm = Realm(kdc, kdc.realm, strong, weak)
    kdc.add(USER, PASSWORD)
    for host, service in SERVICES.items():
        kdc.add(f"{service}/{host}")
        only = {HTTP_HOST: kdc.enctypes.split()[1], RC4_HOST: "rc4-hmac:normal"}.get(host, "")
        if host == HTTP_HOST:  # or else the KDC takes it that a service speaks more than it has keys for
            kdc.admin(f"setstr {service}/{host} session_enctypes {only.removesuffix(':normal')}")
        realm.keytabs[host] = kdc.keytab(f"{service}/{host}", name=f"{host}.keytab", enctypes=only)
    realm.ccache = kdc.kinit(USER, PASSWORD)
    realm.user_keytab = kdc.keytab(USER, name="user.keytab", random=False)
    return realm


@pytest.fixture(scope="session")
def kerberos_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the KDCs have their files."""
    return tmp_path_factory.mktemp("kerberos")


@pytest.fixture(scope="session")
def sha1(kerberos_folder: Path) -> Iterator[Realm]:
    """MIT, with AES and SHA-1."""
    with Kdc(kerberos_folder / "sha1", "PEERS.TEST", AES_SHA1) as kdc:
        yield _mit_realm(kdc, (60, 256), (60, 128))


@pytest.fixture(scope="session")
def sha2(kerberos_folder: Path) -> Iterator[Realm]:
    """MIT, with AES and SHA-2 and nothing else."""
    only = {"permitted_enctypes": " ".join(name.removesuffix(":normal") for name in AES_SHA2.split())}
    with Kdc(kerberos_folder / "sha2", "SHA2.TEST", AES_SHA2, settings=only) as kdc:
        yield _mit_realm(kdc, (72, 256), (64, 128))


@pytest.fixture(scope="session")
def samba(kerberos_folder: Path) -> Iterator[Realm]:
    """A domain of Samba, with AES and SHA-1."""
    with SambaDc(kerberos_folder / "samba") as dc:
        realm = Realm(dc, SAMBA, (60, 256), (60, 128))
        dc.add_user(USER, PASSWORD)
        for host, service in SERVICES.items():
            enctypes = {HTTP_HOST: AES128, RC4_HOST: RC4}.get(host, AES128 | AES256)
            realm.keytabs[host] = dc.add_computer(host.partition(".")[0], f"{service}/{host}", enctypes=enctypes)
        realm.ccache = dc.kinit(USER, PASSWORD)
        realm.user_keytab = dc.keytab(USER, "user.keytab")
        yield realm


@pytest.fixture(params=["sha1", "sha2", "samba"])
def realm(request: pytest.FixtureRequest) -> Realm:
    """Each of the realms."""
    return request.getfixturevalue(request.param)


Serve = Callable[..., Host]


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Starts a host of a realm, which must see no offence; over https it demands to be bound to its certificate."""
    hosts: list[Host] = []

    def serve(realm: Realm, name: str = HOST, *, https: bool = False, ca: Certificate = CA, **options: object) -> Host:
        # The acceptor of GSSAPI looks at these when it is asked.
        monkeypatch.setenv("KRB5_CONFIG", str(realm.kdc.config))
        monkeypatch.setenv("KRB5_KTNAME", str(realm.keytabs[name]))
        monkeypatch.setenv("KRB5RCACHENAME", f"file2:{tmp_path}/replays")
        if https:
            leaf = certificate(name, "127.0.0.1", issuer=ca)
            options["tls"] = leaf.server(tmp_path)
            if "channel_binding" not in options:
                options["channel_binding"] = leaf.end_point
        host = Host(**{"keytab": realm.keytabs[name], "mechanisms": ("Negotiate", "Kerberos"), **options})
        host.__enter__()
        hosts.append(host)
        return host

    yield serve
    for host in hosts:
        host.__exit__()
        assert host.offences == []
