"""The identifiers of HIPAA's Safe Harbor, and how each is found here."""

from collections.abc import Mapping
from typing import Any

# 45 CFR 164.514(b)(2)(i), (A) to (R), in its order.
CATEGORIES = {
    "name": "names",
    "place": "places smaller than a state",
    "date": "parts of dates but the year; ages over 89",
    "phone": "telephone numbers",
    "fax": "fax numbers",
    "email": "e-mail addresses",
    "social_security": "social security numbers",
    "record_number": "medical record numbers",
    "health_plan": "health plan beneficiary numbers",
    "account": "account numbers",
    "licence": "certificate and licence numbers",
    "vehicle": "vehicle identifiers, licence plates",
    "device": "device identifiers and serial numbers",
    "url": "web addresses",
    "ip_address": "IP addresses",
    "biometric": "biometric identifiers",
    "photograph": "full-face photographs",
    "other": "any other identifying number, mark or code",
}
# Text has none; an image beside it is no matter of this step.
NOT_TEXT = {"biometric", "photograph"}


def coverage(found: Mapping[str, int]) -> list[dict[str, Any]]:
    """Each category of Safe Harbor with what was replaced of it."""
    return [
        {
            "category": name,
            "covers": covers,
            "replaced": found.get(name, 0),
            "note": "not looked for: no text" if name in NOT_TEXT else "",
        }
        for name, covers in CATEGORIES.items()
    ]
