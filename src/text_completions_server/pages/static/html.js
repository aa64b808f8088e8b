// Preact with templates: html`<p>${text}</p>`. Whatever stands in ${} is text, and
// never becomes markup.
import htm from "./vendor/htm.mjs";
import { h, render } from "./vendor/preact.mjs";

export const html = htm.bind(h);
export { render };
