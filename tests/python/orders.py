"""Prints the order of events of each program, one line each: what the same programs on conccheck's asyncio are held against.

    python3 tests/python/orders.py > tests/python/orders.txt
"""

import cancelling  # noqa: F401
import groups  # noqa: F401
import harness
import limits  # noqa: F401
import locks  # noqa: F401
import queues  # noqa: F401
import runners  # noqa: F401
import streams  # noqa: F401
import tasks  # noqa: F401
import waiting  # noqa: F401

harness.print_orders()
