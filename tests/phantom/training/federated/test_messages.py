"""Messages hold a record and arrays, and nothing that could run."""

import pickle

import numpy
import pytest
from safetensors.numpy import save

from phantom.corpora.origins import OriginCounts
from phantom.training.federated.messages import Join, Labels, Update, pack, unpack

UPDATE = Update(round=2, layout="ab", origins=OriginCounts(examples=7))


def test_a_message_comes_back_as_it_was() -> None:
    arrays = {"w": numpy.arange(6.0).reshape(2, 3), "b": numpy.zeros(0)}
    record, found = unpack(pack(UPDATE, arrays), Update)
    assert record == UPDATE
    assert found["w"].dtype == numpy.float32
    assert found["w"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert found["b"].shape == (0,)


def test_a_part_of_an_array_is_sent_as_it_stands() -> None:
    whole = numpy.arange(6, dtype="f").reshape(2, 3)
    assert unpack(pack(UPDATE, {"w": whole.T}), Update)[1]["w"].tolist() == (
        whole.T.tolist()
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GET / HTTP/1.1",
        pickle.dumps({"w": 1}),
        pack(UPDATE)[:-20],
        (2**63).to_bytes(8, "little") + b"{}",
        save({"w": numpy.zeros(2, dtype="f")}),
        save({}, metadata={"said": "[1, 2]"}),
        pack(Join(labels=Labels())),
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no message of this version"):
        unpack(data, Update)


def test_numbers_of_another_width_are_refused() -> None:
    said = {"said": UPDATE.model_dump_json()}
    with pytest.raises(ValueError, match="array w: float64"):
        unpack(save({"w": numpy.zeros(2)}, metadata=said), Update)


def test_masked_numbers_keep_all_their_bits() -> None:
    arrays = {"masked": numpy.asarray([0, 2**64 - 1, 2**53 + 1], dtype="uint64")}
    data = pack(UPDATE, arrays)
    found = unpack(data, Update, "uint64")[1]["masked"]
    assert found.tolist() == [0, 2**64 - 1, 2**53 + 1]
    with pytest.raises(ValueError, match="array masked: uint64, not float32"):
        unpack(data, Update)
