"""The application: routes, checks, responses, errors and limits."""
