"""The components for whole documents in a pipeline that is to be packaged."""

from pathlib import Path

import srsly
from thinc.api import Config

from phantom.packs.document import COMPONENTS, RELATIONS, add_document_components
from phantom.packs.pack import Pack
from phantom.runtime import blank_pipeline


def ship_document_components(pack: Pack, stage: Path) -> list[str]:
    """Add the components for documents to a pipeline on disk, disabled.

    The weights are not touched, nor is what the pipeline does: `nlp.enable_pipe` turns
    a component on, and so does the command `apply`.

    stage (Path): Folder of the pipeline.
    RETURNS (List[str]): Those added; none that it has already.
    """
    config = Config().from_disk(stage / "config.cfg", interpolate=False)
    pipeline: list[str] = list(config["nlp"]["pipeline"])
    nlp = blank_pipeline(pack.domain.lang)
    add_document_components(nlp, pack)
    added = [name for name in COMPONENTS if name not in pipeline]
    for name in added:
        at = len(pipeline)
        if name == COMPONENTS[0] and RELATIONS in pipeline:
            at = pipeline.index(RELATIONS)
        pipeline.insert(at, name)
        config["components"][name] = nlp.config["components"][name]
        pipe = nlp.get_pipe(name)
        if hasattr(pipe, "to_disk"):
            pipe.to_disk(stage / name)
    config["nlp"]["pipeline"] = pipeline
    config["nlp"]["disabled"] = [*config["nlp"].get("disabled", []), *added]
    (stage / "config.cfg").write_text(config.to_str(interpolate=False), "utf-8")
    meta = srsly.read_json(stage / "meta.json")
    meta["disabled"] = config["nlp"]["disabled"]
    meta["components"] = pipeline
    srsly.write_json(stage / "meta.json", meta)
    return added
