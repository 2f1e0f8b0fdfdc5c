"""Word lists of patterns, looked for in the whole corpus."""

import re
from collections.abc import Callable, Iterator, Sequence

from phantom.checks.engine.base import Action, Finding, Severity
from phantom.checks.engine.corpus import Corpus


def find_patterns(
    corpus: Corpus,
    rows: Sequence[dict[str, str]],
    says: Callable[[dict[str, str], str], str],
    *,
    reason: str,
    severity: Severity,
    action: Action,
    flags: int = 0,
) -> Iterator[Finding]:
    """A finding for each pattern that a passage holds, once per passage.

    rows (Sequence[Dict[str, str]]): Of a table, with the column `pattern`.
    says (Callable[[Dict[str, str], str], str]): The finding's detail, from the row and
        the words that it matched.
    reason (str): The column that gives the finding's reason.
    flags (int): Of the module re.
    """
    patterns = [(row, re.compile(row["pattern"], flags)) for row in rows]
    quick = re.compile("|".join(f"(?:{row['pattern']})" for row in rows), flags)
    for example in corpus:
        if not quick.search(example.text):
            continue
        for row, pattern in patterns:
            hits = [match.group() for match in pattern.finditer(example.text)]
            if hits:
                yield Finding(
                    ids=(example.id,),
                    severity=severity,
                    reason=row[reason],
                    detail=says(row, repr(hits[0][:80])),
                    value=len(hits),
                    action=action,
                )
