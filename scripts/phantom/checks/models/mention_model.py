"""A quick classifier of spans on frozen features, for finding wrong labels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from phantom.checks.models.mention_features import describe
from phantom.features import Encoder
from phantom.passages.names import Matcher, surface_key, untagged
from phantom.passages.words import TOKEN
from phantom.records import Example

Spans = list[tuple[int, int]]
# Tokens in all passes of the model that says where to look, three passes at most: a
# larger corpus teaches it as much in fewer.
TOKENS_TAUGHT = 600_000
# Spans in all epochs of all rounds; with more of them, one round judges as well.
SPANS_TAUGHT = 250_000


@dataclass(frozen=True)
class Candidate:
    """A run of tokens that is a mention or might be one.

    passage, first, last (int): The passage; its tokens from first up to last.
    given (int): Its class as annotated, 0 for none.
    drawn (bool): Drawn at random to teach what is no mention; not judged.
    """

    passage: int
    first: int
    last: int
    given: int
    drawn: bool = False


@dataclass
class MentionScores:
    """Out-of-sample judgement of mentions and of what might be one.

    labels (List[str]): Class names; the first is "O", no entity.
    spans: Per passage, character offsets of its tokens.
    candidates (List[Candidate]): What was judged.
    given (ndarray): Class of each as annotated, shape (candidates,).
    probabilities (ndarray): shape (candidates, classes).
    margins (ndarray): See `cross_fit`, shape (candidates,).
    """

    labels: list[str]
    spans: list[Spans]
    candidates: list[Candidate]
    given: np.ndarray
    probabilities: np.ndarray
    margins: np.ndarray


def score_mentions(
    examples: Sequence[Example],
    labels: Sequence[str],
    encoder: Encoder,
    *,
    folds: int = 5,
    epochs: int = 4,
    rounds: int = 2,
    seed: int = 0,
    sentences: dict[str, np.ndarray] | None = None,
) -> MentionScores:
    """Cross-validate a small network on what is known of each span.

    Judged are all mentions, and untagged runs that a token model takes for one or
    that are a mention elsewhere in the corpus.

    labels (Sequence[str]): Entity labels of the domain.
    folds (int): Passages of a fold are judged by models that never saw them.
    epochs (int): Passes over the training folds.
    rounds (int): Times that the spans are judged, each with other folds; the mean
        counts. Fewer where spans are many.
    sentences (Optional[Dict[str, ndarray]]): Gets the vector of each text, which comes
        with those of its words.
    """
    from phantom.checks.models.quick_model import cross_fit

    names = ["O", *labels]
    index = {name: i for i, name in enumerate(names)}
    texts = [example.text for example in examples]
    spans = [[m.span() for m in TOKEN.finditer(text)] for text in texts]
    vectors = encoder.embed_words(texts, spans, sentences)
    given = [_classes(e, s, index) for e, s in zip(examples, spans, strict=True)]
    rng = np.random.default_rng(seed)
    fold = rng.permutation(len(examples)) % folds
    sizes = [len(s) for s in spans]
    tokens, _ = cross_fit(
        np.concatenate(vectors),
        np.concatenate(given),
        np.repeat(fold, sizes),
        len(names),
        epochs=max(1, min(3, TOKENS_TAUGHT // max(sum(sizes), 1))),
        seed=seed,
        margins=False,
    )
    guessed = np.split(tokens.argmax(1), np.cumsum(sizes)[:-1])
    surfaces = Matcher({surface_key(m.text) for e in examples for m in e.entities})
    candidates = [
        Candidate(i, *found)
        for i, example in enumerate(examples)
        for found in _runs(
            example, spans[i], given[i], guessed[i], index, surfaces, rng
        )
    ]
    target = np.array([c.given for c in candidates], dtype=np.int64)
    features = np.stack(
        [
            describe(texts[c.passage], spans[c.passage], vectors[c.passage], *place)
            for c in candidates
            for place in [(c.first, c.last)]
        ]
    )
    owner = np.array([c.passage for c in candidates])
    rounds = max(1, min(rounds, SPANS_TAUGHT // max(epochs * len(candidates), 1)))
    judged = [
        cross_fit(
            features,
            target,
            (rng.permutation(len(examples)) % folds)[owner],
            len(names),
            epochs=epochs,
            seed=seed + k,
        )
        for k in range(rounds)
    ]
    probabilities, margins = (
        np.mean(parts, axis=0) for parts in zip(*judged, strict=True)
    )
    return MentionScores(names, spans, candidates, target, probabilities, margins)


def _classes(example: Example, spans: Spans, index: dict[str, int]) -> np.ndarray:
    out = np.zeros(len(spans), dtype=np.int64)
    for entity in example.entities:
        for k in _covered(spans, entity.start, entity.end):
            out[k] = index.get(entity.label, 0)
    return out


def _covered(spans: Spans, start: int, end: int) -> list[int]:
    return [k for k, (a, b) in enumerate(spans) if a < end and start < b]


def _runs(
    example: Example,
    spans: Spans,
    given: np.ndarray,
    guessed: np.ndarray,
    index: dict[str, int],
    surfaces: Matcher,
    rng: np.random.Generator,
) -> Iterator[tuple[int, int, int, bool]]:
    """Candidates of a passage, each run once: first, last, given, drawn."""
    seen: set[tuple[int, int]] = set()
    for entity in example.entities:
        inside = _covered(spans, entity.start, entity.end)
        if inside and entity.label in index:
            seen.add((inside[0], inside[-1] + 1))
            yield inside[0], inside[-1] + 1, index[entity.label], False
    found = list(_guessed_runs(guessed, given == 0))
    for start, end, _ in untagged(example, surfaces):
        inside = _covered(spans, start, end)
        found.append((inside[0], inside[-1] + 1))
    for run in found:
        if run not in seen:
            seen.add(run)
            yield *run, 0, False
    for _ in range(2 * bool(spans)):
        first = int(rng.integers(len(spans)))
        last = first + int(rng.integers(1, 4))
        is_free = last <= len(spans) and not given[first:last].any()
        if is_free and (first, last) not in seen:
            seen.add((first, last))
            yield first, last, 0, True


def _guessed_runs(guessed: np.ndarray, free: np.ndarray) -> Iterator[tuple[int, int]]:
    """Runs of untagged tokens that are taken for the same label."""
    wanted = np.where(free, guessed, 0)
    edges = np.flatnonzero(np.diff(wanted, prepend=0, append=0))
    for first, last in zip(edges, edges[1:], strict=False):
        if wanted[first]:
            yield int(first), int(last)
