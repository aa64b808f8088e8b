"""Complete, stream and count tokens with langchain 0.0.354."""

import asyncio
import json

from langchain.chat_models import ChatAnthropic
from langchain.llms import Anthropic

llm = Anthropic(model="claude-2.1", max_tokens_to_sample=20)
chat = ChatAnthropic(model="claude-2.1", max_tokens_to_sample=20)
assert llm.get_num_tokens("Hello") > 0
print(
    json.dumps(
        [
            llm.invoke("Hello"),
            "".join(llm.stream("Hello")),
            asyncio.run(llm.ainvoke("Hello")),
            chat.invoke("Hello").content,
            "".join(chunk.content for chunk in chat.stream("Hello")),
        ]
    )
)
