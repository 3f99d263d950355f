"""A connection in memory for asyncio's streams: what is written at one end arrives at the other a turn later."""

from asyncio import StreamReader, StreamReaderProtocol, StreamWriter, Transport, get_running_loop


class MemoryTransport(Transport):
    def __init__(self, protocol, high_water):
        super().__init__()
        self.loop, self.protocol, self.high_water, self.other = get_running_loop(), protocol, high_water, None
        self.outgoing, self.scheduled, self.reading_paused, self.writing_paused = b"", False, False, False
        self.ends, self.told_end, self.closing, self.lost = False, False, False, False

    def write(self, data):
        if not data or self.ends or self.lost:
            return
        self.outgoing += data
        self.schedule()
        if len(self.outgoing) > self.high_water and not self.writing_paused:
            self.writing_paused = True
            self.protocol.pause_writing()

    def write_eof(self):
        self.ends = True
        self.schedule()

    def can_write_eof(self):
        return True

    def close(self):
        if not self.closing:
            self.closing = True
            self.write_eof()

    def is_closing(self):
        return self.closing

    def pause_reading(self):
        self.reading_paused = True

    def resume_reading(self):
        if self.reading_paused:
            self.reading_paused = False
            self.other.schedule()

    def schedule(self):
        if not self.scheduled:
            self.scheduled = True
            self.loop.call_soon(self.deliver)

    def deliver(self):
        self.scheduled = False
        if self.other.lost:
            self.outgoing = b""
            self.loop.call_soon(self.lose)
            return
        if self.other.reading_paused:
            return
        data, self.outgoing = self.outgoing, b""
        if data:
            self.other.protocol.data_received(data)
        if self.writing_paused:
            self.writing_paused = False
            self.protocol.resume_writing()
        if self.ends and not self.told_end:
            self.told_end = True
            self.other.protocol.eof_received()
        if self.closing:
            self.loop.call_soon(self.lose)

    def lose(self):
        if not self.lost:
            self.lost = self.closing = True
            self.protocol.connection_lost(None)


def stream_pair(limit=1 << 16, high_water=1 << 16):
    ends = []
    for _ in range(2):
        reader = StreamReader(limit=limit)
        protocol = StreamReaderProtocol(reader)
        transport = MemoryTransport(protocol, high_water)
        protocol.connection_made(transport)
        ends.append((reader, StreamWriter(transport, protocol, reader, get_running_loop())))
    ends[0][1].transport.other, ends[1][1].transport.other = ends[1][1].transport, ends[0][1].transport
    return ends
