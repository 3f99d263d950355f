"""Waiting for several tasks: gather, wait, as_completed; and for threads."""

from asyncio import (
    ALL_COMPLETED,
    FIRST_COMPLETED,
    FIRST_EXCEPTION,
    CancelledError,
    as_completed,
    create_task,
    gather,
    sleep,
    to_thread,
    wait,
)

from harness import program


async def work(log, name, delay):
    try:
        await sleep(delay)
        log(name)
        return name
    except CancelledError:
        log(name, "caught")
        raise


async def failing(log, name, delay):
    await sleep(delay)
    log(name, "fails")
    raise ValueError(name)


async def steps(log, name, count):
    for step in range(count):
        log(name, step)
        await sleep(0)


async def ended(log, name, task):
    try:
        log(name, "returned", await task)
    except CancelledError:
        log(name, "cancelled")


def shown(result):
    return "cancelled" if isinstance(result, CancelledError) else f"raised-{result}" if isinstance(result, Exception) else result


@program
async def gather_keeps_the_order_of_its_arguments(log):
    log(*await gather(work(log, "a", 2), work(log, "b", 1), work(log, "c", 3)))


@program
async def gather_goes_on_two_turns_after_the_last(log):
    other = create_task(steps(log, "other", 5))
    log(*await gather(work(log, "a", 0), work(log, "b", 0)))
    await other


@program
async def gather_of_nothing_is_no_turn(log):
    other = create_task(steps(log, "other", 1))
    log(len(await gather()))
    await other


@program
async def gather_gives_the_first_failure_and_the_others_go_on(log):
    tasks = [create_task(failing(log, "a", 1)), create_task(work(log, "b", 2))]
    try:
        await gather(*tasks)
    except ValueError as error:
        log("raised", error)
    log(tasks[1].done())
    await tasks[1]


@program
async def gather_gives_one_failure_of_two(log):
    try:
        await gather(failing(log, "a", 2), failing(log, "b", 1))
    except ValueError as error:
        log("raised", error)
    await sleep(5)


@program
async def gather_returns_exceptions(log):
    results = await gather(work(log, "a", 2), failing(log, "b", 1), return_exceptions=True)
    log(*map(shown, results))


@program
async def gather_takes_a_cancelled_child_for_a_failure(log):
    tasks = [create_task(work(log, "a", 1)), create_task(work(log, "b", 2))]
    create_task(steps(log, "other", 1)).add_done_callback(lambda task: tasks[0].cancel())
    try:
        await gather(*tasks)
    except CancelledError:
        log("raised")
    log(tasks[1].cancelled())
    await ended(log, "b", tasks[1])


@program
async def gather_returns_a_cancelled_child(log):
    tasks = [create_task(work(log, "a", 1)), create_task(work(log, "b", 2))]
    tasks[0].cancel()
    log(*map(shown, await gather(*tasks, return_exceptions=True)))


@program
async def gather_passes_a_cancellation_on_to_all(log):
    async def outer():
        await gather(work(log, "a", 5), work(log, "b", 5))

    task = create_task(outer())
    await sleep(1)
    task.cancel()
    await ended(log, "task", task)


@program
async def gather_is_cancelled_although_it_returns_exceptions(log):
    async def outer():
        await gather(work(log, "a", 5), work(log, "b", 5), return_exceptions=True)
        log("not reached")

    task = create_task(outer())
    await sleep(1)
    task.cancel()
    await ended(log, "task", task)


@program
async def gather_waits_for_children_that_clean_up(log):
    async def slow(name):
        try:
            await sleep(5)
        finally:
            await sleep(1)
            log(name, "cleaned")

    async def outer():
        await gather(slow("a"), slow("b"), return_exceptions=True)

    task = create_task(outer())
    await sleep(1)
    task.cancel()
    await ended(log, "task", task)


@program
async def gather_takes_a_task_twice(log):
    async def seven():
        log("runs")
        return 7

    task = create_task(seven())
    log(*await gather(task, task))


@program
async def gather_in_gather(log):
    async def two(name):
        return "+".join(await gather(work(log, name + "1", 1), work(log, name + "2", 2)))

    log(*await gather(two("a"), two("b")))


@program
async def wait_for_all(log):
    tasks = [create_task(work(log, name, delay)) for name, delay in [("a", 2), ("b", 1)]]
    done, pending = await wait(tasks, return_when=ALL_COMPLETED)
    log(len(done), len(pending))


@program
async def wait_for_the_first(log):
    tasks = [create_task(work(log, name, delay)) for name, delay in [("a", 2), ("b", 1)]]
    done, pending = await wait(tasks, return_when=FIRST_COMPLETED)
    log(len(done), len(pending), tasks[1] in done)
    await tasks[0]


@program
async def wait_for_a_failure(log):
    tasks = [create_task(work(log, "a", 1)), create_task(failing(log, "b", 2)), create_task(work(log, "c", 3))]
    done, pending = await wait(tasks, return_when=FIRST_EXCEPTION)
    log(len(done), len(pending))
    await tasks[2]


@program
async def wait_takes_no_cancellation_for_a_failure(log):
    tasks = [create_task(work(log, "a", 1)), create_task(work(log, "b", 2))]
    tasks[0].cancel()
    done, pending = await wait(tasks, return_when=FIRST_EXCEPTION)
    log(len(done), len(pending))


@program
async def wait_until_the_time_is_up(log):
    tasks = [create_task(work(log, name, delay)) for name, delay in [("a", 1), ("b", 3)]]
    done, pending = await wait(tasks, timeout=2)
    log(len(done), len(pending))
    await tasks[1]


@program
async def wait_goes_on_two_turns_after_the_end(log):
    other = create_task(steps(log, "other", 5))
    await wait([create_task(work(log, "a", 0))])
    log("waited")
    await other


@program
async def wait_for_ended_tasks_takes_two_turns(log):
    task = create_task(work(log, "a", 0))
    await task
    other = create_task(steps(log, "other", 4))
    await wait([task])
    log("waited")
    await other


@program
async def wait_leaves_tasks_alone_when_it_is_cancelled(log):
    inner = create_task(work(log, "inner", 3))
    task = create_task(wait([inner]))
    await sleep(1)
    task.cancel()
    await ended(log, "task", task)
    await ended(log, "inner", inner)


@program
async def wait_for_nothing_is_an_error(log):
    try:
        await wait([])
    except ValueError as error:
        log("raised")


@program
async def as_completed_gives_them_as_they_end(log):
    for task in as_completed([work(log, "c", 3), work(log, "a", 1), work(log, "b", 2)]):
        log("got", await task)


# Before, it looked at its tasks when it was asked, in the order of a set.
@program(needs=(3, 13))
async def as_completed_may_be_asked_late(log):
    tasks = [create_task(work(log, "b", 2)), create_task(work(log, "a", 1))]
    completed = as_completed(tasks)
    await sleep(3)
    for task in completed:
        log("got", await task)


@program
async def as_completed_goes_on_two_turns_after_the_end(log):
    other = create_task(steps(log, "other", 5))
    for task in as_completed([work(log, "a", 0)]):
        log("got", await task)
    await other


@program
async def as_completed_may_be_left(log):
    tasks = [create_task(work(log, "a", 1)), create_task(work(log, "b", 2))]
    for task in as_completed(tasks):
        log("got", await task)
        break
    log("left")
    await tasks[1]


@program
async def as_completed_has_a_time_limit(log):
    tasks = [create_task(work(log, "a", 1)), create_task(work(log, "b", 3))]
    for task in as_completed(tasks, timeout=2):
        try:
            log("got", await task)
        except TimeoutError:
            log("late")
    await tasks[1]


@program
async def as_completed_gives_failures(log):
    for task in as_completed([failing(log, "a", 2), work(log, "b", 1)]):
        try:
            log("got", await task)
        except ValueError as error:
            log("raised", error)


@program
async def a_thread_gives_its_result(log):
    log(await to_thread(lambda: 1 + 2))


@program
async def a_thread_gives_its_failure(log):
    def fails():
        raise ValueError("broken")

    try:
        await to_thread(fails)
    except ValueError as error:
        log("raised", error)
