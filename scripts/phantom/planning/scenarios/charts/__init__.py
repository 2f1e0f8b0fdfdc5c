"""Patients of records that a user has: tables of Synthea, bundles of FHIR."""
