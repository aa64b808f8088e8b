"""Builds what the templates are given: plain values made from a checked document."""
