"""What a cell prints, as it printed it.

A kernel sends it in parts, cut where its clock ticks. MyST-NB 1.4 puts each part on lines of its own, even
where the cut lies within a line.
"""

from __future__ import annotations

from typing import Any

from myst_nb.core import render


def merged(outputs: list[Any]) -> list[Any]:
    """The outputs of a cell with the parts of each stream joined, at the place of the first."""
    streams: dict[str, Any] = {}
    kept = []
    for output in outputs:
        name = output.get("name") if output["output_type"] == "stream" else None
        if name in streams:
            streams[name]["text"] += output["text"]
        else:
            kept.append(output)
            if name is not None:
                streams[name] = output
    return kept


def connect() -> None:
    """Join streams so wherever MyST-NB would."""
    render.coalesce_streams = merged
