// Shows the document of this server with Scalar, which may only talk to this server.
const here = new URL(".", location.href).href.replace(/\/$/, "");

Scalar.createApiReference("#reference", {
  url: "openapi.json",
  servers: [{ url: here, description: "This server" }],
  agent: { disabled: true },
  hideClientButton: true,
  mcp: { disabled: true },
  showDeveloperTools: "never",
  telemetry: false,
  withDefaultFonts: false,
});
