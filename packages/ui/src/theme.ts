import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

/** Mantine in the product's colours. The tokens (tokens.css) are the source; this maps Mantine's names to them. */

const teal: MantineColorsTuple = [
  '#e6f5f3',
  '#cfe9e6',
  '#9fd3ce',
  '#6dbcb5',
  '#46a9a1',
  '#2d9d95',
  '#0b6e69',
  '#0a635e',
  '#07524e',
  '#043f3c',
];

/** Mantine's greys of the dark scheme, from text to ground, in our hue. */
const dark: MantineColorsTuple = [
  '#e9eef4',
  '#c4cedb',
  '#a3b0c0',
  '#7c8a9b',
  '#324050',
  '#2a3644',
  '#202a36',
  '#18202a',
  '#141b23',
  '#10151c',
];

export const theme = createTheme({
  primaryColor: 'teal',
  // One shade in both schemes: white on it has 6:1.
  primaryShade: 6,
  colors: { teal, dark },
  fontFamily: 'var(--cs-font)',
  fontFamilyMonospace: 'var(--cs-mono)',
  defaultRadius: 'md',
  radius: { md: '8px', lg: '12px' },
  headings: { fontFamily: 'var(--cs-font)', fontWeight: '650' },
  respectReducedMotion: true,
  // Nearly every field is needed; the few that are not say so.
  components: { InputWrapper: { defaultProps: { withAsterisk: false } } },
});

const surfaces = {
  // What cards and dialogs stand on; the page itself is `body`, see each portal's own sheet.
  '--mantine-color-body': 'var(--cs-surface)',
  '--mantine-color-text': 'var(--cs-text)',
  '--mantine-color-dimmed': 'var(--cs-text-quiet)',
  '--mantine-color-default': 'var(--cs-surface)',
  '--mantine-color-default-border': 'var(--cs-line)',
  '--mantine-color-anchor': 'var(--cs-accent)',
  '--mantine-color-error': 'var(--cs-danger)',
  '--mantine-color-placeholder': 'var(--cs-text-quiet)',
};

export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: surfaces, dark: surfaces });
