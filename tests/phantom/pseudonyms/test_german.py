"""German identifiers: dates, names, addresses, and languages without data."""

import shutil
from pathlib import Path

import pytest
from tests.builders import MEDICINE, example

from phantom.packs.pack import load_pack
from phantom.passages.names import Matcher
from phantom.pseudonyms import Finder, make_finder, make_surrogates, pseudonymise
from phantom.pseudonyms.dates import Dates
from phantom.pseudonyms.unusual import Ordinary
from phantom.pseudonyms.written import DATA, load_written

PACK = load_pack(MEDICINE.parent / "medicine_de")
WRITTEN = load_written(PACK)
DATES = Dates("de", WRITTEN.dates, WRITTEN.ordinals, WRITTEN.months)
SURROGATES = make_surrogates(PACK, b"k" * 32)
FINDER = Finder(
    [],
    ["Anna", "Hans", "Jürgen"],
    DATES,
    WRITTEN,
    WRITTEN.ages,
    Matcher(["Kopfschmerzen", "Morbus Crohn"]),
)


# What is found of which category in a text; - for nothing.
HITS = """
name: Jung | Herr Jung klagt
name: Öztürk | dass Frau Öztürk Kopfschmerzen hatte
name: Vumpisch | Bei Frau Vumpisch Verdacht auf COPD
name: Vumpisch | Frau Vumpischs Mutter rief an
name: Hans-Jürgen Vumpisch | Prof. Dr. med. Hans-Jürgen Vumpisch
name: von der Heide | Dr. von der Heide sah ihn
name: Zorbina Quill-Vumpisch | Frau Zorbina Quill-Vumpisch kam
name: Vumpisch, Anna | Name: Vumpisch, Anna
name: A. Vumpisch | Herrn Kollegen Dr. A. Vumpisch, Sehr geehrter Herr Kollege
name: Vumpisch | Frau OÄ Prof. Dr. Vumpisch
name: Anna | die Tochter Anna
name: A. Vumpisch | gez. A. Vumpisch
name: Vumpisch | Herr Vumpisch hat Morbus Crohn
- | Frau Patientin, die Mutter Übelkeit; Patientin: QRS 148 ms
place: Musterstraße 12; place: 80331 München | Musterstraße 12, 80331 München
place: Am Alten Markt 5a | Am Alten Markt 5a
place: Bad Homburg vor der Höhe | wohnhaft in Bad Homburg vor der Höhe
place: Kehl; date: 3. April 2024 | Kehl, den 3. April 2024
place: Bad Kehl | lebt mit seiner Frau in Bad Kehl
date: am 3.4.; place: Kehl | geboren am 3.4. in Kehl
place: Pflegeheim Haus Abendruh | im Pflegeheim Haus Abendruh
place: Klinikum Dorfenberg | im Klinikum Dorfenberg
place: Lange Straße 3 | Lange Straße 3
- | 12500 Patienten, 15000 Einheiten, Atemweg 2 cm, Monitoring 24 h
phone: 0381/494-0815; fax: 030 1234567 | Tel.: 0381/494-0815, Fax 030 1234567
health_plan: A123456789 | Versichertennummer A123456789
record_number: 4711234 | Fallnr. 4711234
date: 101 | Ein 89-Jähriger, 101 J. alt
- | HLA-B 27, IL-6 12 pg/ml, TNF-alpha 3
"""


def found(text: str) -> str:
    (hits,) = FINDER.unit([example(text)])
    return "; ".join(f"{x.category}: {text[x.start : x.end]}" for x in hits) or "-"


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("am 3. März 2024", "am 3. April 2024"),
        ("am 03.03.2024", "am 03.04.2024"),
        ("am 3.3.24, seither", "am 3.4.24, seither"),
        ("Mai 2024", "Juni 2024"),
        ("im Dez. 2023", "im Jan. 2024"),
        ("5. Jänner 2023", "5. Februar 2023"),
        ("seit 03/2024", "seit 04/2024"),
        ("vom 12.-14.03.2024", "vom 12.-14.04.2024"),
        ("vom 12. bis 14. März 2024", "vom 12. bis 14. April 2024"),
        ("geb. am 28.02.", "geb. am 30.03."),
        ("Kontrolle am 3.5. um 9 Uhr", "Kontrolle am 3.6. um 9 Uhr"),
        ("2024-12-01", "2025-01-01"),
    ],
)
def test_dates_keep_their_form(text: str, moved: str) -> None:
    (span,) = DATES.find(text)
    new = DATES.shifted(text, span, 31)
    assert text[: span.start] + new + text[span.end :] == moved


def test_two_dates_of_a_range_are_two() -> None:
    text = "stationär 28.03.2024-02.04.2024"
    spans = sorted(DATES.find(text))
    assert [DATES.shifted(text, span, 7) for span in spans] == [
        "04.04.2024",
        "09.04.2024",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Dosis 3.5 mg, RR 120/80, Abschnitt 2.5.1, pT3 N1 (2/17)",
        "seit 1998, Stadium 4.2, 95-%-KI 0,88-1,01, EC 3.1.1.8",
    ],
)
def test_figures_are_no_dates(text: str) -> None:
    assert not list(DATES.find(text))


@pytest.mark.parametrize("row", HITS.strip().split("\n"))
def test_what_identifies_a_person(row: str) -> None:
    hits, _, text = row.partition(" | ")
    assert found(text) == hits


def test_a_patient_is_one_person_and_mentions_stay_on_their_words() -> None:
    text = (
        "Frau Vumpisch erhielt am 3. März 2024 <WIRKSTOFF id=1>Ramipril</WIRKSTOFF> "
        "bei <KRANKHEIT id=2>Hypertonie</KRANKHEIT>. Vumpischs Tochter wohnt in Kehl."
    )
    before = example(text, (1, "BEHANDELT", 2), patient="p")
    (after,), counts, lost = pseudonymise("p", [before], FINDER, SURROGATES, "patient")
    assert counts == {"name": 2, "date": 1, "place": 1} and not lost
    assert all(after.text[e.start : e.end] == e.text for e in after.entities)
    assert [e.text for e in after.entities] == ["Ramipril", "Hypertonie"]
    name = after.text.split()[1]
    assert after.text.count(name) == 2 and f"{name}s Tochter" in after.text
    assert not {"Vumpisch", "Kehl", "März 2024"} & set(after.text.split())


def test_streets_and_particles_stay_what_they_are() -> None:
    street = SURROGATES.write("p", "place", "Musterstraße 12")
    places = (DATA / "de_places.tsv").read_text(encoding="utf-8").split("\n")
    assert street.partition("straße")[0] in places
    assert SURROGATES.write("p", "place", "Klinikum Kehl").startswith("Klinikum ")
    town, again = (
        SURROGATES.write("p", "place", x) for x in ("79098 Kehl", "Klinikum Kehl")
    )
    assert town.split()[1] == again.split()[1] != "Kehl"
    name = SURROGATES.write("p", "name", "von der Heide")
    assert name.startswith("von der ") and not name.endswith("Heide")


def test_compounds_of_known_words_are_no_names() -> None:
    ordinary = Ordinary(["Später die Blase und die Behandlung der Niere."], [], WRITTEN)
    text = "Später sahen Vumpisch und Szandor Gallenblasen, Kinderniere und Lösung."
    assert [text[a:b] for a, b in ordinary.unusual(text)] == ["Vumpisch", "Szandor"]


def test_a_language_without_data_says_what_is_missing(tmp_path: Path) -> None:
    folder = tmp_path / "medicine_fr"
    shutil.copytree(MEDICINE, folder, ignore=shutil.ignore_patterns("recording"))
    domain = folder / "domain.yml"
    text = domain.read_text(encoding="utf-8").replace(
        "name: medicine\nlang: en\n", "name: medicine_fr\nlang: fr\n", 1
    )
    domain.write_text(text, encoding="utf-8")
    pack = load_pack(folder)
    with pytest.raises(ValueError) as error:
        make_finder(pack, presidio=False)
    message = str(error.value)
    assert message.startswith(f"{domain}: lang: 'fr': ")
    for name in ("fr.yml", "fr_places.tsv", "fr_names.tsv", "fr_surnames.tsv"):
        assert name in message
    assert "docs/languages.md" in message


def test_a_pack_lays_its_own_over_the_language(tmp_path: Path) -> None:
    folder = tmp_path / "medicine_de"
    shutil.copytree(PACK.path, folder, ignore=shutil.ignore_patterns("recording"))
    own = folder / "identifiers.yml"
    own.write_text("dates: [y-M-d]\npatterns: {other: ['\\bStudie (Z\\d+)']}\n")
    written = load_written(load_pack(folder))
    assert written.dates == ["y-M-d"]
    assert written.patterns["other"] == [r"\bStudie (Z\d+)"]
    assert written.patterns["name"] == WRITTEN.patterns["name"]
    own.write_text("datess: []\n")
    with pytest.raises(ValueError, match=r"identifiers.yml: datess: .*did you mean"):
        load_written(load_pack(folder))
