"""Streams: how bytes arrive, who waits for whom, and what an end is."""

from asyncio import CancelledError, IncompleteReadError, LimitOverrunError, create_task, sleep

from harness import program
from memory import stream_pair

# Each program keeps all handles, in `pair`: a writer that nobody has closes its end.


def shown(data):
    return data.decode().replace("\n", "$") or "nothing"


async def steps(log, name, count):
    for step in range(count):
        log(name, step)
        await sleep(0)


@program
async def a_line_arrives_two_turns_later(log):
    (reader, _), (_, writer) = pair = stream_pair()

    async def read():
        log("read", shown(await reader.readline()))

    task = create_task(read())
    await sleep(0)
    other = create_task(steps(log, "other", 4))
    writer.write(b"hello\nworld")
    log("written")
    await task
    await other


@program
async def lines_are_read_one_by_one(log):
    (reader, _), (_, writer) = pair = stream_pair()
    writer.writelines([b"one\n", b"two\n", b"rest"])
    writer.close()
    while line := await reader.readline():
        log(shown(line))
    log("end", reader.at_eof())


@program
async def bytes_are_read_as_they_come(log):
    (reader, _), (_, writer) = pair = stream_pair()

    async def write():
        for data in (b"ab", b"cdef"):
            writer.write(data)
            await sleep(1)
        writer.close()

    task = create_task(write())
    while data := await reader.read(3):
        log(shown(data))
    await task


@program
async def all_is_read_at_the_end(log):
    (reader, _), (_, writer) = pair = stream_pair()

    async def write():
        for data in (b"ab", b"cd"):
            writer.write(data)
            log("written", shown(data))
            await sleep(1)
        writer.write_eof()

    task = create_task(write())
    log("read", shown(await reader.read()))
    await task


@program
async def an_exact_number_is_waited_for(log):
    (reader, _), (_, writer) = pair = stream_pair()

    async def write():
        for data in (b"ab", b"cd", b"ef"):
            log("writes", shown(data))
            writer.write(data)
            await sleep(1)

    task = create_task(write())
    log("read", shown(await reader.readexactly(3)))
    log("read", shown(await reader.readexactly(3)))
    await task


@program
async def an_exact_number_may_not_come(log):
    (reader, _), (_, writer) = pair = stream_pair()
    writer.write(b"ab")
    writer.close()
    try:
        await reader.readexactly(3)
    except IncompleteReadError as error:
        log("incomplete", shown(error.partial), error.expected)
    log(reader.at_eof())


@program
async def a_separator_is_waited_for(log):
    (reader, _), (_, writer) = pair = stream_pair()

    async def write():
        for data in (b"a-", b"-b--", b"c"):
            log("writes", shown(data))
            writer.write(data)
            await sleep(1)
        writer.close()

    task = create_task(write())
    for _ in range(2):
        log("read", shown(await reader.readuntil(b"--")))
    try:
        await reader.readuntil(b"--")
    except IncompleteReadError as error:
        log("incomplete", shown(error.partial))
    await task


@program
async def a_separator_may_come_too_late(log):
    (reader, _), (_, writer) = pair = stream_pair(limit=4)
    writer.write(b"abcdefg--h")
    try:
        await reader.readuntil(b"--")
    except LimitOverrunError as error:
        log("too long", error.consumed)
    log("read", shown(await reader.readexactly(9)))


@program
async def a_line_may_be_too_long(log):
    (reader, _), (_, writer) = pair = stream_pair(limit=4)
    writer.write(b"abcdef\nnext\n")
    try:
        await reader.readline()
    except ValueError:
        log("too long")
    log("read", shown(await reader.readline()))


@program
async def who_writes_too_much_waits(log):
    (reader, _), (_, writer) = pair = stream_pair(limit=2, high_water=3)

    async def write():
        for data in (b"abcdef", b"gh", b"ijkl"):
            writer.write(data)
            await writer.drain()
            log("drained", shown(data))
        writer.close()

    task = create_task(write())
    for _ in range(5):
        await sleep(0)
    log("reads")
    while data := await reader.read(4):
        log("read", shown(data))
        await sleep(1)
    await task


@program
async def who_writes_little_does_not_wait(log):
    (_, _), (_, writer) = pair = stream_pair()
    other = create_task(steps(log, "other", 1))
    writer.write(b"ab")
    await writer.drain()
    log("drained")
    await other


@program
async def a_closed_end_ends_the_other_and_then_itself(log):
    (reader, _), (own, writer) = pair = stream_pair()

    async def read():
        log("read", shown(await reader.read(5)), reader.at_eof())

    async def closed():
        await writer.wait_closed()
        log("closed", own.at_eof())

    tasks = [create_task(read()), create_task(closed())]
    await sleep(0)
    other = create_task(steps(log, "other", 5))
    writer.close()
    log("closing", writer.is_closing())
    for task in tasks:
        await task
    await other


@program
async def half_a_connection_may_be_ended(log):
    (reader, writer), (other_reader, other_writer) = pair = stream_pair()

    async def answer():
        question = await other_reader.read()
        other_writer.write(b"re: " + question)
        other_writer.close()

    task = create_task(answer())
    writer.write(b"question")
    writer.write_eof()
    log("read", shown(await reader.read()))
    await task


@program
async def who_writes_to_a_closed_end_learns_of_it(log):
    (_, writer), (_, other_writer) = pair = stream_pair()
    other_writer.close()
    await other_writer.wait_closed()
    for attempt in range(3):
        writer.write(b"ab")
        try:
            await writer.drain()
            log("drained")
        except ConnectionResetError:
            log("reset")
        await sleep(1)


@program
async def who_reads_may_be_cancelled_and_loses_nothing(log):
    (reader, _), (_, writer) = pair = stream_pair()

    async def read():
        try:
            log("read", shown(await reader.readexactly(4)))
        except CancelledError:
            log("cancelled")
            raise

    task = create_task(read())
    await sleep(0)
    writer.write(b"ab")
    await sleep(1)
    task.cancel()
    await sleep(1)
    writer.write(b"cd")
    await create_task(read())


@program
async def two_talk(log):
    (reader, writer), (other_reader, other_writer) = pair = stream_pair()

    async def echo():
        while line := await other_reader.readline():
            other_writer.write(line.upper())
            await other_writer.drain()
        other_writer.close()

    task = create_task(echo())
    for line in (b"one\n", b"two\n"):
        writer.write(line)
        await writer.drain()
        log(shown(await reader.readline()))
    writer.close()
    log("end", shown(await reader.readline()))
    await task
