#!/usr/bin/env bash
# thinc 8.3.14 with torch 2.13.0. An optimizer with `use_averages` keeps a moving average of
# each weight, and `spacy train` evaluates and saves the pipeline with the averages in place.
# One would guess that this holds for a torch module in a thinc model, since its averages are
# kept, too. They are kept under (id, name) and looked for under "pytorch_{id}_{name}": the
# layers of thinc get their averages, the torch module (a transformer, say) its latest
# weights, and the mixture is what is scored and saved. No warning.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q torch==2.13.0 thinc==8.3.14
cd "$folder"
cat > try.py <<'PY'
from importlib.metadata import version

import numpy
import torch
from thinc.api import Adam, Linear, PyTorchWrapper, chain

torch.manual_seed(0)
module = torch.nn.Linear(4, 4)
model = chain(Linear(4, 4), PyTorchWrapper(module))
rng = numpy.random.default_rng(0)
X = rng.standard_normal((8, 4)).astype("f")
model.initialize(X=X)
optimizer = Adam(0.1, use_averages=True)
for _ in range(5):
    Y, backprop = model.begin_update(X)
    backprop(Y - X)
    model.finish_update(optimizer)


def weights():
    own = model.layers[0].get_param("W").copy()
    return own, module.weight.detach().numpy().copy()


latest = weights()
torch_keys = [key for key in optimizer.averages if key[1] in ("weight", "bias")]
with model.use_params(optimizer.averages):
    averaged = weights()
print("thinc", version("thinc"), "torch", version("torch"))
print("averages kept of the torch module:", sorted(name for _, name in torch_keys))
names = "thinc layer", "torch module"
moved = [float(abs(a - b).max()) for a, b in zip(latest, averaged)]
for name, distance in zip(names, moved):
    print(f"  {name}: averages differ from the latest weights by {distance:.3f}")
assert len(torch_keys) == 2 and moved[0] > 0 and moved[1] == 0, moved
PY
venv/bin/python try.py
echo "as described"
