"""Patients: who has what, how it shows, what is given for it, and what that does."""
