"""Tasks: when they begin, go on, and tell that they have ended."""

from asyncio import Event, create_task, sleep

from harness import program


async def steps(log, name, count):
    for step in range(count):
        log(name, step)
        await sleep(0)


@program
async def tasks_begin_in_order(log):
    tasks = [create_task(steps(log, name, 1)) for name in "abc"]
    log("created")
    for task in tasks:
        await task


@program
async def tasks_take_turns(log):
    tasks = [create_task(steps(log, name, 3)) for name in "ab"]
    for task in tasks:
        await task


@program
async def awaiting_a_coroutine_is_no_turn(log):
    async def inline():
        log("inline")

    other = create_task(steps(log, "other", 1))
    await inline()
    log("after")
    await other


@program
async def who_awaits_a_task_goes_on_a_turn_after_its_end(log):
    async def work():
        log("work")

    task = create_task(work())
    other = create_task(steps(log, "other", 4))
    await task
    log("awaited")
    await other


@program
async def who_awaits_an_ended_task_goes_on_at_once(log):
    async def work():
        log("work")

    task = create_task(work())
    await sleep(0)
    other = create_task(steps(log, "other", 1))
    await task
    log("awaited")
    await other


@program
async def waiters_of_a_task_go_on_in_the_order_of_coming(log):
    async def work():
        await sleep(0)
        return 7

    async def waiter(name, task):
        log(name, await task)

    task = create_task(work())
    waiters = [create_task(waiter(name, task)) for name in "abc"]
    for other in waiters:
        await other


@program
async def done_callbacks_come_in_order_and_a_turn_later(log):
    async def work():
        log("work")

    task = create_task(work())
    task.add_done_callback(lambda task: log("first"))
    task.add_done_callback(lambda task: log("second"))
    other = create_task(steps(log, "other", 2))
    await task
    log("awaited")
    await other


@program
async def a_callback_added_late_is_not_called_at_once(log):
    async def work():
        log("work")

    task = create_task(work())
    await task
    task.add_done_callback(lambda task: log("called"))
    log("added")
    await sleep(0)
    log("later")


@program
async def a_failure_comes_to_who_awaits(log):
    async def work():
        raise ValueError("broken")

    task = create_task(work())
    try:
        await task
    except ValueError as error:
        log("raised", error)
    log(task.done(), task.cancelled())


@program
async def a_failure_that_nobody_awaits_stops_nobody(log):
    async def work():
        raise ValueError("broken")

    create_task(work())
    other = create_task(steps(log, "other", 2))
    await other
    log("end")


@program
async def sleeps_end_by_their_deadlines(log):
    async def work(name, delay):
        await sleep(delay)
        log(name)

    tasks = [create_task(work(name, delay)) for name, delay in [("c", 3), ("a", 1), ("b", 2)]]
    for task in tasks:
        await task


@program
async def a_sleep_begun_later_ends_later(log):
    async def work(name, first, second):
        await sleep(first)
        log(name, 1)
        await sleep(second)
        log(name, 2)

    tasks = [create_task(work("a", 1, 4)), create_task(work("b", 2, 1))]
    for task in tasks:
        await task


@program
async def a_sleep_gives_its_result(log):
    log(await sleep(1, "slept"))
    log(await sleep(0, "yielded"))


@program
async def ready_tasks_go_before_time_passes(log):
    async def sleeper():
        await sleep(1)
        log("slept")

    task = create_task(sleeper())
    await create_task(steps(log, "ready", 5))
    await task


@program
async def two_who_slept_as_long_take_turns(log):
    async def work(name):
        await sleep(1)
        log(name, 1)
        await sleep(0)
        log(name, 2)

    tasks = [create_task(work(name)) for name in "ab"]
    for task in tasks:
        await task


@program
async def a_task_may_create_tasks(log):
    async def child(name):
        log(name)

    async def parent(name):
        log(name)
        task = create_task(child(name + "'s"))
        await sleep(0)
        log(name, "again")
        await task

    tasks = [create_task(parent(name)) for name in "ab"]
    for task in tasks:
        await task


@program
async def run_cancels_what_is_left(log):
    async def work():
        try:
            await sleep(100)
        finally:
            log("cancelled")

    create_task(work())
    await sleep(0)
    log("end")


@program
async def what_is_left_and_ready_steps_once_more(log):
    async def main_ends_behind():
        for step in range(5):
            log("left", step)
            await sleep(0)

    create_task(main_ends_behind())
    await sleep(0)
    log("end")


@program
async def what_is_left_may_clean_up(log):
    async def work():
        try:
            await sleep(100)
        finally:
            log("cleans")
            await sleep(1)
            log("cleaned")

    create_task(work())
    await sleep(0)
    log("end")


@program
async def what_was_not_begun_is_begun_before_it_is_cancelled(log):
    async def work():
        log("begun")
        await sleep(100)
        log("not reached")

    create_task(work())
    log("end")


@program
async def what_stands_behind_main_is_cancelled_a_step_later(log):
    async def work(event):
        try:
            for step in range(6):
                log("left", step)
                if step == 2:
                    event.set()
                await sleep(0)
        finally:
            log("cancelled")

    event = Event()
    create_task(work(event))
    await event.wait()
    log("end")
