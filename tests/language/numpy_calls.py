"""Every public function of NumPy, called on small arrays: what the reference says of each is made from this.

A call is a text, tried on arrays and on the symbols of the same shapes; what it does not reach has a reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

GIVEN = (
    "A: 2×3, B: 2×3, C: 3×4, Q: 3×3, R: 3×3, S: 3×3 spd, x: 3, y: 3, z: 2, a: 3, b: 3, p: 3 positive, "
    "M: 2×3 positive, t: scalar, s: scalar positive"
)
"""What the symbols are declared as."""


def arrays() -> dict[str, Any]:
    """Values of that kind."""
    rng = np.random.default_rng(7)
    q = rng.normal(size=(3, 3))
    return {
        "A": rng.normal(size=(2, 3)), "B": rng.normal(size=(2, 3)), "C": rng.normal(size=(3, 4)),
        "Q": q + 3 * np.eye(3), "R": rng.normal(size=(3, 3)), "S": q @ q.T + np.eye(3),
        "x": rng.normal(size=3), "y": rng.normal(size=3), "z": rng.normal(size=2),
        "a": rng.normal(size=3) / 4, "b": rng.normal(size=3) / 4, "p": rng.uniform(0.5, 2, size=3),
        "M": rng.uniform(0.5, 2, size=(2, 3)), "t": 0.7, "s": 1.3,
    }  # fmt: skip


def calls() -> Iterator[str]:
    """Each call, a line of numpy_calls.txt."""
    yield from Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


WITHOUT_CALLS = {
    "depends on the order or the equality of entries": _names("""
        all allclose any argmax argmin argpartition argsort argwhere array_equal array_equiv
        bincount count_nonzero digitize equal flatnonzero histogram histogram2d histogram_bin_edges
        histogramdd intersect1d isclose isin lexsort nanargmax nanargmin nonzero not_equal partition
        searchsorted setdiff1d setxor1d signbit sort sort_complex trim_zeros union1d unique
        unique_all unique_counts unique_inverse unique_values isfinite isinf isnan isneginf isposinf
        iscomplex isreal logical_xor"""),
    "rounds, and is constant but for jumps": _names("""
        around ceil divmod fix floor floor_divide fmod mod modf remainder rint round trunc frexp
        ldexp nextafter spacing unwrap"""),
    "changes an array in place": _names("copyto fill_diagonal place put put_along_axis putmask"),
    "is of whole numbers, bits and dates": _names("""
        bitwise_and bitwise_count bitwise_invert bitwise_left_shift bitwise_not bitwise_or
        bitwise_right_shift bitwise_xor busday_count busday_offset datetime_as_string datetime_data
        gcd invert is_busday isnat lcm left_shift packbits right_shift unpackbits base_repr
        binary_repr"""),
    "gives places in arrays": _names("""
        diag_indices diag_indices_from einsum_path indices mask_indices nested_iters
        ravel_multi_index tril_indices tril_indices_from triu_indices triu_indices_from
        unravel_index"""),
    "makes arrays of numbers, which are constants here": _names("""
        bartlett blackman fromfunction fromiter geomspace hamming hanning kaiser logspace"""),
    "is of types, texts, files, memory and settings": _names("""
        array2string array_repr array_str asarray_chkfinite can_cast common_type
        format_float_positional format_float_scientific from_dlpack frombuffer fromfile fromregex
        fromstring genfromtxt get_include get_printoptions getbufsize geterr geterrcall info isdtype
        isfortran isscalar issubdtype iterable load loadtxt may_share_memory min_scalar_type
        mintypecode printoptions promote_types result_type save savetxt savez savez_compressed
        set_printoptions setbufsize seterr seterrcall shares_memory show_config show_runtime test
        typename linalg.test"""),
}  # fmt: skip
"""What no call is made of, by the reason."""
