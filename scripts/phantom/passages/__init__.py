"""Pure functions on one text or example: tags, concepts, names, quantities."""
