"""Task groups: tasks that end together."""

from asyncio import CancelledError, TaskGroup, create_task, current_task, sleep

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


async def ended(log, name, task):
    try:
        await task
        log(name, "returned")
    except CancelledError:
        log(name, "cancelled")
    except ExceptionGroup as group:
        log(name, "raised", *sorted(map(str, group.exceptions)))


@program
async def a_group_waits_for_all(log):
    async with TaskGroup() as group:
        group.create_task(work(log, "a", 2))
        group.create_task(work(log, "b", 1))
        log("body")
    log("left")


@program
async def a_group_without_tasks_is_no_turn(log):
    other = create_task(work(log, "other", 0))
    async with TaskGroup():
        log("body")
    log("left")
    await other


@program
async def a_group_goes_on_two_turns_after_the_last(log):
    async def steps():
        for step in range(5):
            log("other", step)
            await sleep(0)

    other = create_task(steps())
    async with TaskGroup() as group:
        group.create_task(work(log, "a", 0))
    log("left")
    await other


@program
async def a_failure_cancels_the_rest(log):
    async def grouped():
        async with TaskGroup() as group:
            # In which order they are cancelled is not said: a set.
            group.create_task(work(log, "sibling", 3))
            group.create_task(failing(log, "b", 1))
            group.create_task(work(log, "sibling", 3))

    await ended(log, "group", create_task(grouped()))


@program
async def all_failures_come_together(log):
    async def fails_when_cancelled():
        try:
            await sleep(5)
        finally:
            log("a fails")
            raise ValueError("a")

    async def grouped():
        async with TaskGroup() as group:
            group.create_task(fails_when_cancelled())
            group.create_task(failing(log, "b", 1))

    await ended(log, "group", create_task(grouped()))


@program
async def a_failing_body_cancels_the_rest(log):
    async def grouped():
        async with TaskGroup() as group:
            group.create_task(work(log, "a", 3))
            await sleep(1)
            raise ValueError("body")

    await ended(log, "group", create_task(grouped()))


@program
async def a_failing_task_cancels_the_body(log):
    async def grouped():
        async with TaskGroup() as group:
            group.create_task(failing(log, "a", 1))
            try:
                await sleep(5)
            except CancelledError:
                log("body caught", current_task().cancelling())
                raise

    await ended(log, "group", create_task(grouped()))


@program
async def after_a_group_failed_its_task_is_as_before(log):
    try:
        async with TaskGroup() as group:
            group.create_task(failing(log, "a", 1))
            await sleep(5)
    except ExceptionGroup:
        log("raised", current_task().cancelling())
    await sleep(1)
    log("goes on")


@program
async def a_group_whose_tasks_have_ended_takes_no_more(log):
    async with TaskGroup() as group:
        group.create_task(work(log, "a", 0))
    coroutine = work(log, "late", 0)
    try:
        group.create_task(coroutine)
    except RuntimeError as error:
        log("finished" if "finished" in str(error) else "other")


@program(needs=(3, 12))
async def a_group_that_fails_takes_no_more(log):
    async def grouped():
        async with TaskGroup() as group:
            group.create_task(failing(log, "a", 1))
            try:
                await sleep(5)
            except CancelledError:
                try:
                    group.create_task(work(log, "late", 0))
                except RuntimeError as error:
                    log("shutting down" if "shutting down" in str(error) else "other")
                raise

    await ended(log, "group", create_task(grouped()))


@program
async def a_group_waits_for_tasks_that_its_tasks_create(log):
    async with TaskGroup() as group:

        async def parent():
            group.create_task(work(log, "child", 1))
            log("parent")

        group.create_task(parent())
    log("left")


@program
async def who_is_cancelled_in_a_group_cancels_all(log):
    async def grouped():
        async with TaskGroup() as group:
            group.create_task(work(log, "child", 5))
            group.create_task(work(log, "child", 5))

    task = create_task(grouped())
    await sleep(1)
    task.cancel()
    await ended(log, "group", task)
    log(task.cancelled())


@program
async def who_is_cancelled_in_the_body_cancels_all(log):
    async def grouped():
        async with TaskGroup() as group:
            group.create_task(work(log, "a", 5))
            await sleep(5)

    task = create_task(grouped())
    await sleep(1)
    task.cancel()
    await ended(log, "group", task)


@program
async def errors_win_over_a_cancellation(log):
    async def fails_when_cancelled():
        try:
            await sleep(5)
        finally:
            raise ValueError("a")

    async def grouped():
        async with TaskGroup() as group:
            group.create_task(fails_when_cancelled())

    task = create_task(grouped())
    await sleep(1)
    task.cancel()
    await ended(log, "group", task)
    log(task.cancelled())


@program
async def a_cancelled_child_is_no_failure(log):
    async with TaskGroup() as group:
        task = group.create_task(work(log, "a", 5))
        group.create_task(work(log, "b", 2))
        await sleep(1)
        task.cancel()
    log("left")


@program
async def groups_nest(log):
    async def inner():
        async with TaskGroup() as group:
            group.create_task(failing(log, "a", 1))
            group.create_task(work(log, "b", 3))

    async def outer():
        async with TaskGroup() as group:
            group.create_task(inner())
            group.create_task(work(log, "c", 3))

    try:
        await create_task(outer())
    except ExceptionGroup as group:
        log("raised", len(group.exceptions))


@program
async def a_group_gives_the_results_of_its_tasks(log):
    async with TaskGroup() as group:
        tasks = [group.create_task(work(log, name, 1)) for name in "ab"]
    log(*[task.result() for task in tasks])
