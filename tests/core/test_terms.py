"""One Chinese term for one thing, over the whole catalogue."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import matgrad

TERMS = {
    "Jacobian": ("雅可比", ("雅克比", "亚可比")),
    "Hessian": ("海森", ("黑塞", "海塞", "赫塞")),
    "gradient": ("梯度", ("斜度",)),
    "Kronecker product": ("克罗内克", ("克罗尼克", "克罗内科", "克氏积")),
    "commutation matrix": ("交换矩阵", ("换位矩阵", "对换矩阵")),
    "duplication matrix": ("复制矩阵", ("重复矩阵", "倍增矩阵")),
    "elimination matrix": ("消去矩阵", ("消除矩阵",)),
    "entrywise": ("逐元素", ("按元素", "逐分量", "按分量", "哈达玛积")),
    "determinant": ("行列式", ("行列数",)),
    "eigenvalue": ("特征值", ("本征值", "固有值")),
    "singular value": ("奇异值", ("特异值",)),
    "unknown": ("未知", ("未知数",)),
    "index": ("", ("索引",)),
    "positive semidefinite": ("半正定", ("正半定", "非负定")),
    "skew-symmetric": ("反对称", ("斜对称",)),
    "inner product": ("内积", ("点积", "数量积")),
    "scalar": ("", ("纯量",)),
    "argument": ("", ("变元",)),
    "chain rule": ("链式法则", ("链法则", "链式求导", "连锁法则")),
    "product rule": ("乘积法则", ("乘法法则", "莱布尼茨法则")),
    "quotient rule": ("商法则", ("除法法则", "商的求导")),
    "intermediate variable": ("中间变量", ("中介变量",)),
    "numerator layout": ("分子布局", ("分子排布", "分子约定")),
    "denominator layout": ("分母布局", ("分母排布", "分母约定")),
    "pseudoinverse": ("伪逆", ("假逆",)),
    "stationary point": ("驻点", ("临界点", "平稳点")),
    "Lagrange multiplier": ("拉格朗日乘子", ("拉格朗日乘数",)),
}
"""English terms: what they are called in Chinese, where one word says it, and what they are not called."""

_QUOTED = re.compile(r"`[^`]*`|\{[^}]*\}|mg\.\w+|--\w+")


def catalogue() -> dict[str, str]:
    """Each English text with its Chinese."""
    path = Path(matgrad.__file__).parent / "words" / "zh.toml"
    read = tomllib.loads(path.read_text(encoding="utf-8"))
    texts = dict(read["texts"])
    for spoken in read.get("context", {}).values():
        texts |= spoken
    return texts


@pytest.mark.parametrize("term", TERMS)
def test_a_thing_has_one_name_in_chinese(term: str) -> None:
    chinese, variants = TERMS[term]
    said = re.compile(rf"\b{term}s?\b")
    for english, text in catalogue().items():
        assert not [variant for variant in variants if variant in text], f"{english}: {text}"
        is_sentence = any("\u4e00" <= sign <= "\u9fff" for sign in text) and len(english) < 120
        if chinese and is_sentence and said.search(_QUOTED.sub("", english)):
            # A word that is typed stays English: the form gradient, declare … symmetric.
            assert chinese in text or term in text, f"{english}: {text}"
