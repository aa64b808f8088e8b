"""The kinds of change that a schema can see."""

from __future__ import annotations

from ._kinds import (
    BREAKING,
    COMPATIBLE,
    DOCUMENTATION,
    Kind,
    Rule,
    breaks,
    extends,
    narrows,
    tells,
    widens,
)

VALUES = (
    narrows(
        "type-narrowed",
        "a type is no longer among those of a value",
        "a call in which {subject} is {detail} is refused now",
        "{subject} is never {detail} any more",
    ),
    widens(
        "type-widened",
        "a type joined those of a value",
        "{subject} may be {detail} now",
        "{subject} may be {detail} now, which no reader expects",
    ),
    breaks(
        "type-changed",
        "a type took the place of another",
        "{subject} is of another type now: {detail}",
    ),
    narrows(
        "null-refused",
        "null is no longer a value",
        "a call in which {subject} is null is refused now",
        "{subject} is never null any more",
    ),
    widens(
        "null-allowed",
        "null became a value",
        "{subject} may be null now",
        "{subject} may be null now, which no reader expects",
    ),
    narrows(
        "enum-value-removed",
        "a value left an enumeration",
        "a call in which {subject} is {detail} is refused now",
        "{subject} is never {detail} any more",
    ),
    widens(
        "enum-value-added",
        "a value joined an enumeration",
        "{subject} may be {detail} now",
        "{subject} may be {detail} now, which no reader knows",
    ),
    narrows(
        "enum-added",
        "an enumeration limits what was free",
        "a call in which {subject} is not one of {detail} is refused now",
        "{subject} is always one of {detail} now",
    ),
    widens(
        "enum-removed",
        "an enumeration no longer limits",
        "{subject} is no longer limited to {detail}",
        "{subject} may be something other than {detail} now",
    ),
    breaks(
        "constant-changed",
        "the only value became another",
        "{subject} is {detail} now; the old value is gone",
    ),
    extends(
        "known-value-added",
        "a value joined the known ones, where others are allowed besides",
        "{subject}: {detail} is known now; it could be there before",
    ),
    extends(
        "known-value-removed",
        "a value left the known ones, where others are allowed besides",
        "{subject}: {detail} is no longer known; it may be there still",
    ),
    narrows(
        "bound-tightened",
        "a bound, a length, a count or a pattern allows less",
        "a call in which {subject} is {detail} is refused now",
        "{subject} is never {detail} any more",
    ),
    widens(
        "bound-loosened",
        "a bound, a length, a count or a pattern allows more",
        "{subject} may be {detail} now",
        "{subject} may be {detail} now, which no reader expects",
    ),
    breaks(
        "bound-changed",
        "a pattern or a step became another",
        "{subject} follows another rule now: {detail}",
    ),
    narrows(
        "format-added",
        "a format, an encoding or a media type of a text is demanded",
        "a call in which {subject} is not in the format {detail} is refused now",
        "{subject} is always in the format {detail} now",
    ),
    widens(
        "format-removed",
        "a format, an encoding or a media type of a text is no longer demanded",
        "{subject} need not be in the format {detail} any more",
        "{subject} need not be in the format {detail} any more; readers rely on it",
    ),
    breaks(
        "format-changed",
        "a text is in another format",
        "{subject} is in another format now: {detail}",
    ),
    narrows(
        "constraint-added",
        "a keyword such as `not`, `contains` or `anyOf` limits what was free",
        "a call in which {subject} does not fit {detail} is refused now",
        "{subject} always fits {detail} now",
    ),
    widens(
        "constraint-removed",
        "such a keyword no longer limits",
        "{subject} need not fit {detail} any more",
        "{subject} need not fit {detail} any more; readers rely on it",
    ),
    breaks(
        "not-comparable",
        "a keyword changed whose effect cannot be worked out",
        "{subject}: {detail} cannot be compared; take it for breaking",
    ),
    narrows(
        "alternative-removed",
        "a branch left a `oneOf` or `anyOf`",
        "a call in which {subject} is {detail} is refused now",
        "{subject} is never {detail} any more",
    ),
    widens(
        "alternative-added",
        "a branch joined a `oneOf` or `anyOf`",
        "{subject} may be {detail} now",
        "{subject} may be {detail} now, which no reader knows",
    ),
    breaks(
        "alternatives-overlap",
        "branches of a `oneOf` changed while one value fits several",
        "{subject}: a value that fits two branches of its oneOf fits none",
    ),
    narrows(
        "alternatives-exclusive",
        "`anyOf` became `oneOf`, and one value fits several branches",
        "a call in which {subject} fits two branches is refused now",
        "{subject} never fits two branches any more",
    ),
    widens(
        "alternatives-inclusive",
        "`oneOf` became `anyOf`, and one value fits several branches",
        "{subject} may fit two branches now",
        "{subject} may fit two branches now, which no reader expects",
    ),
    breaks(
        "discriminator-changed",
        "branches are told apart in another way",
        "{subject} is told apart by {detail} now",
    ),
    extends(
        "discriminator-added",
        "what tells branches apart is said, or said of more names",
        "{subject} may be told apart by {detail} now",
    ),
)

MEMBERS = (
    extends(
        "property-added",
        "an optional property joined an object that is open",
        "{subject} is known now, and may be left out",
    ),
    widens(
        "closed-property-added",
        "an optional property joined an object that is closed",
        "{subject} may be sent now",
        "{subject} may come now, where nothing more was promised to come",
    ),
    narrows(
        "required-property-added",
        "a required property joined an object",
        "a call without {subject} is refused now",
        "{subject} is always there now",
    ),
    Kind(
        "property-removed",
        "a property left an object that is open",
        Rule(COMPATIBLE, "{subject} may still be sent, but means nothing any more"),
        Rule(BREAKING, "{subject} is no longer promised; readers miss it"),
    ),
    breaks(
        "closed-property-removed",
        "a property left an object that is closed",
        "{subject} has no place any more: a call with it is refused, a reader of it "
        "misses it",
    ),
    breaks(
        "property-renamed",
        "a property has another name",
        "{subject} was called {detail}; who uses the old name fails",
    ),
    narrows(
        "property-required",
        "an optional property became required",
        "a call without {subject} is refused now",
        "{subject} is always there now",
    ),
    widens(
        "property-optional",
        "a required property became optional",
        "{subject} may be left out now",
        "{subject} may be missing now; readers rely on it",
    ),
    narrows(
        "object-closed",
        "an object takes fewer members that it does not name",
        "a call in which {subject} has other members is refused now",
        "{subject} has no other members any more",
    ),
    widens(
        "object-opened",
        "an object takes more members that it does not name",
        "{subject} may have other members now",
        "{subject} may have other members now, which no reader expects",
    ),
    Kind(
        "read-only-added",
        "only the server writes a property now",
        Rule(BREAKING, "a call with {subject} is refused now, or it is ignored"),
        Rule(DOCUMENTATION, "{subject} is now said to come in answers only"),
    ),
    Kind(
        "read-only-removed",
        "callers too write a property now",
        Rule(COMPATIBLE, "{subject} may be sent now"),
        Rule(DOCUMENTATION, "{subject} is no longer said to come in answers only"),
    ),
    Kind(
        "write-only-added",
        "only callers write a property now",
        Rule(DOCUMENTATION, "{subject} is now said to be in requests only"),
        Rule(BREAKING, "{subject} no longer comes; readers miss it"),
    ),
    Kind(
        "write-only-removed",
        "the server too writes a property now",
        Rule(DOCUMENTATION, "{subject} is no longer said to be in requests only"),
        Rule(COMPATIBLE, "{subject} comes in answers now"),
    ),
    Kind(
        "default-added",
        "what an absent value means is said now",
        Rule(COMPATIBLE, "a call without {subject} means {detail}, as is said now"),
        Rule(DOCUMENTATION, "an answer without {subject} means {detail}"),
    ),
    Kind(
        "default-changed",
        "an absent value means something else",
        Rule(BREAKING, "a call without {subject} means something else now: {detail}"),
        Rule(DOCUMENTATION, "an answer without {subject} means {detail} now"),
    ),
    Kind(
        "default-removed",
        "what an absent value means is no longer said",
        Rule(BREAKING, "a call without {subject} need not mean {detail} any more"),
        Rule(DOCUMENTATION, "an answer without {subject} no longer means {detail}"),
    ),
)

NOTES = (
    extends(
        "deprecated",
        "something is deprecated now",
        "{subject} still works, but it is to go",
    ),
    extends(
        "no-longer-deprecated",
        "something is no longer deprecated",
        "{subject} stays after all",
    ),
    tells("prose-changed", "a title, summary or description", "{subject} reads anew"),
    tells(
        "example-changed",
        "an example was added, changed or removed",
        "{subject} has another example",
    ),
    tells(
        "note-changed",
        "a comment, a link to documentation or an unknown keyword",
        "{subject} is described anew: {detail}",
    ),
)
