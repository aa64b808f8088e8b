"""The two operations of the API: requests, prompts, and how responses are written."""
