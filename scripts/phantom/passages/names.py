"""Find known names in text that no entity covers."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator

from phantom.passages.words import TOKEN
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
        self._folded: dict[tuple[str, ...], str] = {}
        self._strict: dict[tuple[str, ...], str] = {}
        lengths: dict[str, set[int]] = defaultdict(set)
        for name in sorted(set(names)):
            first = TOKEN.search(name)
            if first is None:
                continue
            head = first.group().lower()
            if vocabulary is not None and head not in vocabulary:
                continue
            words = TOKEN.findall(name)
            lengths[head].add(len(words))
            if name in as_written or is_symbol(name):
                self._strict[tuple(words)] = name
            else:
                self._folded.setdefault(tuple(word.lower() for word in words), name)
        self._lengths = {
            head: sorted(found, reverse=True) for head, found in lengths.items()
        }

    def find(self, text: str) -> Iterator[Match]:
        """Non-overlapping matches from the left, the longest at each place.

        YIELDS (Tuple[int, int, str]): Character offsets and the name as given.
        """
        words = TOKEN.findall(text)
        lower = [word.lower() for word in words]
        if self._lengths.keys().isdisjoint(lower):
            return
        spans: list[tuple[int, int]] = []
        done = 0
        for i, head in enumerate(lower):
            if i < done or head not in self._lengths:
                continue
            for length in self._lengths[head]:
                end = i + length
                if end > len(words):
                    continue
                name = self._strict.get(tuple(words[i:end]))
                name = name or self._folded.get(tuple(lower[i:end]))
                if name:
                    spans = spans or [hit.span() for hit in TOKEN.finditer(text)]
                    done = end
                    yield spans[i][0], spans[end - 1][1], name
                    break


def is_symbol(name: str) -> bool:
    """Whether case matters: short, or capitals or digits past the first letter."""
    if " " in name and not name.isupper():
        return False
    rest = name[1:]
    return len(name) < 4 or rest != rest.lower() or any(map(str.isdigit, rest))


def is_all_capitals(name: str) -> bool:
    """Whether a name is one word without lower case, as abbreviations are written.

    Narrower than `is_symbol`, which asks whether case matters: "IgA" and "p53" are
    symbols, yet the text around them takes them like any name.
    """
    return " " not in name and name.upper() == name


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
