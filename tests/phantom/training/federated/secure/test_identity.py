"""Keys are those of the sites that they are of, and nobody passes for another."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from tests.builders.masking import CONTEXT, HOST, Circle, random_vectors

from phantom.training.federated.kits import make_kits
from phantom.training.federated.secure.identity import Identity, fingerprint
from phantom.training.federated.secure.member import Member
from phantom.training.federated.secure.rules import signed_keys
from phantom.training.federated.secure.said import Keys


def forge(known: Identity, name: str) -> tuple[Keys, Member]:
    """Keys in the name of a site, by whoever is `known`."""
    member = Member(known, CONTEXT, numpy.zeros(3, dtype="uint64"), 3)
    keys = member.keys()
    signature = known.sign(signed_keys(CONTEXT, name, keys))
    return keys.model_copy(update={"signature": signature}), member


def test_keys_that_are_not_of_the_site_are_refused(
    known: dict[str, Identity], folder: Path, tmp_path: Path
) -> None:
    circle = Circle(known, random_vectors())
    roster = {name: member.keys() for name, member in circle.members.items()}
    make_kits(tmp_path, HOST, ["s1"])
    stranger = Identity(tmp_path / "s1", "s1")
    # Another authority's certificate; another site's; the true one, and other keys.
    by_stranger, by_site = forge(stranger, "s1")[0], forge(known["s2"], "s1")[0]
    swapped = by_site.model_copy(update={"certificate": known["s1"].certificate})
    for keys, why in (
        (by_stranger, "s1: its certificate is not by the authority"),
        (by_site, "s1: its certificate is that of s2"),
        (swapped, "s1: keys or signature are not its own"),
        (roster["s1"].model_copy(update={"masks": by_site.masks}), "not its own"),
        (by_site.model_copy(update={"certificate": "none"}), "not by the authority"),
    ):
        with pytest.raises(ValueError, match=why):
            circle.members["s0"].share({**roster, "s1": keys})
    # Those of another round.
    late = Member(known["s1"], b"another round", circle.vectors["s1"], 3).keys()
    with pytest.raises(ValueError, match="not its own"):
        circle.members["s0"].share({**roster, "s1": late})
    with pytest.raises(ValueError, match="keys other than this site's"):
        circle.members["s0"].share({**roster, "s0": late})


def test_the_coordinator_passes_for_no_site(
    known: dict[str, Identity], folder: Path, tmp_path: Path
) -> None:
    # Its certificate is by the same authority, and bears its host as a name.
    kit = tmp_path / "its-own"
    kit.mkdir()
    for old, new in (
        ("rootCA.pem", "rootCA.pem"),
        ("server.crt", "client.crt"),
        ("server.key", "client.key"),
    ):
        (kit / new).write_bytes((folder / "coordinator" / old).read_bytes())
    posing = Identity(kit, HOST)
    circle = Circle(known, random_vectors())
    roster = {name: member.keys() for name, member in circle.members.items()}
    with pytest.raises(ValueError, match="that of localhost, no such site"):
        circle.members["s0"].share({**roster, HOST: forge(posing, HOST)[0]})
    with pytest.raises(ValueError, match="its certificate is that of s2"):
        Identity(folder / "s2", "s1")


def test_a_certificate_that_is_over_is_refused(
    known: dict[str, Identity], folder: Path
) -> None:
    old = x509.load_pem_x509_certificate(known["s1"].certificate.encode())
    state = json.loads((folder / "authority" / "cert.json").read_text())
    key = load_pem_private_key(state["root_pri_key"].encode(), None)
    now = datetime.now(UTC)
    over = (
        x509.CertificateBuilder()
        .subject_name(old.subject)
        .issuer_name(old.issuer)
        .public_key(old.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now - timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    text = over.public_bytes(Encoding.PEM).decode()
    signature = known["s1"].sign(b"data")
    authority = known["s0"].authority
    authority.check("s1", known["s1"].certificate, signature, b"data")
    with pytest.raises(ValueError, match="s1: its certificate is not valid at this"):
        authority.check("s1", text, signature, b"data")


def test_fingerprints_are_those_that_openssl_prints(known: dict[str, Identity]) -> None:
    text = known["s0"].certificate
    body = "".join(text.split("-----")[2].split())
    digest = hashlib.sha256(base64.b64decode(body)).hexdigest()
    assert fingerprint(text) == digest[:16]
