r"""Call the API through LiteLLM: a text completion, and a streamed message.

    text-completions mock --port 8765
    ANTHROPIC_BASE_URL=http://127.0.0.1:8765 ANTHROPIC_API_KEY=sk-any \
        python examples/litellm_client.py

Two comments below say what LiteLLM 1.110 gets wrong on the way to `/v1/complete`.
"""

from __future__ import annotations

import os

# LiteLLM would download a list of prices when it is imported.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import litellm

litellm.suppress_debug_info = True
URL = os.environ["ANTHROPIC_BASE_URL"]
MESSAGES = [{"role": "user", "content": "Why is the sky blue?"}]

# Without a template, LiteLLM 1.110 writes its list of messages into the prompt as
# Python prints it. Servers refuse that, or models answer it.
litellm.register_prompt_template(
    model="claude-2.1",
    roles={
        "system": {"pre_message": "", "post_message": ""},
        "user": {"pre_message": "\n\nHuman: ", "post_message": ""},
        "assistant": {"pre_message": "\n\nAssistant: ", "post_message": ""},
    },
    final_prompt_value="\n\nAssistant:",
)


def complete() -> str:
    """Call `POST /v1/complete`, which LiteLLM names `anthropic_text`.

    Do not stream here: LiteLLM 1.110 takes the first event for the last one.
    """
    response = litellm.completion(
        model="anthropic_text/claude-2.1",
        messages=MESSAGES,
        max_tokens=40,
        api_base=f"{URL}/v1/complete",
    )
    return response.choices[0].message.content


def stream() -> str:
    """Call `POST /v1/messages`, which the mock has as well, and print the stream."""
    text = ""
    for chunk in litellm.completion(
        model="anthropic/claude-2.1",
        messages=MESSAGES,
        max_tokens=40,
        api_base=URL,
        stream=True,
    ):
        piece = chunk.choices[0].delta.content or ""
        print(piece, end="", flush=True)
        text += piece
    return text


if __name__ == "__main__":
    print(complete())
    stream()
    print()
