"""Cancelling: when it comes, who may refuse, what is counted."""

from asyncio import CancelledError, Event, create_task, current_task, shield, sleep

from harness import program


async def endless(log, name="task"):
    try:
        await sleep(100)
    except CancelledError:
        log(name, "caught")
        raise


async def steps(log, name, count):
    for step in range(count):
        log(name, step)
        await sleep(0)


async def ended(log, name, task):
    try:
        log(name, "returned", await task)
    except CancelledError:
        log(name, "cancelled")


@program
async def a_task_cancelled_before_it_begins_never_does(log):
    task = create_task(endless(log))
    task.cancel()
    await ended(log, "task", task)


@program
async def a_cancellation_comes_a_turn_later(log):
    task = create_task(endless(log))
    await sleep(0)
    log(task.cancel())
    log("asked")
    other = create_task(steps(log, "other", 3))
    await ended(log, "task", task)
    await other


@program
async def a_cancellation_at_a_turn_comes_in_that_turn(log):
    task = create_task(steps(log, "task", 5))
    await sleep(0)
    task.cancel()
    await ended(log, "task", task)


@program
async def a_task_may_refuse(log):
    async def stubborn():
        try:
            await sleep(100)
        except CancelledError:
            log("refused")
        await sleep(1)
        return "done"

    task = create_task(stubborn())
    await sleep(0)
    task.cancel()
    await ended(log, "task", task)
    log(task.cancelled(), task.cancelling())


@program
async def requests_are_counted(log):
    async def stubborn():
        try:
            await sleep(100)
        except CancelledError:
            log("asked", current_task().cancelling())
        log("left", current_task().uncancel())
        log("left", current_task().uncancel())
        log("left", current_task().uncancel())

    task = create_task(stubborn())
    await sleep(0)
    task.cancel()
    task.cancel()
    await ended(log, "task", task)


@program
async def two_requests_in_one_turn_are_caught_once(log):
    async def stubborn():
        for attempt in range(3):
            try:
                await sleep(1)
                log("slept", attempt)
            except CancelledError:
                log("caught", attempt)

    task = create_task(stubborn())
    await sleep(0)
    task.cancel()
    task.cancel()
    await ended(log, "task", task)


@program
async def requests_in_two_turns_are_caught_twice(log):
    async def stubborn():
        for attempt in range(3):
            try:
                await sleep(1)
                log("slept", attempt)
            except CancelledError:
                log("caught", attempt)

    task = create_task(stubborn())
    await sleep(0)
    task.cancel()
    await sleep(0)
    task.cancel()
    await ended(log, "task", task)


@program
async def a_message_comes_along(log):
    async def work():
        try:
            await sleep(100)
        except CancelledError as error:
            log("because", *error.args)
            raise

    task = create_task(work())
    await sleep(0)
    task.cancel("late")
    await ended(log, "task", task)


@program
async def a_task_may_cancel_itself(log):
    async def work():
        current_task().cancel()
        log("goes on")
        try:
            await sleep(1)
        except CancelledError:
            log("caught")
            raise

    await ended(log, "task", create_task(work()))


@program
async def a_task_may_cancel_itself_before_a_turn(log):
    async def work():
        current_task().cancel()
        log("goes on")
        try:
            await sleep(0)
        except CancelledError:
            log("caught")
            raise

    await ended(log, "task", create_task(work()))


@program
async def who_cancels_itself_and_returns_is_cancelled(log):
    async def work():
        current_task().cancel()
        return "done"

    await ended(log, "task", create_task(work()))


@program
async def an_ended_task_cannot_be_cancelled(log):
    async def work():
        return "done"

    task = create_task(work())
    await task
    log(task.cancel(), task.cancelling())
    await ended(log, "task", task)


@program
async def a_cancellation_is_passed_on_to_what_is_awaited(log):
    inner = create_task(endless(log, "inner"))

    async def outer():
        try:
            await inner
        except CancelledError:
            log("outer caught", inner.cancelled())
            raise

    task = create_task(outer())
    await sleep(0)
    task.cancel()
    other = create_task(steps(log, "other", 4))
    await ended(log, "task", task)
    await other


@program
async def what_is_awaited_may_refuse(log):
    async def stubborn():
        try:
            await sleep(100)
        except CancelledError:
            log("refused")
        return "done"

    async def outer():
        log("outer", await create_task(stubborn()))
        await sleep(0)
        return current_task().cancelling()

    task = create_task(outer())
    await sleep(0)
    await sleep(0)
    task.cancel()
    await ended(log, "task", task)


@program
async def who_awaits_what_others_cancel_is_cancelled(log):
    inner = create_task(endless(log, "inner"))

    async def outer():
        await inner

    task = create_task(outer())
    await sleep(0)
    inner.cancel()
    await ended(log, "task", task)
    log(task.cancelling())


@program
async def a_cancellation_wins_over_a_wake(log):
    event = Event()

    async def work():
        await event.wait()
        log("not reached")

    task = create_task(work())
    await sleep(0)
    event.set()
    task.cancel()
    await ended(log, "task", task)


@program
async def clean_up_may_wait(log):
    async def work():
        try:
            await sleep(100)
        finally:
            log("cleans")
            await sleep(1)
            log("cleaned")

    task = create_task(work())
    await sleep(0)
    task.cancel()
    await ended(log, "task", task)


@program
async def clean_up_may_be_cancelled(log):
    async def work():
        try:
            await sleep(100)
        finally:
            log("cleans")
            await sleep(1)
            log("not reached")

    task = create_task(work())
    await sleep(0)
    task.cancel()
    await sleep(0)
    task.cancel()
    await ended(log, "task", task)


@program
async def an_error_may_replace_a_cancellation(log):
    async def work():
        try:
            await sleep(100)
        finally:
            raise ValueError("broken")

    task = create_task(work())
    await sleep(0)
    task.cancel()
    try:
        await task
    except ValueError as error:
        log("raised", error)


@program
async def a_shield_keeps_it_from_what_is_awaited(log):
    async def work():
        await sleep(1)
        log("work")
        return "done"

    inner = create_task(work())

    async def outer():
        try:
            await shield(inner)
        except CancelledError:
            log("outer caught")
            raise

    task = create_task(outer())
    await sleep(0)
    task.cancel()
    await ended(log, "task", task)
    await ended(log, "inner", inner)


@program
async def a_shield_takes_a_turn(log):
    async def work():
        log("work")
        return "done"

    async def outer():
        log("outer", await shield(create_task(work())))

    task = create_task(outer())
    other = create_task(steps(log, "other", 5))
    await task
    await other


@program
async def who_is_shielded_may_be_cancelled_itself(log):
    inner = create_task(endless(log, "inner"))

    async def outer():
        await shield(inner)

    task = create_task(outer())
    await sleep(0)
    inner.cancel()
    await ended(log, "task", task)
    log(task.cancelled())


class Door:
    def __init__(self, log):
        self.log = log

    async def __aenter__(self):
        await sleep(0)
        self.log("entered")

    async def __aexit__(self, *error):
        await sleep(0)
        self.log("left")


@program
async def a_resource_is_left_on_an_error(log):
    async def work():
        async with Door(log):
            log("inside")
            raise ValueError("broken")

    try:
        await create_task(work())
    except ValueError as error:
        log("raised", error)


@program
async def a_resource_is_left_on_a_cancellation(log):
    async def work():
        async with Door(log):
            log("inside")
            await sleep(100)

    task = create_task(work())
    await sleep(0)
    await sleep(0)
    task.cancel()
    await ended(log, "task", task)


@program
async def a_resource_is_left_by_each_block_in_turn(log):
    async def work():
        async with Door(lambda word: log("outer", word)):
            async with Door(lambda word: log("inner", word)):
                await sleep(100)

    task = create_task(work())
    await sleep(1)
    task.cancel()
    await ended(log, "task", task)


class Countdown:
    def __init__(self, log, count, fails=False):
        self.log, self.count, self.fails = log, count, fails

    def __aiter__(self):
        return self

    async def __anext__(self):
        await sleep(0)
        self.count -= 1
        if self.count < 0:
            if self.fails:
                raise ValueError("broken")
            raise StopAsyncIteration
        return self.count


@program
async def an_iteration_waits_at_each_step(log):
    async def work(name):
        async for number in Countdown(log, 2):
            log(name, number)
        log(name, "end")

    tasks = [create_task(work(name)) for name in "ab"]
    for task in tasks:
        await task


@program
async def an_iteration_may_be_left_and_taken_up_again(log):
    numbers = Countdown(log, 4)
    async for number in numbers:
        log(number)
        if number == 2:
            break
    log("left")
    async for number in numbers:
        log(number)


@program
async def an_iteration_may_fail(log):
    try:
        async for number in Countdown(log, 1, fails=True):
            log(number)
    except ValueError as error:
        log("raised", error)


@program
async def an_iteration_may_be_cancelled(log):
    async def work():
        try:
            async for number in Countdown(log, 100):
                log(number)
        finally:
            log("ended")

    task = create_task(work())
    await sleep(0)
    await sleep(0)
    await sleep(0)
    task.cancel()
    await ended(log, "task", task)
