import { lazy } from 'react';

/** Screens that are seldom needed at once: loaded when first shown, from the worker's cache where there is one. */

export const AboutScreen = lazy(async () => ({ default: (await import('./about.tsx')).AboutScreen }));
export const AddVerificationScreen = lazy(async () => ({
  default: (await import('./verification.tsx')).AddVerificationScreen,
}));
export const BackupScreen = lazy(async () => ({ default: (await import('./backup.tsx')).BackupScreen }));
export const ExportScreen = lazy(async () => ({ default: (await import('./export.tsx')).ExportScreen }));
export const HostsScreen = lazy(async () => ({ default: (await import('./hosts.tsx')).HostsScreen }));
export const ImportScreen = lazy(async () => ({ default: (await import('./import.tsx')).ImportScreen }));
export const MoveScreen = lazy(async () => ({ default: (await import('./move.tsx')).MoveScreen }));
export const PrivacyScreen = lazy(async () => ({ default: (await import('./privacy.tsx')).PrivacyScreen }));
export const SecurityScreen = lazy(async () => ({
  default: (await import('./security.tsx')).SecurityScreen,
}));
export const VerificationScreen = lazy(async () => ({
  default: (await import('./verification.tsx')).VerificationScreen,
}));
