"""What sites and the coordinator say to each other while a masked sum is made."""

from typing import Literal

from pydantic import Field

from phantom.records import Record

Stage = Literal["keys", "shares", "masked", "signed", "shown"]
STAGES: tuple[Stage, ...] = ("keys", "shares", "masked", "signed", "shown")
MASKED: Stage = "masked"


class Keys(Record):
    """Public keys of a site, made for one sum and never used again.

    masks, seals (str): X25519, in hex: what masks are agreed upon by, and what shares
        are sealed by.
    labels (Tuple[str, ...]): That its update changes the outputs of, sorted.
    made (int): Which keys of the site they are, counted over tries and rounds.
    certificate (str): Of the site, in PEM.
    signature (str): By the certificate's key, in hex.
    """

    masks: str
    seals: str
    labels: tuple[str, ...] = ()
    made: int = Field(default=0, ge=0)
    certificate: str
    signature: str = ""


class Part(Record):
    """A site's part of a stage; the masked update comes beside it as an array.

    round (int): Counted from 0. layout (str): Digest of the model.
    key (str): The site's `masks`, which tells one try from another.
    asks (bool): It only asks whether the stage is over.
    sits_out (str): Why it has no part in this round; "" if it has.
    sealed (Dict[str, str]): By the site that can open it.
    signature (str): Of who is in the sum, see `digest_of`.
    own, pairs (Dict[str, str]): Shares of seeds, in hex, by the site that made them: of
        its own mask if it is in the sum, of the masks in pairs if not.
    """

    round: int = Field(ge=0)
    layout: str
    stage: Stage
    key: str = ""
    asks: bool = False
    sits_out: str = ""
    keys: Keys | None = None
    sealed: dict[str, str] = {}
    signature: str = ""
    own: dict[str, str] = {}
    pairs: dict[str, str] = {}


class Told(Record):
    """What a stage came to, as far as it concerns a site.

    roster (Dict[str, Keys]): After "keys", of all who take part.
    sealed (Dict[str, str]): After "shares", those for this site, by sender.
    survivors, dropped (Tuple[str, ...]): After "masked": whose own mask is to come off,
        and whose masks in pairs.
    signatures (Dict[str, str]): After "signed", by site.
    """

    roster: dict[str, Keys] = {}
    sealed: dict[str, str] = {}
    survivors: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    signatures: dict[str, str] = {}
