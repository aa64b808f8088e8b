"""The mock's own side: journal, faults, scripted replies, admin endpoints."""
