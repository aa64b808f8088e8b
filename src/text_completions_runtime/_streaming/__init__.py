"""Streams: from the bytes of a response to events, texts and final responses."""
