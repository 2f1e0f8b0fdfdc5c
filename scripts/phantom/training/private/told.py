"""What a private training says of itself, in its report and in the pipeline's meta."""

from typing import Any

from spacy.language import Language

from phantom.privacy.accountant import compare_with_opacus, compose
from phantom.privacy.ledger import Draw
from phantom.training.private.before import Before
from phantom.training.private.train import HeadSettings
from phantom.training.scoring import Scores


def tell(drawn: Draw, settings: HeadSettings, earlier: Before | None) -> dict[str, Any]:
    """What a training cost alone, by each accountant, and how it was done.

    It says nothing of the texts, not even how many there are.

    drawn (Draw): The line of the ledger that paid for it.
    earlier (Optional[Before]): What had been read without a draw.
    """
    mechanism, budget = drawn.mechanism, drawn.budget
    cost = compose([mechanism], budget.delta)
    opacus = compare_with_opacus([mechanism], budget.delta)
    return {
        "unit": budget.unit,
        "epsilon": cost.epsilon,
        "delta": budget.delta,
        "mechanism": mechanism.model_dump(),
        "accountants": {**cost._asdict(), "opacus": opacus._asdict()},
        "heads": settings.model_dump(),
        "read_before": earlier.words() if earlier else "",
        "draw": drawn.digest,
    }


def note(
    nlp: Language, told: dict[str, Any], scores: Scores, earlier: Before | None
) -> None:
    """Put it into the meta of a pipeline. told (Dict[str, Any]): As `tell` gives it."""
    nlp.meta |= {"private_training": told, "performance": scores.model_dump()}
    if earlier and earlier.pretrained_encoder:
        nlp.meta["pretrained_encoder"] = earlier.pretrained_encoder
