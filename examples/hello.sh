#!/bin/sh
# Ask for one completion with curl, as the API reference of 2024 shows it.
# ANTHROPIC_API_KEY is the key. ANTHROPIC_BASE_URL can name another server.
curl --silent --show-error "${ANTHROPIC_BASE_URL:-https://api.anthropic.com}/v1/complete" \
     --header "x-api-key: $ANTHROPIC_API_KEY" \
     --header "anthropic-version: 2023-06-01" \
     --header "content-type: application/json" \
     --data \
'{
    "model": "claude-2.1",
    "max_tokens_to_sample": 1024,
    "prompt": "\n\nHuman: Hello, Claude\n\nAssistant:"
}'
