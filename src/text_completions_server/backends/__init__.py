"""Where the text comes from: requests, backends, the bridge."""
