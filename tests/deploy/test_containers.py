"""What the container and service files promise, as far as it can be read from them: no engine runs in these tests."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from bot.settings import describe

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
UNIT = (ROOT / "deploy" / "sitrep.service").read_text(encoding="utf-8")
STOP_DEADLINE = next(float(row.default) for row in describe() if row.name == "SITREP_STOP_DEADLINE")
# What libraries and the images themselves read; everything else in capitals must be a setting of ours.
OF_OTHERS = {"PGPASSWORD", "POSTGRES_DB", "POSTGRES_PASSWORD", "POSTGRES_USER"}


def instructions() -> list[tuple[str, str]]:
    """`(WORD, rest)` of each instruction of the Dockerfile, with continued lines joined."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE).replace("\\\n", " ")
    return [(word, rest) for word, rest in (line.split(None, 1) for line in text.splitlines() if line.strip())]


def service(name: str) -> str:
    """The lines of one service of docker-compose.yml, those of the common part before them if it takes them in."""
    found = re.search(rf"^  {name}:\n((?:    .*\n|\n)+)", COMPOSE, re.MULTILINE)
    assert found, f"no service {name}"
    common = re.search(r"^x-bot: &bot\n((?:  .*\n)+)", COMPOSE, re.MULTILINE)
    assert common
    return (common[1] if "<<: *bot" in found[1] else "") + found[1]


def test_packages_are_installed_by_hash_as_wheels_and_the_project_without_fetching() -> None:
    installs = [rest for word, rest in instructions() if word == "RUN" and " install " in f" {rest} " and "pip" in rest]
    locked, project = installs
    for option in ("--require-hashes", "--no-deps", "--only-binary :all:", "requirements/run.lock"):
        assert option in locked
    assert "--no-deps" in project
    assert "--no-build-isolation" in project


def test_image_runs_without_rights_and_stops_gently() -> None:
    last = instructions()[max(i for i, (word, _) in enumerate(instructions()) if word == "FROM") :]
    user = [rest for word, rest in last if word == "USER"]
    assert user
    assert not re.match(r"(root|0)\b", user[-1])
    words = dict(last)
    assert words["STOPSIGNAL"] == "SIGTERM"
    assert words["HEALTHCHECK"].endswith('CMD ["sitrep", "healthcheck"]')
    assert words["ENTRYPOINT"] == '["sitrep"]'  # as a list: the signal reaches the program, not a shell
    assert "SITREP_HOME=/data" in words["ENV"]
    assert "SITREP_HEALTH_LISTEN=127.0.0.1:8081" in words["ENV"]  # the check asks the bot, and nobody else can
    assert words["VOLUME"] == "/data"


def test_images_are_named_by_a_version() -> None:
    stages = re.findall(r"AS (\S+)", DOCKERFILE)
    images = [rest.split()[0] for word, rest in instructions() if word == "FROM"]
    images += re.findall(r"^ +image: (\S+)", COMPOSE, re.MULTILINE)
    for image in images:
        assert image in stages or (":" in image and not image.endswith(":latest")), image


def test_image_python_is_one_the_project_supports() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    minor = {int(found) for found in re.findall(r"FROM python:3\.(\d+)-slim", DOCKERFILE)}
    assert len(minor) == 1
    assert min(minor) >= int(project["requires-python"].removeprefix(">=3."))


def test_only_what_the_image_needs_is_sent_to_its_build() -> None:
    rules = [line for line in IGNORED if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {rule[1:] for rule in rules if rule.startswith("!")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    licences = set(project["project"]["license-files"])
    assert let_in == packages | licences | {"README.md", "pyproject.toml", "requirements/run.lock"}
    assert "**/.env" in rules[rules.index("!storage") :]


@pytest.mark.parametrize("text", [DOCKERFILE, COMPOSE, UNIT], ids=["Dockerfile", "compose", "unit"])
def test_no_secret_is_written_down(text) -> None:
    assert not re.search(r"\d{3,}:[A-Za-z0-9_-]{30,}", text)
    assert "TELEGRAM_TOKEN=" not in text
    assert not re.search(r"://\w+:[^@\s$]+@", text)
    assert re.findall(r"PASSWORD: (\S+)", text) in ([], ["${POSTGRES_PASSWORD:-}"] * 2)


@pytest.mark.parametrize("text", [DOCKERFILE, COMPOSE, UNIT], ids=["Dockerfile", "compose", "unit"])
def test_settings_given_to_the_bot_exist(text) -> None:
    known = {row.name for row in describe()} | OF_OTHERS
    named = set(re.findall(r"\bSITREP_[A-Z_]*[A-Z]\b", text)) | set(re.findall(r"^ {6}([A-Z_]+):", text, re.MULTILINE))
    assert named <= known


@pytest.mark.parametrize("name", ["bot", "bot-sqlite", "db"])
def test_services_may_do_little(name) -> None:
    lines = service(name)
    for line in ("read_only: true", "cap_drop:", "- ALL", "- no-new-privileges:true", "restart: unless-stopped"):
        assert line in lines
    for limit in ("mem_limit:", "cpus:", "pids_limit:"):
        assert limit in lines
    assert "ports:" not in lines
    assert "privileged: true" not in lines


def test_the_webhooks_port_is_published_on_this_machine_alone_and_only_by_the_further_file() -> None:
    lines = (ROOT / "deploy" / "webhook.yml").read_text(encoding="utf-8")
    published = re.findall(r'^ +- "(.+)"$', lines, re.MULTILINE)
    assert published == ["127.0.0.1:${WEBHOOK_PORT:-8080}:8080"]
    assert set(re.findall(r"^  (\S+): \*webhook$", lines, re.MULTILINE)) == {"bot", "bot-sqlite"}
    assert "ports:" not in COMPOSE


def test_the_two_ways_to_run_do_not_meet() -> None:
    """Each bot belongs to one profile, so that never two of them fetch the messages of one token."""
    profiles = {name: re.findall(r"profiles:\n +- (\S+)\n", service(name)) for name in ("bot", "db", "bot-sqlite")}
    assert profiles == {"bot": ["postgresql"], "db": ["postgresql"], "bot-sqlite": ["sqlite"]}
    assert "condition: service_healthy" in service("bot")
    assert "sqlite:////data/" in service("bot-sqlite")


def test_database_is_recent_kept_and_cut_off() -> None:
    lines = service("db")
    version = re.search(r"image: postgres:(\d+)", lines)
    assert version
    assert int(version[1]) >= 17
    assert "postgresql:/var/lib/postgresql #" in lines  # the folder that images of 18 and later keep data in
    assert "pg_isready" in lines
    assert re.search(r"networks:\n      - database\b(?!.*\n      - )", lines)
    assert "  database:\n    internal: true\n" in COMPOSE


def test_a_stop_waits_longer_than_the_bot_does() -> None:
    grace = re.search(r"stop_grace_period: (\d+)s", service("bot"))
    unit = re.search(r"^TimeoutStopSec=(\d+)$", UNIT, re.MULTILINE)
    assert grace
    assert unit
    assert min(int(grace[1]), int(unit[1])) > STOP_DEADLINE


def test_unit_keeps_the_service_to_its_folder() -> None:
    lines = UNIT.splitlines()
    for line in ("User=sitrep", "NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=", "UMask=0077"):
        assert line in lines
    assert "RestartPreventExitStatus=2" in lines  # bad settings do not get better by trying again
    assert any(line.startswith("ExecStart=/") and line.endswith("/sitrep run") for line in lines)
