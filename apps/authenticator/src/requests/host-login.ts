/** What asks on a host, as the server says it ("ssh", "sudo on pts/3"), taken apart so that every language can say it. */
export function programOf(client: string | null): { service: string | null; terminal: string | null } {
  const [, service, terminal] = /^(.+) on (\S+)$/.exec(client ?? '') ?? [];
  return service !== undefined && terminal !== undefined
    ? { service, terminal }
    : { service: client, terminal: null };
}

/** In as few characters as a line of a list or a notification has. */
export function programInShort(client: string | null): string | null {
  const { service, terminal } = programOf(client);
  return terminal === null ? service : `${service} (${terminal})`;
}
