"""How the contract becomes a client: read, check, view, render. One idea a module.

document    the YAML with the places of its parts
checks      what stops an emission, with place and reason
normal      the document as openapi-python-client can take it
naming      from names of the document to names in Python
types       from parsed properties to annotations and decoders
models      what a template needs to know of a model
operations  what a template needs to know of an operation
client      what a template needs to know of the whole
text        docstrings and literals: data that never becomes code
package     from a document to the files of a package
"""
