"""From a raw answer to one item per spec: coerce, salvage, say why not."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from phantom.completions.salvage import find_objects, repair_escapes, repair_surrogates
from phantom.completions.thinking import after_thinking
from phantom.records import Completion

REFUSALS = frozenset({"content_filter", "refusal"})
SURPLUS = frozenset({"unknown_id", "duplicate_id"})
_WRAPPER = "items"
_TEXT_KEYS = ("text", "passage", "sentence")
_NAMED = re.compile(r'"id"\s*:\s*"?([^",}\s]+)')


class Answer(NamedTuple):
    """What an answer says about one spec.

    spec_id (str): The spec; for a surplus item the id that the item names, or "".
    item (Optional[Dict[str, Any]]): `text` (str, tagged) and `relations` (list),
        with whatever else came along; None if there is none to use.
    reason (Optional[str]): None with an item, otherwise "empty" (nothing came),
        "unparsed" (no item can be read in it), "missing" (others came, not this one),
        "truncated" (cut off), "thinking" (it ends before thinking does), "no_text" (an
        item without text), "refused", or for surplus items "unknown_id" and
        "duplicate_id".
    raw (str): The item as it came, or the whole answer where no item was found.
    """

    spec_id: str
    item: dict[str, Any] | None
    reason: str | None
    raw: str


class _Found(NamedTuple):
    """An item, the piece of the answer it stood in, and which object that was in."""

    item: dict[str, Any]
    piece: str
    group: int


def split_answers(completion: Completion, pieces: bool = True) -> Iterator[Answer]:
    """Split a raw answer by spec; any string is taken, none raises.

    pieces (bool): Whether `raw` is wanted where the whole answer is JSON, which
        costs as much again as reading it.
    YIELDS (Answer): Exactly one for each of `completion.spec_ids`, in order, then
        one for each surplus item. An item names its spec by id or by its number in
        the request, from 1; answers to a lone spec need no id, nor do as many items
        as there are specs. Of several items for a spec the last with a text counts;
        nothing before the end of thinking does.
    """
    raw = completion.completion
    ids = completion.spec_ids
    found, rest, ended = _parse(raw, pieces)
    default = _default_reason(completion, bool(found), ended)
    chosen: dict[str, Answer] = {}
    surplus: list[Answer] = []
    for (item, piece, _), spec_id in zip(found, _assign(found, ids), strict=True):
        if spec_id is None:
            named = str(item.get("id") or "")
            surplus.append(_surplus(named, "unknown_id", piece))
            continue
        answer = _judge(spec_id, item, piece)
        standing = chosen.get(spec_id)
        if answer.item is None and standing is not None:
            answer, standing = standing, answer
        if standing is not None and answer.item is not None:
            surplus.append(_surplus(spec_id, "duplicate_id", standing.raw))
        chosen[spec_id] = answer
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


def _assign(found: list[_Found], ids: tuple[str, ...]) -> list[str | None]:
    """The spec of each item: by what it names, or by place where none names any."""
    if any("id" in entry.item for entry in found):
        return [_match(entry.item.get("id"), ids) for entry in found]
    if len(ids) == 1:
        return [ids[0]] * len(found)
    sizes = Counter(entry.group for entry in found)
    whole = [group for group, size in sizes.items() if size == len(ids)]
    if len(found) == len(ids):
        return list(ids)
    if whole:
        places = iter(ids)
        return [next(places) if e.group == whole[-1] else None for e in found]
    return [None] * len(found)


def _surplus(name: str, reason: str, piece: str) -> Answer:
    return Answer(repair_surrogates(name), None, reason, repair_surrogates(piece))


def _default_reason(completion: Completion, found: bool, ended: bool) -> str:
    if completion.finish_reason in REFUSALS:
        return "refused"
    if completion.finish_reason == "length":
        return "truncated"
    if not ended:
        return "thinking"
    if found:
        return "missing"
    return "unparsed" if completion.completion.strip("\ufeff \t\r\n") else "empty"


def _parse(raw: str, pieces: bool) -> tuple[list[_Found], str, bool]:
    """All items, a torn rest, and whether thinking came to an end."""
    try:
        value = json.loads(raw, strict=False)
    except (ValueError, RecursionError):
        text = after_thinking(raw)
        objects, rest = find_objects(repair_escapes(text or ""))
        ended = text is not None
    else:
        objects, rest, ended = [(value, raw)], "", True
    found = [
        _Found(item, (_dump(item) if piece is None else piece) if pieces else "", group)
        for group, (value, whole) in enumerate(objects)
        for item, piece in _items_in(value, whole)
    ]
    return found, rest, ended


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
        if value.get(_WRAPPER) in lists:
            # Beside it there may be lists of drafts.
            lists = [value[_WRAPPER]]
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
        else:
            for inner in value.values():
                if isinstance(inner, str):
                    yield from _items_in(inner, None, depth + 1)


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
    piece = repair_surrogates(piece)
    if not isinstance(text, str):
        return Answer(spec_id, None, "no_text", piece)
    if not text.strip():
        return Answer(spec_id, None, "empty", piece)
    relations = item.get("relations")
    kept = {key: item[key] for key in item if key not in _TEXT_KEYS and key != "id"}
    kept["text"] = repair_surrogates(text)
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
