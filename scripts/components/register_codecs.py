"""Quicker DocBins: msgpack's codecs, which are looked up once; not part of a wheel."""

from typing import Any

import catalogue
from srsly import msgpack_decoders, msgpack_encoders


def look_up_codecs_once() -> None:
    """Keep msgpack's codecs until something is registered.

    At each call srsly 2.5 looks for them among the entry points of all installed
    packages, and through all that anybody has registered: most of the time of writing
    or reading the docs of a DocBin.
    """
    for codecs in (msgpack_encoders, msgpack_decoders):
        if codecs.entry_points:
            for name, codec in codecs.get_entry_points().items():
                codecs.register(name, func=codec)
            codecs.entry_points = False
            codecs.get_all = _Kept(codecs.get_all)


class _Kept:
    """What a registry has, looked up anew where the number of all entries changed."""

    def __init__(self, look_up: Any) -> None:
        self.look_up = look_up
        self.size = -1
        self.found: dict[str, Any] = {}

    def __call__(self) -> dict[str, Any]:
        if self.size != len(catalogue.REGISTRY):
            self.found, self.size = self.look_up(), len(catalogue.REGISTRY)
        return self.found
