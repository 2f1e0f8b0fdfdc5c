"""From a raw answer to one item per spec: coerce, salvage, say why not."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from phantom.completions.salvage import find_objects, mend_escapes, mend_surrogates
from phantom.records import Completion

REFUSALS = frozenset({"content_filter", "refusal"})
SURPLUS = frozenset({"unknown_id", "duplicate_id"})
_TEXT_KEYS = ("text", "passage", "sentence")
_NAMED = re.compile(r'"id"\s*:\s*"?([^",}\s]+)')


class Answer(NamedTuple):
    """What an answer says about one spec.

    spec_id (str): The spec; for a surplus item the id that the item names, or "".
    item (Optional[Dict[str, Any]]): `text` (str, tagged) and `relations` (list),
        with whatever else came along; None if there is none to use.
    reason (Optional[str]): None with an item, otherwise "empty" (nothing came),
        "unparsed" (no item can be read in it), "missing" (others came, not this one),
        "truncated" (cut off), "no_text" (an item without text), "refused", or for
        surplus items "unknown_id" and "duplicate_id".
    raw (str): The item as it came, or the whole answer where no item was found.
    """

    spec_id: str
    item: dict[str, Any] | None
    reason: str | None
    raw: str


def items(completion: Completion, pieces: bool = True) -> Iterator[Answer]:
    """Split a raw answer by spec; any string is taken, none raises.

    pieces (bool): Whether `raw` is wanted where the whole answer is JSON, which
        costs as much again as reading it.
    YIELDS (Answer): Exactly one for each of `completion.spec_ids`, in order, then
        one for each surplus item. An item names its spec by id or by its number in
        the request, from 1; a lone answer to a lone spec needs no id, nor do as
        many items as there are specs.
    """
    raw = completion.completion
    ids = completion.spec_ids
    found, rest = _parse(raw, pieces)
    default = _default_reason(completion, found)
    if len(found) == 1 and len(ids) == 1 and "id" not in found[0][0]:
        yield _judge(ids[0], *found[0])
        return
    chosen: dict[str, Answer] = {}
    surplus: list[Answer] = []
    by_place = len(found) == len(ids) and all("id" not in item for item, _ in found)
    for place, (item, piece) in enumerate(found):
        spec_id = ids[place] if by_place else _match(item.get("id"), ids)
        if spec_id is None:
            named = str(item.get("id") or "")
            surplus.append(_surplus(named, "unknown_id", piece))
        elif spec_id in chosen and chosen[spec_id].item is not None:
            surplus.append(_surplus(spec_id, "duplicate_id", piece))
        else:
            chosen[spec_id] = _judge(spec_id, item, piece)
    torn = _NAMED.search(rest) if rest else None
    torn_id = _match(torn.group(1), ids) if torn else None
    for spec_id in dict.fromkeys(ids):
        if spec_id in chosen:
            yield chosen[spec_id]
        elif spec_id == torn_id or (rest and len(ids) == 1):
            yield Answer(spec_id, None, "truncated", rest)
        else:
            yield Answer(spec_id, None, default, "" if found else raw)
    yield from surplus


def _surplus(name: str, reason: str, piece: str) -> Answer:
    return Answer(mend_surrogates(name), None, reason, mend_surrogates(piece))


def _default_reason(completion: Completion, found: list[Any]) -> str:
    if completion.finish_reason in REFUSALS:
        return "refused"
    if completion.finish_reason == "length":
        return "truncated"
    if found:
        return "missing"
    return "unparsed" if completion.completion.strip("\ufeff \t\r\n") else "empty"


def _parse(raw: str, pieces: bool) -> tuple[list[tuple[dict[str, Any], str]], str]:
    """All items with the piece of the answer each stood in, and a torn rest."""
    try:
        value = json.loads(raw, strict=False)
    except (ValueError, RecursionError):
        objects, rest = find_objects(mend_escapes(raw))
        members = [m for value, piece in objects for m in _items_in(value, piece)]
    else:
        members, rest = list(_items_in(value, raw)), ""
    if not pieces:
        return [(item, "") for item, _ in members], rest
    return [(m, _dump(m) if piece is None else piece) for m, piece in members], rest


def _items_in(
    value: Any, piece: str | None, depth: int = 0
) -> Iterator[tuple[dict[str, Any], str | None]]:
    """Items in a parsed value: bare, in a list, in a wrapper, or keyed by id."""
    if depth > 4:
        return
    if isinstance(value, str) and depth < 2 and "{" in value:
        try:
            yield from _items_in(json.loads(value, strict=False), value, depth + 1)
        except (ValueError, RecursionError):
            return
    elif isinstance(value, list):
        for member in value:
            yield from _items_in(member, None, depth + 1)
    elif isinstance(value, dict):
        if any(key in value for key in _TEXT_KEYS):
            yield value, piece
            return
        lists = [v for v in value.values() if isinstance(v, list) and _holds_items(v)]
        keyed = [k for k, v in value.items() if isinstance(v, dict)]
        if lists:
            for members in lists:
                yield from _items_in(members, None, depth + 1)
        elif keyed:
            for key in keyed:
                inner = value[key]
                if any(name in inner for name in _TEXT_KEYS):
                    inner = {"id": key, **inner}
                yield from _items_in(inner, None, depth + 1)
        elif "id" in value:
            yield value, piece


def _dump(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return ""


def _holds_items(members: list[Any]) -> bool:
    return any(isinstance(member, dict) for member in members)


def _match(named: Any, ids: tuple[str, ...]) -> str | None:
    if named is None or isinstance(named, dict | list | bool):
        return None
    name = str(named).strip()
    # The number first: ids may be numbers as well, and the prompt does not show them.
    # isascii: "²".isdigit() is true, int("²") raises.
    if name.isascii() and name.isdigit() and len(name) < 7:
        place = int(name)
        if 1 <= place <= len(ids):
            return ids[place - 1]
    return name if name in ids else None


def _judge(spec_id: str, item: dict[str, Any], piece: str) -> Answer:
    text = next((item[key] for key in _TEXT_KEYS if key in item), None)
    piece = mend_surrogates(piece)
    if not isinstance(text, str):
        return Answer(spec_id, None, "no_text", piece)
    if not text.strip():
        return Answer(spec_id, None, "empty", piece)
    relations = item.get("relations")
    kept = {key: item[key] for key in item if key not in _TEXT_KEYS and key != "id"}
    kept["text"] = mend_surrogates(text)
    kept["relations"] = (
        [_coerce_relation(r) for r in relations] if isinstance(relations, list) else []
    )
    if relations is not None and not isinstance(relations, list):
        kept["relations"] = [relations]
    return Answer(spec_id, kept, None, piece)


def _coerce_relation(relation: Any) -> Any:
    """`{"head", "label", "tail"}` becomes `[head, label, tail]`; others stay."""
    if isinstance(relation, dict):
        label = next(
            (relation[k] for k in ("label", "type", "relation") if k in relation), None
        )
        if label is not None and "head" in relation and "tail" in relation:
            return [relation["head"], label, relation["tail"]]
    return relation
