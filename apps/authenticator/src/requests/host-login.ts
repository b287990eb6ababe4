/** What asks on a host, as the server says it ("ssh", "sudo on pts/3"), in no language and few characters. */
export const programOf = (client: string | null): string | null =>
  client && client.replace(/^(.+) on (\S+)$/, '$1 ($2)');
