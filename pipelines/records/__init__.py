"""The frozen values that cross every boundary between rooms.

They hold no behaviour beyond naming themselves, import nothing but the standard library,
and carry no open resources except the `Chart`, which is the right to read one patient.
"""
