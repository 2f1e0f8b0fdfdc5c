"""Text that is no passage of the domain: debris, refusals, other languages."""

import runpy
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from phantom.checks.engine.base import Action, Finding, phantom_checks
from phantom.checks.engine.context import CheckContext
from phantom.checks.engine.corpus import Corpus
from phantom.checks.patterns import find_patterns


@phantom_checks.register("artefacts")
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
        check="artefacts",
        reason="reason",
        severity="error",
        action=action,
    )


@phantom_checks.register("unfinished")
def unfinished(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "review",
    endings: str = ".?!:\"')]”’",
    titles: list[str] | None = None,
    dangling: list[str] | None = None,
) -> Iterator[Finding]:
    """The passage breaks off.

    endings: Characters that may end a passage.
    titles: Values of any attribute whose passages need no ending, in lower case.
    dangling: Words that end no passage, title or not.
    """
    free = {value.lower() for value in titles or ("title", "headline")}
    bad = set(dangling or ("the", "a", "an", "of", "and", "or", "with", "by", "in"))
    for example in corpus:
        text = example.text.rstrip()
        last = text.rsplit(None, 1)[-1].lower().strip(",;") if text else ""
        values = {str(v).lower() for v in example.meta.get("attributes", {}).values()}
        open_end = text[-1:] not in endings and not values & free
        if not text or last in bad or (open_end and values):
            yield Finding(
                check="unfinished",
                ids=(example.id,),
                severity="warning",
                reason="breaks_off",
                detail=f"ends in {text[-40:]!r}",
                value=len(text),
                action=action,
            )


@phantom_checks.register("language")
def language(
    corpus: Corpus,
    context: CheckContext,
    *,
    action: Action = "reject",
    others: list[str] | None = None,
    min_words: int = 6,
) -> Iterator[Finding]:
    """The passage is in another language, by its function words and letters.

    others: Codes of languages to tell apart; spaCy's stop words are used.
    min_words: Shorter passages are passed over.
    """
    own = context.pack.domain.lang
    codes = others or ["de", "fr", "es", "it", "nl", "pt", "sv", "pl", "ro", "tr"]
    stops = {code: _stop_words(code) for code in dict.fromkeys([own, *codes])}
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
        best = max(counts, key=lambda code: counts[code])
        is_other = counts[best] >= max(3, home + 3)
        if is_other or foreign_letters >= 0.5:
            which = best if is_other else "another script"
            yield Finding(
                check="language",
                ids=(example.id,),
                severity="error",
                reason="other_language",
                detail=f"reads like {which}: {example.text[:60]!r}",
                value=round(max(counts[best] / len(words), foreign_letters), 3),
                action=action,
            )


@cache
def _stop_words(code: str) -> frozenset[str]:
    # The file alone: importing spacy.lang.fr compiles expressions for seconds.
    path = files("spacy.lang") / code / "stop_words.py"
    if not path.is_file():
        raise ValueError(
            f"checks.yml: checks.language: spaCy has no stop words for {code!r}; "
            "use another code or leave it out of `others`"
        )
    return frozenset(runpy.run_path(str(path))["STOP_WORDS"])
