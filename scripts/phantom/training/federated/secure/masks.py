"""Masks: streams of ChaCha20 from seeds, and keys that two sites agree upon."""

import secrets

import numpy
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_CHUNK = 2**20


def new_seed() -> bytes:
    """16 secret bytes, as long as what `Shamir` splits."""
    return secrets.token_bytes(16)


def derive(secret: bytes, purpose: str, context: bytes) -> bytes:
    """A key of 32 bytes by HKDF (RFC 5869)."""
    info = purpose.encode() + b"\n" + context
    return HKDF(hashes.SHA256(), 32, None, info).derive(secret)


def private_key(seed: bytes, context: bytes) -> X25519PrivateKey:
    """The X25519 key of a seed, so that shares of the seed are shares of the key."""
    return X25519PrivateKey.from_private_bytes(derive(seed, "X25519", context))


def public_hex(key: X25519PrivateKey) -> str:
    """The public key in hex."""
    return key.public_key().public_bytes_raw().hex()


def agree(key: X25519PrivateKey, other: str, purpose: str, context: bytes) -> bytes:
    """The key of 32 bytes that two sites share (RFC 7748).

    other (str): The other site's public key in hex.
    RAISES: ValueError if that is no key.
    """
    public = X25519PublicKey.from_public_bytes(bytes.fromhex(other))
    return derive(key.exchange(public), purpose, context)


def add_mask(vector: numpy.ndarray, key: bytes, sign: int) -> None:
    """Add a mask in place, modulo 2^64.

    vector (ndarray): Of uint64.
    key (bytes): 32, used for this vector alone.
    sign (int): 1, or -1 to take the mask off.
    """
    stream = Cipher(algorithms.ChaCha20(key, bytes(16)), mode=None).encryptor()
    zeros = bytes(8 * min(_CHUNK, len(vector)))
    for start in range(0, len(vector), _CHUNK):
        part = vector[start : start + _CHUNK]
        mask = numpy.frombuffer(stream.update(zeros[: 8 * len(part)]), "<u8")
        if sign > 0:
            part += mask
        else:
            part -= mask


def add_own(vector: numpy.ndarray, seed: bytes, context: bytes, sign: int) -> None:
    """Add a site's own mask, or take it off (`sign` -1)."""
    add_mask(vector, derive(seed, "own mask", context), sign)


def add_pair(
    vector: numpy.ndarray,
    key: X25519PrivateKey,
    site: str,
    other: str,
    public: str,
    context: bytes,
    sign: int = 1,
) -> None:
    """Add the mask that two sites share: what one adds, the other takes off.

    key (X25519PrivateKey): Of `site`. public (str): Of `other`, in hex.
    sign (int): 1 for what `site` adds, -1 to take that off.
    """
    first, second = sorted((site, other))
    mask = agree(key, public, f"pair {first} {second}", context)
    add_mask(vector, mask, sign if site == first else -sign)
