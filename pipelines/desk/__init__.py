"""One file a thing a person does: check access → log → run → log → return.

The only room that knows all the others. Pages and the command line call nothing else.
"""
