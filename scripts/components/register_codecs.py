"""Quicker DocBins: msgpack's codecs, which are looked up once; not part of a wheel."""

from srsly import msgpack_decoders, msgpack_encoders


def look_up_codecs_once() -> None:
    """Keep msgpack's codecs, which srsly 2.5 looks for among the entry points of all
    installed packages at each call: half the time of reading a DocBin.
    """
    for codecs in (msgpack_encoders, msgpack_decoders):
        if codecs.entry_points:
            for name, codec in codecs.get_entry_points().items():
                codecs.register(name, func=codec)
            codecs.entry_points = False
