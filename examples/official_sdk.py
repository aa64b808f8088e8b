r"""Call the mock with the official SDK 0.125.0, the last one with `client.completions`.

    pip install anthropic==0.125.0
    text-completions mock --port 8765
    ANTHROPIC_BASE_URL=http://127.0.0.1:8765 ANTHROPIC_API_KEY=sk-any \
        python examples/official_sdk.py

To use this project's client instead, change the import to `text_completions`.
"""

from __future__ import annotations

from anthropic import AI_PROMPT, HUMAN_PROMPT, Anthropic, BadRequestError

client = Anthropic(max_retries=0)
prompt = f"{HUMAN_PROMPT} Why is the sky blue?{AI_PROMPT}"

completion = client.completions.create(
    model="claude-2.1", max_tokens_to_sample=40, prompt=prompt
)
print(completion.completion)

for event in client.completions.create(
    model="claude-2.1", max_tokens_to_sample=40, prompt=prompt, stream=True
):
    print(event.completion, end="", flush=True)
print()

try:
    client.completions.create(
        model="claude-2.1", max_tokens_to_sample=40, prompt="Why is the sky blue?"
    )
except BadRequestError as error:
    print(error.message)
