import type { Logger } from 'pino';
import { compose, type Server } from './compose.ts';
import type { Environment } from './platform/environment.ts';
import { openAndMigrate } from './platform/store/open.ts';
import { loadWebAuthn } from './platform/webauthn.ts';
import { isSetupNeeded, issueSetupLink } from './setup/setup.ts';

/** Starting and stopping the server: settings, store, listen. */

export interface Running {
  server: Server;
  stop(): Promise<void>;
}

export async function serve(environment: Environment, log: Logger): Promise<Running> {
  const store = await openAndMigrate(environment);
  const server = await compose(environment, store, log);
  const stop = async () => {
    await server.stop();
    await store.close();
  };
  try {
    await server.app.listen({ port: environment.port, host: environment.host });
    await greet(environment, server);
    void loadWebAuthn();
  } catch (error) {
    await stop();
    throw error;
  }
  return { server, stop };
}

/** What a newcomer sees in the console. */
async function greet({ issuer }: Environment, { platform }: Server): Promise<void> {
  const lines = [
    '',
    `  Countersign is running.`,
    '',
    `  User Portal      ${issuer}/`,
    `  Admin Portal     ${issuer}/admin/`,
    `  Authenticator    ${issuer}/authenticator/`,
    '',
  ];
  if (await isSetupNeeded(platform)) {
    lines.push('  There is no owner yet. Open this link once, within 7 days, to begin:', '');
    lines.push(`  ${await issueSetupLink(platform)}`, '');
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}
