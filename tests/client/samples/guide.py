from text_completions import Anthropic

client = Anthropic()

completion = client.completions.create(
    model="claude-2.1",
    prompt="Human: What is the capital of France?\n\nAssistant:",
    max_tokens_to_sample=100
)

print(completion.completion)

completion = client.completions.create(
    model="claude-2.1",
    prompt="List three fruits:\n1.",
    max_tokens_to_sample=50,
    stop_sequences=["\n4."]
)

print(completion.completion)

# Lower temperature for more focused, deterministic output
focused_completion = client.completions.create(
    model="claude-2.1",
    prompt="The scientific name for water is",
    max_tokens_to_sample=20,
    temperature=0.1
)

# Higher temperature for more creative, varied output
creative_completion = client.completions.create(
    model="claude-2.1",
    prompt="Write a creative opening line for a story:",
    max_tokens_to_sample=50,
    temperature=0.9
)

# Top-k sampling: limit to top 10 most likely tokens
completion = client.completions.create(
    model="claude-2.1",
    prompt="The weather today is",
    max_tokens_to_sample=30,
    top_k=10
)

# Top-p (nucleus) sampling: limit to tokens comprising top 90% probability mass
completion = client.completions.create(
    model="claude-2.1",
    prompt="The weather today is",
    max_tokens_to_sample=30,
    top_p=0.9
)

stream = client.completions.create(
    model="claude-2.1",
    prompt="Write a short poem about mountains:",
    max_tokens_to_sample=200,
    stream=True
)

for completion in stream:
    print(completion.completion, end="", flush=True)

completion = client.completions.create(
    model="claude-2.1",
    prompt="Q: What is 2+2?\nA:",
    max_tokens_to_sample=100,
    stop_sequences=["\n", "Q:", "Human:"]
)

print(completion.completion.strip())

# Using the legacy Human/Assistant format
from text_completions import Anthropic, HUMAN_PROMPT, AI_PROMPT

client = Anthropic()

prompt = f"{HUMAN_PROMPT} Can you explain photosynthesis in simple terms?{AI_PROMPT}"

completion = client.completions.create(
    model="claude-2.1",
    prompt=prompt,
    max_tokens_to_sample=200
)

print(completion.completion)

import asyncio
from text_completions import AsyncAnthropic

async def async_completion_example():
    client = AsyncAnthropic()

    completion = await client.completions.create(
        model="claude-2.1",
        prompt="The future of artificial intelligence is",
        max_tokens_to_sample=100,
        temperature=0.7
    )

    return completion.completion

result = asyncio.run(async_completion_example())
print(result)

from text_completions import Anthropic, RateLimitError, APITimeoutError

client = Anthropic()

try:
    completion = client.completions.create(
        model="claude-2.1",
        prompt="Write a haiku about programming",
        max_tokens_to_sample=50
    )

    print(completion.completion)

except RateLimitError as e:
    print(f"Rate limited: {e}")

except APITimeoutError as e:
    print(f"Request timed out: {e}")

except Exception as e:
    print(f"Unexpected error: {e}")
