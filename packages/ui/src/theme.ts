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

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 6, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.35,
  colors: { teal },
  fontFamily: 'var(--cs-font)',
  fontFamilyMonospace: 'var(--cs-mono)',
  defaultRadius: 'md',
  radius: { md: '8px', lg: '12px' },
  headings: { fontFamily: 'var(--cs-font)', fontWeight: '650' },
  respectReducedMotion: true,
});

const surfaces = {
  '--mantine-color-body': 'var(--cs-ground)',
  '--mantine-color-text': 'var(--cs-text)',
  '--mantine-color-dimmed': 'var(--cs-text-quiet)',
  '--mantine-color-default': 'var(--cs-surface)',
  '--mantine-color-default-border': 'var(--cs-line)',
  '--mantine-color-anchor': 'var(--cs-accent)',
  '--mantine-color-error': 'var(--cs-danger)',
  '--mantine-color-placeholder': 'var(--cs-text-quiet)',
};

export const cssVariables: CSSVariablesResolver = () => ({ variables: {}, light: surfaces, dark: surfaces });
