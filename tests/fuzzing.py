"""How much the fuzz targets try: a little, always the same, in the suite; much on demand.

`FUZZ=100 python -m pytest --timeout=0 tests/engine/test_protocol_fuzz.py` tries a hundred times as
much, with other examples each time.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

FACTOR = int(os.environ.get("FUZZ", "1"))


def fuzz(examples: int) -> settings:
    """Return the settings of a fuzz target that tries `examples` in the suite."""
    return settings(
        max_examples=examples * FACTOR,
        deadline=None,
        derandomize=FACTOR == 1,
        suppress_health_check=list(HealthCheck),
    )
