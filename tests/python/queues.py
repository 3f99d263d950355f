"""Queues: in which order items and tasks come."""

from asyncio import CancelledError, LifoQueue, PriorityQueue, Queue, QueueEmpty, QueueFull, create_task, sleep

from harness import program

try:
    from asyncio import QueueShutDown
except ImportError:

    class QueueShutDown(Exception):
        pass


async def getter(log, name, queue):
    try:
        log(name, await queue.get())
    except QueueShutDown:
        log(name, "shut down")


async def putter(log, name, queue, item):
    try:
        await queue.put(item)
        log(name, "put")
    except QueueShutDown:
        log(name, "shut down")


async def all_ended(tasks):
    for task in tasks:
        try:
            await task
        except CancelledError:
            pass


@program
async def a_queue_gives_what_came_first(log):
    queue = Queue()
    for item in (2, 1, 3):
        await queue.put(item)
    log(queue.qsize(), queue.empty(), queue.full(), queue.maxsize)
    log(*[await queue.get() for _ in range(3)])


@program
async def a_priority_queue_gives_the_least(log):
    queue = PriorityQueue()
    for item in (2, 1, 3):
        await queue.put(item)
    log(*[await queue.get() for _ in range(3)])


@program
async def a_lifo_queue_gives_what_came_last(log):
    queue = LifoQueue()
    for item in (2, 1, 3):
        await queue.put(item)
    log(*[await queue.get() for _ in range(3)])


@program
async def getters_are_served_in_the_order_of_coming(log):
    queue = Queue()
    tasks = [create_task(getter(log, name, queue)) for name in "abc"]
    await sleep(0)
    for item in range(3):
        queue.put_nowait(item)
    log("put", queue.qsize())
    await all_ended(tasks)


@program
async def putters_are_served_in_the_order_of_coming(log):
    queue = Queue(1)
    tasks = [create_task(putter(log, name, queue, name)) for name in "abc"]
    await sleep(0)
    for _ in range(3):
        log("got", await queue.get())
        await sleep(0)
    await all_ended(tasks)


@program
async def a_getter_may_be_overtaken(log):
    queue = Queue()
    task = create_task(getter(log, "a", queue))
    await sleep(0)
    queue.put_nowait(1)
    log("main", queue.get_nowait())
    await sleep(0)
    log(task.done())
    queue.put_nowait(2)
    await task


@program
async def without_waiting_a_queue_may_be_empty_or_full(log):
    queue = Queue(1)
    try:
        queue.get_nowait()
    except QueueEmpty:
        log("empty")
    queue.put_nowait(1)
    try:
        queue.put_nowait(2)
    except QueueFull:
        log("full", queue.full())
    log(queue.get_nowait())


@program
async def a_queue_is_joined_when_all_is_done(log):
    queue = Queue()

    async def worker():
        for _ in range(2):
            item = await queue.get()
            await sleep(1)
            log("done", item)
            queue.task_done()

    async def joiner():
        await queue.join()
        log("joined")

    queue.put_nowait(1)
    queue.put_nowait(2)
    await all_ended([create_task(joiner()), create_task(worker())])


@program
async def a_queue_without_work_is_joined_at_once(log):
    queue = Queue()
    await queue.join()
    log("joined")
    try:
        queue.task_done()
    except ValueError:
        log("raised")


@program
async def a_getter_that_is_cancelled_leaves_the_line(log):
    queue = Queue()
    tasks = [create_task(getter(log, name, queue)) for name in "ab"]
    await sleep(0)
    tasks[0].cancel()
    await sleep(0)
    queue.put_nowait(1)
    await all_ended(tasks)


@program
async def a_getter_that_is_cancelled_when_woken_wakes_the_next(log):
    queue = Queue()
    tasks = [create_task(getter(log, name, queue)) for name in "ab"]
    await sleep(0)
    queue.put_nowait(1)
    tasks[0].cancel()
    await all_ended(tasks)
    log(queue.qsize())


@program
async def a_putter_that_is_cancelled_when_woken_wakes_the_next(log):
    queue = Queue(1)
    queue.put_nowait(0)
    tasks = [create_task(putter(log, name, queue, name)) for name in "ab"]
    await sleep(0)
    log(queue.get_nowait())
    tasks[0].cancel()
    await all_ended(tasks)
    log(queue.get_nowait())


@program
async def producers_and_consumers(log):
    queue = Queue(2)

    async def producer(name):
        for number in range(3):
            await queue.put(f"{name}{number}")
            log(name, "put", number)

    async def consumer(name):
        while True:
            item = await queue.get()
            log(name, item)
            queue.task_done()

    consumers = [create_task(consumer(name)) for name in ("c", "d")]
    await all_ended([create_task(producer(name)) for name in ("a", "b")])
    await queue.join()
    log("joined")
    for task in consumers:
        task.cancel()
    await all_ended(consumers)


@program(needs=(3, 13))
async def a_queue_that_is_shut_down_gives_what_is_there(log):
    queue = Queue()
    queue.put_nowait(1)
    queue.shutdown()
    try:
        queue.put_nowait(2)
    except QueueShutDown:
        log("no more")
    log(await queue.get())
    await getter(log, "a", queue)


@program(needs=(3, 13))
async def a_queue_that_is_shut_down_at_once_gives_nothing(log):
    queue = Queue()
    queue.put_nowait(1)
    queue.put_nowait(2)
    queue.shutdown(immediate=True)
    log(queue.qsize())
    await getter(log, "a", queue)
    await queue.join()
    log("joined")


@program(needs=(3, 13))
async def shutting_down_wakes_getters(log):
    queue = Queue()
    tasks = [create_task(getter(log, name, queue)) for name in "ab"]
    await sleep(0)
    queue.shutdown()
    log("shut")
    await all_ended(tasks)


@program(needs=(3, 13))
async def shutting_down_wakes_putters(log):
    queue = Queue(1)
    queue.put_nowait(0)
    tasks = [create_task(putter(log, name, queue, name)) for name in "ab"]
    await sleep(0)
    queue.shutdown()
    log("shut")
    await all_ended(tasks)
    log(queue.get_nowait())


@program(needs=(3, 13))
async def shutting_down_at_once_leaves_what_is_being_done(log):
    queue = Queue()
    queue.put_nowait(1)
    queue.put_nowait(2)
    log(await queue.get())
    queue.shutdown(immediate=True)

    async def joiner():
        await queue.join()
        log("joined")

    task = create_task(joiner())
    await sleep(0)
    log(task.done())
    queue.task_done()
    await task
