"""A small WinRM host for tests, none of whose parts comes from the Rust program that is tested with it.

HTTP is http.server of Python, TLS its ssl (OpenSSL), NTLM and the sealing of messages are pyspnego, XML is lxml. It is
as strict as a real host, and where a real host forgives, it still writes down the offence: `Host.offences` stays empty
for a client that does everything right. `Host.journal` has every request that could be decrypted, `Host.script` breaks
an answer on purpose.
"""

from __future__ import annotations

import base64
import binascii
import io
import os
import re
import socket
import ssl
import struct
import sys
import tempfile
import threading
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import gssapi
import spnego
from spnego.channel_bindings import GssChannelBindings
from spnego._ntlm_raw.messages import Authenticate, AvFlags, AvId, NegotiateFlags, NTClientChallengeV2

from failures import FOREIGN, Broken, Script
from inventory import Inventory, peer_inventory
from provider import Entry, Provider
from soap import SoapFault, parse_request, read_message_id, to_bytes, too_large, write_fault

USER, PASSWORD = "peer", "Pässword 5 'x' <&> \\ \" Ж"

SEALED_TYPES = {
    scheme: f'multipart/encrypted;protocol="application/HTTP-{name}-session-encrypted";boundary="Encrypted Boundary"'
    for scheme, name in (("Negotiate", "SPNEGO"), ("Kerberos", "Kerberos"))
}
MUTUAL_TLS = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
CLEAR_TYPE = "application/soap+xml;charset=UTF-8"
PART_HEAD = (
    b"--Encrypted Boundary\r\n"
    b"\tContent-Type: application/HTTP-%s-session-encrypted\r\n"
    b"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%s\r\n"
    b"--Encrypted Boundary\r\n"
    b"\tContent-Type: application/octet-stream\r\n"
)
TAIL = b"--Encrypted Boundary--\r\n"
REQUIRED_FLAGS = (
    NegotiateFlags.sign
    | NegotiateFlags.seal
    | NegotiateFlags.key_exch
    | NegotiateFlags.key_128
    | NegotiateFlags.extended_session_security
    | NegotiateFlags.unicode
)
# Faults that a right client never earns.
OFFENSIVE = {
    "a:ActionNotSupported",
    "a:InvalidMessageInformationHeader",
    "a:MessageInformationHeaderRequired",
    "s:MustUnderstand",
    "w:EncodingLimit",
    "w:SchemaValidationError",
    "w:UnsupportedFeature",
    "n:CannotProcessFilter",
    "n:FilterDialectRequestedUnavailable",
    "n:InvalidEnumerationContext",
}


@dataclass
class Host:
    """The host: use it as a context manager, then its `url` answers."""

    inventory: Inventory = field(default_factory=peer_inventory)
    users: list[str] = field(default_factory=lambda: [f":{USER}", f"EXAMPLE:{USER}", f":{USER}@example.com"])
    idle_seconds: float | None = None
    closes_after_each_answer: bool = False
    tls: ssl.SSLContext | None = None
    channel_binding: bytes | None = None  # the application data that every authentication has to be bound to
    binds_all: bool = True  # or lets in by Kerberos what is bound to nothing, as CbtHardeningLevel Relaxed does
    seals_within_tls: bool = False  # demands sealed bodies over https
    mechanisms: tuple[str, ...] = ("Negotiate",)  # the schemes; or "Kerberos", "Basic", "Certificate"
    accounts: tuple[bytes, ...] = ()  # the client certificates, in DER, that are mapped to an account
    certificate_refusal: int = 401  # or 403, which HTTP.sys answers by itself
    keytab: Path | None = None  # keys for Kerberos, under Negotiate and Kerberos; without it there is only NTLM
    allows_clear: bool = False  # over http, as AllowUnencrypted does
    clear_refusal: int = 401  # or 500, which hosts answer, too
    largest_answer: int = 512000
    answers_anyone: bool = True  # with the header WSMANIDENTIFY, and only an Identify

    def __post_init__(self) -> None:
        self.provider = Provider(self.inventory)
        self.journal: list[Entry] = []
        self.offences: list[str] = []
        self.connections = 0
        self.requests = 0
        self.failed_tls = 0
        self.handshakes = 0
        self.failed_handshakes = 0
        self.strengths: set[tuple[int, int]] = set()  # of the contexts: bytes of a signature, bits of the key
        self.stopping = threading.Event()
        self._scripts: list[Script] = []
        self._lock = threading.RLock()

    def __enter__(self) -> Host:
        # pyspnego reads the accounts that it accepts from the file that this variable names.
        self._users_file = Path(tempfile.mkstemp(prefix="winrm-host-users-")[1])
        self._users_file.write_text("".join(f"{user}:{PASSWORD}\n" for user in self.users), encoding="utf-8")
        os.environ["NTLM_USER_FILE"] = str(self._users_file)
        self._server = _Server(("127.0.0.1", 0), self)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        del os.environ["NTLM_USER_FILE"]
        self._users_file.unlink()

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/wsman"

    @property
    def challenges(self) -> list[str]:
        """What a 401 offers."""
        names = {"Basic": 'Basic realm="WSMAN"', "Certificate": MUTUAL_TLS}
        return [names.get(name, name) for name in self.mechanisms]

    def script(
        self,
        operation: str,
        broken: Broken,
        *,
        times: int | None = 1,
        seconds: float = 0,
        fault: SoapFault | None = None,
        reset: bool = False,
    ) -> None:
        """Plans a failure for an operation: `Resynchronize`, `Get`, `Get Msvm_ConcreteJob`, or `*` for all of them."""
        with self._lock:
            self._scripts.append(Script(operation, broken, times, seconds, fault, reset))

    def entries(self, operation: str) -> list[Entry]:
        """The journal's lines of one operation."""
        with self._lock:
            return [entry for entry in self.journal if entry.operation == operation]

    def ran(self, operation: str) -> int:
        """How often an operation was executed."""
        return sum(entry.executed for entry in self.entries(operation))

    def note(self, entry: Entry) -> None:
        """Adds a line to the journal."""
        with self._lock:
            self.journal.append(entry)

    def offend(self, offence: str) -> None:
        """Writes down what a right client does not do."""
        with self._lock:
            self.offences.append(offence)

    def take_script(self, entry: Entry) -> Script | None:
        """The failure that is planned for this request, which counts as used now."""
        with self._lock:
            for script in self._scripts:
                if script.operation in ("*", entry.operation, entry.title) and script.times != 0:
                    if script.times is not None:
                        script.times -= 1
                    return script
        return None

    def count(self, counter: str) -> int:
        """Adds one to a counter and gives its value."""
        with self._lock:
            setattr(self, counter, getattr(self, counter) + 1)
            return getattr(self, counter)

    def execute(self, plain: bytes, entry: Entry, before: SoapFault | None = None) -> tuple[int, bytes]:
        """Answers one decrypted request: HTTP status and envelope."""
        with self._lock:
            try:
                request = parse_request(plain)
                request.max_envelope_size = min(request.max_envelope_size, self.largest_answer)
                if before is not None:
                    raise before
                answer = to_bytes(self.provider.handle(request, entry))
                if len(answer) > request.max_envelope_size:
                    raise too_large(2150858824, "The answer is larger than MaxEnvelopeSize.")
                entry.answer = "ok"
                return 200, answer
            except SoapFault as fault:
                if fault.subcode in OFFENSIVE and not fault.innocent and fault is not before:
                    self.offend(f"{entry.operation}: {fault}")
                entry.answer = str(fault.code)
                return 500, to_bytes(write_fault(fault, read_message_id(plain), self.inventory.computer))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], host: Host) -> None:
        self.host = host
        super().__init__(address, _Connection)

    def get_request(self) -> tuple[socket.socket, Any]:
        """The handshake comes later, in the thread of the connection."""
        connection, address = super().get_request()
        if self.host.tls:
            connection = self.host.tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def handle_error(self, request: object, client_address: object) -> None:
        """Our own mistakes must not hide in a thread."""
        if not isinstance(sys.exception(), (ConnectionError, ssl.SSLError)):
            self.host.offend("the host failed: " + traceback.format_exc())


class _Connection(BaseHTTPRequestHandler):
    """One TCP connection, which is what a security context belongs to."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "Microsoft-HTTPAPI/2.0", ""
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        self.host = self.server.host
        if isinstance(self.request, ssl.SSLSocket):
            self.request.settimeout(10)
            try:
                self.request.do_handshake()
            except OSError:
                self.host.count("failed_tls")
                raise
        self.number = self.host.count("connections")
        self.context: spnego.ContextProxy | None = None
        self.scheme = "Negotiate"  # by which the context came about
        super().setup()
        self.connection.settimeout(self.host.idle_seconds)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing goes to the terminal."""

    def do_POST(self) -> None:
        self.host.count("requests")
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or "Transfer-Encoding" in self.headers:
            self.host.offend("a request has no Content-Length")
            return self._refuse(411)
        if int(length) > 4 * 1024 * 1024:
            self.host.offend("a request is too large")
            return self._refuse(413)
        body = self.rfile.read(int(length))
        if self.path != "/wsman":
            return self._refuse(404)
        authorization = self.headers.get("Authorization")
        if self.headers.get("WSMANIDENTIFY") is not None:
            return self._anonymous(body, authorization)
        if not body:
            return self._refuse(401) if authorization is None else self._handshake(authorization)
        content_type = self.headers.get("Content-Type")
        if (content_type or "").startswith("application/soap+xml"):
            return self._clear(body, authorization)
        if self.host.tls and not self.host.seals_within_tls:
            self.host.offend("a body is sealed within TLS")
            return self._refuse(400)
        if authorization is not None:
            self.host.offend("a sealed request has an Authorization header")
            return self._refuse(400)
        if content_type != SEALED_TYPES[self.scheme]:
            self.host.offend(f"the content type is {content_type!r}")
            return self._refuse(415)
        if self.context is None or not self.context.complete:
            self.host.offend("a sealed body came on a connection that is not authenticated")
            return self._refuse(400)
        self._sealed(body, self.context)

    # HTTP

    def _send(
        self, status: int, body: bytes = b"", content_type: str | None = None, challenges: Sequence[str] = ()
    ) -> None:
        self.send_response(status)
        for challenge in challenges:
            self.send_header("WWW-Authenticate", challenge)
        if content_type is not None:
            self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def _refuse(self, status: int) -> None:
        self._send(status, challenges=self.host.challenges if status == 401 else ())

    def _drop(self, reset: bool) -> None:
        """Ends the TCP connection without an answer: with a FIN, or with an RST."""
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.rfile.close()
        self.wfile.close()
        self.connection.close()
        self.rfile, self.wfile = io.BytesIO(), io.BytesIO()  # the base class flushes after each request

    # Authentication

    def _handshake(self, authorization: str) -> None:
        scheme, _, encoded = authorization.partition(" ")
        if scheme not in SEALED_TYPES or scheme not in self.host.mechanisms:
            return self._refuse(401)
        try:
            token = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            token = b""
        try:
            if self.context is None or self.context.complete:
                self.host.count("handshakes")
                self.context, self.scheme = self._acceptor(scheme, token), scheme
            elif scheme != self.scheme:
                self.host.offend("the scheme changes within a handshake")
                return self._refuse(401)
            if token.startswith(b"NTLMSSP\0\3"):
                self._demand_mic_and_sealing(token)
            answer = self.context.step(token)
            complete = self.context.complete
            if complete:
                self._demand_binding(self.context)
                strength = (self.context.query_message_sizes().header, 8 * len(self.context.session_key))
                self.host.strengths.add(strength)
        except (spnego.exceptions.SpnegoError, AttributeError):  # a failed context of GSSAPI has no state to ask for
            self.context = None
            self.host.count("failed_handshakes")
            return self._refuse(401)
        challenges = [f"{scheme} {base64.b64encode(answer).decode()}"] if answer else []
        self._send(200 if complete else 401, challenges=challenges)

    def _acceptor(self, scheme: str, token: bytes) -> spnego.ContextProxy:
        """What the first token is for: NTLM as it is, Kerberos as it is, or either within SPNEGO."""
        binding = self.host.channel_binding
        options = spnego.NegotiateOptions.none
        protocol = "kerberos" if scheme == "Kerberos" else "negotiate"
        if token.startswith(b"NTLMSSP\0"):
            if token[8:12] != b"\1\0\0\0":
                self.host.offend("the first NTLM message is no NEGOTIATE")
            protocol, options = "ntlm", spnego.NegotiateOptions.use_ntlm
        elif self.host.keytab is None:
            options = spnego.NegotiateOptions.use_negotiate
        return spnego.server(
            protocol=protocol,
            options=options,
            channel_bindings=binding and GssChannelBindings(application_data=binding),
        )

    def _demand_mic_and_sealing(self, token: bytes) -> None:
        """pyspnego verifies a MIC that the client announces; that it announces one is seen to here."""
        message = Authenticate.unpack(token)
        missing = REQUIRED_FLAGS & ~message.flags
        if missing:
            self.host.offend(f"the AUTHENTICATE message lacks {missing!r}")
        response = message.nt_challenge_response or b""
        if len(response) <= 24:
            self.host.offend("the response is no NTLMv2")
            return
        pairs = NTClientChallengeV2.unpack(response[16:]).av_pairs
        if not pairs.get(AvId.flags, 0) & AvFlags.mic or not message.mic or not any(message.mic):
            self.host.offend("the AUTHENTICATE message has no MIC")
        if message.lm_challenge_response and any(message.lm_challenge_response):
            self.host.offend("an LM response was sent although the challenge has a time stamp")

    def _demand_binding(self, context: Any) -> None:
        """GSSAPI refuses what is bound to something else; that it is bound at all is seen to here."""
        if not self.host.channel_binding or not self.host.binds_all or context.negotiated_protocol != "kerberos":
            return
        while isinstance(context, spnego.ContextProxy):
            context = context._context
        if gssapi.RequirementFlag.channel_bound not in context.actual_flags:
            raise spnego.exceptions.BadBindingsError

    # Messages in clear, within TLS or not

    def _anonymous(self, body: bytes, authorization: str | None) -> None:
        """Identify without credentials, which no other request may be."""
        if authorization is not None or self.headers["WSMANIDENTIFY"] != "unauthenticated":
            self.host.offend("an Identify without credentials has some, or a wrong header")
            return self._refuse(401)
        if self.headers["Content-Type"] != CLEAR_TYPE:
            self.host.offend(f"the content type is {self.headers['Content-Type']!r}")
            return self._refuse(415)
        if not _is_identify(body):
            self.host.offend("something else than Identify comes without credentials")
            return self._refuse(401)
        if not self.host.answers_anyone:
            return self._refuse(401)
        self._execute(body, None, anonymous=True)

    def _clear(self, body: bytes, authorization: str | None) -> None:
        if self.host.seals_within_tls or not (self.host.tls or self.host.allows_clear):
            self.host.offend("a body was sent in clear")
            return self._refuse(self.host.clear_refusal)
        if self.headers["Content-Type"] != CLEAR_TYPE:
            self.host.offend(f"the content type is {self.headers['Content-Type']!r}")
            return self._refuse(415)
        if authorization == MUTUAL_TLS:
            if not self._knows_certificate():
                return self._refuse(self.host.certificate_refusal)
        elif authorization is not None:
            if not self._knows(authorization):
                return self._refuse(401)
        elif self.context is None or not self.context.complete:
            self.host.offend("a body came on a connection that is not authenticated")
            return self._refuse(401)
        self._execute(body, None)

    def _knows_certificate(self) -> bool:
        """Whether the client showed a certificate that is mapped to an account, as TLS has verified."""
        if "Certificate" not in self.host.mechanisms:
            return False
        if isinstance(self.connection, ssl.SSLSocket) and self.connection.getpeercert(True) in self.host.accounts:
            return True
        self.host.count("failed_handshakes")
        return False

    def _knows(self, authorization: str) -> bool:
        """Whether Basic authentication is offered, and this is the account."""
        scheme, _, token = authorization.partition(" ")
        if scheme != "Basic":
            self.host.offend(f"a request with a body has an authorization by {scheme}")
            return False
        if "Basic" not in self.host.mechanisms:
            return False
        if base64.b64decode(token, validate=True).decode() == f"{USER}:{PASSWORD}":
            return True
        self.host.count("failed_handshakes")
        return False

    # Sealed messages

    def _unseal(self, body: bytes, context: spnego.ContextProxy) -> bytes:
        """The plain text of a body, whose framing must be right byte for byte."""
        name = b"SPNEGO" if self.scheme == "Negotiate" else b"Kerberos"
        match = re.match(re.escape(PART_HEAD) % (name, rb"(\d+)"), body)
        if not match or not body.endswith(TAIL):
            raise ValueError("the multipart framing is wrong")
        payload = body[match.end() : -len(TAIL)]
        (length,) = struct.unpack("<I", payload[:4].ljust(4, b"\0"))
        if length != context.query_message_sizes().header or len(payload) < 4 + length:
            raise ValueError(f"the signature has {length} bytes")
        plain = context.unwrap_winrm(payload[4 : 4 + length], payload[4 + length :])
        if len(plain) != int(match.group(1)):
            raise ValueError("Length is not that of the plain text")
        if len(plain) != len(payload) - 4 - length:
            raise ValueError("the cipher text is not as long as the plain text")
        return plain

    def _sealed(self, body: bytes, context: spnego.ContextProxy) -> None:
        try:
            plain = self._unseal(body, context)
        except (ValueError, spnego.exceptions.SpnegoError) as error:
            self.host.offend(f"a sealed body cannot be opened: {error}")
            self.context = None
            return self._refuse(400)
        self._execute(plain, context)

    # Answers

    def _execute(self, plain: bytes, context: spnego.ContextProxy | None, anonymous: bool = False) -> None:
        """Answers a request, sealed if there is a context."""
        entry = Entry(self.number, anonymous=anonymous)
        try:
            self.host.provider.describe(parse_request(plain), entry)
        except SoapFault:
            entry.operation = "malformed"
        self.host.note(entry)
        script = self.host.take_script(entry)
        broken = script.broken if script else None
        entry.answer = broken.name if broken else ""

        if script and broken is Broken.DROP_BEFORE:
            return self._drop(script.reset)
        if broken in (Broken.UNAUTHORIZED, Broken.BAD_REQUEST):
            self.context = None
            return self._refuse(401) if broken is Broken.UNAUTHORIZED else self._refuse(400)

        status, answer = self.host.execute(plain, entry, before=script.fault if script else None)
        if script and broken is Broken.DROP_AFTER:
            return self._drop(script.reset)
        if script and broken is Broken.DELAY:
            self.host.stopping.wait(script.seconds)
        if broken is Broken.WRONG_RELATES_TO and entry.message_id:
            answer = answer.replace(entry.message_id.encode(), b"uuid:00000000-0000-0000-0000-000000000000")
        elif broken is Broken.GARBAGE:
            answer = b"\x00\xff<not xml"
        elif broken is Broken.DOCTYPE:
            answer = b'<!DOCTYPE x [<!ENTITY a "b">]>' + answer
        if self.host.closes_after_each_answer:
            self.close_connection = True
        if broken is Broken.CLEAR_ANSWER:
            return self._send(status, answer, CLEAR_TYPE)
        if broken in FOREIGN:
            return self._send(200, *FOREIGN[broken])

        content_type = CLEAR_TYPE
        if context:
            sealed = context.wrap_winrm(answer)
            header = bytearray(sealed.header)
            if broken is Broken.CORRUPT_SIGNATURE:
                header[5] ^= 1
            name = b"SPNEGO" if self.scheme == "Negotiate" else b"Kerberos"
            answer = PART_HEAD % (name, b"%d" % len(answer)) + struct.pack("<I", len(header)) + header + sealed.data + TAIL
            content_type = SEALED_TYPES[self.scheme]
        try:
            if broken is Broken.TRUNCATED:
                self._send_half(status, answer, content_type)
            else:
                self._send(status, answer, content_type)
            if broken is Broken.CLOSE_AFTER:
                self._drop(reset=False)
        except ConnectionError:
            # The client has given up waiting, which is its right.
            self.close_connection = True

    def _send_half(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2])
        self._drop(reset=False)


def _is_identify(body: bytes) -> bool:
    try:
        return parse_request(body).is_identify
    except SoapFault:
        return False
