"""Permissions, order and scripts of the workflows. actionlint and zizmor check their syntax and common mistakes."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from suites import SUITES

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github/workflows"
BUILT = {"check", "build"}

Job = dict[str, Any]


def read(name: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / name).read_text("utf-8"))


NAMES = sorted(path.name for path in FOLDER.iterdir())
JOBS = {f"{name} {job_id}": job for name in NAMES for job_id, job in read(name)["jobs"].items()}
RELEASE: dict[str, Job] = read("release.yml")["jobs"]
CI: dict[str, Job] = read("ci.yml")["jobs"]


def as_list(needs: str | list[str] | None) -> list[str]:
    return [needs] if isinstance(needs, str) else needs or []


def predecessors(jobs: dict[str, Job], name: str) -> set[str]:
    """The jobs that have succeeded before this job begins."""
    direct = as_list(jobs[name].get("needs"))
    return {*direct, *(each for need in direct for each in predecessors(jobs, need))}


def publishes(job: Job) -> bool:
    """Whether the job has a token, a secret or an environment, which publishing needs."""
    is_trusted = any(value == "write" for value in job.get("permissions", {}).values())
    return is_trusted or "environment" in job or "secrets." in str(job)


def test_known_workflows_exist() -> None:
    assert NAMES == ["build.yml", "ci.yml", "release.yml"]


def test_publishing_waits_for_all_builds_and_checks() -> None:
    publishing = {name for name, job in RELEASE.items() if publishes(job)}
    assert publishing == {"attest", "pypi", "npm", "crates-io", "maven-central", "github"}
    for name in publishing:
        assert predecessors(RELEASE, name) >= BUILT, name
        assert RELEASE[name]["if"] == "github.event_name == 'push'", f"{name} must run only for a tag"
    # The release on GitHub comes last, because it names the published packages.
    assert predecessors(RELEASE, "github") == RELEASE.keys() - {"github"}


def test_release_runs_for_tags_and_by_hand() -> None:
    # YAML parses the key `on` as true.
    assert read("release.yml")[True] == {"push": {"tags": ["v*"]}, "workflow_dispatch": None}


@pytest.mark.parametrize("name", [name for name in NAMES if name != "release.yml"])
def test_other_workflows_have_at_most_read_permission(name: str) -> None:
    for job in read(name)["jobs"].values():
        assert not publishes(job)
        assert job["permissions"] in ({}, {"contents": "read"})


def test_failed_build_fails_the_release() -> None:
    jobs = read("build.yml")["jobs"]
    assert predecessors(jobs, "try") == jobs.keys() - {"try"}
    for job in [*jobs.values(), *RELEASE.values()]:
        assert "continue-on-error" not in str(job)
    assert "if" not in RELEASE["build"] and not any("if" in job for job in jobs.values())
    for name in ("target", "try"):
        assert jobs[name]["strategy"]["matrix"]["include"] == "${{ fromJSON(inputs.targets) }}"


def test_ci_runs_every_suite() -> None:
    commands = {row["command"] for row in CI["linux"]["strategy"]["matrix"]["include"]}
    assert {f"test {suite.name}" for suite in SUITES} == {each for each in commands if each.startswith("test ")}


def test_ci_job_waits_for_all_other_jobs() -> None:
    assert set(CI["ci"]["needs"]) == CI.keys() - {"ci"}
    # Without this condition GitHub skips the job after a failure, and branch protection accepts a skipped job.
    assert CI["ci"]["if"] == "always()"


@pytest.mark.parametrize("name", NAMES)
def test_workflow_has_no_default_permissions(name: str) -> None:
    assert read(name)["permissions"] == {}


@pytest.mark.parametrize("name", JOBS)
def test_job_has_a_timeout_and_keeps_no_credentials(name: str) -> None:
    job = JOBS[name]
    assert "uses" in job or 0 < job["timeout-minutes"] <= 90
    for step in job.get("steps", []):
        if "actions/checkout@" in step.get("uses", ""):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("name", JOBS)
def test_publishing_job_builds_and_installs_nothing(name: str) -> None:
    """Code of a dependency could use the token of the job."""
    job = JOBS[name]
    if publishes(job):
        commands = " ".join(step.get("run", "") for step in job["steps"])
        assert not any(tool in commands for tool in ("pip ", "npm ci", "npm install", "cargo build", "mvn", "just"))


@pytest.mark.parametrize("name", JOBS)
def test_scripts_of_a_job_exist(name: str) -> None:
    for step in JOBS[name].get("steps", []):
        for interpreter, script in re.findall(
            r"(python3 )?(?<![\w/])((?:packages|bindings|\.ci)/[\w./-]+\w)", step.get("run", "")
        ):
            file = ROOT / script
            assert file.is_file(), script
            is_read = interpreter or file.suffix == ".json"
            assert is_read or os.access(file, os.X_OK), f"{script} is not executable"


RUNNERS: list[dict[str, str]] = json.loads((ROOT / "packages/runners.json").read_text("utf-8"))


def test_every_target_has_a_runner() -> None:
    triple = r"\b(?:x86_64|aarch64)-(?:unknown-linux-(?:gnu|musl)|apple-darwin|pc-windows-msvc)\b"
    known = set(re.findall(triple, (ROOT / "packages/targets.json").read_text("utf-8")))
    assert {each["target"] for each in RUNNERS} == known
    assert len(RUNNERS) == len(known)
    for each in RUNNERS:
        assert each.keys() == {"target", "builder", "runner", "within"}
        assert not each["within"] or os.access(ROOT / each["within"], os.X_OK)
        # Tests of a target run on a processor of its kind.
        is_arm = "-arm" in each["runner"] or each["runner"] == "macos-15"
        assert is_arm == each["target"].startswith("aarch64"), each
