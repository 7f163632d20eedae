"""A pytest plugin: a test fails when a password, code, token, name or phone number comes into a log, a span or a metric.

Switch it on with ``-p gateway.testing.leaks``. It looks at every sink of the process, as :mod:`gateway.testing.sinks` says, and
at what processes that a test has started write on standard error. Whatever is made for telemetry collects, asked or not; a test
of telemetry itself that does not want it is marked ``untraced``.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pyotp
import pytest

from gateway.credentials import PasswordHashing
from gateway.testing.private_texts import PrivateTexts
from gateway.testing.sinks import STDERR, Sinks


class Leaks:
    """Looks at each test's sinks when the test is over, its fixtures included."""

    def __init__(self) -> None:
        self._patches = pytest.MonkeyPatch()
        self._sinks = Sinks()
        self._private = PrivateTexts()

    @pytest.hookimpl
    def pytest_sessionstart(self) -> None:
        """Listen to every sink, and to where passwords and codes are made."""
        self._sinks.open(self._patches)
        self._learn_passwords()
        self._learn_codes()

    @pytest.hookimpl
    def pytest_sessionfinish(self) -> None:
        """Leave everything as it was."""
        self._patches.undo()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Before a test's fixtures are made."""
        self._private.forget()
        self._sinks.collecting = item.get_closest_marker("untraced") is None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """After a test's fixtures are gone."""
        report = yield
        if call.when == "teardown":
            self._sinks.note(STDERR, report.capstderr)
            leaks = self._leaks()
            if leaks:
                report.outcome = "failed"
                report.longrepr = f"{item.nodeid} leaks: {'; '.join(leaks)}"
        return report

    def _leaks(self) -> list[str]:
        found = {sink: self._private.kinds_in(texts) for sink, texts in self._sinks.taken().items()}
        return [f"{kind} in {sink}" for sink, kinds in sorted(found.items()) for kind in sorted(kinds)]

    def _learn_passwords(self) -> None:
        hash_, verify = PasswordHashing.hash, PasswordHashing.verify

        async def hashed(hashing: PasswordHashing, password: str) -> str:
            self._private.password(password)
            return await hash_(hashing, password)

        async def verified(hashing: PasswordHashing, password_hash: str | None, password: str) -> bool:
            self._private.password(password)
            return await verify(hashing, password_hash, password)

        self._patches.setattr(PasswordHashing, "hash", hashed)
        self._patches.setattr(PasswordHashing, "verify", verified)

    def _learn_codes(self) -> None:
        generate = pyotp.OTP.generate_otp

        def generated(otp: pyotp.OTP, moment: int) -> str:
            code: Any = generate(otp, moment)
            self._private.code(code)
            return str(code)

        self._patches.setattr(pyotp.OTP, "generate_otp", generated)


def pytest_configure(config: pytest.Config) -> None:
    """Begin, in every process that runs tests."""
    config.addinivalue_line("markers", "untraced: collects no telemetry but what the test itself asks for")
    config.pluginmanager.register(Leaks(), "leaks")
