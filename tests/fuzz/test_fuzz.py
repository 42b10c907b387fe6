"""A campaign on random expressions, as long as asked: ``make fuzz SECONDS=3600``."""

from __future__ import annotations

import os
import random
import time
import traceback

import pytest

from tests.properties.properties import PROPERTIES

SECONDS = float(os.environ.get("MATGRAD_FUZZ_SECONDS", "0"))


@pytest.mark.skipif(not SECONDS, reason="a campaign of its own: make fuzz SECONDS=3600")
def test_campaign() -> None:
    start = int(os.environ.get("MATGRAD_FUZZ_SEED", str(random.SystemRandom().randrange(2**32))))
    print(f"seeds from {start}")
    end = time.monotonic() + SECONDS
    failures: list[str] = []
    count = 0
    while time.monotonic() < end:
        seed = start + count
        for holds in PROPERTIES:
            try:
                holds(seed)
            except Exception as error:
                last = traceback.extract_tb(error.__traceback__)[-1]
                failures.append(
                    f"{holds.__name__}({seed}): {type(error).__name__}: {str(error)[:300]} at {last.name}"
                )
                print(failures[-1], flush=True)
        count += 1
    print(f"{count} expressions, {count * len(PROPERTIES)} checks, {len(failures)} failures")
    assert not failures, "\n".join(failures)
