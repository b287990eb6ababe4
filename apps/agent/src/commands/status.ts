import { join } from 'node:path';
import { oneLine, quoted } from '../log.ts';
import { readRecord, recordFile } from '../offline/record.ts';
import { operatingSystem } from '../operating-system.ts';
import { openConfiguration } from '../state/configuration.ts';
import { version } from '../version.ts';
import { withHost } from './open.ts';

/** `countersign-agent status`: how this host stands with its server. False where something is wrong. */
export function status(folder: string, print: (line: string) => void): Promise<boolean> {
  return withHost(folder, async (identity, server) => {
    let isWell = true;
    const say = (what: string, text: string, well = true) => {
      isWell &&= well;
      print(`${what.padEnd(15)}${oneLine(text)}`);
    };
    say('host', `${identity.host.name} in the group ${quoted(identity.group.name)}, agent ${version}`);
    const began = performance.now();
    const configuration = await openConfiguration(folder, identity, Date.now, () => {});
    const verdict_key = await configuration.newestKey();
    const asked = { agent_version: version, os: operatingSystem(), local_users: [], verdict_key };
    const answer = await server.configuration(asked);
    const ms = Math.round(performance.now() - began);
    if (answer.kind === 'answered')
      say('server', `${identity.issuer} answers in ${ms} ms, and the clocks agree`);
    else if (answer.kind === 'outage')
      say('server', `${identity.issuer} is out of reach: ${answer.reason}`, false);
    else say('server', `${identity.issuer} refused: ${answer.text} (${answer.code})`, false);

    const held = configuration.current();
    if ('problem' in held) say('configuration', held.problem, false);
    else {
      const age = Math.round((Date.now() / 1000 - held.iat) / 60);
      const until = new Date(held.exp * 1000).toISOString().slice(0, 16).replace('T', ' ');
      say(
        'configuration',
        `${age} minutes old, holds until ${until} UTC; without the server: ${held.outage}`,
      );
    }
    try {
      const { logins, entries } = await readRecord(join(folder, recordFile));
      if (entries.length > 0) say('to be told', `${entries.length} logins without the server`);
      for (const { at, local_user, service, outcome } of logins.slice(0, 5))
        say(
          'login',
          `${at.slice(0, 19).replace('T', ' ')} ${quoted(local_user)} by ${quoted(service)}: ${outcome}`,
        );
    } catch (error) {
      say('offline codes', (error as Error).message, false);
    }
    return isWell;
  });
}
