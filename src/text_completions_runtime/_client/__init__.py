"""The clients: their settings, and the sync and async calls."""
