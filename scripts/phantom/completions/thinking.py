"""Models that think aloud: what stands before the end of thinking is no answer."""

import re

_WORDS = "think|thinking|thought|thoughts|reasoning|reflection|scratchpad|analysis"
# Labels of a pack are upper case, so that no tag of an answer is taken for these.
_OPEN = re.compile(
    rf"<\|?(?:\w+:)?(?:[Bb]egin_of_)?(?:{_WORDS}|{_WORDS.title()})(?:\s[^<>]*)?\|?>"
    r"|\[THINK\]|<\|(?i:start|begin)_(?i:of_)?(?i:thinking|thought)\|>"
    r"|◁think▷|<unused94>|<\|channel>thought\b|\AHere is my thought process:"
)
_CLOSE = re.compile(
    rf"</\|?(?:\w+:)?(?:{_WORDS}|{_WORDS.title()})\s*\|?>|<\|/(?:{_WORDS})\|>"
    r"|\[/THINK\]|<\|(?i:end)_(?i:of_)?(?i:thinking|thought)\|>"
    r"|◁/think▷|<unused95>|<channel\|>|(?<=\n)Here is my response:"
)
# The channels of gpt-oss; servers that drop special tokens leave the bare words.
_CHANNEL = re.compile(
    r"<\|channel\|>\s*(\w+)[^<]*(?:<\|constrain\|>[^<]*)?<\|message\|>"
)
_BARE_START = re.compile(r"\s*analysis\S")
_BARE_FINAL = re.compile(r"assistant\s*(?:<\|channel\|>)?\s*final(?![a-z])")


def after_thinking(raw: str) -> str | None:
    """What a model says after it has thought.

    raw (str): A whole answer that is not JSON. Blocks of thinking are cut out; a
        closing mark without an opening one ends what began before the answer.
    RETURNS (Optional[str]): None if thinking never ends.
    """
    channels = list(_CHANNEL.finditer(raw))
    if channels:
        last = channels[-1]
        return raw[last.end() :] if last[1] == "final" else None
    if _BARE_START.match(raw):
        ends = list(_BARE_FINAL.finditer(raw))
        return raw[ends[-1].end() :] if ends else None
    kept: list[str] = []
    place = 0
    while opened := _OPEN.search(raw, place):
        closed = _CLOSE.search(raw, opened.end())
        if closed is None:
            return None
        kept.append(raw[place : opened.start()])
        place = closed.end()
    text = "".join([*kept, raw[place:]])
    # Chat templates swallow the opening mark, or the thoughts speak of marks.
    ends = list(_CLOSE.finditer(text))
    return text[ends[-1].end() :] if ends else text
