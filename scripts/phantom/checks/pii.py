"""Personal data by pattern: a floor of our own, and Presidio where installed."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from phantom.checks.engine.base import (
    Action,
    CheckSkipped,
    Finding,
    Severity,
)
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.registry import phantom_registry

FOUR_DIGITS = re.compile(r"(?:\d\D*){4}")
# What a text must hold to be shown to Presidio: an @, seven digits in a row but for
# punctuation, an IP address, or the head of an IBAN or licence.
CANDIDATE = re.compile(r"@|(?:\d[^\w\d]{0,3}){7}|(?:\d+\.){3}|\b[A-Z]{2}\d{2}")
# Seven digits with nothing between that no phone number has there.
PHONE = re.compile(r"\d(?:(?:x|[^\w,;:=%<>]){0,4}\d){6,}")
# Numbers of the Enzyme Commission have four parts, as addresses have, and so have those
# that follow one; the first is 1 to 7.
ENZYME = re.compile(
    r"\bE\.?C\.?(?:[ -]?n[^\W\d]{0,7}\.?)?[ :-]*"
    r"(?:[1-7](?:\.\d+){3}(?:[,;] ?| )(?:[a-z]{1,3} )?)*[1-7]\.\Z",
    re.IGNORECASE,
)
# So have the bridges in names of rings, as in tricyclo[3.3.1.1].
RING = re.compile(r"cyclo\[\Z", re.IGNORECASE)
# Of ten ids of polymorphisms one has the check digit of a licence.
VARIANT = re.compile(r"rs\d")
# A number in groups or with a prefix: no decimal, no accession number.
WRITTEN_PHONE = re.compile(r"^[+(]|\d[ /-]+\(?\d|\.\d+\.")
PRESIDIO = {
    "CREDIT_CARD": "CreditCardRecognizer",
    "IBAN_CODE": "IbanRecognizer",
    "US_SSN": "UsSsnRecognizer",
    "UK_NHS": "NhsRecognizer",
}

# Language models like other hyphens than the one on the keyboard.
HYPHENS = dict.fromkeys([*range(0x2010, 0x2016), 0x2212], "-")


@phantom_registry.phantom_checks("pii")
def pii(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "reject",
    severity: Severity = "block",
) -> Iterator[Finding]:
    """E-mail, phone, record number, date of birth, IBAN, card number ...

    Patterns come from the table `pii` (name, validator, pattern).
    """
    patterns = [
        (row["name"], VALIDATORS[row["validator"]], re.compile(row["pattern"]))
        for row in context.table("pii", ["name", "validator", "pattern"])
    ]
    for example in corpus:
        if not _may_hold(example.text):
            continue
        for name, is_valid, pattern in patterns:
            for match in pattern.finditer(example.text.translate(HYPHENS)):
                if is_valid(match):
                    yield _finding(
                        example.id, name, match.group(), 1.0, action, severity
                    )


@phantom_registry.phantom_checks("pii_presidio")
def pii_presidio(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "reject",
    severity: Severity = "block",
    min_score: float = 0.6,
) -> Iterator[Finding]:
    """Microsoft Presidio's pattern recognisers; no model and no network.

    min_score (float): Presidio's confidence; a bare pattern is often under 0.5.
    """
    found = recognizers()
    for example in corpus:
        if not CANDIDATE.search(example.text):
            continue
        for name, recognizer in found.items():
            for hit in recognizer.analyze(example.text, [name], None) or ():
                if hit.score >= min_score:
                    what = example.text[hit.start : hit.end]
                    reason = name.lower()
                    score = round(float(hit.score), 3)
                    yield _finding(
                        example.id,
                        reason,
                        what,
                        score,
                        action,
                        severity,
                    )


def _may_hold(text: str) -> bool:
    return "@" in text or bool(FOUR_DIGITS.search(text))


def recognizers() -> dict[str, Any]:
    """Presidio's recognisers that need neither a model nor the network, by entity.

    RAISES: CheckSkipped if it is not installed.
    """
    try:
        from presidio_analyzer import predefined_recognizers as presidio
        from tldextract import TLDExtract
    except ImportError:
        raise CheckSkipped(
            "Presidio is not installed: pip install 'spacy-phantom[pii]'; the "
            "patterns of the check 'pii' ran without it"
        ) from None
    # Presidio would fetch the list of domain suffixes; this one came with the package.
    suffixes = TLDExtract(suffix_list_urls=(), cache_dir=None)

    class Email(presidio.EmailRecognizer):
        def validate_result(self, pattern_text: str) -> bool:
            return bool(suffixes(pattern_text).fqdn)

    class Phone(presidio.PhoneRecognizer):
        # Presidio's own 0.4 is for digits grouped anyhow.
        SCORE = 0.7

        def analyze(self, text: str, *rest: Any) -> list[Any]:
            found = []
            for run in PHONE.finditer(text):
                # With the brackets or plus before it and the character behind.
                start = max(run.start() - 3, 0)
                for hit in super().analyze(text[start : run.end() + 1], *rest):
                    hit.start, hit.end = hit.start + start, hit.end + start
                    if WRITTEN_PHONE.search(text[hit.start : hit.end]):
                        found.append(hit)
            return found

    class Address(presidio.IpRecognizer):
        def analyze(self, text: str, *rest: Any) -> list[Any]:
            found = super().analyze(text, *rest)
            return [hit for hit in found if is_address(text, hit.start)]

    class License(presidio.MedicalLicenseRecognizer):
        def analyze(self, text: str, *rest: Any) -> list[Any]:
            found = super().analyze(text, *rest)
            return [hit for hit in found if not VARIANT.match(text, hit.start)]

    return {
        "EMAIL_ADDRESS": Email(),
        "MEDICAL_LICENSE": License(),
        "IP_ADDRESS": Address(),
        # 3: digits grouped as is usual in their country.
        "PHONE_NUMBER": Phone(leniency=3),
        **{name: getattr(presidio, kind)() for name, kind in PRESIDIO.items()},
    }


def _finding(
    id: str,
    reason: str,
    what: str,
    value: float,
    action: Action,
    severity: Severity,
) -> Finding:
    shown = what[:2] + "*" * max(len(what) - 4, 2) + what[-2:]
    return Finding(
        ids=(id,),
        severity=severity,
        reason=reason,
        detail=f"reads like personal data ({reason.replace('_', ' ')}): {shown}",
        value=value,
        action=action,
    )


def is_address(text: str, start: int) -> bool:
    """Whether four numbers with full stops between are no enzyme's and no ring's."""
    return not (
        ENZYME.search(text[: start + 2]) or RING.search(text[max(0, start - 6) : start])
    )


def luhn(number: str) -> bool:
    """Whether the check digit of a card number fits (ISO/IEC 7812)."""
    digits = [int(c) for c in number if c.isdigit()]
    doubled = [d * 2 - 9 * (d > 4) for d in digits[-2::-2]]
    return len(digits) >= 12 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def iban(number: str) -> bool:
    """Whether the check digits of an IBAN fit (ISO 13616)."""
    plain = re.sub(r"\s", "", number).upper()
    moved = plain[4:] + plain[:4]
    return moved.isalnum() and int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


# Of the table `pii`, by the column `validator`.
VALIDATORS: dict[str, Callable[[re.Match[str]], bool]] = {
    "none": lambda match: True,
    "luhn": lambda match: luhn(match.group()),
    "iban": lambda match: iban(match.group()),
    "address": lambda match: is_address(match.string, match.start()),
}
