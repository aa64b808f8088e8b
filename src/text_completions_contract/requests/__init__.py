"""Requests, responses, and the wire between them."""
