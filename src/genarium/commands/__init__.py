"""The verbs of the command line: thin, one module each, `main(args)` and `help_text()`."""
