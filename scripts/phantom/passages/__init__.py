"""Pure functions on one text or example: tags, concepts, abbreviations, rewriting."""
