"""How the contract becomes a client: read, check, view, render. One idea a module.

document        the YAML with the places of its parts
kinds           what a value of a document can be
grammar         which keys each part may have
extensions      the same for the extensions
shape           the walk along the grammar: everything after it relies on the shape
checks, calls   what stops an emission, with place and reason
contradictions  what stops it because nothing could keep to it
collisions      what stops it because two things would have one name
normal          the document as openapi-python-client can take it
naming          from names of the document to names in Python
members         the members of parsed models
discriminators  what tells the branches of a union apart
types           from parsed properties to annotations and decoders
models          what a template needs to know of a model
parameters      of a parameter
streams         of a stream
operations      of an operation
client          of the whole
schemas         the bounds as data
bounds, prose   the same in words
text            docstrings and literals: data that never becomes code
package         from a document to the files of a package
surface         what callers see of a package, read from its code
changes         what is different between two surfaces
"""
