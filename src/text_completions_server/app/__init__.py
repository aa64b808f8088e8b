"""The application, of all the rooms of this package, and a server for tests."""
