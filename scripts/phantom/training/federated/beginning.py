"""Which kind of round a federation has."""

from pathlib import Path
from typing import TYPE_CHECKING

from phantom.training.federated.messages import Settings
from phantom.training.federated.open_round import OpenRound, Patience
from phantom.training.federated.store import Store

if TYPE_CHECKING:
    from phantom.training.federated.secure.collecting import SecureRound


def begin(
    store: Store,
    patience: Patience,
    settings: Settings,
    authority: Path | None,
    number: int,
) -> "OpenRound | SecureRound":
    """A round, with what the store has of it.

    authority (Optional[Path]): Certificate that sites' are signed by.
    RAISES: ValueError if sums are to be masked and there is none.
    """
    if not settings.secure:
        return OpenRound(number, store, patience)
    if authority is None:
        raise ValueError("a masked sum needs the certificate of the sites' authority")
    # What it imports comes with the extra.
    from phantom.training.federated.secure.collecting import SecureRound

    agreed = store.read_agreed()
    labels = agreed.labels.names() if agreed else ()
    return SecureRound(number, store, patience, settings, labels, authority)
