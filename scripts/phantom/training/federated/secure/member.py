"""A site in one try at a masked sum: what it sends, and what it refuses to."""

from collections.abc import Collection, Mapping

import numpy

from phantom.training.federated.secure import masks, shares
from phantom.training.federated.secure.identity import Identity
from phantom.training.federated.secure.rules import (
    LEAST,
    check_labels,
    digest_of,
    signed_keys,
    threshold,
)
from phantom.training.federated.secure.said import Keys

_SEED = 16


class Member:
    """Keys and masks of one site, made anew for each try and kept in memory alone.

    Methods are called in their order, each once.

    context (bytes): See `context_of`.
    vector (ndarray): Of uint64: the update, see `encode`.
    least (int): Fewest sites in a sum that it has a part in.
    labels (Collection[str]): That the update changes the outputs of.
    made (int): See `Keys`.
    """

    def __init__(
        self,
        identity: Identity,
        context: bytes,
        vector: numpy.ndarray,
        least: int,
        labels: Collection[str] = (),
        made: int = 0,
    ) -> None:
        self.identity, self.site = identity, identity.site
        self.context, self.vector = context, vector
        self.least = max(LEAST, least)
        self.labels, self.made = tuple(sorted(labels)), made
        self._own, self._pairs = masks.new_seed(), masks.new_seed()
        self._masks = masks.private_key(self._pairs, context)
        self._seals = masks.private_key(masks.new_seed(), context)
        self.roster: dict[str, Keys] = {}
        self.needed = 0
        # By site: shares of its own mask's seed, and of that of its masks in pairs.
        self.held: dict[str, tuple[bytes, bytes]] = {}
        self.survivors: frozenset[str] = frozenset()
        self.dropped: frozenset[str] = frozenset()

    def keys(self) -> Keys:
        """Its public keys, signed."""
        keys = Keys(
            masks=masks.public_hex(self._masks),
            seals=masks.public_hex(self._seals),
            labels=self.labels,
            made=self.made,
            certificate=self.identity.certificate,
        )
        data = signed_keys(self.context, self.site, keys)
        return keys.model_copy(update={"signature": self.identity.sign(data)})

    def share(self, roster: Mapping[str, Keys]) -> dict[str, str]:
        """Shares of its seeds for each other site, sealed.

        roster (Mapping[str, Keys]): Of all that take part, itself among them.
        RAISES: ValueError if there are too few, or if keys are not of whom they should
            be: the coordinator may have put itself between. Or if too few mark a label.
        """
        self._be_enough(roster, "take part", self.least)
        own = roster.get(self.site)
        if own is None or (own.masks, own.seals) != (
            masks.public_hex(self._masks),
            masks.public_hex(self._seals),
        ):
            raise ValueError(f"{self.site}: keys other than this site's in its name")
        for site, keys in roster.items():
            data = signed_keys(self.context, site, keys)
            check = self.identity.authority.check
            check(site, keys.certificate, keys.signature, data)
        self.roster, self.needed = dict(sorted(roster.items())), threshold(len(roster))
        self._be_marked(roster)
        both = [shares.split(x, self.needed, roster) for x in (self._own, self._pairs)]
        self.held[self.site] = both[0][self.site], both[1][self.site]
        return {
            site: shares.seal(
                *(self._seals, keys.seals, self.site, site, self.context),
                both[0][site] + both[1][site],
            )
            for site, keys in self.roster.items()
            if site != self.site
        }

    def mask(self, sealed: Mapping[str, str]) -> numpy.ndarray:
        """The update with all masks on.

        sealed (Mapping[str, str]): Shares by the sites that sent them.
        RAISES: ValueError if they are too few, or were changed.
        """
        self._be_enough({*sealed, self.site}, "shared seeds", self._most)
        if not sealed.keys() <= self.roster.keys() - {self.site}:
            raise ValueError("shares of sites that have no part in this sum")
        masked = self.vector.copy()
        masks.add_own(masked, self._own, self.context, 1)
        for site, text in sorted(sealed.items()):
            keys = self.roster[site]
            way = (self._seals, keys.seals, site, self.site, self.context)
            plain = shares.unseal(*way, text)
            if len(plain) != 2 * _SEED:
                raise ValueError(f"shares of {site}: {len(plain)} bytes, 32 expected")
            self.held[site] = plain[:_SEED], plain[_SEED:]
            pair = (self._masks, self.site, site, keys.masks, self.context)
            masks.add_pair(masked, *pair)
        return masked

    def sign(self, survivors: Collection[str], dropped: Collection[str]) -> str:
        """Its signature under who is in the sum and who is not.

        RAISES: ValueError if that would lay an update open, or if it was asked before
            and otherwise. Or if too few of those in the sum mark a label.
        """
        both = sorted({*survivors} & {*dropped})
        if both:
            raise ValueError(
                f"the coordinator asks for both kinds of shares of {both[0]}, by which "
                "its update could be read: this site shows neither"
            )
        if self.survivors and self.survivors != {*survivors}:
            raise ValueError(
                "the coordinator asks for a second sum of the same updates"
            )
        self._be_enough(survivors, "are in the sum", self._most)
        if {*survivors, *dropped} != self.held.keys() or self.site not in survivors:
            raise ValueError(
                "the sites whose shares the coordinator asks for are not those that "
                "this site has shares of, or it is not among them itself"
            )
        self._be_marked(survivors)
        self.survivors, self.dropped = frozenset(survivors), frozenset(dropped)
        return self.identity.sign(self._digest())

    def show(self, signatures: Mapping[str, str]) -> tuple[dict[str, str], ...]:
        """A share by site: of its own mask if it is in the sum, else of the pairs.

        signatures (Mapping[str, str]): Of sites in the sum, by site.
        RETURNS (Tuple[Dict[str, str], Dict[str, str]]): Both kinds, hex, by site.
        RAISES: ValueError if too few signed the same.
        """
        if not self.survivors or not signatures.keys() <= self.survivors:
            raise ValueError("signatures of sites that are not in the sum")
        self._be_enough(signatures, "signed who is in the sum", self.needed)
        for site, signature in signatures.items():
            certificate = self.roster[site].certificate
            check = self.identity.authority.check
            check(site, certificate, signature, self._digest())
        own = {site: self.held[site][0].hex() for site in sorted(self.survivors)}
        pairs = {site: self.held[site][1].hex() for site in sorted(self.dropped)}
        return own, pairs

    def _digest(self) -> bytes:
        return digest_of(self.context, self.roster, self.held, self.survivors)

    def _be_marked(self, sites: Collection[str]) -> None:
        check_labels((self.roster[site].labels for site in sites), self.least)

    @property
    def _most(self) -> int:
        return max(self.least, self.needed)

    def _be_enough(self, sites: Collection[str], what: str, least: int) -> None:
        if len(sites) < least:
            raise ValueError(
                f"{len(sites)} sites {what}, {least} needed; a sum of fewer says too "
                "much of each"
            )
