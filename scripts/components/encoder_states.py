"""Whether an encoder has read the tokens that a component is about to judge."""

import warnings

from spacy.tokens import Doc
from spacy_transformers.layers import TransformerListener
from spacy_transformers.util import registry
from thinc.api import Model


@registry.misc("phantom.CheckStates.v1")
def check_states(name: str, model: Model, docs: list[Doc]) -> None:
    """See that docs bear the states which a model's listener will look up.

    Without them a listener gives zeros, and after tokens were merged or split those
    of other words: what is found then is nothing, or nonsense.

    name (str): Of the component, for messages.
    model (Model): Without a listener, all is well.
    RAISES: ValueError if the tokens are not those that the encoder read.
    """
    if not any(isinstance(node, TransformerListener) for node in model.walk()):
        return
    unread = False
    for doc in docs:
        data = doc._.trf_data
        if not len(doc) or (data is not None and len(data.align.lengths) == len(doc)):
            continue
        if data is not None and len(data.align.lengths):
            raise ValueError(
                f"{name}: a doc has {len(doc)} tokens, of {len(data.align.lengths)} "
                "that the encoder read: something merged or split some in between, "
                "such as merge_entities. Let the encoder read it anew, by "
                f'nlp.get_pipe("transformer")(doc) before nlp.get_pipe("{name}")(doc), '
                "or merge after the last component"
            )
        unread = True
    if unread:
        warnings.warn(
            f"{name}: no encoder has read these docs, so that nothing is found in "
            "them; is the transformer disabled, excluded or removed?",
            stacklevel=2,
        )
