#!/usr/bin/env bash
# A value in the MISC column of CoNLL-U may hold an equals sign: glosses mark a clitic with one
# (the Beja treebank of Universal Dependencies has Gloss==when and Gloss=DEF.M=), and a
# normalised finding has one inside (Norm=HR=72). One would guess that a reader splits a
# pair at the first sign, as udapi 0.5.2 does. conllu 6.0.0 keeps what stands between the
# first and the second: the gloss of an enclitic is read as None, that of a proclitic without
# its mark, HR=72 as HR, and nothing is said. What it then writes is valid CoNLL-U with those
# values gone or cut.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q conllu==6.0.0 udapi==0.5.2
cd "$folder"
cat > try.py <<'PY'
from importlib.metadata import version

import conllu
from udapi.core.document import Document

MISC = [
    "Gloss=camel|SpaceAfter=No",
    "Gloss==when",
    "Gloss=DEF.M=",
    "Norm=HR=72",
]
rows = [
    [str(i), f"w{i}", "_", "X", "_", "_", str(i - 1), "dep" if i > 1 else "root", "_", m]
    for i, m in enumerate(MISC, 1)
]
text = "# sent_id = 1\n" + "\n".join("\t".join(row) for row in rows) + "\n\n"
with open("in.conllu", "w", encoding="utf8") as file:
    file.write(text)


def last_column(written: str) -> list[str]:
    return [row.split("\t")[9] for row in written.splitlines() if row[:1].isdigit()]


(sentence,) = conllu.parse(text)
read = [token["misc"] for token in sentence]
by_conllu = last_column(sentence.serialize())
by_udapi = last_column(Document("in.conllu").to_conllu_string())
print("conllu", version("conllu"), "udapi", version("udapi"))
for was, dictionary, wrote, other in zip(MISC, read, by_conllu, by_udapi):
    print(f"in the file      {was}\n  conllu reads   {dictionary}")
    print(f"  conllu writes  {wrote}\n  udapi writes   {other}")
assert by_udapi == MISC, by_udapi
assert read[0] == {"Gloss": "camel", "SpaceAfter": "No"} and by_conllu[0] == MISC[0]
assert read[1:] == [{"Gloss": None}, {"Gloss": "DEF.M"}, {"Norm": "HR"}], read
assert by_conllu[1:] == ["Gloss=_", "Gloss=DEF.M", "Norm=HR"], by_conllu
PY
venv/bin/python try.py
echo "as described"
