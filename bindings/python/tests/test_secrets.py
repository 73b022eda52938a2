"""Searches for canary secrets in reprs."""

from __future__ import annotations

import pytest

from renumerate_sdk import AsyncClient, Client

CLIENT_CLASSES = [Client, AsyncClient]


@pytest.mark.parametrize("client_class", CLIENT_CLASSES)
def test_client_repr_shows_base_url_without_key(client_class: type[Client] | type[AsyncClient]) -> None:
    client = client_class("sk_live_planted", base_url="https://eu.example.com")
    assert repr(client) == str(client) == f"<renumerate_sdk.{client_class.__name__} of https://eu.example.com/>"
    assert "planted" not in repr(vars(client))
