"""A domain as checked data: domain.yml, lexicons, templates, guidelines."""
