"""Loggers of a run: its folder, which is the source of truth, and the trackers that mirror it."""
