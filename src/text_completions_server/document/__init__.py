"""The document as the server reads it: operations, checks of requests, samples."""
