"""The kinds of change of operations, streams, models and the client."""

from __future__ import annotations

from ._kinds import breaks, extends, narrows, widens

OPERATIONS = (
    breaks(
        "operation-removed",
        "an operation is gone",
        "{subject} is not answered any more",
    ),
    extends("operation-added", "an operation is new", "{subject} may be called now"),
    breaks(
        "operation-moved",
        "an operation has another path or method",
        "{subject} was {detail}, which is not answered any more",
    ),
    breaks(
        "operation-id-changed",
        "an operation is called otherwise in code",
        "{subject} is the same on the wire, but the method made from {detail} is gone",
    ),
    extends(
        "operation-id-added",
        "an operation without a name has one",
        "{subject} has a name for code now",
    ),
    breaks(
        "required-parameter-added",
        "a parameter that must be sent is new",
        "a call without {subject} is refused now",
    ),
    extends(
        "parameter-added",
        "a parameter that may be sent is new",
        "{subject} may be sent now",
    ),
    breaks(
        "parameter-removed",
        "a parameter is gone",
        "{subject} means nothing any more, and the argument for it is gone",
    ),
    breaks(
        "parameter-renamed",
        "a parameter has another name",
        "{subject} was called {detail}; who uses the old name fails",
    ),
    breaks(
        "parameter-moved",
        "a parameter is sent in another place",
        "{subject} is sent {detail} now; where it was, nobody looks",
    ),
    breaks(
        "parameter-required",
        "a parameter must be sent now",
        "a call without {subject} is refused now",
    ),
    extends(
        "parameter-optional",
        "a parameter may be left out now",
        "{subject} may be left out now",
    ),
    breaks(
        "serialization-changed",
        "a parameter, a header or a part of a form is written otherwise",
        "{subject} is written otherwise now: {detail}",
    ),
    breaks(
        "required-body-added",
        "an operation asks for a body",
        "a call of {subject} without a body is refused now",
    ),
    extends(
        "body-added", "an operation takes a body", "{subject} may be sent a body now"
    ),
    breaks(
        "body-removed",
        "an operation takes no body any more",
        "the body of {subject} means nothing any more",
    ),
    breaks(
        "body-required",
        "a body must be sent now",
        "a call of {subject} without a body is refused now",
    ),
    extends(
        "body-optional",
        "a body may be left out now",
        "{subject} may be called without a body now",
    ),
    narrows(
        "body-shrunk",
        "a body may have fewer bytes",
        "a body of {detail} bytes is refused now",
        "a body never has {detail} bytes any more",
    ),
    widens(
        "body-grown",
        "a body may have more bytes",
        "a body of {detail} bytes is taken now",
        "a body may have {detail} bytes now",
    ),
    breaks(
        "media-type-removed",
        "a body or an answer is no longer to be had in a media type",
        "{subject}: who sends or asks for {detail} is refused now",
    ),
    extends(
        "media-type-added",
        "a body or an answer is to be had in another media type",
        "{subject}: {detail} may be sent or asked for now",
    ),
    breaks(
        "status-removed",
        "an answer is no longer described",
        "{subject} is no longer promised; who waits for it waits in vain",
    ),
    extends(
        "error-status-added",
        "an error is new; callers treat an unknown status as its class",
        "{subject} may come now, and is treated like every status of its class",
    ),
    breaks(
        "success-status-added",
        "a success or a redirection is new",
        "{subject} may come now, where callers read another answer",
    ),
    breaks(
        "header-removed",
        "a header of an answer is gone",
        "{subject} no longer comes; readers miss it",
    ),
    extends("header-added", "a header of an answer is new", "{subject} comes now"),
    breaks(
        "header-optional",
        "a header of an answer is no longer promised",
        "{subject} may be missing now; readers rely on it",
    ),
    extends(
        "header-required",
        "a header of an answer is always there",
        "{subject} is always there now",
    ),
    breaks(
        "link-changed",
        "a link of an answer changed or is gone",
        "{subject} leads elsewhere, or nowhere",
    ),
    extends(
        "link-added", "a link of an answer is new", "{subject} may be followed now"
    ),
    breaks(
        "security-tightened",
        "a way to authenticate is gone, or asks for more",
        "a call of {subject} with what sufficed before is refused now: {detail}",
    ),
    extends(
        "security-loosened",
        "another way to authenticate suffices",
        "{subject} may be called with {detail} now",
    ),
    breaks(
        "security-scheme-changed",
        "a secret is sent otherwise",
        "the secret of {subject} is sent otherwise now: {detail}",
    ),
    breaks(
        "server-removed",
        "a server is gone",
        "calls to {detail} are not promised an answer any more",
    ),
    extends("server-added", "a server is new", "{detail} may be called now"),
    breaks(
        "default-server-changed",
        "another server stands first, where clients look",
        "who names no server calls {detail} now",
    ),
    breaks(
        "server-variable-changed",
        "a variable of a server's URL lost a value, or its default changed",
        "URLs made with {detail} lead elsewhere now",
    ),
    extends(
        "server-variable-extended",
        "a variable of a server's URL takes another value",
        "URLs may be made with {detail} now",
    ),
    breaks(
        "dialect-changed",
        "schemas are read by other rules",
        "every schema may mean something else under {detail}",
    ),
)

STREAMS = (
    breaks(
        "event-removed",
        "an event of a stream is gone",
        "{detail} no longer comes; readers wait for it in vain",
    ),
    breaks(
        "event-added",
        "an event of a stream is new",
        "{detail} may come now, which no reader knows",
    ),
    breaks(
        "event-renamed",
        "an event of a stream has another name",
        "{detail}; readers of the old name see nothing",
    ),
    breaks(
        "end-marker-changed",
        "a stream ends with another marker, or with none",
        "a stream ends otherwise now: {detail}",
    ),
    breaks(
        "framing-changed",
        "a stream is asked for, written or read in another way",
        "a stream is read otherwise now: {detail}",
    ),
    extends(
        "stream-version-added",
        "a stream is to be had in another version of its format",
        "a stream may be asked for in version {detail} now",
    ),
)

CLIENT = (
    breaks(
        "client-name-removed",
        "a name of the client is gone: a class, a constant, an argument, a variable",
        "code or an environment that uses {detail} fails now",
    ),
    extends(
        "client-name-added",
        "a name of the client is new",
        "code may use {detail} now",
    ),
    breaks(
        "client-name-changed",
        "a name or a value of the client is another",
        "code or an environment that relies on {detail} fails now",
    ),
)

MODELS = (
    breaks(
        "built-in-changed",
        "values that hold unasked, such as stop sequences, are others",
        "{subject} holds other values unasked now: {detail}",
    ),
    extends("model-added", "a model is known", "{detail} is a known model now"),
    breaks(
        "model-removed",
        "a model is no longer known",
        "{detail} is no longer a known model; a call with it may be refused",
    ),
    breaks(
        "model-shrunk",
        "a model takes shorter prompts",
        "a prompt that fitted {detail} is refused now",
    ),
    extends(
        "model-changed",
        "a model takes longer prompts, or a name stands for another model",
        "{detail} is another model, or takes more, now",
    ),
)
