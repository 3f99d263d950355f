"""Time limits: timeout and wait_for."""

import asyncio
from asyncio import CancelledError, create_task, current_task, get_running_loop, sleep, timeout, wait_for

from harness import program


async def work(log, name, delay):
    try:
        await sleep(delay)
        log(name)
        return name
    except CancelledError:
        log(name, "caught")
        raise


async def ended(log, name, task):
    try:
        log(name, "returned", await task)
    except CancelledError:
        log(name, "cancelled")
    except TimeoutError:
        log(name, "late")


@program
async def a_limit_cancels_its_body(log):
    try:
        async with timeout(1) as limit:
            await work(log, "body", 5)
    except TimeoutError:
        log("late", limit.expired(), current_task().cancelling())


@program
async def a_limit_that_is_kept_does_nothing(log):
    async with timeout(5) as limit:
        await work(log, "body", 1)
    log("kept", limit.expired())
    await sleep(9)
    log("end")


@program
async def no_limit(log):
    async with timeout(None) as limit:
        await work(log, "body", 1)
    log("kept", limit.when() is None)


@program
async def the_inner_limit_is_first(log):
    try:
        async with timeout(5) as outer:
            try:
                async with timeout(1) as inner:
                    await sleep(9)
            except TimeoutError:
                log("inner late")
            await sleep(1)
            log("outer goes on")
    except TimeoutError:
        log("outer late")
    log(inner.expired(), outer.expired())


@program
async def the_outer_limit_is_first(log):
    try:
        async with timeout(1) as outer:
            try:
                async with timeout(5) as inner:
                    await sleep(9)
            except TimeoutError:
                log("inner late")
    except TimeoutError:
        log("outer late")
    log(inner.expired(), outer.expired())


@program
async def a_cancellation_by_others_is_no_timeout(log):
    async def limited():
        async with timeout(5):
            await work(log, "body", 9)

    task = create_task(limited())
    await sleep(1)
    task.cancel()
    await ended(log, "task", task)


@program
async def a_cancellation_by_others_wins(log):
    async def limited():
        async with timeout(1):
            try:
                await sleep(5)
            except CancelledError:
                log("caught")
                await sleep(5)

    task = create_task(limited())
    await sleep(2)
    task.cancel()
    await ended(log, "task", task)


@program
async def a_limit_may_be_moved(log):
    try:
        async with timeout(2) as limit:
            await sleep(1)
            limit.reschedule(get_running_loop().time() + 3)
            await sleep(2)
            log("would be late")
            await sleep(5)
    except TimeoutError:
        log("late")


@program
async def a_limit_may_be_lifted(log):
    async with timeout(2) as limit:
        await sleep(1)
        limit.reschedule(None)
        await sleep(5)
        log("not late")
    log(limit.expired())


@program
async def a_limit_may_be_set_late(log):
    try:
        async with timeout(None) as limit:
            await sleep(1)
            limit.reschedule(get_running_loop().time() + 1)
            await work(log, "body", 5)
    except TimeoutError:
        log("late")


@program
async def a_limit_in_the_past_comes_a_turn_later(log):
    try:
        async with timeout(0):
            log("begun")
            await work(log, "body", 5)
    except TimeoutError:
        log("late")


@program
async def a_limit_without_time_spares_what_does_not_wait(log):
    async with timeout(0) as limit:
        log("body")
    log("kept", limit.expired())


@program
async def a_body_may_refuse_its_limit(log):
    async with timeout(1) as limit:
        try:
            await sleep(5)
        except CancelledError:
            log("refused", limit.expired())
    log("kept", limit.expired(), current_task().cancelling())
    await sleep(1)
    log("goes on")


@program
async def a_limit_until_a_time(log):
    try:
        async with asyncio.timeout_at(get_running_loop().time() + 1):
            await work(log, "body", 5)
    except TimeoutError:
        log("late")


@program
async def a_limit_waits_for_what_is_awaited(log):
    async def slow():
        try:
            await sleep(5)
        finally:
            await sleep(1)
            log("cleaned")

    try:
        async with timeout(1):
            await create_task(slow())
    except TimeoutError:
        log("late")


@program(needs=(3, 12))
async def wait_for_gives_a_result(log):
    log(await wait_for(work(log, "a", 1), 5))
    log(await wait_for(create_task(work(log, "b", 1)), None))


@program(needs=(3, 12))
async def wait_for_awaits_a_coroutine_in_place(log):
    async def name_of_task():
        return current_task() is here

    here = current_task()
    log(await wait_for(name_of_task(), 1))


@program
async def wait_for_cancels_what_is_late(log):
    await ended(log, "waited", wait_for(work(log, "a", 5), 1))


@program
async def wait_for_cancels_a_task_that_is_late(log):
    task = create_task(work(log, "a", 5))
    await ended(log, "waited", wait_for(task, 1))
    log(task.cancelled())


@program
async def wait_for_waits_until_what_is_late_has_ended(log):
    async def slow():
        try:
            await sleep(5)
        finally:
            await sleep(1)
            log("cleaned")

    await ended(log, "waited", wait_for(create_task(slow()), 1))


@program
async def wait_for_gives_what_refuses(log):
    async def stubborn():
        try:
            await sleep(5)
        except CancelledError:
            log("refused")
        return "done"

    await ended(log, "waited", wait_for(create_task(stubborn()), 1))


@program
async def wait_for_no_time_does_not_begin(log):
    await ended(log, "waited", wait_for(work(log, "a", 0), 0))


@program
async def wait_for_no_time_gives_what_is_there(log):
    task = create_task(work(log, "a", 0))
    await task
    await ended(log, "waited", wait_for(task, 0))


@program
async def wait_for_passes_a_cancellation_on(log):
    inner = create_task(work(log, "inner", 5))
    task = create_task(wait_for(inner, 9))
    await sleep(1)
    task.cancel()
    await ended(log, "task", task)
    log(inner.cancelled())


@program
async def wait_for_gives_a_failure(log):
    async def fails():
        await sleep(1)
        raise ValueError("broken")

    try:
        await wait_for(create_task(fails()), 5)
    except ValueError as error:
        log("raised", error)
