"""HTTP: connections, responses, events, limits; uvicorn and its processes."""
