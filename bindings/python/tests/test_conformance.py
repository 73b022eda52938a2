"""Every case of `tests/vectors` through both clients and over a real socket; and the checks on the checks."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
import vectors
from conformance import Differs, Run

from renumerate_sdk.testing import Sandbox

LANES = 16
"""How many cases run side by side: most of their time is waiting."""


@pytest.fixture
def transcript() -> Iterator[io.StringIO]:
    """Everything that is shown: logs of every level, and what the runs note."""
    shown = io.StringIO()
    handler, logger = logging.StreamHandler(shown), logging.getLogger()
    logger.addHandler(handler)
    logger.setLevel(1)
    yield shown
    logger.removeHandler(handler)
    logger.setLevel(logging.WARNING)


def blocking(job: Callable[[Run], None], runs: list[Run]) -> list[str | None]:
    """Plays the runs, some at a time, and says of each how it differs from its case."""
    with ThreadPoolExecutor(LANES) as lanes:
        return list(lanes.map(lambda run: difference(partial(job, run)), runs))


def difference(play: Callable[[], None]) -> str | None:
    try:
        play()
    except Differs as reason:
        return str(reason)
    return None


def awaited(runs: list[Run]) -> list[str | None]:
    """The same through the async client, in one event loop."""

    async def main() -> list[str | None]:
        loop, lanes = asyncio.get_running_loop(), asyncio.Semaphore(LANES)
        with ThreadPoolExecutor(LANES) as threads:

            async def in_thread(work: Callable[[], object]) -> object:
                return await loop.run_in_executor(threads, work)

            async def play(run: Run) -> str | None:
                async with lanes:
                    try:
                        await run.play_async(in_thread)
                    except Differs as reason:
                        return str(reason)
                    return None

            return await asyncio.gather(*[play(run) for run in runs])

    return asyncio.run(main())


Face = Callable[[list[Run]], list["str | None"]]

FACES: dict[str, Face] = {"Client": partial(blocking, Run.play), "AsyncClient": awaited}


@pytest.mark.parametrize("face", FACES)
def test_every_case_holds_and_none_leaks(
    face: str, transcript: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = vectors.cases()
    with Sandbox(cases=vectors.FOLDER) as sandbox:
        runs = [Run(sandbox, case, lambda text: print(text, file=transcript)) for case in cases]
        differences = FACES[face](runs)
    with capsys.disabled():
        print(f"\nconformance: {len(differences)} cases of {len(cases)} ran through {face}")
    failed = [f"{run.case['name']}: {reason}" for run, reason in zip(runs, differences, strict=True) if reason]
    assert not failed, "\n".join(failed)
    assert len(cases) > 200

    shown = transcript.getvalue()
    assert "answered" in shown and "NotFoundError" in shown and "RetentionSession(" in shown
    leaked = [secret for run in runs for secret in run.secrets() if secret in shown]
    assert not leaked
    # The search finds what is there.
    transcript.write(runs[0].secrets()[0])
    assert any(secret in transcript.getvalue() for secret in runs[0].secrets())


@pytest.mark.parametrize("face", FACES)
def test_every_altered_expectation_is_caught(face: str, capsys: pytest.CaptureFixture[str]) -> None:
    altered = vectors.altered()
    assert len(altered) > len(vectors.cases())
    unnoticed: list[str] = []
    with Sandbox() as sandbox:
        # A round plays one alteration of each case, since all those of a case have its name.
        rounds: list[list[tuple[str, vectors.Case]]] = []
        places: dict[str, int] = {}
        for what, case in altered:
            place = places[case["name"]] = places.get(case["name"], -1) + 1
            rounds += [[]] if place == len(rounds) else []
            rounds[place].append((what, case))
        for alterations in rounds:
            sandbox.add_cases(*[case for _, case in alterations])
            runs = [Run(sandbox, case, lambda text: None) for _, case in alterations]
            noticed = zip(alterations, FACES[face](runs), strict=True)
            unnoticed += [f"{case['name']}: {what}" for (what, case), reason in noticed if reason is None]
    with capsys.disabled():
        print(f"\nconformance: {len(altered)} altered expectations met {face}, {len(unnoticed)} unnoticed")
    assert not unnoticed
