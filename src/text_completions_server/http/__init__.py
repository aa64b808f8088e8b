"""Serving over HTTP: uvicorn's settings, the connection, the server in a thread."""
