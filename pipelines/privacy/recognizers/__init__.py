"""The recognizers that Presidio runs, one file a layer, each with its data beside it."""
