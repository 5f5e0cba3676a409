"""`hvr sim serve` as a script starts it, for clients that are not ours."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pypsrp.exceptions import WSManFaultError
from pypsrp.wsman import WSMan

from hvr import Hvr
from psrp_client import identify

USER, PASSWORD = "simuser", "Sïm-Pass 'x' <&> Ж"


@contextmanager
def simulated(home: Path, vms: int, *options: str, password: str = PASSWORD) -> Iterator[str]:
    """A simulated host: its URL, taken from the ready file."""
    program = Hvr(home, None, USER, password)
    ready = home / "ready"
    process = program.start(
        "sim",
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--vms",
        str(vms),
        "--job-seconds",
        "1",
        "--ready-file",
        str(ready),
        "--password-file",
        str(program.password_file()),
        *options,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield _url(process, ready)
        assert process.poll() is None, "the simulated host has ended by itself"
    finally:
        process.terminate()
        _, stderr = process.communicate(timeout=10)
    program.has_no_secret(stderr)
    assert "panicked" not in stderr


def _url(process: subprocess.Popen[str], ready: Path) -> str:
    end = time.monotonic() + 20
    while not ready.exists():
        assert process.poll() is None and process.stderr is not None, process.communicate()[1]
        assert time.monotonic() < end, "the ready file does not come"
        time.sleep(0.02)
    # The file is renamed into place, so that it is whole as soon as it is there.
    (line,) = ready.read_text(encoding="utf-8").splitlines()
    host, url = line.split(" ")
    assert host and url.startswith(("http://127.0.0.1:", "https://127.0.0.1:")) and url.endswith("/wsman")
    return url


def fault_of(client: WSMan, call: Callable[[], object]) -> int:
    """The code of the fault that a call ends with; the connection must be good for another request."""
    with pytest.raises(WSManFaultError) as error:
        call()
    identify(client)
    assert isinstance(error.value.code, int) and error.value.reason
    return error.value.code
