"""Alertmanager's configuration from the environment: judged by amtool, and routed as it says."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from engines import binary

from .backends import COMPOSE

RUN = str(COMPOSE / "alertmanager" / "run")
EMAIL = {
    "ALERT_EMAIL_TO": "lab@example.org",
    "SMTP_SMARTHOST": "mail.example.org:587",
    "SMTP_FROM": "alerts@example.org",
}
LOGIN = {"SMTP_USERNAME": "lab", "SMTP_PASSWORD": 'it\'s "a" $ecret: #1\\ {{ .x }}'}
WEBHOOK = {"ALERT_WEBHOOK_URL": "http://127.0.0.1:9/alerts"}
CHAT = {"ALERT_CHAT_URL": "https://chat.example.org/hooks/x"}


def run(environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Print the configuration for an environment."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("ALERT_", "SMTP_"))}
    return subprocess.run(
        [RUN, "config"], env=clean | environment, capture_output=True, text=True, check=False
    )


def amtool(*arguments: str) -> str:
    """Return what amtool says; it must agree."""
    done = subprocess.run(
        [str(binary("amtool")), *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "environment",
    [{}, EMAIL, EMAIL | LOGIN, WEBHOOK, CHAT, EMAIL | LOGIN | WEBHOOK | CHAT,
     WEBHOOK | {"ALERT_REPEAT": "1h", "ALERT_GROUP_WAIT": "10s", "ALERT_GROUP_INTERVAL": "10s"}],
    ids=lambda environment: "+".join(environment) or "nothing",
)  # fmt: skip
def test_amtool_accepts_it(environment: dict[str, str], tmp_path: Path) -> None:
    """Whoever is to be told, and whatever a password holds."""
    done = run(environment)
    assert done.returncode == 0, done.stderr
    file = tmp_path / "alertmanager.yml"
    file.write_text(done.stdout)
    amtool("check-config", str(file))


def test_a_password_arrives_as_it_is(tmp_path: Path) -> None:
    """As Alertmanager reads it: quotes, dollars and braces are none of YAML's or the shell's."""
    read = yaml.safe_load(run(EMAIL | LOGIN).stdout)
    assert read["global"]["smtp_auth_password"] == LOGIN["SMTP_PASSWORD"]


@pytest.mark.parametrize("severity", ["critical", "warning"])
def test_it_is_routed_by_severity(severity: str, tmp_path: Path) -> None:
    """Critical ones to all; warnings to e-mail and the webhook."""
    file = tmp_path / "alertmanager.yml"
    file.write_text(run(EMAIL | WEBHOOK | CHAT).stdout)
    routed = amtool("config", "routes", "test", f"--config.file={file}", f"severity={severity}")
    assert routed.strip() == severity
    receivers = {r["name"]: set(r) for r in yaml.safe_load(file.read_text())["receivers"]}
    both = {"name", "email_configs", "webhook_configs"}
    assert receivers == {"warning": both, "critical": both | {"slack_configs"}}


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({"ALERT_WEBHOOK_URL": "alerts.example.org"}, "ALERT_WEBHOOK_URL is no address"),
        ({"ALERT_CHAT_URL": "https://a\nb: c"}, "ALERT_CHAT_URL has several lines"),
        ({"ALERT_EMAIL_TO": "a@example.org"}, "ALERT_EMAIL_TO is set, and SMTP_SMARTHOST is not"),
        (WEBHOOK | {"ALERT_REPEAT": "often"}, "ALERT_REPEAT is 'often'; allowed: a duration"),
        (WEBHOOK | {"ALERT_GROUP_WAIT": "0s"}, "ALERT_GROUP_WAIT is '0s'"),
        (EMAIL | {"SMTP_REQUIRE_TLS": "maybe"}, "SMTP_REQUIRE_TLS is 'maybe'; allowed: true"),
        (EMAIL | {"SMTP_PASSWORD": "a\nb: c"}, "SMTP_PASSWORD has several lines"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused(environment: dict[str, str], says: str) -> None:
    """With its name, the value and what is allowed; an address is not echoed (it is a secret)."""
    done = run(environment)
    assert done.returncode == 1 and done.stdout == ""
    assert says in done.stderr
    assert not any(v in done.stderr for k, v in environment.items() if k.endswith("URL"))
