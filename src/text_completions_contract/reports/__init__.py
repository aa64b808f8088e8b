"""Reports of a run: for the terminal, and as JSON, JUnit and HTML files."""
