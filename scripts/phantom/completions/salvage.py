"""JSON objects in text that is not JSON: fences, prose, torn and broken answers."""

import json
import re
from typing import Any

_DECODER = json.JSONDecoder(strict=False)
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')
_OPENING = re.compile(r'\{\s*["}]')
_SURROGATE = re.compile("[\ud800-\udfff]")


def find_objects(raw: str) -> tuple[list[tuple[dict[str, Any], str]], str]:
    """Find the outermost JSON objects that can be read.

    raw (str): Any text. Work is bounded, whatever it holds.
    RETURNS (Tuple[List[Tuple[Dict[str, Any], str]], str]): Each object with the
        piece of text it was read from, and the torn object at the end or "".
    """
    found = []
    torn = -1
    budget = 20 * len(raw) + 100_000
    match = _OPENING.search(raw)
    while match and budget > 0:
        start = match.start()
        try:
            value, end = _DECODER.raw_decode(raw, start)
        except RecursionError:
            budget -= 20_000
            end = start + 1
        except json.JSONDecodeError as error:
            # Making the error counts the lines before it, hence the second term.
            budget -= error.pos - start + error.pos // 20
            end = start + 1
            # The innermost torn object is the item; those around it are wrappers.
            torn = start
        except ValueError:
            budget -= 5_000
            end = start + 1
        else:
            found.append((value, raw[start:end]))
            torn = -1
        match = _OPENING.search(raw, end)
    return found, raw[torn:] if torn >= 0 else ""


def repair_escapes(raw: str) -> str:
    """Double each backslash that starts no JSON escape, such as in "\\_"."""
    return _BAD_ESCAPE.sub(r"\\\\", raw) if "\\" in raw else raw


def repair_surrogates(text: str) -> str:
    """Join surrogate pairs; half pairs, which UTF-8 can't hold, become U+FFFD."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
