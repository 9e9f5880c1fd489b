"""Readers of the clinical score tables: published rules as data, each with its source."""
