"""`hvr` through tinyproxy (CONNECT) and microsocks (SOCKS5): authentication, sealing and channel binding all the way."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from certificates import certificate
from hvr import Hvr
from kdc import free_port, program
from winrm_host import PASSWORD, USER, Host

IP, NAME = "127.0.0.1", "localhost"
CA = certificate(is_ca=True)
LEAF = certificate(IP, NAME, issuer=CA)
LOGIN, SECRET = "gate", "s3cretgate"
ENCODED = f"{LOGIN}:s3cret%67ate@"  # any letter may be written so


@dataclass
class Proxy:
    """A proxy that runs, and counts the connections that come to it."""

    scheme: str
    port: int
    counter: Counter

    def url(self, login: str = "", scheme: str | None = None) -> str:
        return f"{scheme or self.scheme}://{login}{IP}:{self.counter.port}"

    @property
    def connections(self) -> int:
        return self.counter.connections


class Counter:
    """Passes TCP connections on to a port of loopback, and counts them."""

    def __init__(self, port: int) -> None:
        self.target, self.connections = port, 0
        self.listener = socket.create_server((IP, 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near = self.listener.accept()[0]
            except OSError:
                return
            self.connections += 1
            far = socket.create_connection((IP, self.target))
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=_copy, args=(source, sink), daemon=True).start()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
    except OSError:
        pass
    try:
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass


@contextmanager
def running(scheme: str, command: list[str], port: int) -> Iterator[Proxy]:
    """A proxy as a child of ours, which listens before it is used and ends with the test."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    counter = Counter(port)
    try:
        end = time.monotonic() + 10
        while True:
            assert process.poll() is None and time.monotonic() < end, f"{command[0]} does not listen"
            try:
                socket.create_connection((IP, port), 1).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.02)
        yield Proxy(scheme, port, counter)
    finally:
        counter.listener.close()
        process.kill()
        process.wait()


def tinyproxy(folder: Path, login: bool = False, connect_port: int | None = None):
    """CONNECT to any port, or to one, with Basic authentication if a login is wanted."""
    port = free_port()
    config = folder / f"tinyproxy-{port}.conf"
    lines = [f"Port {port}", f"Listen {IP}", "Timeout 60", "MaxClients 50", f"Allow {IP}", "LogLevel Error"]
    lines += [f"ConnectPort {connect_port}"] if connect_port else []
    lines += [f"BasicAuth {LOGIN} {SECRET}"] if login else []
    config.write_text("\n".join(lines) + "\n")
    return running("http", [program("tinyproxy"), "-d", "-c", str(config)], port)


def microsocks(login: bool = False):
    port = free_port()
    wants = ["-u", LOGIN, "-P", SECRET] if login else []
    return running("socks5h", [program("microsocks"), "-i", IP, "-p", str(port), *wants], port)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., object]]:
    """Starts hosts and proxies; the hosts must see no offence."""
    with ExitStack() as stack:
        hosts: list[Host] = []

        def start(what: object) -> object:
            started = stack.enter_context(what)
            hosts.extend([started] if isinstance(started, Host) else [])
            return started

        yield start
        for host in hosts:
            assert host.offences == []


def https_host(folder: Path, **options: object) -> Host:
    options.setdefault("channel_binding", LEAF.end_point)
    return Host(tls=LEAF.server(folder), **options)


def client(folder: Path, host: Host, proxy: str | None = None, name: str = IP) -> Hvr:
    hvr = Hvr(folder, host.url.replace(IP, name), USER, PASSWORD)
    hvr.options = ["--password-file", str(hvr.password_file())]
    hvr.options += ["--ca", CA.file(folder)] if host.tls else []
    hvr.options += ["--proxy", proxy] if proxy else []
    return hvr


def completes(host: Host, hvr: Hvr, proxy: Proxy) -> None:
    """A resynchronization succeeds and runs once, and the proxy sees as many connections as the host: one per context."""
    before = proxy.connections
    run = hvr.run("-v", "resync", "web01").expect(0)
    assert "completed" in run.both and SECRET not in run.both and "s3cret" not in run.both
    assert host.ran("Resynchronize") == len(host.entries("Resynchronize")) == 1
    assert proxy.connections - before == host.connections == host.handshakes > 0


def fails(hvr: Hvr, code: int, *words: str) -> str:
    """The proxy is at fault; the outcome is never unknown, and no secret is printed."""
    run = hvr.run("-vvv", "resync", "web01").expect(code)
    for word in words:
        assert word in run.stderr, run.stderr
    assert "unknown" not in run.stderr and "s3cret" not in run.both
    return run.stderr


# All is well


@pytest.mark.parametrize("login", [False, True])
@pytest.mark.parametrize("name", [IP, NAME])
def test_resynchronizes_over_https_through_tinyproxy(start, tmp_path: Path, name: str, login: bool) -> None:
    """Bound to the host's certificate, which a tunnel leaves as it is."""
    host, proxy = start(https_host(tmp_path)), start(tinyproxy(tmp_path, login))
    completes(host, client(tmp_path, host, proxy.url(ENCODED if login else ""), name), proxy)


@pytest.mark.parametrize("login", [False, True])
@pytest.mark.parametrize("name", [IP, NAME])
@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
@pytest.mark.parametrize("tls", [True, False])
def test_resynchronizes_through_microsocks(start, tmp_path: Path, tls: bool, scheme: str, name: str, login: bool) -> None:
    """Over http, too, with sealed bodies: a SOCKS proxy joins two connections and knows no requests."""
    if scheme == "socks5" and name == NAME:
        name = IP if socket.getaddrinfo(NAME, None)[0][0] != socket.AF_INET else NAME  # the hosts listen there alone
    host, proxy = start(https_host(tmp_path) if tls else Host()), start(microsocks(login))
    completes(host, client(tmp_path, host, proxy.url(ENCODED if login else "", scheme), name), proxy)


@pytest.mark.parametrize("kind", [tinyproxy, microsocks])
def test_basic_works_as_well(start, tmp_path: Path, kind) -> None:
    host = start(https_host(tmp_path, mechanisms=("Basic",)))
    proxy = start(tinyproxy(tmp_path) if kind is tinyproxy else microsocks())
    hvr = client(tmp_path, host, proxy.url())
    hvr.options += ["--auth", "basic"]
    assert len(hvr.run("vm", "list", "-o", "json").expect(0).json()) == len(host.inventory.vms)
    assert proxy.connections == host.connections


def test_trusts_no_more_than_without_a_proxy(start, tmp_path: Path) -> None:
    host, proxy = start(https_host(tmp_path)), start(tinyproxy(tmp_path))
    hvr = client(tmp_path, host, proxy.url())
    hvr.options += ["--pin", CA.pin]
    error = hvr.run("vm", "list", "-o", "json").expect(3).error()
    assert error["kind"] == "tls" and LEAF.pin in error["message"]
    assert host.requests == 0


def test_resolves_names_at_the_proxy_or_here(start, tmp_path: Path) -> None:
    """`.invalid` has no address here, nor at the proxy; the two say so differently."""
    host, proxy = start(https_host(tmp_path)), start(microsocks())
    fails(client(tmp_path, host, proxy.url(scheme="socks5"), "hv01.invalid"), 3, "resolved here", "socks5h")
    assert proxy.connections == 0
    fails(client(tmp_path, host, proxy.url(), "hv01.invalid"), 3, "the proxy refused")
    assert proxy.connections == 1


# From the environment


def in_environment(folder: Path, host: Host, name: str, **variables: str) -> Hvr:
    """The host by a name that is not this machine's own, so that only a pin fits."""
    hvr = client(folder, host, name=name)
    hvr.options += ["--pin", LEAF.pin] if host.tls else []
    hvr.environment |= variables
    return hvr


def test_never_for_this_machine_unless_asked(start, tmp_path: Path) -> None:
    host = start(https_host(tmp_path))
    for name in [IP, NAME]:
        hvr = client(tmp_path, host, name=name)
        hvr.environment |= {"HTTPS_PROXY": f"http://{IP}:9", "ALL_PROXY": f"http://{IP}:9"}
        hvr.run("identify").expect(0)
    hvr.environment = {"HVR_PROXY": f"http://{IP}:9"}
    fails(hvr, 3, "the proxy cannot be reached", "Connection refused")
    hvr.options += ["--no-proxy"]
    hvr.run("identify").expect(0)


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy"])
def test_takes_the_proxy_of_the_environment_for_https(start, tmp_path: Path, variable: str) -> None:
    """By its way to a host that no one else can find."""
    host, proxy = start(https_host(tmp_path)), start(microsocks())
    hvr = in_environment(tmp_path, host, "hv01.invalid", **{variable: proxy.url()})
    fails(hvr, 3, "the proxy refused")
    assert proxy.connections == 1
    for excepted in ["hv01.invalid", ".invalid", "other.test,INVALID", f"other.test invalid:{host.port}", "*"]:
        hvr.environment["NO_PROXY"] = excepted
        hvr.run("identify").expect(3)
    assert proxy.connections == 1
    for other in ["01.invalid", "hv02.invalid", "invalid:1", "127.0.0.0/8"]:
        hvr.environment["NO_PROXY"] = other
        fails(hvr, 3, "the proxy refused")
    hvr.options += ["--no-proxy"]
    hvr.run("identify").expect(3)
    assert proxy.connections == 5
    hvr.host = "http://hv01.invalid"
    hvr.options = hvr.options[:2]
    hvr.run("identify").expect(3)
    assert proxy.connections == 5


# What does not work, and why


@pytest.mark.parametrize("scheme", ["http", "socks5", "socks5h"])
def test_says_that_the_proxy_cannot_be_reached(start, tmp_path: Path, scheme: str) -> None:
    host = start(https_host(tmp_path))
    url = f"{scheme}://{ENCODED}{IP}:{free_port()}"
    stderr = fails(client(tmp_path, host, url), 3, "the proxy cannot be reached", "--no-proxy")
    assert url.replace(ENCODED, "") in stderr and host.connections == 0


@pytest.mark.parametrize("login", ["", f"{LOGIN}:wrong@", f"{LOGIN}@"])
@pytest.mark.parametrize("kind", [tinyproxy, microsocks])
def test_says_that_the_proxy_wants_a_login(start, tmp_path: Path, kind, login: str) -> None:
    host = start(https_host(tmp_path))
    proxy = start(tinyproxy(tmp_path, True) if kind is tinyproxy else microsocks(True))
    # tinyproxy answers a wrong login by 401, which is no status of a proxy.
    said = "the proxy refused" if kind is tinyproxy and login else "the proxy wants a user and a password"
    stderr = fails(client(tmp_path, host, proxy.url(login)), 3, said, "user and password in it")
    assert "wrong" not in stderr and host.connections == 0


def test_says_that_the_proxy_refuses_the_port(start, tmp_path: Path) -> None:
    host, proxy = start(https_host(tmp_path)), start(tinyproxy(tmp_path, connect_port=443))
    stderr = fails(client(tmp_path, host, proxy.url()), 3, "the proxy refused", "many allow 443 alone")
    assert proxy.url() in stderr and host.connections == 0


@pytest.mark.parametrize("kind", [tinyproxy, microsocks])
def test_says_that_the_proxy_does_not_reach_the_host(start, tmp_path: Path, kind) -> None:
    host = start(https_host(tmp_path))
    proxy = start(tinyproxy(tmp_path) if kind is tinyproxy else microsocks())
    hvr = client(tmp_path, host, proxy.url())
    hvr.host = f"https://{IP}:{free_port()}"
    error = hvr.run("resync", "web01", "-o", "json").expect(3).error()
    assert error["kind"] == "connect" and "the proxy refused" in error["message"] and not error["outcome_unknown"]


def test_refuses_a_forwarding_proxy_before_anything_is_sent(start, tmp_path: Path) -> None:
    host, proxy = start(Host()), start(tinyproxy(tmp_path))
    fails(client(tmp_path, host, proxy.url(ENCODED)), 2, "authentication belongs to the connection", "SOCKS5")
    assert proxy.connections == host.connections == 0


@pytest.mark.parametrize("url", ["", "https://h:1", "socks4://h:1", "http://", "http://u:s3cret@", "ftp://u:s3cret@h", "http://u:s3cret@h:99999"])
def test_refuses_what_is_no_proxy(start, tmp_path: Path, url: str) -> None:
    host = start(https_host(tmp_path))
    fails(client(tmp_path, host, url or " "), 2, "no URL of a proxy")
    assert host.connections == 0


def test_an_ipv6_address_needs_a_name(start, tmp_path: Path) -> None:
    host = start(https_host(tmp_path))
    fails(client(tmp_path, host, f"socks5h://{IP}:9", "[::1]"), 2, "IPv4")


def test_help_prints_no_password_of_the_environment(tmp_path: Path) -> None:
    hvr = Hvr(tmp_path, None, None, PASSWORD, environment={"HVR_PROXY": f"http://{ENCODED}{IP}:9"})
    assert "s3cret" not in hvr.run("--help").expect(0).stdout


def test_a_silent_proxy_takes_no_longer_than_a_connection_may(start, tmp_path: Path) -> None:
    host = start(https_host(tmp_path))
    with socket.create_server((IP, 0)) as listener:
        url = f"{IP}:{listener.getsockname()[1]}"
        for scheme in ["http", "socks5h"]:
            hvr = client(tmp_path, host, f"{scheme}://{url}")
            run = hvr.run("--connect-timeout", "1s", "resync", "web01", "-o", "json").expect(3)
            assert run.seconds < 5 and run.error()["kind"] == "connect"


@pytest.mark.parametrize("answer", [b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 20000, b"\5\xff", b"garbage\r\n\r\n", b""])
@pytest.mark.parametrize("scheme", ["http", "socks5h"])
def test_a_proxy_may_answer_anything(start, tmp_path: Path, scheme: str, answer: bytes) -> None:
    host = start(https_host(tmp_path))
    with socket.create_server((IP, 0)) as listener:

        def serve() -> None:
            with listener.accept()[0] as connection:
                connection.recv(4096)
                try:
                    connection.sendall(answer)
                except OSError:
                    pass

        threading.Thread(target=serve, daemon=True).start()
        hvr = client(tmp_path, host, f"{scheme}://{IP}:{listener.getsockname()[1]}")
        fails(hvr, 3, "proxy")
