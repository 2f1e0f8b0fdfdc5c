"""Who a site is to the others: the certificate of its kit, and signatures by it."""

from datetime import UTC, datetime
from pathlib import Path

from phantom.training.federated.kits import MISSING

try:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
except ImportError:
    raise ValueError(MISSING) from None

_PADDING = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)


class Authority:
    """The authority of a federation, by which others' signatures are checked.

    path (Path): Its certificate, "rootCA.pem" of any kit.
    coordinator (str): The coordinator's host, whose certificate is no site's.
    """

    def __init__(self, path: Path, coordinator: str = "") -> None:
        self.path, self.coordinator = path, coordinator
        self.certificate = x509.load_pem_x509_certificate(path.read_bytes())

    def check(self, site: str, certificate: str, signature: str, data: bytes) -> None:
        """See that a site signed something.

        certificate (str): PEM. signature (str): Hex.
        RAISES: ValueError if the certificate is not this authority's, is another
            site's, is not valid now, or if its key did not sign `data`.
        """
        try:
            found = x509.load_pem_x509_certificate(certificate.encode())
            found.verify_directly_issued_by(self.certificate)
        except (ValueError, TypeError, InvalidSignature):
            raise ValueError(
                f"{site}: its certificate is not by the authority of {self.path}"
            ) from None
        names = found.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        bears = ", ".join(str(x.value) for x in names)
        if bears != site or site == self.coordinator:
            raise ValueError(
                f"{site}: its certificate is that of {bears}, no such site"
            )
        if (
            not found.not_valid_before_utc
            <= datetime.now(UTC)
            <= (found.not_valid_after_utc)
        ):
            raise ValueError(f"{site}: its certificate is not valid at this time")
        key = found.public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            raise ValueError(
                f"{site}: its certificate's key is not RSA, as FLARE's are"
            )
        try:
            key.verify(bytes.fromhex(signature), data, _PADDING, hashes.SHA256())
        except (InvalidSignature, ValueError):
            raise ValueError(
                f"{site}: keys or signature are not its own; they were changed on the "
                "way, or somebody else passes for it"
            ) from None


class Identity:
    """A site with its kit.

    kit (Path): Its folder, see `make_kits`.
    coordinator (str): The host by which it reaches the coordinator.
    RAISES: ValueError if the kit is not that of this site.
    """

    def __init__(self, kit: Path, site: str, coordinator: str = "") -> None:
        self.site = site
        self.authority = Authority(kit / "rootCA.pem", coordinator)
        self.certificate = (kit / "client.crt").read_text(encoding="ascii")
        key = load_pem_private_key((kit / "client.key").read_bytes(), None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError(f"{kit / 'client.key'}: not RSA, as FLARE's keys are")
        self._key = key
        self.authority.check(site, self.certificate, self.sign(b"self"), b"self")

    def sign(self, data: bytes) -> str:
        """Signature in hex."""
        return self._key.sign(data, _PADDING, hashes.SHA256()).hex()


def fingerprint(certificate: str) -> str:
    """Start of a certificate's SHA-256, for people to compare."""
    found = x509.load_pem_x509_certificate(certificate.encode())
    return found.fingerprint(hashes.SHA256()).hex()[:16]
