"""Shares of seeds, by Shamir's scheme, and how one site seals them for another."""

from collections.abc import Collection, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from phantom.training.federated.secure.masks import agree

try:
    from Crypto.Protocol.SecretSharing import Shamir
except ImportError:
    raise ValueError(
        "Masked sums need PyCryptodome: pip install 'spacy-phantom[federated]'"
    ) from None


def split(seed: bytes, needed: int, sites: Collection[str]) -> dict[str, bytes]:
    """A share of 16 bytes for each site; `needed` of them give the seed."""
    parts = Shamir.split(needed, len(sites), seed)
    return {site: part for site, (_, part) in zip(sorted(sites), parts, strict=True)}


def combine(shares: Mapping[str, bytes], needed: int, sites: Collection[str]) -> bytes:
    """The seed. sites (Collection[str]): All that have a share. RAISES: ValueError."""
    if len(shares) < needed:
        raise ValueError(f"{len(shares)} shares of a seed, {needed} needed")
    places = {site: i for i, site in enumerate(sorted(sites), start=1)}
    some = sorted(shares.items())[:needed]
    return bytes(Shamir.combine([(places[site], part) for site, part in some]))


def seal(
    key: X25519PrivateKey,
    public: str,
    sender: str,
    receiver: str,
    context: bytes,
    plain: bytes,
) -> str:
    """Encrypt what only one other site may read.

    key (X25519PrivateKey): Of the sender, fresh, so that it seals once for each.
    public (str): The receiver's, in hex.
    RETURNS (str): Hex.
    """
    cipher = _cipher(key, public, sender, receiver, context)
    return cipher.encrypt(bytes(12), plain, context).hex()


def unseal(
    key: X25519PrivateKey,
    public: str,
    sender: str,
    receiver: str,
    context: bytes,
    sealed: str,
) -> bytes:
    """What `seal` made, by the receiver's key and the sender's public one.

    RAISES: ValueError if it was made for another or changed.
    """
    cipher = _cipher(key, public, sender, receiver, context)
    try:
        return cipher.decrypt(bytes(12), bytes.fromhex(sealed), context)
    except (InvalidTag, ValueError):
        raise ValueError(
            f"shares of {sender} for {receiver} cannot be opened: they were changed on "
            "the way, or sealed for another key"
        ) from None


def _cipher(
    key: X25519PrivateKey, public: str, sender: str, receiver: str, context: bytes
) -> ChaCha20Poly1305:
    """One key for each direction, which seals one message."""
    return ChaCha20Poly1305(agree(key, public, f"seal {sender} {receiver}", context))
