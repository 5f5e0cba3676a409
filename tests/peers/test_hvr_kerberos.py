"""`hvr` with Kerberos, against KDCs of MIT and Samba, and hosts that are GSSAPI and pyspnego.

Names of hosts are resolved by nss_wrapper, within the programs that are tested alone. A host counts as an offence what is
not sealed by the scheme in use, byte for byte as wide as the encryption type has it.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from certificates import certificate
from hvr import Hvr, Run
from kdc import AES_SHA2, Kdc
from samba_dc import AES128, REALM as SAMBA, SambaDc
from winrm_host import Host

USER, PASSWORD = "peer", "Pässword 5 $"
WRONG = "another one"
CA = certificate(is_ca=True)
WRAPPER = "libnss_wrapper.so"


@dataclass
class Realm:
    """A KDC, with what the tests want of it."""

    kdc: Kdc | SambaDc
    name: str
    keytabs: dict[str, Path] = field(default_factory=dict)  # of hosts, by their names
    user_keytab: Path = Path()
    ccache: Path = Path()

    @property
    def user(self) -> str:
        return f"{USER}@{self.name}"


def mit(folder: Path, name: str, **options: object) -> Kdc:
    return Kdc(folder / name, name, **options)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kerberos")


def mit_realm(kdc: Kdc) -> Realm:
    kdc.add(USER, PASSWORD)
    realm = Realm(kdc, kdc.realm)
    for host, services in {
        "hv01.peers.test": ["host"],
        "hv02.peers.test": ["HTTP"],
        "hv03.peers.test": ["WSMAN"],
    }.items():
        names = [f"{service}/{host}" for service in services]
        for name in names:
            kdc.add(name)
        realm.keytabs[host] = kdc.keytab(*names, name=f"{host}.keytab")
    realm.ccache = kdc.kinit(USER, PASSWORD)
    realm.user_keytab = kdc.keytab(USER, name="user.keytab", random=False)
    return realm


@pytest.fixture(scope="module")
def sha1(folder: Path) -> Iterator[Realm]:
    with mit(folder, "PEERS.TEST") as kdc:
        yield mit_realm(kdc)


@pytest.fixture(scope="module")
def sha2(folder: Path) -> Iterator[Realm]:
    with mit(folder, "SHA2.TEST", enctypes=AES_SHA2) as kdc:
        yield mit_realm(kdc)


@pytest.fixture(scope="module")
def samba(folder: Path) -> Iterator[Realm]:
    with SambaDc(folder / "samba") as dc:
        dc.add_user(USER, PASSWORD)
        dc.add_user("peer128", PASSWORD, AES128)
        realm = Realm(dc, SAMBA)
        realm.keytabs["hv01.peers.test"] = dc.add_computer("hv01", "host/hv01.peers.test", "WSMAN/hv03.peers.test")
        realm.keytabs["hv02.peers.test"] = dc.add_computer("hv02", "HTTP/hv02.peers.test", enctypes=AES128)
        realm.keytabs["hv04.peers.test"] = dc.add_computer("hv04", "host/hv04.peers.test", enctypes=4)
        realm.ccache = dc.kinit(USER, PASSWORD)
        realm.user_keytab = dc.keytab(USER, "user.keytab")
        yield realm


@pytest.fixture(params=["sha1", "sha2", "samba"])
def realm(request: pytest.FixtureRequest) -> Realm:
    """Each of the KDCs."""
    return request.getfixturevalue(request.param)


Connect = Callable[..., tuple[Host, Hvr]]


@pytest.fixture
def connect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    """Starts a host of a realm, and points the program at it by its name; every host must see no offence."""
    hosts: list[Host] = []

    def connect(realm: Realm, name: str = "hv01.peers.test", *, https: bool = False, **options: object) -> tuple[Host, Hvr]:
        monkeypatch.setenv("KRB5_CONFIG", str(realm.kdc.config))
        monkeypatch.setenv("KRB5_KTNAME", str(realm.keytabs[name]))
        monkeypatch.setenv("KRB5RCACHENAME", f"file2:{tmp_path}/replays")
        if https:
            leaf = certificate(name, issuer=CA)
            options = {"tls": leaf.server(tmp_path), "channel_binding": leaf.end_point, **options}
        host = Host(**{"keytab": realm.keytabs[name], "mechanisms": ("Negotiate", "Kerberos"), **options})
        hosts.append(host)
        host.__enter__()
        (tmp_path / "hosts").write_text("".join(f"127.0.0.1 hv0{n}.peers.test\n" for n in range(1, 5)))
        hvr = Hvr(tmp_path, host.url.replace("127.0.0.1", name), None, PASSWORD)
        hvr.environment = {
            **realm.kdc.variables,
            "LD_PRELOAD": WRAPPER,
            "NSS_WRAPPER_HOSTS": str(tmp_path / "hosts"),
            "KRB5CCNAME": f"FILE:{tmp_path}/none",
        }
        hvr.options = ["-v"] + (["--ca", CA.file(tmp_path)] if https else [])
        return host, hvr

    yield connect
    for host in hosts:
        host.__exit__()
        assert host.offences == []


def by_password(hvr: Hvr, realm: Realm) -> list[str]:
    return ["--auth", "kerberos", "--user", realm.user, "--password-file", str(hvr.password_file())]


def by_keytab(_: Hvr, realm: Realm) -> list[str]:
    return ["--auth", "kerberos", "--keytab", str(realm.user_keytab)]


def by_ccache(_: Hvr, realm: Realm) -> list[str]:
    return ["--auth", "kerberos", "--ccache", f"FILE:{realm.ccache}"]


SOURCES = pytest.mark.parametrize("source", [by_password, by_keytab, by_ccache])


def lists(host: Host, run: Run) -> None:
    """The virtual machines of the host were listed, over Kerberos."""
    assert run.expect(0).stdout.count("Running") >= 5
    assert host.handshakes == host.connections == 1 and host.failed_handshakes == 0


def fails(run: Run, code: int, *words: str) -> None:
    run.expect(code)
    assert run.stdout == ""
    for word in words:
        assert word in run.stderr, run.stderr


# All is well


@SOURCES
def test_logs_on_over_http_with_sealed_bodies(connect: Connect, realm: Realm, source: Callable[..., list[str]]) -> None:
    host, hvr = connect(realm)
    run = hvr.run(*source(hvr, realm), "vm", "list")
    lists(host, run)
    assert 'mechanism="Kerberos"' in run.stderr and f"service=host/hv01.peers.test@{realm.name}" in run.stderr


@SOURCES
def test_logs_on_over_https_bound_to_the_certificate(
    connect: Connect, realm: Realm, source: Callable[..., list[str]]
) -> None:
    host, hvr = connect(realm, https=True)
    lists(host, hvr.run(*source(hvr, realm), "vm", "list"))


@pytest.mark.parametrize("scheme", ["Negotiate", "Kerberos"])
def test_takes_the_scheme_that_there_is(connect: Connect, sha1: Realm, scheme: str) -> None:
    host, hvr = connect(sha1, mechanisms=(scheme,))
    run = hvr.run(*by_ccache(hvr, sha1), "resync", "web01", "-o", "json").expect(0)
    assert run.json()["result"] == "completed" and host.ran("Resynchronize") == 1


def test_negotiate_offers_kerberos_first(connect: Connect, sha1: Realm) -> None:
    host, hvr = connect(sha1)
    arguments = ["--auth", "negotiate", "--user", sha1.user, "--password-file", str(hvr.password_file())]
    run = hvr.run(*arguments, "vm", "list")
    lists(host, run)
    assert 'mechanism="Kerberos"' in run.stderr


def test_aes_128_is_spoken_with_samba(connect: Connect, samba: Realm) -> None:
    host, hvr = connect(samba, "hv02.peers.test")
    options = ["--auth", "kerberos", "--user", f"peer128@{SAMBA}", "--password-file", str(hvr.password_file())]
    lists(host, hvr.run(*options, "vm", "list"))


@pytest.mark.parametrize("name, service", [("hv02.peers.test", "HTTP"), ("hv03.peers.test", "WSMAN")])
def test_the_names_of_the_service_are_tried_in_turn(connect: Connect, sha1: Realm, name: str, service: str) -> None:
    host, hvr = connect(sha1, name)
    run = hvr.run(*by_password(hvr, sha1), "vm", "list")
    lists(host, run)
    assert f"service={service}/{name}@PEERS.TEST" in run.stderr


def test_another_name_of_the_service_can_be_given(connect: Connect, sha1: Realm) -> None:
    host, hvr = connect(sha1)
    hvr.host = host.url
    lists(host, hvr.run(*by_ccache(hvr, sha1), "--spn", "host/hv01.peers.test", "vm", "list"))


def test_realm_and_kdc_can_be_given(connect: Connect, sha1: Realm) -> None:
    host, hvr = connect(sha1)
    hvr.environment["KRB5_CONFIG"] = "/dev/null"
    options = ["--auth", "kerberos", "--user", USER, "--password-file", str(hvr.password_file())]
    kdc = ["--realm", "PEERS.TEST", "--kdc", f"127.0.0.1:{sha1.kdc.port}"]
    lists(host, hvr.run(*options, *kdc, "vm", "list"))


def test_the_next_kdc_is_asked_when_one_does_not_answer(connect: Connect, sha1: Realm) -> None:
    host, hvr = connect(sha1)
    kdcs = ["--realm", "PEERS.TEST", "--kdc", "127.0.0.1:1", "--kdc", f"127.0.0.1:{sha1.kdc.port}"]
    lists(host, hvr.run(*by_password(hvr, sha1), *kdcs, "vm", "list"))


def test_the_environment_names_the_ticket(connect: Connect, sha1: Realm) -> None:
    host, hvr = connect(sha1)
    hvr.environment["KRB5CCNAME"] = f"FILE:{sha1.ccache}"
    lists(host, hvr.run("vm", "list"))


def test_a_cache_of_version_3_is_read(connect: Connect, sha1: Realm) -> None:
    assert isinstance(sha1.kdc, Kdc)
    config = sha1.kdc.folder / "v3.conf"
    config.write_text(sha1.kdc.config.read_text().replace("[libdefaults]\n", "[libdefaults]\n    ccache_type = 3\n"))
    ccache = sha1.kdc.kinit(USER, PASSWORD, "ccache3", KRB5_CONFIG=str(config))
    assert ccache.read_bytes()[:2] == b"\5\3"
    host, hvr = connect(sha1)
    lists(host, hvr.run("--ccache", str(ccache), "vm", "list"))


def test_a_referral_leads_to_the_realm_of_the_host(connect: Connect, folder: Path) -> None:
    with mit(folder, "ONE.TEST") as one, mit(folder, "TWO.TEST") as two:
        for kdc in (one, two):
            kdc.add("krbtgt/TWO.TEST@ONE.TEST", "trust")
        one.add(USER, PASSWORD)
        two.add("host/hv01.peers.test")
        realm = Realm(two, "TWO.TEST", {"hv01.peers.test": two.keytab("host/hv01.peers.test")})
        one.others = [two]
        one.write_config()
        with one.config.open("a") as config:
            config.write("[domain_realm]\n    .peers.test = TWO.TEST\n")
        host, hvr = connect(realm)
        hvr.environment["KRB5_CONFIG"] = str(one.config)
        options = ["--auth", "kerberos", "--user", f"{USER}@ONE.TEST", "--password-file", str(hvr.password_file())]
        run = hvr.run(*options, "vm", "list")
        lists(host, run)
        assert "service=host/hv01.peers.test@TWO.TEST" in run.stderr


# What auto chooses


def test_auto_takes_kerberos_where_a_kdc_is_known(connect: Connect, realm: Realm) -> None:
    host, hvr = connect(realm)
    run = hvr.run("--user", realm.user, "--password-file", str(hvr.password_file()), "vm", "list")
    lists(host, run)
    assert 'mechanism="Kerberos"' in run.stderr


@pytest.mark.parametrize(
    "user, reason",
    [("peer", "realm of peer is not known"), ("peer@ELSEWHERE.TEST", "no KDC of the realm ELSEWHERE.TEST is known")],
)
def test_auto_takes_ntlm_otherwise_and_says_why(connect: Connect, sha1: Realm, user: str, reason: str) -> None:
    host, hvr = connect(sha1)
    options = ["--user", user, "--password-file", str(hvr.password_file())]
    run = hvr.run(*options, "vm", "list").expect(4)
    assert 'mechanism="NTLM"' in run.stderr and reason in run.stderr
    assert host.handshakes == host.failed_handshakes == 1
    run = hvr.run(*options, "--no-ntlm", "vm", "list").expect(4)
    assert reason in run.stderr and "NTLM is excluded" in run.stderr
    assert host.handshakes == 1


def test_auto_believes_a_kdc_that_calls_the_password_wrong(connect: Connect, sha1: Realm) -> None:
    host, hvr = connect(sha1)
    hvr.password = WRONG
    run = hvr.run("--user", sha1.user, "--password-file", str(hvr.password_file()), "vm", "list")
    fails(run, 4, "refused the password of peer@PEERS.TEST")
    assert host.handshakes == 0


def test_kerberos_that_was_named_is_not_replaced(connect: Connect, sha1: Realm) -> None:
    host, hvr = connect(sha1, mechanisms=("Basic",))
    fails(hvr.run(*by_ccache(hvr, sha1), "vm", "list"), 4, "does not accept Kerberos", "offers Basic")
    assert host.handshakes == 0


# Channel binding


def test_a_wrong_binding_is_refused(connect: Connect, realm: Realm) -> None:
    host, hvr = connect(realm, https=True, channel_binding=b"tls-server-end-point:" + bytes(32))
    run = hvr.run(*by_ccache(hvr, realm), "vm", "list")
    fails(run, 4, "refused the Kerberos ticket (HTTP 401)", "CbtHardeningLevel")
    assert host.failed_handshakes == 1


# What goes wrong


def test_a_wrong_password(connect: Connect, realm: Realm) -> None:
    host, hvr = connect(realm)
    hvr.password = WRONG
    fails(hvr.run(*by_password(hvr, realm), "vm", "list"), 4, f"the KDC refused the password of {realm.user}")
    assert host.requests == 0


def test_an_unknown_user(connect: Connect, realm: Realm) -> None:
    _, hvr = connect(realm)
    options = ["--auth", "kerberos", "--user", f"nobody@{realm.name}", "--password-file", str(hvr.password_file())]
    fails(hvr.run(*options, "vm", "list"), 4, f"the KDC knows no nobody@{realm.name}")


def test_an_unknown_service(connect: Connect, realm: Realm) -> None:
    _, hvr = connect(realm)
    run = hvr.run(*by_ccache(hvr, realm), "--spn", "host/hv09.peers.test", "vm", "list")
    fails(run, 4, "the KDC knows no service host/hv09.peers.test", "--spn")


def test_a_service_with_rc4_alone(connect: Connect, samba: Realm) -> None:
    _, hvr = connect(samba, "hv04.peers.test")
    fails(hvr.run(*by_ccache(hvr, samba), "vm", "list"), 4, "RC4", "msDS-SupportedEncryptionTypes")


def test_an_expired_ticket(connect: Connect, sha1: Realm) -> None:
    assert isinstance(sha1.kdc, Kdc)
    ccache = sha1.kdc.kinit(USER, PASSWORD, "short", "-l", "1s")
    time.sleep(1.1)
    _, hvr = connect(sha1)
    fails(hvr.run("--ccache", str(ccache), "vm", "list"), 4, "no ticket of peer@PEERS.TEST that is still valid", "kinit")


def test_an_expired_password(connect: Connect, sha1: Realm) -> None:
    assert isinstance(sha1.kdc, Kdc)
    sha1.kdc.add("old", PASSWORD, "-pwexpire 2020-01-01")
    _, hvr = connect(sha1)
    options = ["--auth", "kerberos", "--user", "old@PEERS.TEST", "--password-file", str(hvr.password_file())]
    fails(hvr.run(*options, "vm", "list"), 4, "the password of old@PEERS.TEST has expired")


def test_a_keytab_that_is_older_than_the_key(connect: Connect, sha1: Realm) -> None:
    assert isinstance(sha1.kdc, Kdc)
    sha1.kdc.add("svc", PASSWORD)
    keytab = sha1.kdc.keytab("svc", name="svc.keytab", random=False)
    sha1.kdc.admin("cpw -randkey svc")
    _, hvr = connect(sha1)
    fails(hvr.run("--keytab", str(keytab), "vm", "list"), 4, "refused the key in the keytab")


def test_a_clock_that_is_wrong(connect: Connect, sha1: Realm) -> None:
    _, hvr = connect(sha1)
    hvr.environment["LD_PRELOAD"] = f"{WRAPPER} {faketime()}"
    hvr.environment["FAKETIME"] = "-20m"
    fails(hvr.run(*by_password(hvr, sha1), "vm", "list"), 4, "the clock of this machine is", "behind the KDC's")


def faketime() -> str:
    """The library that gives a program another clock."""
    listing = subprocess.run(["dpkg", "-L", "libfaketime"], capture_output=True, text=True, check=True).stdout
    return next(line for line in listing.splitlines() if line.endswith("/libfaketime.so.1"))


def test_no_kdc_answers(connect: Connect, sha1: Realm) -> None:
    _, hvr = connect(sha1)
    run = hvr.run(*by_password(hvr, sha1), "--realm", "PEERS.TEST", "--kdc", "127.0.0.1:1", "vm", "list")
    fails(run, 3, "no KDC of the realm PEERS.TEST can be reached", "127.0.0.1:1")


@pytest.mark.parametrize("kind", ["API:", "KEYRING:persistent:0", "KCM:0", "DIR:/tmp"])
def test_a_cache_that_is_no_file(connect: Connect, sha1: Realm, kind: str) -> None:
    _, hvr = connect(sha1)
    hvr.environment["KRB5CCNAME"] = kind
    fails(hvr.run("--auth", "kerberos", "vm", "list"), 2, kind.split(":")[0], "kinit", "FILE:")
