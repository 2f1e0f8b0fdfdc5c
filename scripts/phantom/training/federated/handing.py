"""What a site does in a round, and how its update gets to the coordinator."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy
from spacy.language import Language

from phantom.corpora.origins import OriginCounts
from phantom.training.federated.link import Link
from phantom.training.federated.local import train_round
from phantom.training.federated.messages import (
    Answer,
    Arrays,
    Labels,
    Settings,
    Update,
)
from phantom.training.federated.model import output_rows

Tell = Callable[[str], None]
POLL = 0.5


@dataclass(frozen=True)
class Masking:
    """What a site needs for masked sums, and what it asks of them.

    kit (Path): Its folder, see `make_kits`.
    host (str): By which it reaches the coordinator.
    least (int): Fewest sites in a sum; 0 for as many as the coordinator says, and for
        updates without masks if it says so.
    """

    kit: Path
    host: str
    least: int = 0


@dataclass(frozen=True)
class Work:
    """What a site does in a round.

    labels (Labels): That its text marks. agreed (Labels): Of all sites.
    counts (OriginCounts): Of its examples.
    layout (str): Digest of the model.
    """

    nlp: Language
    labels: Labels
    counts: OriginCounts
    agreed: Labels
    settings: Settings
    site: str
    layout: str
    folder: Path

    def do(self, number: int, start: Arrays) -> Arrays:
        """Train. RETURNS (Arrays): By what weights changed."""
        how = self.labels, self.settings, self.site
        return train_round(self.nlp, *how, number, start, self.folder)


# From a round's number and its weights to what the coordinator says of the update.
HandIn = Callable[[int, Arrays], Answer]


def choose(work: Work, link: Link, masking: Masking | None, tell: Tell) -> HandIn:
    """How updates are handed in, as coordinator and site want it.

    RAISES: ValueError if they disagree.
    """
    if not work.settings.secure:
        if masking is not None and masking.least:
            raise ValueError(
                "the coordinator would see this site's update alone: it was started "
                "without masked sums, and this site with them"
            )
        return lambda number, start: _plainly(work, link, number, start)
    if masking is None:
        raise ValueError("a masked sum needs the site's certificate and key")
    return _masked(work, link, masking, tell)


def _plainly(work: Work, link: Link, number: int, start: Arrays) -> Answer:
    change = work.do(number, start)
    origins = OriginCounts() if work.settings.clip else work.counts
    update = Update(round=number, layout=work.layout, origins=origins)
    while (told := link.ask("update", update, change)[0]).what == "wait":
        time.sleep(POLL)
    return told


def _masked(work: Work, link: Link, masking: Masking, tell: Tell) -> HandIn:
    # What these import comes with the extra.
    from phantom.training.federated.secure.fixed import encode
    from phantom.training.federated.secure.hand import Hand
    from phantom.training.federated.secure.identity import Identity

    identity = Identity(masking.kit, work.site, masking.host)
    how = work.settings, work.layout, masking.least, work.labels.names()
    hand = Hand(link, identity, work.folder.parent, *how, tell)
    labels, rows = sorted(work.agreed.names()), output_rows(work.nlp)

    def hand_in(number: int, start: Arrays) -> Answer:
        def make() -> numpy.ndarray:
            change, own = work.do(number, start), work.labels.names()
            return encode(change, own, labels, rows, work.counts, work.settings)

        return hand.hand_in(number, start, make)

    return hand_in
