"""What is asked → what may answer it: numbered evidence, one file a clinical subject.

`gather` is the entrance; the other files know one kind of record or of notes each.
"""
