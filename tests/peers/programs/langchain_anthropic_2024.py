"""Complete, stream and count tokens with langchain-anthropic 0.1.23."""

import asyncio
import json

from langchain_anthropic import AnthropicLLM

llm = AnthropicLLM(model="claude-2.1", max_tokens_to_sample=20)
assert llm.get_num_tokens("Hello") > 0
print(
    json.dumps(
        [
            llm.invoke("Hello"),
            "".join(llm.stream("Hello")),
            asyncio.run(llm.ainvoke("Hello")),
        ]
    )
)
