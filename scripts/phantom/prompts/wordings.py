"""Templates worded anew: plain words with gaps, never a program."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from phantom.packs.pack import Pack

# The longest that may stand in every prompt; each costs it anew.
LONGEST = 3000
_PROGRAM = re.compile(r"\{[{%#]|[}%#]\}")


@dataclass(frozen=True, eq=False)
class Wording:
    """What of a template a model may word anew.

    what (str): For people. template (str): The file that it takes the place of.
    gaps (Mapping[str, str]): What the template has in the place of each gap.
    alone (Tuple[str, ...]): Gaps that stand on a line of their own.
    before (str): What the template begins with, whatever the words are.
    """

    what: str
    template: str
    gaps: Mapping[str, str]
    alone: tuple[str, ...]
    before: str = ""

    def check(self, text: str) -> str | None:
        """Why a text can't be one; None if it can.

        What a model writes is not run as a program: signs of Jinja are refused.
        """
        if _PROGRAM.search(text):
            return f"a {self.what} with signs of a program"
        for gap in self.gaps:
            if text.count(gap) != 1:
                return f"a {self.what} without exactly one {gap}"
        lines = [line.strip() for line in text.splitlines()]
        for gap in self.alone:
            if gap not in lines:
                return f"a {self.what} without {gap} on a line of its own"
        if len(text) > LONGEST:
            return f"a {self.what} of more than {LONGEST:,} characters"
        return None

    def fill(self, text: str) -> str:
        """The text as a template: its gaps take what belongs there.

        RAISES: ValueError if it is none; see `check`.
        """
        wrong = self.check(text)
        if wrong:
            raise ValueError(wrong)
        filled = text.strip()
        for gap, content in self.gaps.items():
            filled = filled.replace(gap, content)
        return f"{self.before}{filled}\n"


REQUEST = Wording(
    what="request",
    template="generate_user.jinja",
    gaps=MappingProxyType(
        {"[COUNT]": "{{ count }}", "[SPECS]": '{{ lines | join("\\n") }}'}
    ),
    alone=("[SPECS]",),
    before='{% include "notes.jinja" %}\n',
)
# The form itself stays, since answers are read by it: where and how it is told varies.
SYSTEM = Wording(
    what="system message",
    template="generate_system.jinja",
    gaps=MappingProxyType(
        {
            "[GUIDELINES]": "{{ guidelines }}",
            "[FORM]": '{% include "answer_form.jinja" %}\n',
            "[LABELS]": '{{ labels | join(", ") }}',
            "[RELATIONS]": '{% include "relation_rules.jinja" %}',
        }
    ),
    alone=("[GUIDELINES]", "[FORM]", "[RELATIONS]"),
)


def with_wordings(pack: Pack, texts: Mapping[Wording, str]) -> Pack:
    """The pack with these templates worded anew, "" for its own; its files stay."""
    filled = {x.template: x.fill(text) for x, text in texts.items() if text}
    return pack.with_templates(filled)
