"""The docs: every public thing has some, and every example in them runs."""

from __future__ import annotations

import doctest
import inspect
from types import ModuleType

import pytest

import renumerate_sdk
import renumerate_sdk.testing

EXAMPLES = [renumerate_sdk.Client, renumerate_sdk.AsyncClient, renumerate_sdk.testing, renumerate_sdk.testing.Sandbox]


@pytest.mark.parametrize("thing", EXAMPLES, ids=lambda thing: thing.__name__)
def test_examples_in_docs_run(thing: type | ModuleType) -> None:
    found = doctest.DocTestFinder().find(thing, globs=vars(renumerate_sdk.testing).copy())
    runner = doctest.DocTestRunner()
    results = [runner.run(examples) for examples in found]
    assert sum(result.attempted for result in results) > 0 and not any(result.failed for result in results)


def test_everything_public_is_documented() -> None:
    undocumented: list[str] = []
    for module in (renumerate_sdk, renumerate_sdk.testing):
        for name in set(module.__all__) - {"__version__"}:
            thing = getattr(module, name)
            members = [
                (member, value)
                for member, value in vars(thing).items()
                if not member.startswith("_") and (callable(value) or inspect.isdatadescriptor(value))
            ]
            for member, value in [("", thing), *members]:
                if not inspect.getdoc(value):
                    undocumented.append(f"{name}.{member}")
    assert not undocumented


def test_signatures_can_be_asked_for() -> None:
    parameters = inspect.signature(renumerate_sdk.Client.create_retention_session).parameters
    assert list(parameters)[:4] == ["self", "customer_id", "customer_email", "subscription_id"]
    assert list(inspect.signature(renumerate_sdk.RetentionSession).parameters) == [
        "id",
        "url",
        "request_id",
        "attempts",
    ]
