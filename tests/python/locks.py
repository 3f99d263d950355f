"""Locks and the like: who waits is served in the order of coming, and a turn after it was woken."""

from asyncio import (
    Barrier,
    BoundedSemaphore,
    BrokenBarrierError,
    CancelledError,
    Condition,
    Event,
    Lock,
    Semaphore,
    create_task,
    sleep,
)

from harness import program


async def holder(log, name, lock, turns):
    async with lock:
        log(name, "in")
        for _ in range(turns):
            await sleep(0)
        log(name, "out")


async def steps(log, name, count):
    for step in range(count):
        log(name, step)
        await sleep(0)


async def all_ended(tasks):
    for task in tasks:
        try:
            await task
        except CancelledError:
            pass


@program
async def a_lock_serves_in_the_order_of_coming(log):
    lock = Lock()
    await all_ended([create_task(holder(log, name, lock, 2)) for name in "abc"])


@program
async def who_is_woken_by_a_lock_has_it_a_turn_later(log):
    lock = Lock()
    await lock.acquire()
    task = create_task(holder(log, "a", lock, 0))
    await sleep(0)
    other = create_task(steps(log, "other", 3))
    lock.release()
    log("released", lock.locked())
    await all_ended([task, other])


@program
async def nobody_overtakes_who_waits_for_a_lock(log):
    lock = Lock()
    await lock.acquire()
    task = create_task(holder(log, "a", lock, 0))
    await sleep(0)
    lock.release()
    async with lock:
        log("main in")
    await task


@program
async def a_free_lock_is_no_turn(log):
    lock = Lock()
    other = create_task(steps(log, "other", 1))
    async with lock:
        log("in", lock.locked())
    log("out", lock.locked())
    await other


@program
async def who_is_cancelled_in_the_line_leaves_it(log):
    lock = Lock()
    await lock.acquire()
    tasks = [create_task(holder(log, name, lock, 1)) for name in "abc"]
    await sleep(0)
    tasks[0].cancel()
    lock.release()
    await all_ended(tasks)
    log(tasks[0].cancelled())


@program
async def who_is_cancelled_when_woken_wakes_the_next(log):
    lock = Lock()
    await lock.acquire()
    tasks = [create_task(holder(log, name, lock, 1)) for name in "abc"]
    await sleep(0)
    lock.release()
    tasks[0].cancel()
    await all_ended(tasks)
    log(tasks[0].cancelled())


@program
async def a_lock_is_released_when_its_holder_is_cancelled(log):
    lock = Lock()
    tasks = [create_task(holder(log, name, lock, 5)) for name in "ab"]
    await sleep(0)
    tasks[0].cancel()
    await all_ended(tasks)


@program
async def an_event_wakes_all_in_the_order_of_coming(log):
    event = Event()

    async def waiter(name):
        await event.wait()
        log(name)

    tasks = [create_task(waiter(name)) for name in "abc"]
    await sleep(0)
    event.set()
    log("set", event.is_set())
    await all_ended(tasks)


@program
async def an_event_that_is_cleared_has_woken_all_the_same(log):
    event = Event()

    async def waiter(name):
        await event.wait()
        log(name, event.is_set())

    tasks = [create_task(waiter(name)) for name in "ab"]
    await sleep(0)
    event.set()
    event.clear()
    await all_ended(tasks)


@program
async def an_event_that_is_set_is_no_turn(log):
    event = Event()
    event.set()
    other = create_task(steps(log, "other", 1))
    await event.wait()
    log("waited")
    await other


async def waits(log, name, condition):
    async with condition:
        log(name, "waits")
        try:
            await condition.wait()
            log(name, "notified")
        except CancelledError:
            log(name, "cancelled", condition.locked())
            raise


@program
async def a_condition_notifies_in_the_order_of_coming(log):
    condition = Condition()
    tasks = [create_task(waits(log, name, condition)) for name in "abc"]
    await sleep(0)
    for count in (1, 2):
        async with condition:
            condition.notify(count)
            log("notifies", count)
        for _ in range(5):
            await sleep(0)
    await all_ended(tasks)


@program
async def who_is_notified_waits_for_the_lock(log):
    condition = Condition()
    tasks = [create_task(waits(log, name, condition)) for name in "ab"]
    await sleep(0)
    async with condition:
        condition.notify_all()
        await sleep(1)
        log("releases")
    await all_ended(tasks)


@program
async def a_notification_of_nobody_is_lost(log):
    condition = Condition()
    async with condition:
        condition.notify_all()
    task = create_task(waits(log, "a", condition))
    await sleep(1)
    log(task.done())
    async with condition:
        condition.notify()
    await task


@program
async def who_is_cancelled_takes_the_lock_again(log):
    condition = Condition()
    task = create_task(waits(log, "a", condition))
    await sleep(0)
    async with condition:
        task.cancel()
        await sleep(1)
        log("releases")
    await all_ended([task])


@program
async def who_is_cancelled_twice_takes_the_lock_again(log):
    condition = Condition()
    task = create_task(waits(log, "a", condition))
    await sleep(0)
    async with condition:
        task.cancel()
        await sleep(1)
        task.cancel()
        await sleep(1)
        log("releases")
    await all_ended([task])


@program(needs=(3, 13))
async def who_is_notified_and_cancelled_notifies_another(log):
    condition = Condition()
    tasks = [create_task(waits(log, name, condition)) for name in "ab"]
    await sleep(0)
    async with condition:
        condition.notify()
        tasks[0].cancel()
    await sleep(1)
    log(tasks[0].cancelled(), tasks[1].done())
    await all_ended(tasks)


@program
async def a_condition_may_be_waited_for(log):
    condition, numbers = Condition(), []

    async def waiter():
        async with condition:
            await condition.wait_for(lambda: len(numbers) == 2)
            log("two")

    task = create_task(waiter())
    for number in range(2):
        await sleep(1)
        async with condition:
            numbers.append(number)
            condition.notify_all()
            log("adds", number)
    await task


@program
async def a_semaphore_serves_in_the_order_of_coming(log):
    semaphore = Semaphore(2)
    await all_ended([create_task(holder(log, name, semaphore, 2)) for name in "abcd"])


@program
async def nobody_overtakes_who_waits_for_a_semaphore(log):
    semaphore = Semaphore(1)
    await semaphore.acquire()
    task = create_task(holder(log, "a", semaphore, 0))
    await sleep(0)
    semaphore.release()
    log("released", semaphore.locked())
    async with semaphore:
        log("main in")
    await task


@program
async def two_releases_wake_two(log):
    semaphore = Semaphore(0)
    tasks = [create_task(holder(log, name, semaphore, 1)) for name in "abc"]
    await sleep(0)
    semaphore.release()
    semaphore.release()
    log("released", semaphore.locked())
    await sleep(0)
    await sleep(0)
    await sleep(0)
    await all_ended(tasks)


@program
async def who_is_cancelled_in_the_line_of_a_semaphore_leaves_it(log):
    semaphore = Semaphore(0)
    tasks = [create_task(holder(log, name, semaphore, 1)) for name in "abc"]
    await sleep(0)
    tasks[0].cancel()
    semaphore.release()
    await all_ended(tasks)
    log(semaphore.locked())


@program
async def who_is_cancelled_when_served_gives_the_permit_on(log):
    semaphore = Semaphore(0)
    tasks = [create_task(holder(log, name, semaphore, 1)) for name in "abc"]
    await sleep(0)
    semaphore.release()
    tasks[0].cancel()
    await all_ended(tasks)
    log(semaphore.locked())


@program
async def who_comes_behind_a_cancelled_one_is_served_in_order(log):
    semaphore = Semaphore(1)

    async def taker(name):
        await semaphore.acquire()
        log(name)

    await semaphore.acquire()
    first = create_task(taker("first"))
    second = create_task(taker("second"))
    await sleep(0)
    semaphore.release()
    first.cancel()
    third = create_task(taker("third"))
    await sleep(1)
    log(first.cancelled(), second.done(), third.done())
    semaphore.release()
    await third


@program
async def a_bounded_semaphore_is_not_released_too_often(log):
    semaphore = BoundedSemaphore(1)
    async with semaphore:
        log("in")
    try:
        semaphore.release()
    except ValueError:
        log("raised")


async def meets(log, name, barrier):
    try:
        number = await barrier.wait()
        log(name, number)
    except BrokenBarrierError:
        log(name, "broken")
    except CancelledError:
        log(name, "cancelled")
        raise


@program
async def a_barrier_lets_them_go_together(log):
    barrier = Barrier(3)
    tasks = [create_task(meets(log, name, barrier)) for name in "ab"]
    await sleep(1)
    log(barrier.n_waiting)
    tasks.append(create_task(meets(log, "c", barrier)))
    await all_ended(tasks)
    log(barrier.n_waiting)


@program
async def a_barrier_may_be_used_again(log):
    barrier = Barrier(2)

    async def twice(name):
        await meets(log, name, barrier)
        await meets(log, name, barrier)

    await all_ended([create_task(twice(name)) for name in "ab"])


@program
async def who_comes_while_others_leave_waits(log):
    barrier = Barrier(2)
    tasks = [create_task(meets(log, name, barrier)) for name in "abcd"]
    await all_ended(tasks)


@program
async def a_barrier_may_be_reset(log):
    barrier = Barrier(2)
    task = create_task(meets(log, "a", barrier))
    await sleep(1)
    await barrier.reset()
    await task
    log(barrier.broken)
    await all_ended([create_task(meets(log, name, barrier)) for name in "bc"])


@program
async def a_barrier_may_be_aborted(log):
    barrier = Barrier(2)
    task = create_task(meets(log, "a", barrier))
    await sleep(1)
    await barrier.abort()
    await task
    log(barrier.broken)
    await create_task(meets(log, "b", barrier))


@program
async def who_is_cancelled_in_a_barrier_leaves_it(log):
    barrier = Barrier(2)
    task = create_task(meets(log, "a", barrier))
    await sleep(1)
    task.cancel()
    await all_ended([task])
    log(barrier.n_waiting, barrier.broken)
    await all_ended([create_task(meets(log, name, barrier)) for name in "bc"])
