// Shows the document of this server with Scalar, which may only talk to this server.
const here = new URL(".", location.href).href.replace(/\/$/, "");
const reference = document.getElementById("reference");

const MORE_CONTRAST = `
  .light-mode, .dark-mode, .scalar-app {
    --scalar-color-3: var(--scalar-color-2);
    --scalar-sidebar-search-color: var(--scalar-color-2);
  }
  .light-mode, .light-mode .scalar-app { --scalar-color-green: #00754a; }
`;

async function show() {
  const api = await (await fetch("openapi.json")).json();
  Scalar.createApiReference("#reference", {
    content: api,
    servers: [{ url: here, description: "This server" }],
    authentication: { securitySchemes: filledIn(api, reference.dataset.key) },
    customCss: MORE_CONTRAST,
    agent: { disabled: true },
    hideClientButton: true,
    mcp: { disabled: true },
    showDeveloperTools: "never",
    telemetry: false,
    withDefaultFonts: false,
  });
}

// A key that this server accepts from everybody, so that a request works at once.
function filledIn(api, key) {
  const names = key ? Object.keys(api.components?.securitySchemes ?? {}) : [];
  return Object.fromEntries(names.map((name) => [name, { value: key, token: key }]));
}

show();
