"""What stands in the place of an identifier: the same for the same, by a secret key."""

import hashlib
import hmac
import os
import secrets
import string
from collections.abc import Sequence
from pathlib import Path

import regex

from phantom.pseudonyms.written import Written

MOST_DAYS = 364
_WORD = regex.compile(r"[^\W\d_][\w'\u2019-]*")
_CAPITALISED = regex.compile(r"\p{Lu}[\w'\u2019-]*(?: \p{Lu}[\w'\u2019-]*)*")


class Surrogates:
    """Surrogates of one project.

    secret (bytes): Whoever has it can test a guess at an identifier; it stays with the
        private text, and the same secret gives the same surrogates.
    given (Sequence[Tuple[str, str]]): Given names, and whether of a woman or a man.
    surnames (Sequence[str]): Surnames. places (Sequence[str]): Names of places.
    written (Written): How the language writes identifiers.
    """

    def __init__(
        self,
        secret: bytes,
        given: Sequence[tuple[str, str]],
        surnames: Sequence[str],
        places: Sequence[str],
        written: Written,
    ) -> None:
        self.secret = secret
        self.surnames, self.places = surnames, places
        self._kept = written.compile(written.kept)
        self._owning = written.compile(written.owning)
        self.sex = {name.casefold(): sex for name, sex in given}
        self.given = {
            sex: [name for name, of in given if of == sex] for _, sex in given
        }

    def days(self, unit: str) -> int:
        """By how many days all dates of a unit move; never 0."""
        by = self._number(unit, "days", "") % (2 * MOST_DAYS)
        return by - MOST_DAYS if by < MOST_DAYS else by - MOST_DAYS + 1

    def write(self, unit: str, category: str, text: str) -> str:
        """The surrogate of an identifier other than a date, in its shape."""
        if category == "name":
            # Of von der Heide, but not of a name in small letters, some words stay.
            small = text.islower()
            return _WORD.sub(
                lambda m: (
                    m.group()
                    if m.group().islower() and not small
                    else self._name(unit, m.group())
                ),
                text,
            )
        if category == "place":
            return self._place(unit, text)
        if category == "email":
            local = self._shape(unit, category, text.partition("@")[0])
            return f"{local}@example.org"
        if category == "url":
            return f"https://example.org/{self._number(unit, category, text) % 10**6}"
        return self._shape(unit, category, text)

    def _name(self, unit: str, word: str) -> str:
        if len(word) == 1:
            return string.ascii_uppercase[self._number(unit, "initial", word) % 26]
        owning = self._owning.search(word)
        ending = owning.group() if owning and not owning.group()[0].isalpha() else ""
        word = word.removesuffix(ending)
        known = self.sex.get(word.casefold())
        names = self.given[known] if known else self.surnames
        return _cased(self._pick(unit, "name", word.casefold(), names), word) + ending

    def _place(self, unit: str, text: str) -> str:
        """Words become a place; state, kind of street and shape of numbers stay."""
        last = 0
        pieces = []
        for match in self._kept.finditer(text):
            pieces += [text[last : match.start()], match.group()]
            last = match.end()
        pieces.append(text[last:])
        for i in range(0, len(pieces), 2):
            words = _CAPITALISED.sub(
                lambda m: self._pick(unit, "place", m.group().casefold(), self.places),
                pieces[i],
            )
            pieces[i] = regex.sub(
                r"\d+", lambda m: self._shape(unit, "place", m.group()), words
            )
        return "".join(pieces)

    def _shape(self, unit: str, category: str, text: str) -> str:
        """Other digits for digits, other letters for letters, the rest as it is."""
        number = self._number(unit, category, text)
        made = []
        for char in text:
            number, part = divmod(number, 260)
            if char.isdigit():
                made.append(str(part % 10))
            elif char.isalpha():
                letter = string.ascii_lowercase[part % 26]
                made.append(letter.upper() if char.isupper() else letter)
            else:
                made.append(char)
                continue
            if number == 0:
                number = self._number(unit, category, text + str(len(made)))
        return "".join(made)

    def _pick(self, unit: str, category: str, text: str, names: Sequence[str]) -> str:
        """One of the names, another one than the text itself."""
        others = [name for name in names if name.casefold() not in text]
        return others[self._number(unit, category, text) % len(others)]

    def _number(self, unit: str, category: str, text: str) -> int:
        message = "\0".join((unit, category, text)).encode("utf-8")
        return int.from_bytes(hmac.digest(self.secret, message, hashlib.sha256), "big")


def read_secret(path: Path) -> bytes:
    """Read a project's secret, or make one that only its owner can read.

    RAISES: ValueError if the file is too short to be one.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(path, flags, 0o600), "w") as file:
            file.write(secrets.token_hex(32) + "\n")
    text = path.read_text(encoding="utf-8").strip()
    if len(text) < 32:
        raise ValueError(f"{path}: too short for a secret; delete it, one is made anew")
    return text.encode("utf-8")


def _cased(name: str, like: str) -> str:
    return name.upper() if like.isupper() and len(like) > 1 else name
