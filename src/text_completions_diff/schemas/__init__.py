"""Compare schemas: put them into a normal form, then look for differences."""
