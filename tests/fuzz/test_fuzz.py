"""A campaign over all rooms: ``make fuzz SECONDS=3600``; over one with ``ROOM=expressions``."""

from __future__ import annotations

import itertools
import os
import random
import time
import traceback

import pytest

from tests.properties.rooms import all_properties

SECONDS = float(os.environ.get("MATGRAD_FUZZ_SECONDS", "0"))
ROOM = os.environ.get("MATGRAD_FUZZ_ROOM", "")


@pytest.mark.skipif(not SECONDS, reason="a campaign of its own: make fuzz SECONDS=3600")
def test_campaign() -> None:
    start = int(os.environ.get("MATGRAD_FUZZ_SEED", str(random.SystemRandom().randrange(2**32))))
    print(f"seeds from {start}")
    end = time.monotonic() + SECONDS
    properties = [p for p in all_properties() if p.room.startswith(ROOM)]
    failures: list[str] = []
    checks = dict.fromkeys(map(str, properties), 0)
    for seed in itertools.count(start):
        if time.monotonic() >= end:
            break
        for tried in properties:
            checks[str(tried)] += 1
            try:
                tried.holds(seed)
            except Exception as error:
                last = traceback.extract_tb(error.__traceback__)[-1]
                failures.append(f"{tried}({seed}): {type(error).__name__}: {str(error)[:300]} at {last.name}")
                print(failures[-1], flush=True)
    print("\n".join(f"{count:7} {name}" for name, count in checks.items()))
    print(f"{sum(checks.values())} checks, {len(failures)} failures")
    assert not failures, "\n".join(failures)
