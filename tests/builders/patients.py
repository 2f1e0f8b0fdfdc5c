"""A small model of patients, its tables written into a folder."""

from pathlib import Path

TABLES = {
    "people": """sex age_from age_to share
female 40 40 1
male 70 70 0""",
    "diseases": """disease forms sex age_from age_to share
gout podagra any 30 110 0.1
asthma _ any 0 110 0.05
ulcer peptic_ulcer any 20 110 0.2
prostate_cancer _ male 40 110 0.06""",
    "comorbidity": """disease beside ratio
gout ulcer 3
gout asthma 40""",
    "findings": """disease finding sensitivity
gout joint_pain 1
gout fever 0
asthma cough 0.5""",
    "treatments": """disease drug response
gout naproxen 1
gout allopurinol 0.6
asthma propranolol 0""",
    "drugs": """drug forms unit lowest single often highest
naproxen _ mg 200 250;500 twice_daily 1500
allopurinol _ mg 50 100 once_daily 900
propranolol _ mg 10 40 twice_daily 640""",
    "side_effects": """drug effect share
naproxen dyspepsia 1
naproxen rash 0""",
    "contraindications": """drug disease sex age_from age_to
naproxen ulcer any _ _
propranolol asthma any _ _
allopurinol _ female 0 45""",
}


def write_tables(folder: Path, **changed: str) -> Path:
    """The tables as files; "_" alone is an empty cell, inside a cell a blank.

    changed (str): Another content for a table, by its name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in {**TABLES, **changed}.items():
        header, *rows = table.strip().splitlines()
        lines = ["\t".join([*header.split(), "source"])]
        for row in rows:
            cells = [cell.replace("_", " ").strip() for cell in row.split()]
            lines.append("\t".join([*cells, "assumption"]))
        (folder / f"{name}.tsv").write_text("\n".join(lines) + "\n")
    return folder
