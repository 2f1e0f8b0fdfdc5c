"""Pseudonyms: identifiers in private text, found and replaced alike everywhere."""

from phantom.pseudonyms.apply import pseudonymise
from phantom.pseudonyms.build import make_finder, make_surrogates
from phantom.pseudonyms.categories import CATEGORIES, coverage
from phantom.pseudonyms.find import Finder, Found
from phantom.pseudonyms.surrogates import Surrogates, read_secret

__all__ = [
    "CATEGORIES",
    "Finder",
    "Found",
    "Surrogates",
    "coverage",
    "make_finder",
    "make_surrogates",
    "pseudonymise",
    "read_secret",
]
