"""Find known names in text that no entity covers."""

from collections.abc import Container, Iterable, Iterator

from phantom.checks.corpus import TOKEN
from phantom.records import Example

Match = tuple[int, int, str]
JOINERS = frozenset("-/–")


class Matcher:
    """Longest match of names, word by word.

    A name in lower or title case matches in any case; one with capitals inside,
    digits or fewer than four letters (a symbol such as "WAS") only as written.

    names (Iterable[str]): What to find.
    as_written (Container[str]): Names that match only as written, whatever their form,
        such as firms called by an ordinary word.
    vocabulary: Lower-case words of the texts; names that begin with none of them are
        left out. All are kept if None.
    """

    def __init__(
        self,
        names: Iterable[str],
        as_written: Container[str] = frozenset(),
        vocabulary: Container[str] | None = None,
    ) -> None:
        self._by_first: dict[str, list[tuple[list[str], bool, str]]] = {}
        for name in sorted(set(names)):
            first = TOKEN.search(name)
            if vocabulary is not None and first:
                if first.group().lower() not in vocabulary:
                    continue
            words = TOKEN.findall(name)
            if words:
                strict = name in as_written or is_symbol(name)
                folded = words if strict else [word.lower() for word in words]
                entry = (folded, strict, name)
                self._by_first.setdefault(words[0].lower(), []).append(entry)
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def find(self, text: str) -> Iterator[Match]:
        """Non-overlapping matches from the left, the longest at each place.

        YIELDS (Tuple[int, int, str]): Character offsets and the name as given.
        """
        hits = list(TOKEN.finditer(text))
        words = [hit.group() for hit in hits]
        lower = [word.lower() for word in words]
        i = 0
        while i < len(words):
            step = 1
            for wanted, strict, name in self._by_first.get(lower[i], ()):
                source = words if strict else lower
                if source[i : i + len(wanted)] == wanted:
                    step = len(wanted)
                    yield hits[i].start(), hits[i + step - 1].end(), name
                    break
            i += step


def is_symbol(name: str) -> bool:
    """Whether case matters: short, or capitals or digits past the first letter."""
    if " " in name and not name.isupper():
        return False
    rest = name[1:]
    return len(name) < 4 or rest != rest.lower() or any(map(str.isdigit, rest))


def surface_key(surface: str) -> str:
    """The form under which mentions are counted: symbols as written, else lower."""
    return surface if is_symbol(surface) else surface.lower()


def gaps(example: Example) -> Iterator[tuple[int, str]]:
    """The stretches of text that no entity covers, with their start."""
    end = 0
    for entity in example.entities:
        if entity.start > end:
            yield end, example.text[end : entity.start]
        end = entity.end
    if end < len(example.text):
        yield end, example.text[end:]


def untagged(example: Example, matcher: Matcher) -> Iterator[Match]:
    """Matches outside all entities, whole words only, offsets in the passage."""
    text = example.text
    for base, gap in gaps(example):
        for start, end, name in matcher.find(gap):
            first, last = base + start, base + end
            if not (first and text[first - 1].isalnum()) and not (
                last < len(text) and text[last].isalnum()
            ):
                yield first, last, name


def in_compound(text: str, start: int, end: int) -> bool:
    """Whether the span touches a hyphen or slash, as in "TNF-alpha"."""
    return text[start - 1 : start] in JOINERS or text[end : end + 1] in JOINERS
