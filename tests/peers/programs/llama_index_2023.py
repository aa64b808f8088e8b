"""Complete, stream and chat with llama-index 0.9.48."""

import asyncio
import json

from llama_index.llms import Anthropic, ChatMessage

llm = Anthropic(model="claude-2.1", max_tokens=20)
turns = [ChatMessage(role="user", content="Hello")]
print(
    json.dumps(
        [
            llm.complete("Hello").text,
            list(llm.stream_complete("Hello"))[-1].text,
            llm.chat(turns).message.content,
            asyncio.run(llm.acomplete("Hello")).text,
        ]
    )
)
