"""What is explained: scores of mentions and relations as functions of token vectors."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from spacy.language import Language
from spacy.tokens import Doc
from torch import Tensor

from phantom.runtime import register_components

Mention = tuple[int, int, str]
Score = Callable[[Tensor], Tensor]
# Layers that hand token vectors on as they are.
_PLAIN = {
    *("concatenated_tok2vec", "list2array", "linear", "transformer-listener"),
    *("trfs2arrays", "reduce_mean"),
}


class Pair(NamedTuple):
    """A relation as it is explained.

    head, tail (int): Places in the mentions.
    allowed (Tuple[bool, ...]): Labels that the schema allows the pair.
    """

    head: int
    tail: int
    label: str
    allowed: tuple[bool, ...]


def find_recognizer(nlp: Language) -> Any:
    """The component whose transitions make the mentions, None without one."""
    for _, pipe in nlp.pipeline:
        names = getattr(getattr(pipe, "model", None), "ref_names", ())
        if hasattr(pipe, "moves") and "lower" in names:
            return pipe
    return None


def find_extractor(nlp: Language) -> Any:
    """The component that finds relations, None without one."""
    for _, pipe in nlp.pipeline:
        if getattr(getattr(pipe, "model", None), "name", "") == "relation_model":
            return pipe
    return None


def mention_scores(recognizer: Any, doc: Doc, mentions: Sequence[Mention]) -> Score:
    """Log-odds of mentions, as the transition parser has them.

    Of each step that makes the mention (begin, in, last; or unit) the softmax over the
    actions that are possible there, multiplied: how likely the parser, outside of any
    mention at the first token, takes just these steps. Shapes of letters, which
    another layer reads, are given and bear no attribution.

    mentions (Sequence[Tuple[int, int, str]]): In tokens that are no white space.
    RETURNS (Callable): From token vectors (variants, tokens, width) to log-odds
        (variants, mentions).
    RAISES: ValueError if the recognizer has layers that can't be followed.
    """
    model = recognizer.model
    layers = model.get_ref("tok2vec").layers
    features = _features(layers, doc)
    linear = [torch.from_numpy(layers[-1].get_param(k)) for k in ("W", "b")]
    lower = model.get_ref("lower")
    weights, bias, pad = (
        torch.from_numpy(lower.get_param(k)) for k in ("W", "b", "pad")
    )
    upper = model.get_ref("upper") if model.attrs["has_upper"] else None
    actions = recognizer.moves
    # Not `move_names`, which leaves one out, so that places in it are others.
    moves = [actions.get_class_name(i) for i in range(actions.n_moves)]
    steps = [step for m in mentions for step in _steps(m, len(doc), moves)]
    reads = _reads(steps, weights.shape[0])
    every = torch.arange(len(steps))
    parts = every.split([end - start for start, end, _ in mentions])
    taken = torch.tensor([step.action for step in steps])
    possible = torch.from_numpy(np.stack([step.possible for step in steps]))
    is_taken = torch.zeros_like(possible).scatter(1, taken[:, None], True)

    def score(vectors: Tensor) -> Tensor:
        if features is not None:
            given = features.expand(len(vectors), -1, -1)
            vectors = torch.cat([vectors, given], dim=2)
        hidden = vectors @ linear[0].T + linear[1]
        state = bias.expand(len(vectors), len(steps), *bias.shape)
        for f, tokens in enumerate(reads):
            part = torch.einsum(
                "vsi,opi->vsop", hidden[:, tokens.clamp(min=0)], weights[f]
            )
            here = (tokens >= 0)[None, :, None, None]
            state = state + torch.where(here, part, pad[0, f])
        pieces = state.shape[3]
        scores = state.amax(3) if pieces > 1 else state[..., 0]
        if upper is not None:
            W, b = (torch.from_numpy(upper.get_param(k)) for k in ("W", "b"))
            scores = scores @ W.T + b
        elif pieces == 1:
            scores = scores.relu()
        scores = scores.masked_fill(~possible, -torch.inf)
        own = scores[:, every, taken]
        rest = scores.masked_fill(is_taken, -torch.inf).logsumexp(2)
        return torch.stack([_odds(own[:, part], rest[:, part]) for part in parts], 1)

    return score


def pair_scores(
    extractor: Any,
    tokens: int,
    mentions: Sequence[Mention],
    pairs: Sequence[Pair],
    made_of: tuple[Sequence[tuple[int, int]], Callable[[Tensor], Tensor]],
) -> Score:
    """Log-odds of relations between given mentions, calibrated as the pipeline's are.

    mentions (Sequence[Tuple[int, int, str]]): All of the doc, in tokens that are no
        white space.
    made_of (Tuple[Sequence[Tuple[int, int]], Callable]): As `shared_pairs` gives it.
    RETURNS (Callable): From token vectors (variants, tokens, width) to log-odds
        (variants, pairs); where a pair bears just one label, against all others and
        none.
    RAISES: ValueError if the extractor has layers that can't be followed.
    """
    tok2vec, pair_tensor, output = extractor.model.layers
    _features([tok2vec], None)
    modes = register_components()["encoder_module_modes"]
    encode = modes.in_mode(pair_tensor.layers[0].shims[0]._model, False)
    W, b = (torch.from_numpy(output.get_param(k)) for k in ("W", "b"))
    types = {label: i + 2 for i, label in enumerate(extractor.cfg["types"])}
    label_of = torch.tensor([extractor.labels.index(pair.label) for pair in pairs])
    allowed = torch.tensor([pair.allowed for pair in pairs])
    which = torch.arange(len(pairs))
    read, join = made_of

    def score(vectors: Tensor) -> Tensor:
        variants, size = len(vectors), len(mentions)
        shift = np.repeat(np.arange(variants) * size, len(read))
        columns = [np.array(x) for x in zip(*mentions, strict=True)][:2]
        candidates = {
            "mention_doc": np.repeat(np.arange(variants), size),
            "mention_start": np.tile(columns[0], variants),
            "mention_end": np.tile(columns[1], variants),
            "mention_type": np.tile([types.get(m[2], 1) for m in mentions], variants),
            "heads": np.tile([head for head, _ in read], variants) + shift,
            "tails": np.tile([tail for _, tail in read], variants) + shift,
        }
        lengths = np.full(variants, tokens)
        found = encode(vectors.flatten(0, 1), candidates=candidates, lengths=lengths)
        logits = join((found @ W.T + b).view(variants, len(read), -1))
        logits = logits / extractor.cfg.get("temperature", 1.0)
        own = logits[:, which, label_of]
        if not extractor.cfg.get("exclusive", False):
            return own
        others = logits.masked_fill(~allowed, -torch.inf)
        others[:, which, label_of] = 0.0
        return own - others.logsumexp(2)

    return score


def _odds(own: Tensor, rest: Tensor) -> Tensor:
    """Log-odds (variants,) that all steps are taken, without loss near 1.

    own, rest (Tensor): Scores of the actions taken and, as one, of all others there,
        shape (variants, steps).
    """
    both = torch.logaddexp(own, rest)
    taken = own - both
    # It fails first at one of the steps, after those before were taken.
    before = taken.cumsum(1) - taken
    return taken.sum(1) - (before + rest - both).logsumexp(1)


class _Step(NamedTuple):
    """One step of the parser. first, last (int): Of the open mention; -1 for none."""

    token: int
    first: int
    action: int
    possible: np.ndarray


def _steps(mention: Mention, tokens: int, moves: list[str]) -> list[_Step]:
    start, end, label = mention
    names = [f"I-{label}"] * (end - start)
    names[0], names[-1] = f"B-{label}", f"L-{label}"
    if end - start == 1:
        names = [f"U-{label}"]
    steps = []
    for token, name in zip(range(start, end), names, strict=True):
        is_last = token == tokens - 1
        if token == start:
            kinds = "UO" if is_last else "BUO"
            possible = np.array([m[:1] in kinds and m != "U-" for m in moves])
        else:
            kinds = "L" if is_last else "IL"
            possible = np.array([m[:1] in kinds and m[2:] == label for m in moves])
        first = start if token > start else -1
        steps.append(_Step(token, first, moves.index(name), possible))
    return steps


def _reads(steps: Sequence[_Step], features: int) -> list[Tensor]:
    """The tokens that each step reads, by feature; -1 for none.

    As spaCy's StateC.set_context_tokens: the token, then the first of the open mention
    and the one before, or with extra tokens the first five of the mention.
    """
    rows = []
    for step in steps:
        inside = step.first >= 0
        if features == 3:
            rows.append([step.token, step.first, step.token - 1 if inside else -1])
            continue
        opened = range(step.first, step.token) if inside else range(0)
        rows.append(([step.token, *opened][:6] + [-1] * 6)[:6])
    return [torch.tensor(column) for column in zip(*rows, strict=True)]


def _features(layers: Sequence[Any], doc: Doc | None) -> Tensor | None:
    """Vectors (tokens, width) of a layer beside the encoder, None without one.

    RAISES: ValueError if token vectors are not the encoder's means.
    """
    beside = None
    for layer in layers:
        nodes = [layer]
        if layer.name == "concatenated_tok2vec":
            beside = layer.layers[1]
            nodes += layer.layers[0].walk()
        else:
            nodes += layer.walk()
        names = {part for node in nodes for part in node.name.split(">>")}
        if names - _PLAIN:
            raise ValueError(
                f"the component reads its tokens through {sorted(names - _PLAIN)}; "
                "attributions follow means of wordpieces alone, see configs/train.cfg"
            )
    if beside is None or doc is None:
        return None
    return torch.from_numpy(beside.predict([doc])[0])
