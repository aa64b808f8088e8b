"""From a request to a response: checks, the two operations, and samples."""
