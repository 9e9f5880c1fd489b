"""The tests mirror `pipelines/`; `pages/` and `browser/` try the app as a person would."""
