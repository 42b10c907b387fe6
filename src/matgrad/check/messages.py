"""Every message of a check, in English and Chinese, by name."""

from __future__ import annotations

from dataclasses import dataclass

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Message:
    """One message in each language; both name the same fields in braces."""

    en: str
    zh: str

    def text(self, language: str, **fields: object) -> str:
        """The message in a language, its fields filled in."""
        return (self.zh if language == "zh" else self.en).format(**fields)


MESSAGES: dict[str, Message] = {
    "right": Message("right", "正确"),
    "wrong": Message("wrong", "错误"),
    "right_line": Message("right: {line}", "正确答案：{line}"),
}


def say(name: str, language: str, **fields: object) -> str:
    """The message of that name in a language."""
    return MESSAGES[name].text(language, **fields)
