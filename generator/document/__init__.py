"""Reads the contract and refuses what cannot become a client."""
