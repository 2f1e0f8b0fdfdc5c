#!/usr/bin/env bash
# spaCy 3.8.18. One would guess that a loop over `nlp.update(batch, sgd=optimizer)`, as the
# docs show it, and `spacy train` take the same steps. They do for a component that has an
# encoder of its own. With an encoder that components share through listeners, the loop
# steps the encoder before its listeners have sent their gradients back: the first update
# leaves it as it was, each later one applies the gradient of the batch before, and the
# gradient of the last batch is never applied. `spacy train` updates with `sgd=False` and
# steps all components after that.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q spacy==3.8.18
cd "$folder"
cat > try.py <<'PY'
from importlib.metadata import version

import numpy
import spacy
from spacy.training import Example
from thinc.api import SGD, fix_random_seed

LISTENER = {
    "@architectures": "spacy.Tok2VecListener.v1", "width": 96, "upstream": "*",
}


def make(shared):
    fix_random_seed(0)
    nlp = spacy.blank("en")
    tagger = {}
    if shared:
        nlp.add_pipe("tok2vec")
        tagger = {"model": {"@architectures": "spacy.Tagger.v2", "tok2vec": LISTENER}}
    nlp.add_pipe("tagger", config=tagger)
    doc = nlp.make_doc("the cat sleeps")
    examples = [Example.from_dict(doc, {"tags": ["D", "N", "V"]})]
    nlp.initialize(lambda: examples)
    # It starts at zero, and would give the encoder no gradient at first.
    output = nlp.get_pipe("tagger").model.get_ref("output_layer")
    W = numpy.random.default_rng(0).normal(0, 0.1, output.get_param("W").shape)
    output.set_param("W", W.astype("f"))
    return nlp, examples


def encoder(nlp):
    name = "tok2vec" if nlp.has_pipe("tok2vec") else "tagger"
    model = nlp.get_pipe(name).model
    node = next(n for n in model.walk() if n.has_param("E"))
    return node.get_param("E").copy()


def loop(shared):
    nlp, examples = make(shared)
    optimizer, moved, before = SGD(0.01), [], encoder(nlp)
    for _ in range(3):
        nlp.update(examples, sgd=optimizer)
        moved.append(bool((encoder(nlp) != before).any()))
        before = encoder(nlp)
    return moved


def as_in_spacy_train(shared):
    nlp, examples = make(shared)
    optimizer, moved, before = SGD(0.01), [], encoder(nlp)
    for _ in range(3):
        nlp.update(examples, sgd=False)
        for _, pipe in nlp.pipeline:
            pipe.finish_update(optimizer)
        moved.append(bool((encoder(nlp) != before).any()))
        before = encoder(nlp)
    return moved


print("spaCy", version("spacy"))
print("has the encoder moved after updates 1, 2, 3?")
for name, train in (("nlp.update(sgd=optimizer)", loop),
                    ("as spacy train does", as_in_spacy_train)):
    print(f"  {name}: own encoder {train(False)}, shared {train(True)}")
assert loop(False) == as_in_spacy_train(False) == [True] * 3
assert as_in_spacy_train(True) == [True] * 3
assert loop(True) == [False, True, True], loop(True)
PY
venv/bin/python try.py 2>/dev/null
echo "as described"
