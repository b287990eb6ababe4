import {
  createTheme,
  defaultVariantColorsResolver,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';

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

/** What each colour means, and the tokens of that meaning. */
const tones: Record<string, string> = {
  teal: 'accent',
  red: 'danger',
  yellow: 'warning',
  green: 'success',
};

/** Quiet grounds and text take the tokens, which have their contrast in both schemes; Mantine's own yellow has none. */
const variantColorResolver: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input);
  const tone = tones[input.color ?? 'teal'];
  if (tone === 'danger' && input.variant === 'filled') {
    return {
      ...colors,
      background: 'var(--cs-danger)',
      hover: 'color-mix(in srgb, var(--cs-danger), var(--cs-text) 15%)',
      color: 'var(--cs-on-danger)',
    };
  }
  if (!tone || (input.variant !== 'light' && input.variant !== 'subtle')) return colors;
  const quiet = `var(--cs-${tone}-quiet)`;
  return {
    ...colors,
    background: input.variant === 'light' ? quiet : 'transparent',
    hover: quiet,
    hoverColor: `var(--cs-${tone})`,
    color: `var(--cs-${tone})`,
    border: '1px solid transparent',
  };
};

export const theme = createTheme({
  variantColorResolver,
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
  components: {
    // Nearly every field is needed; the few that are not say so.
    InputWrapper: { defaultProps: { withAsterisk: false } },
    Modal: { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } },
    // A label needs a role to belong to.
    Loader: { defaultProps: { role: 'status' } },
  },
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
