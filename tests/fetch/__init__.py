"""Fetching from FHIR servers."""
