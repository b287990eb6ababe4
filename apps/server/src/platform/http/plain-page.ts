import { hash } from 'node:crypto';

/** A small page that the server writes itself, where no face can: between two sites, or when something went wrong. */
export interface PlainPage {
  title: string;
  paragraphs: string[];
  /** Under which the log has it; people read it out, or copy it. */
  code?: string;
  /** HTML of our own making. */
  form?: string;
  /** Sends the form at once; whoever has no script has its button. */
  submit?: boolean;
}

const style = `
:root{color-scheme:light dark}
body{margin:0;background:#f6f7f9;color:#17202c;font:16px/1.5 system-ui,sans-serif}
main{max-width:420px;margin:12vh auto 0;padding:0 24px}
h1{font-size:24px;line-height:1.25;margin:0 0 16px}
p{margin:0 0 16px;overflow-wrap:anywhere}
code{padding:4px 8px;border-radius:6px;background:#e6e9ee;font:600 17px/1.5 ui-monospace,monospace;user-select:all}
button,a.button{display:inline-block;box-sizing:border-box;width:100%;margin:8px 0;padding:12px 20px;border:0;border-radius:8px;
background:#0b6e69;color:#fff;font:600 16px/1.4 system-ui,sans-serif;text-align:center;text-decoration:none;cursor:pointer}
button.second{background:none;color:inherit;border:1px solid currentColor}
button:focus-visible,a:focus-visible{outline:3px solid #2b8a85;outline-offset:2px}
@media (prefers-color-scheme:dark){body{background:#12161c;color:#e7ebf0}code{background:#26303c}}`;
const script = `document.forms[0].submit()`;

const hashOf = (text: string) => `'sha256-${hash('sha256', text, 'base64')}'`;
const [styleHash, scriptHash] = [hashOf(style), hashOf(script)];

/** Its HTML and its Content-Security-Policy. A form may go anywhere: it is ours, and other sites are what it is for. */
export function renderPlainPage({ title, paragraphs, code, form = '', submit = false }: PlainPage): {
  html: string;
  policy: string;
} {
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(title)}</title>
<style>${style}</style></head><body><main><h1>${escapeHtml(title)}</h1>
${paragraphs.map((words) => `<p>${escapeHtml(words)}</p>`).join('\n')}
${code === undefined ? '' : `<p><code>${escapeHtml(code)}</code></p>`}
${form}</main>${submit ? `<script>${script}</script>` : ''}</body></html>`;
  const policy = [
    "default-src 'none'",
    `style-src ${styleHash}`,
    ...(submit ? [`script-src ${scriptHash}`] : []),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
  return { html, policy };
}

export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
