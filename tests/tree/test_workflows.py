"""What the workflows may do, and when: actionlint and zizmor know their form, and these what is meant by them."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github/workflows"
BUILT = {"check", "build"}

Job = dict[str, Any]


def read(name: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / name).read_text("utf-8"))


NAMES = sorted(path.name for path in FOLDER.iterdir())
JOBS = {f"{name} {job}": said for name in NAMES for job, said in read(name)["jobs"].items()}
RELEASE: dict[str, Job] = read("release.yml")["jobs"]


def list_of(needs: str | list[str] | None) -> list[str]:
    return [needs] if isinstance(needs, str) else needs or []


def ordered(jobs: dict[str, Job], name: str) -> set[str]:
    """What has succeeded before a job begins."""
    direct = list_of(jobs[name].get("needs"))
    return {*direct, *(each for need in direct for each in ordered(jobs, need))}


def publishes(job: Job) -> bool:
    is_trusted = any(value == "write" for value in job.get("permissions", {}).values())
    return is_trusted or "environment" in job or "secrets." in str(job)


def test_they_are_all_here() -> None:
    assert NAMES == ["build.yml", "ci.yml", "release.yml"]


def test_nothing_is_published_before_all_is_built_and_tried() -> None:
    publishing = {name for name, job in RELEASE.items() if publishes(job)}
    assert publishing == {"attest", "pypi", "npm", "crates-io", "maven-central", "github"}
    for name in publishing:
        assert ordered(RELEASE, name) >= BUILT, name
        assert RELEASE[name]["if"] == "github.event_name == 'push'", f"{name} runs for a tag alone"
    assert ordered(RELEASE, "github") == RELEASE.keys() - {"github"}, "what the release names can be installed"


def test_only_a_tag_is_a_push() -> None:
    # YAML takes `on` for a yes.
    assert read("release.yml")[True] == {"push": {"tags": ["v*"]}, "workflow_dispatch": None}


@pytest.mark.parametrize("name", [name for name in NAMES if name != "release.yml"])
def test_no_other_workflow_may_do_more_than_read(name: str) -> None:
    for job in read(name)["jobs"].values():
        assert not publishes(job)
        assert job["permissions"] == {"contents": "read"}


def test_a_build_that_fails_fails_the_release() -> None:
    jobs = read("build.yml")["jobs"]
    assert ordered(jobs, "try") == jobs.keys() - {"try"}
    for job in [*jobs.values(), *RELEASE.values()]:
        assert "continue-on-error" not in str(job)
    assert "if" not in RELEASE["build"] and not any("if" in job for job in jobs.values())
    for name in ("target", "try"):
        assert jobs[name]["strategy"]["matrix"]["include"] == "${{ fromJSON(inputs.targets) }}"


@pytest.mark.parametrize("name", NAMES)
def test_a_workflow_begins_with_no_permissions(name: str) -> None:
    assert read(name)["permissions"] == {}


@pytest.mark.parametrize("name", JOBS)
def test_a_job_has_an_end_and_keeps_no_credentials(name: str) -> None:
    job = JOBS[name]
    assert "uses" in job or 0 < job["timeout-minutes"] <= 90
    for step in job.get("steps", []):
        if "actions/checkout@" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", JOBS)
def test_what_a_registry_trusts_is_not_built_there(name: str) -> None:
    """A job that gets a token runs our scripts and the packages that were tried: nothing installs beside it."""
    job = JOBS[name]
    if publishes(job):
        commands = " ".join(step.get("run", "") for step in job["steps"])
        assert not any(tool in commands for tool in ("pip ", "npm ci", "npm install", "cargo build", "mvn", "just"))


@pytest.mark.parametrize("name", JOBS)
def test_the_scripts_that_it_runs_are_here(name: str) -> None:
    for step in JOBS[name].get("steps", []):
        for interpreter, script in re.findall(
            r"(python3 )?(?<![\w/])((?:packages|bindings|\.ci)/[\w./-]+\w)", step.get("run", "")
        ):
            file = ROOT / script
            assert file.is_file(), script
            is_read = interpreter or file.suffix == ".json"
            assert is_read or os.access(file, os.X_OK), f"{script} is not executable"


RUNNERS: list[dict[str, str]] = json.loads((ROOT / "packages/runners.json").read_text("utf-8"))


def test_every_target_has_its_runners() -> None:
    triple = r"\b(?:x86_64|aarch64)-(?:unknown-linux-(?:gnu|musl)|apple-darwin|pc-windows-msvc)\b"
    known = set(re.findall(triple, (ROOT / "packages/targets.json").read_text("utf-8")))
    assert {each["target"] for each in RUNNERS} == known
    assert len(RUNNERS) == len(known)
    for each in RUNNERS:
        assert each.keys() == {"target", "builder", "runner", "within"}
        assert not each["within"] or os.access(ROOT / each["within"], os.X_OK)
        # What is tried is tried on a processor of its own.
        is_arm = "-arm" in each["runner"] or each["runner"] == "macos-15"
        assert is_arm == each["target"].startswith("aarch64"), each
