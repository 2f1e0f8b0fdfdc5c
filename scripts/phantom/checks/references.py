"""Style references: a document takes the form of one, and none of its words."""

from collections.abc import Iterator, Sequence

from phantom.checks.engine.base import Action, CheckSkipped, Finding, Measure
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.passages.words import normalize
from phantom.records import Example
from phantom.registry import phantom_registry


@phantom_registry.phantom_checks("reference_copied")
def reference_copied(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "reject",
    longest: int = 6,
) -> Iterator[Finding | Measure]:
    """A document shares a run of words with the text whose form it follows.

    longest (int): Words in a row that the two may share.
    """
    wanted = {e.id: e.meta["reference"] for e in corpus if e.meta.get("reference")}
    if not wanted:
        raise CheckSkipped("no document names a reference")
    texts = find_references(set(wanted.values()), context.real_examples)
    if not texts:
        raise CheckSkipped(
            "none of the texts that documents follow is in the real text "
            "(vars.real_text)"
        )
    compared = copied = 0
    for example in corpus:
        reference = texts.get(wanted.get(example.id, ""))
        if reference is None:
            continue
        compared += 1
        run = longest_shared_run(example.text, reference, longest + 1)
        if run:
            copied += 1
            yield Finding(
                ids=(example.id,),
                severity="error",
                reason="reference_copied",
                detail=f"shares {len(run.split())} words in a row with "
                f"{wanted[example.id]}: {run!r}",
                value=len(run.split()),
                action=action,
            )
    yield Measure(
        name="references_compared",
        value=compared / len(wanted),
        detail=f"{compared:,} of {len(wanted):,} documents were compared with the "
        f"text they follow; {copied:,} repeat more than {longest} words of it",
    )


def find_references(ids: set[str], examples: Sequence[Example]) -> dict[str, list[str]]:
    """Texts of the references, whole or sentence by sentence.

    examples (Sequence[Example]): Real text; an id of its own, or the reference's with
        "-" and a number behind it for one of its sentences.
    RETURNS (Dict[str, List[str]]): By the reference's id, in the order given.
    """
    texts: dict[str, list[str]] = {}
    for example in examples:
        stem = example.id if example.id in ids else example.id.rpartition("-")[0]
        if stem in ids:
            texts.setdefault(stem, []).append(example.text)
    return texts


def longest_shared_run(text: str, others: Sequence[str], least: int) -> str:
    """The longest run of words that a text shares with one of the others.

    Case, punctuation and figures' marks count for nothing.

    least (int): Shorter runs are none.
    RETURNS (str): The words, or "".
    """
    words = normalize(text).split()
    best: list[str] = []
    for other in others:
        theirs = normalize(other).split()
        # Lengths of the runs that end at each of their words, and at the word before.
        before = [0] * (len(theirs) + 1)
        for i, word in enumerate(words):
            row = [0] * (len(theirs) + 1)
            for j, their in enumerate(theirs):
                if word == their:
                    row[j + 1] = before[j] + 1
                    if row[j + 1] > len(best):
                        best = words[i + 1 - row[j + 1] : i + 1]
            before = row
    return " ".join(best) if len(best) >= least else ""
