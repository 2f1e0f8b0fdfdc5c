"""What a wheel says of the text that trained it, counted in the corpus."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from phantom.corpora.origins import OriginCounts
from phantom.packs.benchmarks import load_benchmarks
from phantom.packs.pack import Pack

_UNKNOWN = "not recorded"
_NOTE = (
    "Synthetic text teaches form, not facts: stated relations may be false, and "
    "nothing may be read from it as knowledge."
)


def summarize(counts: OriginCounts | None) -> str:
    """One sentence for the description. counts: None if nobody counted."""
    if not counts or not counts.examples or counts.unknown:
        return "The origin of its training text is not recorded."
    real = counts.public + counts.private
    if not real:
        return "Trained on synthetic text alone."
    return f"{real:,} of the {counts.examples:,} passages that trained it are real."


def describe_student(meta: Mapping[str, Any]) -> str:
    """Whose student a pipeline is and how it learnt; "" if it is none's.

    meta (Mapping[str, Any]): Its meta.json, with "student" as `distill` writes it.
    """
    said = meta.get("student")
    if not said:
        return ""
    settings, public = said["settings"], said["public_texts"]
    texts = f"{public:,} unlabelled public ones" if public else "none besides"
    return (
        f"A student of {said['teacher']}: {said['layers']} of its {said['of']} encoder "
        f"layers, distilled in {settings['match_steps']:,} steps on hidden states and "
        f"{settings['steps']:,} on labels; synthetic texts, and {texts}."
    )


def describe_encoder(meta: Mapping[str, Any]) -> str:
    """What its encoder read before training; "" if it is as it came.

    meta (Mapping[str, Any]): Its meta.json, with "pretrained_encoder" of `pretrain`.
    """
    said = meta.get("pretrained_encoder")
    if not said:
        return ""
    counts = said["training_data"]
    return (
        f"Its encoder, {said['encoder']}, first guessed masked words of "
        f"{counts['examples']:,} texts, {counts['synthetic']:,} of them synthetic, for "
        f"{said['settings']['steps']:,} steps."
    )


def describe_data(counts: OriginCounts | None) -> dict[str, Any]:
    """The `data_provenance` of meta.json."""
    if not counts or not counts.examples:
        return {"training_data": _UNKNOWN, "real_data_used": _UNKNOWN, "note": _NOTE}
    origins = ("synthetic", "public", "private", "unknown")
    shares = [
        f"{n:,} {'of unknown origin' if origin == 'unknown' else origin}"
        for origin in origins
        if (n := getattr(counts, origin))
    ]
    real = f"{counts.public + counts.private:,} of {counts.examples:,} passages"
    if counts.sources:
        real += ", from " + _name_counts(counts.sources)
    if counts.unknown:
        real = f"{_UNKNOWN} for {counts.unknown:,} passages; {real} for certain"
    elif not counts.public + counts.private:
        real = "none"
    return {
        "training_data": f"{counts.examples:,} passages: {', '.join(shares)}",
        "written_by": _name_counts(counts.models) or _UNKNOWN,
        "real_data_used": real,
        **({"labelled_by": _name_counts(counts.labellers)} if counts.labellers else {}),
        "counts": counts.model_dump(),
        "note": _NOTE,
    }


def list_sources(pack: Pack, counts: OriginCounts | None) -> Iterator[tuple[str, str]]:
    """Name and licence of what the pack and the training text come from."""
    for source in pack.domain.sources:
        yield source["name"], source["licence"]
    known = load_benchmarks(pack).datasets
    # What no map names was let in by a person, as private or as public.
    other = "private" if counts and counts.private else "declared public"
    for name in counts.sources if counts else ():
        licence = known[name].licence if name in known else other
        yield known[name].title if name in known else name, licence


def write_licences(pack: Pack, sources: Sequence[dict[str, str]]) -> str:
    """The text of LICENSES_SOURCES. sources: As in meta.json."""
    notes = {source["name"]: source.get("note") for source in pack.domain.sources}
    parts = [f"Sources of the domain pack {pack.name}"]
    for source in sources:
        name = source["name"]
        lines = (name, f"licence: {source['license']}", notes.get(name))
        parts.append("\n  ".join(line for line in lines if line))
    return "\n\n".join(parts) + "\n"


def _name_counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} ({n:,})" for name, n in counts.items())
