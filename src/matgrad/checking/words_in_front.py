"""The words in front of a formula: “I think the gradient of f is”, “Solution:”, “我得到”.

They are taken word by word, so that no sentence has to be foreseen. A word that is a name of the function is
never one of them.
"""

from __future__ import annotations

import re
from collections.abc import Container

from matgrad.core.lazy import regex

_SIGNS = {
    "gradient": "∇",
    "grad": "∇",
    "hessian": "H",
    "hess": "H",
    "jacobian": "J",
    "jac": "J",
    "梯度": "∇",
    "黑塞矩阵": "H",
    "海森矩阵": "H",
    "雅可比矩阵": "J",
    "雅可比": "J",
}
"""What a word for a derivative is called left of an equals sign; any other says nothing of its form."""

_ENDING = "is are be equals becomes get got gets obtain obtained find found have gives yields 是 为 等于"
_ENDS = frozenset(_ENDING.split())
"""Words right before what is told of: all in front of them is said, whatever it is of."""

_TALK = """
the my our your this that it so thus hence therefore then now finally and here which we one i
get got gets obtain obtained find found have has had think believe guess say suppose
compute computed calculate calculated derive derived is are be was would should must will can could
equals equal becomes to given gives giving yields implies follows means final result answer ans solution sol
derivative differential partial total first second order vector matrix expression form
unit column row scalar scaled transposed transpose normalized normalised following full simply just
correct value also well ok okay hi hello after
simplifying simplification simplified easily directly clearly return
"""
_FILLERS = frozenset(_TALK.split())
_BEFORE_NAMES = "of with wrt w.r.t w.r.t. respect for in at on"
_OF = frozenset(_BEFORE_NAMES.split())
"""Words behind which a name stands: of f, with respect to x."""

_OF_WHAT = regex(
    r"\s*(?:respect\s+to\s+)?(?:(?:the|a|this|given)\s+)?(?:(?:function|variable|vector|matrix|loss|objective|"
    r"parameters?|weights?|cost|energy|likelihood)\b\s*)?(?:(?!is\b|are\b|be\b|equals\b|becomes\b)\\?[^\s=:,\d]+)?"
)
_WORD = regex(r"\s*(?P<word>(?:w\.r\.t\.?|i\.e\.|[A-Za-z]+(?:['’](?:s|d|m|ve|ll|re))?)(?![\w(\[^'’]))")
_MARK = regex(r"\s*(?P<mark>[,:=.])(?!=)")

_CHINESE = regex(
    r"\s*(?:所以|因此|从而|于是|故|则|那么|我们?|可得|得到|得出|得|算出来?|求出来?|求得|解得|解|[A-Za-z]\w*\s*(?=对)|答案|答|结果|最后|最终|"
    r"函数|对\s*[A-Za-z]\w*\s*的|关于\s*[A-Za-z]\w*\s*的|[A-Za-z]\w*\s*的|的|是|为|等于|应该|应|"
    r"(?P<kind>梯度|导数|微分|黑塞矩阵|海森矩阵|雅可比矩阵|雅可比))"
)


def without_words_in_front(line: str, names: Container[str]) -> str:
    """A line without the words in front of its formula, each place in it where it was.

    “The gradient of f is” becomes a left side of the same length, “∇ =”.

    Parameters
    ----------
    line : str
        A line of an answer.
    names : container of str
        The names of the function, which are no words.

    Examples
    --------
    >>> without_words_in_front("I think the gradient is 2x", set())
    '                      ∇ = 2x'
    """
    end, kind = _words(line, names)
    if not end:
        end, kind = _chinese_words(line)
    sign = f"{kind} =" if kind else ""
    return sign.rjust(end) + line[end:] if end else line


def _words(line: str, names: Container[str]) -> tuple[int, str]:
    """How far the words in front reach, and the sign of the derivative that they name."""
    place = end = 0
    kind, before_kind = "", 0
    is_open = False
    taken: list[str] = []
    while True:
        mark = _MARK.match(line, place)
        if mark is not None:
            place = mark.end()
            if mark["mark"] in ":=" and taken:
                return place, kind
            if mark["mark"] in ":=" or not taken:
                return 0, ""
            end = end if is_open else place
            continue
        found = _WORD.match(line, place)
        word = found["word"] if found is not None else ""
        low = re.sub(r"['’](?:s|d|m|ve|ll|re)$", "", word).lower()
        if found is None or word in names or (low == "i" and not _goes_on(line, found.end())):
            break
        if low in _OF and taken:
            of_what = _OF_WHAT.match(line, found.end())
            assert of_what is not None
            place, is_open = of_what.end(), True
        elif low in ("a", "an") and _goes_on(line, found.end()):
            place = found.end()
        elif low == "by" and taken[-1:] == ["given"]:
            place = end = found.end()
        elif low in _SIGNS:
            kind, before_kind = kind or _SIGNS[low], end
            place = end = found.end()
        elif low in _FILLERS:
            place = found.end()
            if low in _ENDS or word != low:
                is_open = False
            end = end if is_open else place
            if low in _ENDS:
                before_kind = 0
        else:
            break
        taken.append(low)
    if is_open or not taken:
        return 0, ""
    # What is said of a name, as in “gradient f = 2x”, is a left side as it stands.
    says_of = kind and re.match(r"\s*[^\W\d]\w*\s*(?:\([^()]*\))?\s*[:=]", line[end:])
    return (before_kind, "") if says_of else (end, kind if before_kind < end else "")


def _goes_on(line: str, place: int) -> bool:
    """Whether another word in front follows, so that an I or an a is a word as well."""
    found = _WORD.match(line, place)
    return found is not None and found["word"].lower() in _FILLERS | _SIGNS.keys()


def _chinese_words(line: str) -> tuple[int, str]:
    """The same of words in Chinese."""
    end, kind = 0, ""
    while (found := _CHINESE.match(line, end)) is not None:
        end, kind = found.end(), kind or _SIGNS.get(found["kind"] or "", "")
    mark = re.match(r"\s*[,:=]", line[end:]) if end else None
    return end + (mark.end() if mark is not None else 0), kind
