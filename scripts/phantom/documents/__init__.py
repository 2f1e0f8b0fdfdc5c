"""A pipeline over many and long documents: sources, blocks, parts of the output."""
