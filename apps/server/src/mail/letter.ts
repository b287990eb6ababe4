import type { Language } from '@countersign/protocol/wire';
import { escapeHtml } from '../platform/http/plain-page.ts';

/** The one form that every mail has: plain text and the same as simple HTML, with the organisation's name. */
export interface Letter {
  subject: string;
  paragraphs: string[];
  /** One link with its words; it is written out too, for readers who do not click. */
  action?: { label: string; url: string };
  /** What is to be read after the link, such as for how long it holds. */
  after?: string[];
}

export interface RenderedLetter {
  text: string;
  html: string;
}

interface Frame {
  language: Language;
  /** "Hello …,", to whom it is. */
  greeting: string;
  organization: string;
}

export function renderLetter(
  { subject, paragraphs, action, after = [] }: Letter,
  { language, greeting, organization }: Frame,
): RenderedLetter {
  const text = [
    greeting,
    ...paragraphs,
    ...(action ? [`${action.label}:\n${action.url}`] : []),
    ...after,
    `-- \n${organization}`,
  ].join('\n\n');
  const paragraph = (words: string) => `<p style="margin:0 0 16px">${escapeHtml(words)}</p>`;
  const button = ({ label, url }: { label: string; url: string }) =>
    `<p style="margin:24px 0"><a href="${escapeHtml(url)}" style="display:inline-block;background:#0b6e69;color:#ffffff;` +
    `padding:12px 20px;border-radius:8px;text-decoration:none;font-weight:600">${escapeHtml(label)}</a></p>` +
    `<p class="link" style="margin:0 0 16px;color:#566273;font-size:14px;word-break:break-all">${escapeHtml(url)}</p>`;
  const html = `<!doctype html><html lang="${language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<title>${escapeHtml(subject)}</title><style>${inTheDark}</style></head>
<body style="margin:0;background:#f6f7f9;color:#17202c;font:16px/1.5 system-ui,sans-serif">
<div style="max-width:520px;margin:0 auto;padding:32px 24px">
<p class="name" style="margin:0 0 24px;font-weight:600;color:#0b6e69">${escapeHtml(organization)}</p>
${[greeting, ...paragraphs].map(paragraph).join('\n')}
${action ? button(action) : ''}
${after.map(paragraph).join('\n')}
</div></body></html>`;
  return { text, html };
}

/** Readers that know no style sheets show the light one. */
const inTheDark =
  '@media (prefers-color-scheme:dark){body{background:#12161c!important;color:#e7ebf0!important}' +
  '.name{color:#5cc4bd!important}.link{color:#a3aebb!important}}';
