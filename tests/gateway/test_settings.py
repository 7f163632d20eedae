"""Settings are typed, frozen, and refused all at once by key and without values."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from gateway.settings import CoreSettings, Section, SettingsRefused, load, wanted_plugins


class PaymentSettings(Section):
    """A plugin's section."""

    retries: int = 3


def test_defaults_work_in_development() -> None:
    settings = load(
        {"PATH": "/bin", "VSSID_TEST_DATABASE_URL": "postgresql://x"}, {"payment": PaymentSettings}
    )
    assert settings.core == CoreSettings()
    assert settings.section(PaymentSettings).retries == 3


def test_keys_become_typed_values() -> None:
    environ = {"VSSID_PORT": "9000", "VSSID_PLUGINS": "a, b,", "VSSID_PAYMENT_RETRIES": "5"}
    settings = load(environ, {"payment": PaymentSettings})
    assert settings.core.port == 9000
    assert settings.core.plugins == ("a", "b")
    assert wanted_plugins(environ) == {"a", "b"}
    assert settings.section(PaymentSettings).retries == 5


def test_every_bad_key_is_named_at_once_without_its_value() -> None:
    environ = {
        "VSSID_PORT": "secret-port",
        "VSSID_DATABASE_URL": "mysql://secret",
        "VSSID_ENVIRONMENT": "production",
        "VSSID_PAYMENT_RETRIES": "secret-many",
        "VSSID_PAYMENT_RETRYS": "1",
    }
    with pytest.raises(SettingsRefused) as refused:
        load(environ, {"payment": PaymentSettings})
    named = [problem.partition(":")[0] for problem in refused.value.problems]
    assert sorted(named) == [
        "VSSID_DATABASE_URL",
        "VSSID_PAYMENT_RETRIES",
        "VSSID_PAYMENT_RETRYS",
        "VSSID_PORT",
        "VSSID_SECRET_KEY",
    ]
    assert "secret-" not in str(refused.value)
    assert "mysql" not in str(refused.value)


@pytest.mark.parametrize(("key", "accepted"), [("k" * 31, False), ("k" * 32, True)])
def test_a_secret_key_is_long(key: str, accepted: bool) -> None:
    environ = {"VSSID_ENVIRONMENT": "production", "VSSID_SECRET_KEY": key}
    if accepted:
        assert load(environ, {}).core.production
        assert key not in repr(load(environ, {}))
    else:
        with pytest.raises(SettingsRefused, match="VSSID_SECRET_KEY"):
            load(environ, {})


def test_a_password_with_a_slash_is_refused_without_repeating_it() -> None:
    with pytest.raises(SettingsRefused, match="VSSID_DATABASE_URL: is not a URL") as refused:
        load({"VSSID_DATABASE_URL": "postgresql://vssid:hun/ter2@db/vssid"}, {})
    assert "hun" not in str(refused.value)


def test_sections_are_frozen() -> None:
    with pytest.raises(ValidationError):
        CoreSettings().port = 1
