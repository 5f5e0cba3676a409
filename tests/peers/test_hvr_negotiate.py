"""`hvr --auth negotiate` against SPNEGO of pyspnego, with NTLM inside: what is signed, and what the program believes.

The host is named by its address, so that no Kerberos is tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import spnego
from spnego._spnego import NegState, NegTokenInit, NegTokenResp, unpack_token
from spnego.channel_bindings import GssChannelBindings

from certificates import certificate
from hvr import Hvr
from winrm_host import PASSWORD, USER, Host, _Connection

NTLM = "1.3.6.1.4.1.311.2.2.10"
CA = certificate(is_ca=True)

Connect = Callable[..., tuple["NegotiatingHost", Hvr]]


@dataclass
class NegotiatingHost(Host):
    """The host, which takes SPNEGO and nothing else."""

    asks: bool = False  # for signatures of the list of mechanisms
    spoil: Callable[[NegTokenResp], bytes] | None = None  # makes something else of the last token

    def __enter__(self) -> NegotiatingHost:
        super().__enter__()
        self._server.RequestHandlerClass = _Negotiating
        return self


class _Negotiating(_Connection):
    host: NegotiatingHost

    def _acceptor(self, scheme: str, token: bytes) -> Any:
        binding = self.host.channel_binding
        asking = spnego.ContextReq.dce_style if self.host.asks else spnego.ContextReq.none
        context = spnego.server(
            protocol="negotiate",
            options=spnego.NegotiateOptions.use_negotiate | spnego.NegotiateOptions.use_ntlm,
            channel_bindings=binding and GssChannelBindings(application_data=binding),
            context_req=spnego.ContextReq.default | asking,
        )
        return _Watched(context, self)


class _Watched:
    """The host's end, which looks at the client's tokens, and spoils its own last one."""

    def __init__(self, context: spnego.ContextProxy, connection: _Negotiating) -> None:
        self._context = context
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def step(self, token: bytes) -> bytes:
        host, parsed = self._connection.host, unpack_token(token)
        if isinstance(parsed, NegTokenInit):
            if parsed.mech_types != [NTLM] or not parsed.mech_token:
                host.offend(f"the mechanisms are {parsed.mech_types}, the first token is {parsed.mech_token!r}")
        elif isinstance(parsed, NegTokenResp):
            if not parsed.response_token or not parsed.mech_list_mic:
                host.offend("the AUTHENTICATE message comes without a signature of the list")
            self._connection._demand_mic_and_sealing(parsed.response_token or b"")
        else:
            host.offend("the token is none of SPNEGO")
        answer = self._context.step(token) or b""
        return host.spoil(unpack_token(answer)) if host.spoil and self._context.complete else answer


@pytest.fixture
def connect(tmp_path: Path) -> Iterator[Connect]:
    """Starts a host, and points the program at it; every host must see no offence."""
    with contextmanager(_connect)(tmp_path) as connect:
        yield connect


def _connect(folder: Path) -> Iterator[Connect]:
    hosts: list[NegotiatingHost] = []

    def connect(**options: object) -> tuple[NegotiatingHost, Hvr]:
        host = NegotiatingHost(**options)
        hosts.append(host)
        host.__enter__()
        hvr = Hvr(folder, host.url, USER, PASSWORD)
        hvr.options = ["--password-file", str(hvr.password_file()), "--auth", "negotiate"]
        return host, hvr

    yield connect
    for host in hosts:
        host.__exit__()
        assert host.offences == []


def completes(host: Host, hvr: Hvr) -> None:
    """A resynchronization succeeds, and ran once."""
    assert hvr.run("resync", "web01", "-o", "json").expect(0).json()["result"] == "completed"
    assert host.ran("Resynchronize") == len(host.entries("Resynchronize")) == 1


@pytest.mark.parametrize("asks", [False, True])
def test_resynchronizes_sealed(connect: Connect, asks: bool) -> None:
    """The host opens only what is sealed with the keystream and the numbers that the signatures left."""
    completes(*connect(asks=asks))


def test_resynchronizes_bound_to_the_certificate(connect: Connect, tmp_path: Path) -> None:
    leaf = certificate("127.0.0.1", issuer=CA)
    host, hvr = connect(tls=leaf.server(tmp_path), channel_binding=leaf.end_point)
    hvr.options += ["--ca", CA.file(tmp_path)]
    completes(host, hvr)


def test_tries_a_wrong_password_once(connect: Connect) -> None:
    """More would lock the account."""
    host, hvr = connect()
    hvr.password = "wrong password"
    hvr.password_file()
    error = hvr.run("vm", "list", "-o", "json").expect(4).error()
    assert USER in error["message"] and "password" in error["message"], error
    assert (host.handshakes, host.failed_handshakes, host.journal) == (1, 1, [])


def _altered(token: NegTokenResp) -> bytes:
    mic = token.mech_list_mic or b""
    return NegTokenResp(token.neg_state, mech_list_mic=mic[:4] + bytes([mic[4] ^ 1]) + mic[5:]).pack()


@pytest.mark.parametrize(
    ("asks", "spoil", "code", "words"),
    [
        (False, _altered, 4, "signed another list"),
        (True, lambda token: NegTokenResp(token.neg_state).pack(), 4, "did not sign the list"),
        (False, lambda _: NegTokenResp(NegState.reject).pack(), 4, "rejected"),
        (False, lambda _: b"\xa1\x80", 4, "malformed"),
        (False, lambda _: b"", 3, "200"),
    ],
)
def test_does_not_believe_a_host_that_proves_nothing(
    connect: Connect, asks: bool, spoil: Callable[[NegTokenResp], bytes], code: int, words: str
) -> None:
    """Nothing is asked of it then, though it lets the program in."""
    host, hvr = connect(asks=asks, spoil=spoil)
    error = hvr.run("resync", "web01", "-o", "json").expect(code).error()
    assert words in error["message"], error
    assert host.journal == [] and host.handshakes == 1
