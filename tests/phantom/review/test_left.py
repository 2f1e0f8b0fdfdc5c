"""What people left as it was, for whoever wants to be compared with them."""

from pathlib import Path

from tests.builders import example
from tests.builders.reviews import decide

from phantom.review.decisions import DecisionLog
from phantom.review.left import left_as_they_were
from phantom.review.records import Annotation


def test_edits_and_rejections_are_told_from_what_was_left(tmp_path: Path) -> None:
    texts = ("kept", "edited", "rejected", "skipped", "changed", "disputed", "unseen")
    passages = [
        example(f"<DISEASE id=1>Gout</DISEASE> was {name}.", id=name) for name in texts
    ]
    log = DecisionLog(tmp_path / "reviews.jsonl")
    for number, passage in enumerate(passages[:-1]):
        before = Annotation.of(passage)
        shown = {"before": before, "text": passage.text}
        if passage.id in ("edited", "disputed"):
            shown["after"] = Annotation()
        elif passage.id in ("rejected", "skipped"):
            shown["verdict"] = passage.id.removesuffix("ed").replace("skipp", "skip")
        elif passage.id == "changed":
            shown["text"] = "another"
        log.append(decide(passage.id, "ann", number, **shown))
    other = {"before": Annotation.of(passages[5]), "text": passages[5].text}
    log.append(decide("disputed", "bob", 99, **other))
    found = left_as_they_were(log, passages)
    assert found == {"kept": True, "edited": False, "rejected": False}
