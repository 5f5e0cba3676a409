"""Fixtures of the peers, and the rule that nothing is skipped in silence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pypsrp.wsman import WSMan

from hvr import Hvr
from psrp_client import connect
from winrm_host import PASSWORD, USER, Host

pytest_plugins = ("realms",)  # fixtures

@pytest.fixture
def host() -> Iterator[Host]:
    """A fresh host; a test that does not clear `offences` proves that its client made none."""
    with Host() as running:
        yield running
        assert running.offences == []


@pytest.fixture
def client(host: Host) -> WSMan:
    """pypsrp, pointed at the host."""
    return connect(host.url, USER, PASSWORD)


@pytest.fixture
def hvr(host: Host, tmp_path: Path) -> Hvr:
    """The program, pointed at the host with the right password."""
    program = Hvr(tmp_path, host.url, USER, PASSWORD)
    program.options = ["--password-file", str(program.password_file())]
    return program


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The one line that CI looks for."""
    stats = terminalreporter.stats
    failed = sum(len(stats.get(outcome, [])) for outcome in ("failed", "error", "skipped", "xfailed", "xpassed"))
    terminalreporter.write_line(f"peers: {len(stats.get('passed', []))} passed, {failed} failed")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """A test that was skipped counts as failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if (
        exitstatus == 0
        and reporter
        and any(reporter.stats.get(outcome) for outcome in ("skipped", "xfailed", "xpassed"))
    ):
        session.exitstatus = 1
