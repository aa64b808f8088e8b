"""What controls the mock: journal, faults, scripted replies, admin endpoints."""
