"""Runs the program `hvr` as a user does, and reads what it says."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from spnego._ntlm_raw.crypto import ntowfv1

PROGRAM = os.environ.get("HVR", "")


def word(text: Any) -> str:
    """A state without its spelling: `WaitingToStart` and `waiting_to_start` are one word."""
    assert isinstance(text, str), f"a state is a word, not {text!r}"
    return re.sub(r"[ _-]", "", text).lower()


@dataclass
class Run:
    """What one run of the program left behind."""

    code: int
    stdout: str
    stderr: str
    seconds: float

    @property
    def both(self) -> str:
        return self.stdout + self.stderr

    def json(self) -> Any:
        """The one JSON value on stdout."""
        return json.loads(self.stdout)

    def error(self) -> dict[str, Any]:
        """The one JSON object on stderr; it has the documented members."""
        error = json.loads(self.stderr)
        for member in ("kind", "host", "operation", "message"):
            assert error.get(member), f"the error has no {member}: {error}"
        return error

    def expect(self, code: int) -> Run:
        """Demands an exit code, and shows the whole run otherwise."""
        assert self.code == code, f"exit {self.code} in place of {code}\n{self.stdout}\n{self.stderr}"
        assert "panicked" not in self.stderr
        return self

    def expect_unknown(self) -> Run:
        """Demands that the outcome is called unknown, and that nothing claims success."""
        self.expect(5)
        if self.stdout.strip():
            assert self.json()["result"] == "unknown", self.stdout
        assert self.error()["outcome_unknown"] is True
        return self


@dataclass
class Hvr:
    """The program with its connection options; every run also proves that no secret is printed."""

    home: Path
    host: str | None
    user: str | None
    password: str
    options: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    of_command: list[str] = field(default_factory=list)  # options that stand behind the command

    def password_file(self, newline: bool = True) -> Path:
        """A file with the password."""
        path = self.home / "password"
        path.write_text(self.password + ("\n" if newline else ""), encoding="utf-8")
        return path

    def command(self, *arguments: str) -> list[str]:
        connection = ["--host", self.host] if self.host else []
        connection += ["--user", self.user] if self.user else []
        return [PROGRAM, *connection, *self.options, *arguments, *self.of_command]

    def variables(self) -> dict[str, str]:
        """A clean environment: nothing of the caller's HVR_ or proxy variables."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            **self.environment,
        }

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Starts the program with pipes at its ends."""
        assert PROGRAM, "HVR does not name the program: start the tests with tests/peers/run"
        return subprocess.Popen(
            self.command(*arguments),
            env=self.variables(),
            text=True,
            encoding="utf-8",
            **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
        )

    def run(self, *arguments: str, stdin: str | None = None, limit: float = 40) -> Run:
        """Runs the program to its end, which must come within `limit` seconds."""
        begin = time.monotonic()
        process = self.start(*arguments, stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE)
        try:
            stdout, stderr = process.communicate(stdin, timeout=limit)
        except subprocess.TimeoutExpired:
            process.kill()
            stdout, stderr = process.communicate()
            raise AssertionError(f"hvr {arguments} does not end in {limit} s\n{stdout}\n{stderr}") from None
        run = Run(process.returncode, stdout, stderr, time.monotonic() - begin)
        self.has_no_secret(run.both)
        return run

    def has_no_secret(self, text: str) -> None:
        """Neither the password, in clear or in Base64, nor its NT hash nor a token may be in a text."""
        for secret in (
            self.password,
            repr(self.password)[1:-1],
            json.dumps(self.password)[1:-1],
            ntowfv1(self.password).hex(),
            base64.b64encode(f"{self.user}:{self.password}".encode()).decode(),
        ):
            assert secret.lower() not in text.lower(), "a secret was printed"
        assert "TlRMTVNTUAAD" not in text, "an NTLM AUTHENTICATE message was printed"
        assert not re.search("(Negotiate|Kerberos) [A-Za-z0-9+/]{40}", text), "a token was printed"
