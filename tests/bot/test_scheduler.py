"""The clock of the program: runs jobs, bears their failures, lets them finish."""

from __future__ import annotations

import asyncio

import pytest

from bot.scheduler import Schedule


async def test_a_job_under_way_is_finished_before_the_stop() -> None:
    schedule = Schedule()
    began, gate, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def job() -> None:
        began.set()
        await gate.wait()
        ended.set()

    schedule.every(3600, "feeds", job, at_once=True)
    await schedule.start()
    await began.wait()
    stopping = asyncio.create_task(schedule.stop(5))
    await asyncio.sleep(0)
    assert not ended.is_set()
    gate.set()
    assert await stopping is True
    assert ended.is_set()


async def test_a_job_that_never_ends_is_cut_off(caplog: pytest.LogCaptureFixture) -> None:
    schedule = Schedule()
    began = asyncio.Event()

    async def job() -> None:
        began.set()
        await asyncio.Event().wait()

    schedule.every(3600, "stuck", job, at_once=True)
    await schedule.start()
    await began.wait()
    assert await schedule.stop(0.01) is False
    assert "stuck" in caplog.text


async def test_a_failing_job_is_logged_and_runs_again(caplog: pytest.LogCaptureFixture) -> None:
    schedule = Schedule()
    twice = asyncio.Event()
    runs: list[int] = []

    async def job() -> None:
        runs.append(1)
        if len(runs) > 1:
            twice.set()
        raise RuntimeError("feed broken")

    schedule.every(0.01, "feeds", job)
    await schedule.start()
    async with asyncio.timeout(5):
        await twice.wait()
    await schedule.stop(1)
    assert "The job feeds failed" in caplog.text


async def test_the_same_id_is_one_job_and_stopping_what_never_began_is_fine() -> None:
    schedule = Schedule()

    async def job() -> None:
        return

    schedule.every(60, "a", job)
    schedule.every(30, "a", job)
    assert await schedule.stop(1) is True
    await schedule.start()
    assert schedule.jobs == ("a",)
    await schedule.stop(1)
