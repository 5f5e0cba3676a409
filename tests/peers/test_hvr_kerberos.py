"""`hvr` with Kerberos, against KDCs of MIT and Samba, and hosts that are GSSAPI and pyspnego.

Names of hosts are resolved by nss_wrapper, within the program alone. A host counts as an offence what is not sealed by
the scheme in use, with signatures as wide as the encryption type has them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from certificates import certificate
from hvr import Hvr, Run
from kdc import Kdc, program
from realms import CA, HOST, HTTP_HOST, PASSWORD, RC4_HOST, SERVICES, USER, WSMAN_HOST, Realm, Serve
from winrm_host import Host

WRONG = "another one"
WRAPPER = "libnss_wrapper.so"

Connect = Callable[..., tuple[Host, Hvr]]


@pytest.fixture
def connect(serve: Serve, tmp_path: Path) -> Connect:
    """Starts a host of a realm, and points the program at it by its name."""

    def connect(realm: Realm, name: str = HOST, **options: Any) -> tuple[Host, Hvr]:
        host = serve(realm, name, **options)
        (tmp_path / "hosts").write_text("".join(f"127.0.0.1 {name}\n" for name in SERVICES))
        hvr = Hvr(tmp_path, host.url.replace("127.0.0.1", name), None, PASSWORD)
        hvr.environment = {
            **realm.kdc.variables,
            "LD_PRELOAD": WRAPPER,
            "NSS_WRAPPER_HOSTS": str(tmp_path / "hosts"),
            "KRB5CCNAME": f"FILE:{tmp_path}/none",
        }
        hvr.options = ["-v"]
        if host.tls:
            hvr.options += ["--ca", options.get("ca", CA).file(tmp_path)]
        return host, hvr

    return connect


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


def clock(offset: str) -> dict[str, str]:
    """What gives a program another clock."""
    listing = subprocess.run(["dpkg", "-L", "libfaketime"], capture_output=True, text=True, check=True).stdout
    library = next(line for line in listing.splitlines() if line.endswith("/libfaketime.so.1"))
    return {"LD_PRELOAD": f"{WRAPPER} {library}", "FAKETIME": offset}


# All is well


@SOURCES
def test_logs_on_over_http_with_sealed_bodies(connect: Connect, realm: Realm, source: Callable[..., list[str]]) -> None:
    host, hvr = connect(realm)
    run = hvr.run(*source(hvr, realm), "vm", "list")
    lists(host, run)
    assert 'mechanism="Kerberos"' in run.stderr and f"service=host/{HOST}@{realm.name}" in run.stderr
    assert host.strengths == {realm.strong}


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


def test_aes_of_128_bits_is_spoken(connect: Connect, realm: Realm) -> None:
    host, hvr = connect(realm, HTTP_HOST)
    lists(host, hvr.run(*by_keytab(hvr, realm), "vm", "list"))
    assert host.strengths == {realm.weak}


@pytest.mark.parametrize("name", [HTTP_HOST, WSMAN_HOST])
def test_the_names_of_the_service_are_tried_in_turn(connect: Connect, sha1: Realm, name: str) -> None:
    """MIT knows a service by the very name, where a domain has an account for all names of a host."""
    host, hvr = connect(sha1, name)
    run = hvr.run(*by_ccache(hvr, sha1), "vm", "list")
    lists(host, run)
    assert f"service={SERVICES[name]}/{name}@{sha1.name}" in run.stderr


@pytest.mark.parametrize("scheme", ["Negotiate", "Kerberos"])
def test_seals_within_tls_on_request(connect: Connect, sha1: Realm, scheme: str) -> None:
    host, hvr = connect(sha1, https=True, seals_within_tls=True, mechanisms=(scheme,))
    run = hvr.run(*by_ccache(hvr, sha1), "--sealing", "always", "resync", "web01", "-o", "json").expect(0)
    assert run.json()["result"] == "completed" and host.ran("Resynchronize") == 1


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


@pytest.mark.parametrize("variable", ["KRB5CCNAME", "HVR_CCACHE", "HVR_KEYTAB"])
def test_the_environment_names_the_credential(connect: Connect, sha1: Realm, variable: str) -> None:
    host, hvr = connect(sha1)
    hvr.environment[variable] = str(sha1.user_keytab if variable == "HVR_KEYTAB" else sha1.ccache)
    lists(host, hvr.run("vm", "list"))


def test_the_user_chooses_among_the_keys_of_a_keytab(connect: Connect, sha1: Realm) -> None:
    assert isinstance(sha1.kdc, Kdc)
    sha1.kdc.add("first", PASSWORD)
    sha1.kdc.add("second", PASSWORD)
    options = ["--keytab", str(sha1.kdc.keytab("first", "second", name="two.keytab"))]
    host, hvr = connect(sha1)
    for user, principal in [([], "first"), (["--user", "second@PEERS.TEST"], "second")]:
        before = len(sha1.kdc.log)
        hvr.run(*options, *user, "vm", "list").expect(0)
        issued = re.findall(r"AS_REQ .* ISSUE: .*, (\S+) for krbtgt", sha1.kdc.log[before:])
        assert issued == [f"{principal}@PEERS.TEST"]
    run = hvr.run(*options, "--user", "third@PEERS.TEST", "vm", "list")
    fails(run, 2, "has no key of third@PEERS.TEST", "first@PEERS.TEST, second@PEERS.TEST")
    assert host.handshakes == 2


def test_a_ticket_of_the_service_needs_no_kdc(connect: Connect, realm: Realm, tmp_path: Path) -> None:
    ccache = shutil.copy(realm.ccache, tmp_path / "service")
    environment = {"PATH": os.environ["PATH"], **realm.kdc.variables}
    kvno = [program("kvno"), "-c", ccache, f"host/{HOST}"]
    subprocess.run(kvno, env=environment, check=True, capture_output=True, timeout=20)
    host, hvr = connect(realm)
    hvr.environment["KRB5_CONFIG"] = "/dev/null"
    lists(host, hvr.run("--ccache", ccache, "vm", "list"))
    # Without a KDC to tell it, the host is the judge of our clock.
    hvr.environment |= clock("+20m")
    run = hvr.run("--ccache", ccache, "vm", "list")
    fails(run, 4, "refused the Kerberos ticket (HTTP 401)", "its clock and ours agree")


def test_a_cache_of_version_3_is_read(connect: Connect, sha1: Realm) -> None:
    assert isinstance(sha1.kdc, Kdc)
    config = sha1.kdc.folder / "v3.conf"
    config.write_text(sha1.kdc.config.read_text().replace("[libdefaults]\n", "[libdefaults]\n    ccache_type = 3\n"))
    ccache = sha1.kdc.kinit(USER, PASSWORD, "ccache3", KRB5_CONFIG=str(config))
    assert ccache.read_bytes()[:2] == b"\5\3"
    host, hvr = connect(sha1)
    lists(host, hvr.run("--ccache", str(ccache), "vm", "list"))


@pytest.mark.parametrize("knows", ["client", "kdc"])
def test_a_referral_leads_to_the_realm_of_the_host(connect: Connect, tmp_path: Path, knows: str) -> None:
    """By the configuration of the machine, or by the KDC, which is asked for a service and names another realm."""
    two = Kdc(tmp_path / "two", "TWO.TEST")
    one = Kdc(tmp_path / "one", "ONE.TEST", others=[two])
    plain = one.config.read_text()
    knowing = plain + "[domain_realm]\n    .peers.test = TWO.TEST\n"
    one.config.write_text(knowing if knows == "kdc" else plain)
    with one, two:
        for kdc in (one, two):
            kdc.add("krbtgt/TWO.TEST@ONE.TEST", "trust")
        one.add(USER, PASSWORD)
        two.add(f"host/{HOST}")
        realm = Realm(two, "TWO.TEST", (60, 256), (60, 128), {HOST: two.keytab(f"host/{HOST}")})
        host, hvr = connect(realm)
        client = tmp_path / "client.conf"
        client.write_text(knowing if knows == "client" else plain)
        hvr.environment["KRB5_CONFIG"] = str(client)
        options = ["--auth", "kerberos", "--user", f"{USER}@ONE.TEST", "--password-file", str(hvr.password_file())]
        run = hvr.run(*options, "vm", "list")
        lists(host, run)
        assert f"service=host/{HOST}@TWO.TEST" in run.stderr


def test_connections_share_one_ticket(connect: Connect, sha1: Realm) -> None:
    assert isinstance(sha1.kdc, Kdc)
    host, hvr = connect(sha1, closes_after_each_answer=True)
    before = len(sha1.kdc.log)
    hvr.run(*by_password(hvr, sha1), "resync", "web01", "-o", "json").expect(0)
    log = sha1.kdc.log[before:]
    assert host.handshakes == host.connections > 2
    assert len(re.findall("AS_REQ .* ISSUE:", log)) == len(re.findall("TGS_REQ .* ISSUE:", log)) == 1


# What auto chooses


def test_auto_takes_kerberos_where_a_kdc_is_known(connect: Connect, realm: Realm) -> None:
    host, hvr = connect(realm)
    run = hvr.run("--user", realm.user, "--password-file", str(hvr.password_file()), "vm", "list")
    lists(host, run)
    assert 'mechanism="Kerberos"' in run.stderr


@pytest.mark.parametrize("user", [r"SAMBA\peer", r"samba.test\peer", "peer@samba.test", "PEER@SAMBA.TEST"])
def test_auto_takes_every_spelling_of_a_user_of_a_domain(connect: Connect, samba: Realm, user: str) -> None:
    host, hvr = connect(samba)
    run = hvr.run("--user", user, "--password-file", str(hvr.password_file()), "vm", "list")
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
    host, hvr = connect(realm, https=True, channel_binding=b"tls-server-end-point:" + bytes(32), binds_all=False)
    run = hvr.run(*by_ccache(hvr, realm), "vm", "list")
    fails(run, 4, "refused the Kerberos ticket (HTTP 401)", "CbtHardeningLevel")
    assert host.failed_handshakes == 1


@pytest.mark.parametrize("binds_all", [False, True])
def test_a_certificate_without_a_binding(connect: Connect, sha1: Realm, binds_all: bool) -> None:
    """RFC 5929 has none for Ed25519: nothing is sent, which a host that insists on a binding refuses."""
    ca = certificate(is_ca=True, key="ed25519")
    host, hvr = connect(sha1, https=True, ca=ca, channel_binding=b"tls-server-end-point:", binds_all=binds_all)
    run = hvr.run(*by_ccache(hvr, sha1), "vm", "list")
    if binds_all:
        fails(run, 4, "refused the Kerberos ticket (HTTP 401)", "CbtHardeningLevel")
    else:
        lists(host, run)


def test_a_host_that_ignores_bindings_is_content(connect: Connect, sha1: Realm) -> None:
    host, hvr = connect(sha1, https=True, channel_binding=None)
    lists(host, hvr.run(*by_ccache(hvr, sha1), "vm", "list"))


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


@pytest.mark.parametrize("kdc", ["sha1", "samba"])
def test_a_service_with_rc4_alone(connect: Connect, request: pytest.FixtureRequest, kdc: str) -> None:
    realm = request.getfixturevalue(kdc)
    host, hvr = connect(realm, RC4_HOST)
    fails(hvr.run(*by_ccache(hvr, realm), "vm", "list"), 4, "RC4", "msDS-SupportedEncryptionTypes")
    assert host.handshakes == 0


def test_an_expired_ticket(connect: Connect, sha1: Realm) -> None:
    assert isinstance(sha1.kdc, Kdc)
    ccache = sha1.kdc.kinit(USER, PASSWORD, "short", "-l", "1s")
    time.sleep(1.1)
    _, hvr = connect(sha1)
    run = hvr.run("--ccache", str(ccache), "vm", "list")
    fails(run, 4, "no ticket of peer@PEERS.TEST that is still valid", "kinit")


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


@pytest.mark.parametrize("source", [by_password, by_ccache])
@pytest.mark.parametrize("offset, side", [("-20m", "behind"), ("+20m", "ahead of")])
def test_a_clock_that_is_wrong(
    connect: Connect, realm: Realm, source: Callable[..., list[str]], offset: str, side: str
) -> None:
    host, hvr = connect(realm)
    hvr.environment |= clock(offset)
    run = hvr.run(*source(hvr, realm), "vm", "list")
    fails(run, 4, "the clock of this machine is", f"{side} the KDC's", "set it right")
    assert host.handshakes == 0


def test_no_kdc_answers(connect: Connect, sha1: Realm) -> None:
    _, hvr = connect(sha1)
    run = hvr.run(*by_password(hvr, sha1), "--realm", "PEERS.TEST", "--kdc", "127.0.0.1:1", "vm", "list")
    fails(run, 3, "no KDC of the realm PEERS.TEST can be reached", "127.0.0.1:1")


@pytest.mark.parametrize("kind", ["API:", "KEYRING:persistent:0", "KCM:0", "DIR:/tmp"])
def test_a_cache_that_is_no_file(connect: Connect, sha1: Realm, kind: str) -> None:
    _, hvr = connect(sha1)
    hvr.environment["KRB5CCNAME"] = kind
    fails(hvr.run("--auth", "kerberos", "vm", "list"), 2, kind.split(":")[0], "kinit", "FILE:")


# What the examination tells


def examine(run: Run, code: int) -> dict[str, dict[str, str]]:
    """The findings of `hvr doctor`, by their names."""
    return {finding["name"]: finding for finding in run.expect(code).json()["findings"]}


@pytest.mark.parametrize("https", [False, True])
def test_the_doctor_names_the_kdc_and_the_service(connect: Connect, sha1: Realm, https: bool) -> None:
    host, hvr = connect(sha1, HTTP_HOST, https=https)
    found = examine(hvr.run(*by_password(hvr, sha1), "doctor", "-o", "json"), 0)
    told = found["credentials"]["evidence"]
    for part in ("Kerberos", sha1.user, f"HTTP/{HTTP_HOST}@{sha1.name}", f"the KDC 127.0.0.1:{sha1.kdc.port}"):
        assert part in told
    assert {found[name]["severity"] for name in ("credentials", "mechanisms", "clock", "winrm", "namespace")} == {"ok"}
    assert host.handshakes == host.failed_handshakes + 1 == 1


def test_the_doctor_tells_a_kdc_that_is_away_from_one_that_refuses(connect: Connect, sha1: Realm) -> None:
    host, hvr = connect(sha1)
    away = ["--realm", "PEERS.TEST", "--kdc", "127.0.0.1:1"]
    found = examine(hvr.run(*by_password(hvr, sha1), *away, "doctor", "-o", "json"), 3)
    assert "can be reached" in found["credentials"]["evidence"] and "port 88" in found["credentials"]["advice"]
    options = by_password(hvr, sha1)
    hvr.password = WRONG
    hvr.password_file()
    found = examine(hvr.run(*options, "doctor", "-o", "json"), 4)
    assert found["credentials"]["severity"] == "error" and "password" in found["credentials"]["evidence"]
    assert host.handshakes == 0, "what has no ticket does not log on"


def test_the_doctor_says_that_the_host_has_no_service_name(connect: Connect, sha1: Realm) -> None:
    host, hvr = connect(sha1)
    nobody = "hv09.peers.test"
    hosts = Path(hvr.environment["NSS_WRAPPER_HOSTS"])
    hosts.write_text(hosts.read_text() + f"127.0.0.1 {nobody}\n")
    hvr.host = host.url.replace("127.0.0.1", nobody)
    found = examine(hvr.run(*by_password(hvr, sha1), "doctor", "-o", "json"), 4)
    assert nobody in found["credentials"]["evidence"] and host.handshakes == 0


@pytest.mark.parametrize(("seconds", "severity", "code"), [(30, "ok", 0), (120, "warning", 0), (600, "error", 4)])
def test_the_doctor_compares_the_clocks(
    connect: Connect, sha1: Realm, monkeypatch: pytest.MonkeyPatch, seconds: int, severity: str, code: int
) -> None:
    _, hvr = connect(sha1)
    late = formatdate(time.time() - seconds, usegmt=True)
    monkeypatch.setattr(BaseHTTPRequestHandler, "date_time_string", lambda *_: late)
    clock = examine(hvr.run(*by_ccache(hvr, sha1), "doctor", "-o", "json"), code)["clock"]
    assert clock["severity"] == severity and "s behind ours" in clock["evidence"]
