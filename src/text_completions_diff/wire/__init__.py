"""Compare what is around schemas: operations, parameters, bodies, streams, security."""
