#!/usr/bin/env node
// The command. Plain JavaScript: from here on the types of every file are stripped once, and the result is kept, so
// that a later start loads no compiler. Where nobody can write beside the code, it starts without.
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache?.(fileURLToPath(new URL('../../node_modules/.cache/countersign', import.meta.url)));
await import('./src/cli.ts');
