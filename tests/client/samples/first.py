import os

import text_completions as anthropic

api_key = os.environ["API_KEY"]
client = anthropic.Client(api_key)

response = client.completions.create(
    prompt="\n\nHuman: Tell me a haiku about trees\n\nAssistant: ",
    model="claude-v1",
    max_tokens_to_sample=300,
    stop_sequences=["\n\nHuman:"],
)
print(response.completion)

stream = client.completions.create(
    prompt="\n\nHuman: Tell me a haiku about trees\n\nAssistant: ",
    model="claude-v1",
    max_tokens_to_sample=300,
    stop_sequences=["\n\nHuman:"],
    stream=True,
)
for event in stream:
    print(event.completion, end="")
