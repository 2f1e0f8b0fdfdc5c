"""Personal data: our own patterns, and Presidio without model or network."""

import re
import socket
import sys
from pathlib import Path

import pytest
from tests.builders import example
from tests.builders.packs import config_of, findings, make_context

from phantom.checks.engine.run import run_checks
from phantom.checks.pii import VALIDATORS, iban, luhn, recognizers


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any look at the network is an error, and so is loading a pipeline."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("asked for the network or for a model")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr("spacy.load", refuse)


@pytest.mark.parametrize(
    ("text", "reason", "shown"),
    [
        ("Write to jane.roe@clinic.org today.", "email_address", "ja"),
        ("Call (212) 664-7665 after noon.", "phone_number", "(2"),
        ("Call +44 20 7946 0958 today.", "phone_number", "+4"),
        ("NHS number 123 456 7881 was given.", "uk_nhs", "12"),
        ("DEA number AB1234563 signed it.", "medical_license", "AB"),
        ("Card 4111 1111 1111 1111 was used.", "credit_card", "41"),
        ("Paid to GB82 WEST 1234 5698 7654 32 then.", "iban_code", "GB"),
        ("Sent from 10.1.1.8 at noon.", "ip_address", "10"),
        ("Cholinesterase (EC 3.1.1.8) and EC no. 1.1.1.27 were low.", None, ""),
        ("A salt of tricyclo[3.3.1.1(3,7)]dec-2-yl was given.", None, ""),
        ("Carriers of rs2252586 and rs1130183 were few.", None, ""),
        ("EC numbers 1.1.1.27, 1.1.1.28 and 2.7.3.2; EC-3.1.1.7.", None, ""),
        ("Enzymes of EC 3.1.1.8 were sent from 10.1.1.8.", "ip_address", "10"),
        ("NHS number 123 456 7882 was given.", None, ""),
        ("Write to jane.roe@clinic.notadomain today.", None, ""),
        ("A dose of 4111 units at 10.1 mg (p = 0.003; 95% CI 1.2-3.4).", None, ""),
        ("Fraction 0.7712345678912 of run 404551441 in 2.5 ml.", None, ""),
        ("In 1985-2015, 12 345 women took 2 x 10 mg (n = 1,204; 3,310).", None, ""),
    ],
)
def test_presidio(
    tmp_path: Path, offline: None, text: str, reason: str | None, shown: str
) -> None:
    pytest.importorskip("presidio_analyzer", reason="Presidio is the extra 'pii'")
    found = findings("pii_presidio", [example(text, id="a")], make_context(tmp_path))
    assert {f.reason for f in found} == ({reason} if reason else set())
    for finding in found:
        # The report must not spread what it warns of.
        assert f": {shown}*" in finding.detail
        assert finding.severity == "block" and finding.action == "reject"


def test_without_presidio_the_check_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "presidio_analyzer", None)
    context = make_context(tmp_path)
    result = run_checks(
        [example("Quiet.", id="a")], context, config_of(context, "pii_presidio")
    )
    assert "spacy-phantom[pii]" in result.skipped["pii_presidio"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Write to jane.roe@clinic.org today.", "email"),
        ("Call +44 20 7946 0958 today.", "phone"),
        ("MRN: 0048213 was closed.", "record_number"),
        ("Number 123\u201145\u20116789 was hers.", "social_security"),
        ("Born on 3 March 1961 in Ulm.", "date_of_birth"),
        ("Paid to GB82 WEST 1234 5698 7654 32 then.", "iban"),
        ("Card 4111 1111 1111 1111 was used.", "card_number"),
        ("A dose of 4111 units at 10.1 mg (p = 0.003; 95% CI 1.2-3.4).", None),
        ("Card 4111 1111 1111 1112 was used.", None),
        ("Sent from 10.1.1.8 at noon, in 2011.", "ip_address"),
        ("In 2011 cholinesterase (EC 3.1.1.8; EC no. 3.1.1.7) was low.", None),
        ("In 2011 a tricyclo[3.3.1.1(3,7)]dec-2-yl salt was given.", None),
        ("In NCT01234567, 1985-2015, 12 345 women took 2 x 10 mg.", None),
    ],
)
def test_pii(tmp_path: Path, text: str, reason: str | None) -> None:
    found = findings("pii", [example(text, id="a")], make_context(tmp_path))
    assert [f.reason for f in found] == ([reason] if reason else [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("in 2011 EC 3.1.1.8, E.C. 1.1.1.27 and 2.7.3.2 fell", []),
        ("in 2011 fielen EC-Nr. 3.1.1.8 und EC-Nummer 4.2.1.1", []),
        ("Tricyclo[3.3.1.1]decane of 2011", []),
        # No class of enzymes begins with these, and no list goes on so.
        ("EC 10.1.1.8 and EC 3.1.1.8, 192.168.1.1", ["10.1.1.8", "192.168.1.1"]),
        ("EC 3.1.1.8 was told to 5.6.7.8", ["5.6.7.8"]),
        ("TEC 3.1.1.8 and [3.3.1.1]", ["3.1.1.8", "3.3.1.1"]),
    ],
)
def test_what_is_an_address_is_one_for_our_pattern_and_for_presidio(
    tmp_path: Path, offline: None, text: str, found: list[str]
) -> None:
    (row,) = [
        row
        for row in make_context(tmp_path).table("pii", ["name", "validator", "pattern"])
        if row["name"] == "ip_address"
    ]
    valid, pattern = VALIDATORS[row["validator"]], re.compile(row["pattern"])
    assert [x.group() for x in pattern.finditer(text) if valid(x)] == found
    pytest.importorskip("presidio_analyzer", reason="Presidio is the extra 'pii'")
    hits = recognizers()["IP_ADDRESS"].analyze(text, ["IP_ADDRESS"], None)
    assert sorted(text[hit.start : hit.end] for hit in hits) == sorted(found)


def test_check_digits() -> None:
    assert luhn("4111111111111111") and not luhn("4111111111111112")
    assert iban("DE89370400440532013000") and not iban("DE88370400440532013000")
