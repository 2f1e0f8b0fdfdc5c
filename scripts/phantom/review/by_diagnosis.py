"""The examples behind each weakness of a diagnosis, as `review` reads findings."""

from collections import Counter
from collections.abc import Iterable

from phantom.checks.engine.base import Finding
from phantom.evaluation.diagnosis.records import Diagnosis
from phantom.records import Example


def list_by_weakness(
    diagnosis: Diagnosis, examples: Iterable[Example]
) -> list[Finding]:
    """One finding per weakness and example, the worst weakness first.

    examples (Iterable[Example]): Those diagnosed; a window of a document stands for
        the document.
    """
    whole = {x.id: (x.derived_from or (x.id,))[0] for x in examples}
    errors: Counter[tuple[str, str]] = Counter()
    for weakness in diagnosis.weaknesses:
        for i in weakness.mistakes:
            text = diagnosis.texts[diagnosis.mistakes[i].example]
            errors[weakness.name, whole[text.id]] += 1
    return [
        Finding(
            check="diagnosis",
            ids=(example,),
            severity="warning",
            reason=weakness,
            detail=f"{weakness} ({count} errors)",
        )
        for (weakness, example), count in errors.items()
    ]
