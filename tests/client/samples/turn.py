import argparse

from text_completions import AI_PROMPT, HUMAN_PROMPT, Anthropic

parser = argparse.ArgumentParser()
parser.add_argument("message")
parser.add_argument("--debug", action="store_true")
args = parser.parse_args()

anthropic = Anthropic()
history = ""
message = args.message

prompt = f"{history} {HUMAN_PROMPT} {message} {AI_PROMPT}"

if args.debug:
    print(f"Prompt: {prompt}")

# Get the completion from the AI, by sending a request to the API
response = anthropic.completions.create(
    model="claude-1.3",
    max_tokens_to_sample=
    3000,
    prompt=prompt,
    stream=True
)

# Collect the response from the AI
completion = ''
for chunk in response:
    completion += chunk.completion
    print(chunk.completion, end='')

# Update the conversation history with the new completion
new_history = f"{history} {HUMAN_PROMPT} {message} {AI_PROMPT} {completion}"
