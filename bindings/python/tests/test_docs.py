"""Docstrings: every public name has one, and every example in them runs."""

from __future__ import annotations

import doctest
import inspect
from types import ModuleType

import pytest

import renumerate_sdk
import renumerate_sdk.testing

EXAMPLES = [renumerate_sdk.Client, renumerate_sdk.AsyncClient, renumerate_sdk.testing, renumerate_sdk.testing.Sandbox]


@pytest.mark.parametrize("item", EXAMPLES, ids=lambda item: item.__name__)
def test_docstring_examples_run(item: type | ModuleType) -> None:
    found = doctest.DocTestFinder().find(item, globs=vars(renumerate_sdk.testing).copy())
    runner = doctest.DocTestRunner()
    results = [runner.run(examples) for examples in found]
    assert sum(result.attempted for result in results) > 0 and not any(result.failed for result in results)


def test_public_names_have_docstrings() -> None:
    undocumented: list[str] = []
    for module in (renumerate_sdk, renumerate_sdk.testing):
        for name in set(module.__all__) - {"__version__"}:
            item = getattr(module, name)
            members = [
                (member, value)
                for member, value in vars(item).items()
                if not member.startswith("_") and (callable(value) or inspect.isdatadescriptor(value))
            ]
            for member, value in [("", item), *members]:
                if not inspect.getdoc(value):
                    undocumented.append(f"{name}.{member}")
    assert not undocumented


def test_native_methods_have_signatures() -> None:
    parameters = inspect.signature(renumerate_sdk.Client.create_retention_session).parameters
    assert list(parameters)[:4] == ["self", "customer_id", "customer_email", "subscription_id"]
    [_, customer_id] = inspect.signature(renumerate_sdk.Client.create_handshake_token).parameters.values()
    assert customer_id.name == "customer_id" and customer_id.default is inspect.Parameter.empty
    assert list(inspect.signature(renumerate_sdk.RetentionSession).parameters) == [
        "id",
        "url",
        "request_id",
        "attempts",
    ]
