"""Compares what callers see of two emitted packages."""
