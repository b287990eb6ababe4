import { call } from './api.ts';

/**
 * Follows a resource that changes: by server-sent events, which the browser reconnects by itself, and by polling while
 * they cannot be had. `path` is the resource; its stream is `{path}/events`, with events named `event`.
 * Returns what stops it.
 */
export function follow<T>(
  path: string,
  event: string,
  onChange: (value: T) => void,
  onError: (error: unknown) => void = () => {},
): () => void {
  const source = new EventSource(`${path}/events`);
  let stopped = false;
  let polling: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    stopped = true;
    source.close();
    clearTimeout(polling);
  };

  const poll = async () => {
    try {
      const value = await call<T>('GET', path);
      if (!stopped) onChange(value);
    } catch (error) {
      if (!stopped) onError(error);
    }
    if (!stopped && source.readyState !== EventSource.OPEN) polling = setTimeout(() => void poll(), 3000);
  };

  source.addEventListener(
    event,
    ({ data }: MessageEvent<string>) => !stopped && onChange(JSON.parse(data) as T),
  );
  source.addEventListener('open', () => clearTimeout(polling));
  source.addEventListener('error', () => {
    clearTimeout(polling);
    if (!stopped) polling = setTimeout(() => void poll(), 1000);
  });
  return stop;
}
