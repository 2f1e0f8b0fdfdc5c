#!/usr/bin/env bash
# An inline XBRL report tags a figure that the filer does not state with xsi:nil="true", and
# one that is nought with 0 or with the format fixed-zero: the first is unknown, not 0. One
# would guess that ixbrlparse 0.12.0 gives None for the first; its value may be None by its
# type. It gives 0, as for nought, without an entry in its list of errors; the dictionaries
# that it makes of the two facts differ in nothing but the empty text. Means and growth rates
# of a field that many filers leave open fall towards 0. Only the tag itself, fact.soup_tag,
# still tells.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q ixbrlparse==0.12.0
cd "$folder"
cat > report.html <<'XML'
<html xmlns="http://www.w3.org/1999/xhtml"
      xmlns:ix="http://www.xbrl.org/2013/inlineXBRL"
      xmlns:ixt="http://www.xbrl.org/inlineXBRL/transformation/2020-02-12"
      xmlns:xbrli="http://www.xbrl.org/2003/instance"
      xmlns:iso4217="http://www.xbrl.org/2003/iso4217"
      xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
      xmlns:e="http://example.org/taxonomy">
<body><div style="display:none"><ix:header><ix:resources>
<xbrli:context id="c"><xbrli:entity>
<xbrli:identifier scheme="http://example.org">1</xbrli:identifier></xbrli:entity>
<xbrli:period><xbrli:instant>2025-12-31</xbrli:instant></xbrli:period></xbrli:context>
<xbrli:unit id="u"><xbrli:measure>iso4217:EUR</xbrli:measure></xbrli:unit>
</ix:resources></ix:header></div>
<p>Inventory <ix:nonFraction name="e:Inventory" contextRef="c" unitRef="u" decimals="0"
   format="ixt:num-dot-decimal">1,200</ix:nonFraction></p>
<p>Debt <ix:nonFraction name="e:Debt" contextRef="c" unitRef="u" decimals="0"
   >0</ix:nonFraction></p>
<p>Goodwill <ix:nonFraction name="e:Goodwill" contextRef="c" unitRef="u"
   xsi:nil="true"></ix:nonFraction></p>
</body></html>
XML
cat > try.py <<'PY'
from importlib.metadata import version

from ixbrlparse import IXBRL

report = IXBRL.open("report.html")
facts = {fact.name: fact for fact in report.numeric}
print("ixbrlparse", version("ixbrlparse"))
for name, fact in facts.items():
    nil = fact.soup_tag.get("xsi:nil")
    print(f"{name:<9} value {fact.value!r:<7} text {fact.text!r:<8} xsi:nil {nil}")
print("errors:", report.errors)
written = [
    {key: value for key, value in facts[name].to_json().items() if key != "name"}
    for name in ("Debt", "Goodwill")
]
differ = {key for key in written[0] if written[0][key] != written[1][key]}
print("what the dictionaries of Debt and Goodwill differ in:", differ)
assert facts["Inventory"].value == 1200 and facts["Debt"].value == 0
assert facts["Goodwill"].value == 0 and facts["Goodwill"].value is not None
assert facts["Goodwill"].soup_tag.get("xsi:nil") == "true"
assert differ == {"text"} and report.errors == [], (differ, report.errors)
PY
venv/bin/python try.py
echo "as described"
