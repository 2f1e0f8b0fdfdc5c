"""Foreign forms of annotated text, read (and written) as examples."""
