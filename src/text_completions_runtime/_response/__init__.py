"""From an HTTP response to what a call returns."""
