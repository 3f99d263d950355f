"""What the programs beside this are written with: the table of them, and a loop whose time passes only when it is idle."""

import asyncio
import inspect
import sys
import warnings

PROGRAMS = []


def program(function=None, *, needs=(3, 11)):
    """Puts an `async def name(log)`, or a `def name(runner, log)`, into the table; `needs` is the first CPython with what it
    shows."""
    if function is None:
        return lambda function: program(function, needs=needs)
    PROGRAMS.append((function.__name__, function, needs))
    return function


class Loop(asyncio.SelectorEventLoop):
    """As every loop, but when nothing is ready it is the time of the next timer."""

    now = 0.0

    def time(self):
        return self.now

    def _run_once(self):
        timers = [timer for timer in self._scheduled if not timer.cancelled()]
        if not self._ready and timers:
            self.now = max(self.now, min(timers).when())
        super()._run_once()


def text(word):
    """As the programs in Rust write it."""
    return "nothing" if word is None else str(word).lower() if isinstance(word, bool) else str(word)


def order(function):
    """The events of a program, in their order."""
    events = []
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.get_loop().set_exception_handler(lambda loop, context: None)
        log = lambda *words: events.append("-".join(map(text, words)).replace(" ", "-"))
        if inspect.iscoroutinefunction(function):
            runner.run(function(log))
        else:
            function(runner, log)
    return events


def print_orders():
    warnings.simplefilter("ignore")
    print("# CPython", ".".join(map(str, sys.version_info[:3])))
    for name, function, needs in PROGRAMS:
        if sys.version_info[:2] < needs:
            print(f"# {name} needs CPython {needs[0]}.{needs[1]}")
        else:
            print(f"{name}:", *order(function))
