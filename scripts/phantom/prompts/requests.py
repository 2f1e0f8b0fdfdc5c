"""Variants of the template of a request: plain words with two gaps, never a program."""

import re

from phantom.packs.pack import Pack

TEMPLATE = "generate_user.jinja"
COUNT, SPECS = "[COUNT]", "[SPECS]"
# The longest that may stand before every request; each costs it anew.
LONGEST = 3000
AIMS = (
    "Have the writer think of who would write each passage, where and why, before it "
    "is written, without saying so in the answer.",
    "Have the writer go over each passage once more against the spec and the tags "
    "before it answers.",
    "Have the writer make the passages of one request as different as may be: "
    "openings, sentence forms, order of the facts.",
    "Ask in as few words as possible.",
)
_PROGRAM = re.compile(r"\{[{%#]|[}%#]\}")


def check_request(text: str) -> str | None:
    """Why a text can't be a request; None if it can.

    What a model writes is not run as a program: signs of Jinja are refused.
    """
    if _PROGRAM.search(text):
        return "a request with signs of a program"
    for gap in (COUNT, SPECS):
        if text.count(gap) != 1:
            return f"a request without exactly one {gap}"
    if SPECS not in (line.strip() for line in text.splitlines()):
        return f"a request without {SPECS} on a line of its own"
    if len(text) > LONGEST:
        return f"a request of more than {LONGEST:,} characters"
    return None


def to_template(text: str) -> str:
    """The request as the template of a pack: its gaps take what is asked for.

    RAISES: ValueError if it is none; see `check_request`.
    """
    wrong = check_request(text)
    if wrong:
        raise ValueError(wrong)
    filled = text.strip().replace(COUNT, "{{ count }}")
    filled = filled.replace(SPECS, '{{ lines | join("\\n") }}')
    return f'{{% include "notes.jinja" %}}\n{filled}\n'


def with_request(pack: Pack, text: str) -> Pack:
    """The pack with another request, "" for its own; its files stay as they are."""
    return pack.with_templates({TEMPLATE: to_template(text)} if text else {})
