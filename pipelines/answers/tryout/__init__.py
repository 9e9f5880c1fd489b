"""Ten built-in questions that show how a model does here, with no chart and no patient."""
