"""Registers the component files, for a new process that asks for one of them."""

import sys
from pathlib import Path

from spacy.util import import_file

if not any(name.startswith(f"{__name__}.") for name in sys.modules):
    import_file("register", Path(__file__).with_name("register.py"))
