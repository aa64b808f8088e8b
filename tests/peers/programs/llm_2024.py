"""Complete and stream with llm and its plugin llm-claude 0.4.2."""

import json

import llm

model = llm.get_model("claude-2")
print(
    json.dumps(
        [
            model.prompt("Hello", stream=False).text(),
            "".join(model.prompt("Hello", stream=True)),
        ]
    )
)
