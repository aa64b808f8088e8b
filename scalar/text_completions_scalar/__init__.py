"""Data only: `standalone.js`, the bundle of Scalar as npm has it."""
