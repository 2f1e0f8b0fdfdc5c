"""Text that is no passage of the domain: debris, refusals, other languages."""

from collections.abc import Iterator, Sequence

from phantom.checks.engine.base import Action, Finding
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.checks.patterns import find_patterns
from phantom.packs.language import stop_words
from phantom.registry import phantom_registry


@phantom_registry.phantom_checks("artefacts")
def artefacts(
    corpus: Corpus, context: CheckContext, *, action: Action = "reject"
) -> Iterator[Finding]:
    """Markup, refusals, placeholders, broken characters.

    Patterns come from the table `artefacts` (reason, pattern).
    """
    yield from find_patterns(
        corpus,
        context.table("artefacts", ["reason", "pattern"]),
        lambda row, hit: f"{row['reason'].replace('_', ' ')}: {hit}",
        reason="reason",
        severity="error",
        action=action,
    )


@phantom_registry.phantom_checks("unfinished")
def unfinished(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "review",
    endings: str | None = None,
    titles: list[str] | None = None,
    dangling: list[str] | None = None,
) -> Iterator[Finding]:
    """Passages that break off.

    What is not set is taken from the data of the pack's language.

    endings (Optional[str]): Characters that may end a passage.
    titles (Optional[List[str]]): Values of any attribute whose passages need no ending,
        in lower case.
    dangling (Optional[List[str]]): Words that end no passage, title or not.
    """
    known = context.language
    ends = known.endings if endings is None else endings
    free = {value.lower() for value in titles or known.titles}
    bad = set(dangling or known.dangling)
    for example in corpus:
        text = example.text.rstrip()
        last = text.rsplit(None, 1)[-1].lower().strip(",;") if text else ""
        values = {str(v).lower() for v in example.meta.get("attributes", {}).values()}
        open_end = bool(ends) and text[-1:] not in ends and not values & free
        if not text or last in bad or (open_end and values):
            yield Finding(
                ids=(example.id,),
                severity="warning",
                reason="breaks_off",
                detail=f"ends in {text[-40:]!r}",
                value=len(text),
                action=action,
            )


@phantom_registry.phantom_checks("language")
def language(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "reject",
    others: Sequence[str] = (),
    min_words: int = 6,
) -> Iterator[Finding]:
    """Passages in another language, by function words and letters.

    others (Sequence[str]): Codes of languages to tell apart; spaCy's stop words are
        used.
    min_words (int): Shorter passages are passed over.
    """
    own = context.pack.domain.lang
    stops = {code: stop_words(code) for code in dict.fromkeys([own, *others])}
    for example, tokens in zip(corpus, corpus.tokens, strict=True):
        # Names keep their language's small words; they are seldom in lower case.
        words = [token for token in tokens if token.islower() and len(token) > 1]
        if len(words) < min_words:
            continue
        home = sum(word in stops[own] for word in words)
        foreign_letters = sum(not word.isascii() for word in words) / len(words)
        if home / len(words) >= 0.2 and foreign_letters < 0.3:
            continue
        counts = {c: sum(w in stops[c] for w in words) for c in stops if c != own}
        best = max(counts, key=lambda code: counts[code], default=own)
        most = counts.get(best, 0)
        is_other = most >= max(3, home + 3)
        if is_other or foreign_letters >= 0.5:
            which = best if is_other else "another script"
            yield Finding(
                ids=(example.id,),
                severity="error",
                reason="other_language",
                detail=f"reads like {which}: {example.text[:60]!r}",
                value=round(max(most / len(words), foreign_letters), 3),
                action=action,
            )
