import { hash } from 'node:crypto';
import { encodeBase64url } from '@countersign/protocol';

type Random = (bytes: number) => Uint8Array;

/** An opaque id: 128 random bits in 22 URL-safe characters. */
export const randomId = (random: Random): string => encodeBase64url(random(16));

/** A bearer secret: 256 random bits. Only {@link hashSecret} of it is kept. */
export const randomSecret = (random: Random): string => encodeBase64url(random(32));

/** For secrets with at least 100 random bits, which need no slow hash. */
export const hashSecret = (secret: string): string => hash('sha256', secret, 'base64url');
