"""Runners: one loop for several runs."""

import asyncio
import threading
from asyncio import CancelledError, create_task, sleep, to_thread

from harness import program


async def steps(log, name, count):
    for step in range(count):
        log(name, step)
        await sleep(0)


async def noted(log, word):
    log(word)


@program
def what_is_left_goes_on_in_the_next_run(runner, log):
    async def first():
        create_task(steps(log, "left", 5))
        await sleep(0)
        log("first")

    async def second():
        log("begins")
        await sleep(0)
        log("second")

    runner.run(first())
    log("between")
    runner.run(second())
    log("ended")


@program
def who_stands_behind_main_steps_once_more(runner, log):
    async def work(event):
        for step in range(6):
            log("left", step)
            if step == 2:
                event.set()
            await sleep(0)

    async def first():
        event = asyncio.Event()
        create_task(work(event))
        await event.wait()
        log("first")

    async def second():
        log("begins")
        await sleep(0)
        log("second")

    runner.run(first())
    log("between")
    runner.run(second())
    log("ended")


@program
def what_was_asked_between_runs_comes_first(runner, log):
    event = asyncio.Event()

    async def waits():
        await event.wait()
        log("woken")

    async def endless():
        try:
            await sleep(100)
        finally:
            log("cancelled")

    async def first():
        create_task(waits())
        task = create_task(endless())
        await sleep(0)
        return task

    task = runner.run(first())
    event.set()
    runner.get_loop().create_task(noted(log, "created"))
    task.cancel()
    task.add_done_callback(lambda task: log("called-back"))
    runner.get_loop().call_soon(lambda: log("called"))
    log("between")
    runner.run(steps(log, "second", 3))
    log(task.cancelled())


@program
def a_task_may_be_there_before_the_first_run(runner, log):
    runner.get_loop().create_task(steps(log, "task", 2))
    log("created")
    runner.run(steps(log, "main", 2))


@program
def a_gather_may_be_cancelled_between_runs(runner, log):
    async def work(name):
        try:
            await sleep(100)
        finally:
            log(name, "cancelled")

    async def gathers():
        try:
            await asyncio.gather(work("a"), work("b"))
        finally:
            log("gather-cancelled")

    async def first():
        task = create_task(gathers())
        await sleep(0)
        await sleep(0)
        return task

    task = runner.run(first())
    task.cancel()
    log("between")
    runner.run(steps(log, "second", 4))
    log(task.cancelled())


@program
def a_failing_main_leaves_the_loop_as_it_was(runner, log):
    async def fails():
        create_task(steps(log, "left", 3))
        raise Exception("broken")

    try:
        runner.run(fails())
    except Exception as error:
        log("raised", error)
    runner.run(steps(log, "second", 2))


@program
def a_cancelled_main_leaves_the_loop_as_it_was(runner, log):
    async def cancelled():
        create_task(steps(log, "left", 3))
        asyncio.current_task().cancel()
        await sleep(0)

    try:
        runner.run(cancelled())
    except CancelledError:
        log("main-cancelled")
    runner.run(steps(log, "second", 2))


@program
def a_sleep_goes_on_in_the_next_run(runner, log):
    async def sleeper():
        await sleep(3)
        log("slept")

    async def first():
        create_task(sleeper())
        await sleep(1)

    async def later(word, delay):
        await sleep(delay)
        log(word)

    runner.run(first())
    log("between")
    runner.run(later("second", 1))
    runner.run(later("third", 5))


@program
def what_a_thread_gives_between_runs_is_taken_in_the_next(runner, log):
    has_ended = threading.Event()

    async def waits():
        await to_thread(has_ended.set)
        log("taken")

    async def first():
        task = create_task(waits())
        await sleep(0)
        return task

    async def second(task):
        await task
        log("second")

    task = runner.run(first())
    has_ended.wait()
    log("between")
    runner.run(second(task))


@program
def closing_cancels_what_is_left(runner, log):
    # Which of the two is cancelled first is not fixed.
    async def work():
        try:
            await sleep(100)
        finally:
            log("cleans")
            await sleep(1)
            log("cleaned")

    async def main():
        create_task(work())
        await sleep(0)

    runner.run(main())
    runner.run(main())
    log("closes")
    runner.close()
    log("closed")


@program
def closing_calls_what_is_to_be_called(runner, log):
    async def main():
        asyncio.get_running_loop().call_soon(lambda: log("in-the-last-turn"))

    runner.run(main())
    runner.get_loop().call_soon(lambda: log("called"))
    log("closes")
    runner.close()


@program
def a_closed_runner_does_not_run(runner, log):
    runner.run(sleep(0))
    runner.close()
    runner.close()
    for attempt in [lambda: runner.run(sleep(0)), runner.get_loop]:
        try:
            attempt()
        except RuntimeError:
            log("raised")


@program
def a_runner_without_a_loop_is_not_closed(runner, log):
    other = asyncio.Runner()
    other.close()
    log(other.run(sleep(0, "runs")))
    other.close()


@program
def two_runners_have_two_loops(runner, log):
    async def first():
        create_task(steps(log, "left", 4))
        await sleep(0)

    with asyncio.Runner() as other:
        runner.run(first())
        other.run(steps(log, "other", 3))
        runner.run(steps(log, "second", 1))


@program
def a_run_in_a_run_is_an_error(runner, log):
    async def main():
        for run in [asyncio.Runner().run, asyncio.run]:
            try:
                run(sleep(0))
            except RuntimeError:
                log("raised")
        await sleep(0)
        log("goes-on")

    runner.run(main())
