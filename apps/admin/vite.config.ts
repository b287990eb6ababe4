import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  base: '/admin/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    manifest: true,
    // A picture inside the script would weigh on the first load.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
