#!/usr/bin/env bash
# srsly 2.5.6 packs and unpacks with codecs that other packages may register. One would
# guess that they are looked up when srsly is imported, so that a call costs the same
# wherever it runs. They are looked up at every call, among the entry points of all
# installed packages: a call that packs one number takes several times as long in an
# environment with many packages. A DocBin with user data pays it for each doc, once in
# writing and once in reading.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q spacy==3.8.18 srsly==2.5.6 catalogue==2.0.10
cd "$folder"
cat > try.py <<'PY'
from importlib.metadata import EntryPoints
from timeit import timeit

import spacy
import srsly
from spacy.tokens import Doc, DocBin

asked = 0
select = EntryPoints.select


def count(self, **params):
    global asked
    asked += 1
    return select(self, **params)


seconds = timeit(lambda: srsly.msgpack_loads(b"\x01"), number=2000)
nlp = spacy.blank("en")
Doc.set_extension("note", default=None)
docs = [nlp.make_doc("one two") for _ in range(50)]
for doc in docs:
    doc._.note = "seen"
EntryPoints.select = count
data = DocBin(docs=docs, store_user_data=True).to_bytes()
written, asked = asked, 0
assert len(list(DocBin().from_bytes(data).get_docs(nlp.vocab))) == 50
print(seconds / 2, written, asked)
PY
mkdir -p many
for i in $(seq 400); do
    mkdir "many/package_$i-1.dist-info"
    printf 'Metadata-Version: 2.1\nName: package-%s\nVersion: 1\n' "$i" \
        > "many/package_$i-1.dist-info/METADATA"
    printf '[some_group]\nname_%s = json:loads\n' "$i" \
        > "many/package_$i-1.dist-info/entry_points.txt"
done
few=$(venv/bin/python try.py)
many=$(PYTHONPATH=many venv/bin/python try.py)
venv/bin/python - "$few" "$many" <<'PY'
import sys
from importlib.metadata import version

few, many = ([float(x) for x in row.split()] for row in sys.argv[1:])
print(*(f"{name} {version(name)}" for name in ("spacy", "srsly", "catalogue")))
print(f"unpacking one number: {few[0]:.3f} ms, with 400 more entry points "
      f"{many[0]:.3f} ms")
print(f"look-ups for 50 docs: {few[1]:.0f} in writing, {few[2]:.0f} in reading")
assert min(few[1:] + many[1:]) >= 50, (few, many)
PY
echo "as described"
