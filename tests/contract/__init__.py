"""The command line as an outside program meets it: a process, its streams and its status."""
