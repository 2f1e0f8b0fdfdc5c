"""Names of conditions and drugs as records have them."""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

# Semantic tags of SNOMED CT.
_TAGS = (
    *("disorder", "finding", "situation", "morphologic abnormality", "procedure"),
    *("event", "regime/therapy", "observable entity", "person", "qualifier value"),
    *("substance", "product", "medicinal product", "body structure", "occupation"),
)
_END = re.compile(r"\s*\(([^()]*)(\)?)\s*$")
_NOT_NOW = re.compile(r"(?:suspected|history of|at risk|risk of)\b", re.IGNORECASE)
_BRAND = re.compile(r"\s*\[[^\]]*\]?")
_NUMBER = r"\d+(?:[.,]\d+)?"
# A number of the Food and Drug Administration, then how long or how much of it.
_FRONT = re.compile(
    rf"^(?:NDA\d+\s+)?(?:{_NUMBER}\s*(?:HR|ML|ACTUAT|Day|DAY|MG|UNT)\s+)?"
)
_UNIT = r"(?:MG|MCG|UG|G|UNT|IU|MEQ|MMOL|BAU|PNU|AMB|%)(?:/[\w.]+)?"
_STRENGTH = re.compile(rf"\s+({_NUMBER})\s*({_UNIT})(?!\w).*$", re.IGNORECASE)

Status = Literal["disease", "finding", "not now", "no disease"]


class Condition(NamedTuple):
    """name (str): Without its tag. tag (str): "" if there is none."""

    name: str
    tag: str


class Ingredient(NamedTuple):
    """name (str): Of a drug. value (Optional[float]): Strength, in unit (str)."""

    name: str
    value: float | None = None
    unit: str = ""


def split_tag(text: str) -> Condition:
    """Take one semantic tag off the end, closed or cut off."""
    text = " ".join(text.split())
    match = _END.search(text)
    if match:
        tag, closed = match[1].strip().casefold(), match[2]
        whole = [t for t in _TAGS if t == tag or (not closed and t.startswith(tag))]
        if whole:
            return Condition(text[: match.start()], whole[0])
    return Condition(text, "")


def judge_condition(
    condition: Condition, leave_out: Sequence[str], findings: Sequence[str]
) -> Status:
    """Whether a condition is a disease that somebody has.

    leave_out (Sequence[str]): Beginnings of names that are none, tag or not.
    findings (Sequence[str]): Names tagged "finding" that are taken.
    """
    folded = condition.name.casefold()
    if condition.tag == "situation" or _NOT_NOW.match(folded):
        return "not now"
    if any(folded.startswith(words.casefold()) for words in leave_out):
        return "no disease"
    if condition.tag in ("", "disorder"):
        return "disease"
    taken = condition.tag == "finding" and folded in {f.casefold() for f in findings}
    return "finding" if taken else "no disease"


def read_product(text: str) -> list[Ingredient]:
    """The ingredients of a product, such as "24 HR Metformin 500 MG Oral Tablet".

    RETURNS (List[Ingredient]): None where the text names a pack or device alone.
    """
    text = _BRAND.sub("", split_tag(text).name).strip()
    found = []
    for part in re.split(r"\s+/\s+", text):
        part = _FRONT.sub("", part.strip())
        match = _STRENGTH.search(part)
        if match and part[: match.start()]:
            value = float(match[1].replace(",", "."))
            found.append(Ingredient(part[: match.start()], value, match[2].lower()))
        elif not re.search(r"\d", part) and part:
            found.append(Ingredient(part))
    return found
