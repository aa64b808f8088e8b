"""The pages for people: the index, the API reference and the journal."""
