"""The runtime components, for steps and library code that need them.

spaCy is imported where it is used: it takes seconds, most of them for torch, which
many steps can do without.
"""

import sys
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.language import Language

TOKENIZER = {"@tokenizers": "phantom.Tokenizer.v1"}
ENCODER = "phantom.TransformerModel.v1"


def components_path() -> Path:
    """Folder of the component files: of the checkout, or of the installed package.

    RAISES: ValueError if neither is there.
    """
    here = Path(__file__).parent
    for folder in (here.parent / "components", here / "_components"):
        if (folder / "register.py").is_file():
            return folder
    raise ValueError(
        f"no component files beside {here}: expected components/register.py; "
        "reinstall phantom or run from a complete checkout"
    )


@cache
def register_components() -> dict[str, ModuleType]:
    """Register factories, architectures and scorers with spaCy, once.

    RETURNS (Dict[str, ModuleType]): The component files by name, so that library
        code reaches their plain functions, such as those of `relation_scorer`.
    """
    from spacy.util import import_file

    # As in phantom/__init__.py: no caches in folders that `project run` compares.
    kept, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        return import_file("register", components_path() / "register.py").MODULES
    finally:
        sys.dont_write_bytecode = kept


@cache
def load_component(stem: str) -> ModuleType:
    """One component file, without the encoder and all else that the others import.

    It is the module that `register_components` has. What it looks up in the registry
    when it is called must be loaded too.
    """
    from spacy.util import import_file

    here, package = components_path(), "phantom._components"
    spec = find_spec(package)
    # As register.py names them; another checkout may be the one that is installed.
    if not (spec and spec.origin and Path(spec.origin).parent == here):
        package = here.name
    name, path = f"{package}.{stem}", here / f"{stem}.py"
    module = sys.modules.get(name)
    if module is None or module.__file__ != str(path):
        kept, sys.dont_write_bytecode = sys.dont_write_bytecode, True
        try:
            module = sys.modules[name] = import_file(name, path)
        finally:
            sys.dont_write_bytecode = kept
    return module


def blank_pipeline(lang: str) -> "Language":
    """A pipeline without components, with the tokenizer of those that are trained.

    lang (str): Code of the language.
    """
    import spacy

    register_components()
    return spacy.blank(lang, config={"nlp": {"tokenizer": TOKENIZER}})


@cache
def token_pipeline(lang: str) -> "Language":
    """As `blank_pipeline`, for documents alone: no component of ours can be added.

    The same for whoever asks for the language: making one takes as long as hundreds of
    documents.
    """
    load_component("word_tokenizer")
    load_component("relation_extension")
    load_component("register_codecs").look_up_codecs_once()
    return plain_pipeline(lang, {"nlp": {"tokenizer": TOKENIZER}})


def plain_pipeline(lang: str, config: dict[str, Any] | None = None) -> "Language":
    """`spacy.blank` without the factories of other packages.

    spaCy would import those of spacy-transformers, with torch and transformers, for
    each new pipeline. `spacy.load` in the same process still finds them.
    """
    import spacy
    from spacy.util import registry

    factories = registry._entry_point_factories
    kept, factories.entry_points = factories.entry_points, False
    try:
        return spacy.blank(lang, config=config or {})
    finally:
        factories.entry_points = kept


def leave_out_torch() -> None:
    """Have this process do without torch, which thinc would import with spaCy.

    For a program that only reads and writes documents, before its first spaCy.
    """
    if "torch" not in sys.modules:
        sys.modules["torch"] = None  # type: ignore[assignment]


def load_pipeline(given: Path | str, labels: Collection[str] = ()) -> "Language":
    """An installed package by its name, or a folder.

    labels (Collection[str]): Of the domain that it is used for.
    RAISES: ValueError as `find_pipeline`, or if it finds none of the labels.
    """
    import spacy

    if find_pipeline(given):
        register_components()
    try:
        nlp = spacy.load(given)
    except OSError as error:
        raise ValueError(f"{given}: no whole pipeline ({error})") from None
    check_labels(given, (x for y in nlp.pipe_labels.values() for x in y), labels)
    return nlp


def check_labels(
    given: Path | str, found: Iterable[str], labels: Collection[str]
) -> None:
    """See that a pipeline is of a domain. RAISES: ValueError if no label is known.

    found (Iterable[str]): What it finds; nothing where it follows rules alone.
    """
    own = sorted(set(found))
    if own and labels and not set(own) & set(labels):
        raise ValueError(
            f"{given}: the pipeline of another domain? It finds {', '.join(own)}; "
            f"the domain has {', '.join(labels)}"
        )


def find_pipeline(given: Path | str) -> bool:
    """Whether it is a folder, not a package. RAISES: ValueError if it is neither."""
    from spacy.util import is_package

    given = str(given)
    if given.endswith(".whl"):
        raise ValueError(
            f"{given}: install it (pip install {given}), then give its name"
        )
    if (Path(given) / "config.cfg").is_file():
        return True
    if not is_package(given):
        inside = sorted(Path(given).glob("*/config.cfg"))
        near = f"; did you mean {inside[0].parent}?" if inside else ""
        raise ValueError(
            f"{given}: no package of that name is installed, and no pipeline is there; "
            f"give the name of an installed wheel, or a folder with config.cfg{near}"
        )
    return False


def find_encoders(config: Mapping[str, Any]) -> list[str]:
    """Components of a pipeline's config that are an encoder of ours."""
    parts: Mapping[str, Any] = config["components"]
    models = {name: part.get("model") or {} for name, part in parts.items()}
    return [n for n, x in models.items() if x.get("@architectures") == ENCODER]


def predicts_in(nlp: "Language") -> str:
    """Precision in which the encoder of a pipeline predicts on this machine.

    RETURNS (str): "fp32", "bf16" or "int8"; on a GPU that is told beside it.
    """
    resolve = register_components()["encoder_cpu_forward"].resolve_precision
    for _, pipe in nlp.pipeline:
        model: Any = getattr(pipe, "model", None)
        settings = getattr(model, "settings", None)
        if settings is None:
            continue
        if model.transformer.device.type != "cpu":
            mixed = model.layers[0].shims[0]._mixed_precision
            return "mixed fp16, GPU" if mixed else "fp32, GPU"
        if not model.can_align:
            return "fp32"
        return str(resolve(settings["precision"], False, model.transformer))
    return "fp32"


def token_bounds(lang: str) -> Callable[[str], list[tuple[int, int]]]:
    """A function that tells where tokens start and end, in characters of the text.

    Tokens of white space are left out: no mention starts or ends with one.
    """
    nlp = token_pipeline(lang)

    def find(text: str) -> list[tuple[int, int]]:
        tokens = (token for token in nlp.make_doc(text) if not token.is_space)
        return [(token.idx, token.idx + len(token)) for token in tokens]

    return find
