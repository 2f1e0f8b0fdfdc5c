import random

from hypothesis import given
from hypothesis import strategies as st

from phantom.checks.models.minhash import near_pairs, shingle

WORDS = st.lists(st.sampled_from("ab cd ef gh ij , . kl".split()), max_size=12)


def grams(words: list[str], size: int) -> set[tuple[str, ...]]:
    plain = [word for word in words if word.isalnum()]
    size = min(size, len(plain))
    return {tuple(plain[i : i + size]) for i in range(len(plain) - size + 1)}


@given(st.lists(WORDS, min_size=1, max_size=8), st.integers(1, 4))
def test_shingles_are_the_word_ngrams(documents: list[list[str]], size: int) -> None:
    shingles = shingle(documents, size)
    assert len(shingles) == len(documents)
    for i, words in enumerate(documents):
        assert len(shingles.of(i)) == max(len(grams(words, size)), 1)
        for j, other in enumerate(documents):
            same = grams(words, size) == grams(other, size)
            assert (shingles.of(i) == shingles.of(j)) == same


def test_near_pairs_are_those_of_exact_jaccard() -> None:
    rng = random.Random(0)
    vocabulary = [f"w{i}" for i in range(400)]
    documents = [rng.choices(vocabulary, k=20) for _ in range(300)]
    for i in range(150):
        copy = list(documents[i])
        for k in rng.sample(range(20), rng.randint(0, 4)):
            copy[k] = rng.choice(vocabulary)
        documents.append(copy)
    sets = [grams(words, 2) for words in documents]
    wanted = {
        (i, j)
        for i in range(len(sets))
        for j in range(i + 1, len(sets))
        if len(sets[i] & sets[j]) / len(sets[i] | sets[j]) >= 0.7
    }
    found = {(i, j): v for i, j, v in near_pairs(shingle(documents, 2), 0.7)}
    assert len(wanted) > 50
    assert set(found) <= wanted
    # Banding may miss one pair in a hundred at the threshold itself.
    assert len(found) >= 0.97 * len(wanted)
    for (i, j), value in found.items():
        assert value == len(sets[i] & sets[j]) / len(sets[i] | sets[j])


def test_split_keeps_pairs_across_only() -> None:
    one, two = "a b c d e f g h".split(), "a b c d e f g h i".split()
    found = list(near_pairs(shingle([one, one, two, two], 2), 0.5, split=2))
    assert {(i, j) for i, j, _ in found} == {(0, 2), (0, 3), (1, 2), (1, 3)}
