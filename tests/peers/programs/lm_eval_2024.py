"""Generate with lm-eval 0.4.13."""

import json

from lm_eval.api.instance import Instance
from lm_eval.models.anthropic_llms import AnthropicLM

model = AnthropicLM(model="claude-2.1", max_tokens_to_sample=20)
assert model.tok_encode("Hello")
request = Instance("generate_until", {}, ("Hello", {"until": ["END"]}), 0)
print(json.dumps(model.generate_until([request])))
