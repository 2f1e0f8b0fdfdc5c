#!/usr/bin/env bash
# opendp 0.16.0 counts flags privately: what a file holds as text is cast to bool first. Its
# docs say that an element that can't be cast becomes the default, False, or with make_cast
# a null. One would guess that "0", "False" and "no" are read as false, or at least fail. No
# text fails: all but the empty one is True. 30 flags of 200 come out as about 200, and the
# noise, which is why nobody expects the exact figure, hides it; so does the count of nulls,
# which is 0. The same texts cast to int and from there to bool give 30; True and False cast
# to int give 0. Comparing with the text itself is right for either way to write flags.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q opendp==0.16.0
cd "$folder"
cat > try.py <<'PY'
from importlib.metadata import version

import opendp.prelude as dp

dp.enable_features("contrib")
TEXTS = dp.vector_domain(dp.atom_domain(T=str)), dp.symmetric_distance()
ZERO_ONE = ["1"] * 30 + ["0"] * 170
WORDS = ["True"] * 30 + ["False"] * 170


def count(flags, *casts):
    chain = TEXTS
    for kind in casts:
        chain = chain >> dp.t.then_cast_default(TOA=kind)
    exact = chain >> dp.t.then_cast_default(TOA=int) >> dp.t.then_clamp((0, 1))
    exact = exact >> dp.t.then_sum()
    return exact(flags), (exact >> dp.m.then_laplace(scale=1.0))


def equal(flags, value):
    exact = TEXTS >> dp.t.then_is_equal(value) >> dp.t.then_cast_default(TOA=int)
    return (exact >> dp.t.then_clamp((0, 1)) >> dp.t.then_sum())(flags)


nulls = dp.t.make_cast(*TEXTS, TOA=bool) >> dp.t.then_is_null()
print("opendp", version("opendp"))
found = {}
for name, flags in (("0 and 1", ZERO_ONE), ("True and False", WORDS)):
    as_bool, release = count(flags, bool)
    found[name] = [as_bool, count(flags, int, bool)[0], equal(flags, flags[0])]
    found[name].append(sum(nulls(flags)))
    print(f"200 texts, {name}, 30 of them set")
    print(f"  cast to bool:          {as_bool}, released with epsilon "
          f"{release.map(1):.0f} as {release(flags)}")
    print(f"  cast to int, to bool:  {found[name][1]}")
    print(f"  equal to {flags[0]!r}:".ljust(25) + str(found[name][2]))
    print(f"  nulls of the cast:     {found[name][3]}")
assert found == {"0 and 1": [200, 30, 30, 0], "True and False": [200, 0, 30, 0]}, found
PY
venv/bin/python try.py
echo "as described"
