/** What the tests need beside npm's packages, and how it gets there. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { findChromium } from '../../tests/browser/support/chromium.ts';
import { findWebKit } from '../../tests/webkit/support/webkit.ts';
import { findApacheModule } from '../../tests/support/apache.ts';
import { findLibrary, findPostgres, findProgram } from '../../tests/support/installed.ts';
import { findSshd } from '../../tests/support/sshd.ts';
import { findMingw, findWine } from '../../tests/support/windows-login.ts';

export interface Requirement {
  name: string;
  debianPackage: string;
  /** What is left out without it. */
  leftOut: string;
  find: () => string | undefined;
}

export const chromium: Requirement = {
  name: 'Chromium',
  debianPackage: 'chromium',
  leftOut: 'the browser tests',
  find: findChromium,
};

export const postgres: Requirement = {
  name: 'PostgreSQL',
  debianPackage: 'postgresql',
  leftOut: 'whatever runs on PostgreSQL',
  find: findPostgres,
};

/** Part of nearly every system; it makes the certificate of one test. */
export const openssl: Requirement = {
  name: 'OpenSSL',
  debianPackage: 'openssl',
  leftOut: 'the test of TLS',
  find: () => findProgram('openssl'),
};

/** It notes which writes had reached the disk when the power goes. */
export const strace: Requirement = {
  name: 'strace',
  debianPackage: 'strace',
  leftOut: 'the test of power loss',
  find: () => findProgram('strace'),
};

export const firefox: Requirement = {
  name: 'Firefox',
  debianPackage: 'firefox-esr',
  leftOut: 'the tests of real pushes in Firefox',
  find: () => findProgram('firefox-esr', 'firefox'),
};

/** By which Firefox shows notifications of the system: it loads it where it is there. */
export const notify: Requirement = {
  name: 'libnotify',
  debianPackage: 'libnotify4',
  leftOut: 'the tests of real pushes in Firefox',
  find: () => findLibrary('libnotify'),
};

/** Notifications go over it, and so do clicks on them. */
export const dbus: Requirement = {
  name: 'D-Bus',
  debianPackage: 'dbus',
  leftOut: 'the tests that click notifications',
  find: () => findProgram('dbus-daemon'),
};

/** An engine close to Safari's, its driver, and a display for it. */
export const webkit: Requirement = {
  name: 'WebKitGTK',
  debianPackage: 'webkit2gtk-driver',
  leftOut: 'the tests of the app in WebKitGTK',
  find: findWebKit,
};
export const xvfb: Requirement = {
  name: 'Xvfb',
  debianPackage: 'xvfb',
  leftOut: 'the tests of the app in WebKitGTK',
  find: () => findProgram('Xvfb'),
};

/** Another maker of one-time codes, and another reader of QR codes, that ours are held to. */
export const oathtool: Requirement = {
  name: 'oathtool',
  debianPackage: 'oathtool',
  leftOut: 'the comparison of codes with those of oathtool',
  find: () => findProgram('oathtool'),
};
export const zbar: Requirement = {
  name: 'zbarimg',
  debianPackage: 'zbar-tools',
  leftOut: 'the reading of our QR codes by zbarimg',
  find: () => findProgram('zbarimg'),
};

/** Another implementation of XML signatures and encryption, that ours are held to. */
export const xmlsec: Requirement = {
  name: 'xmlsec1',
  debianPackage: 'xmlsec1',
  leftOut: 'the comparison of SAML signatures and encryption with those of xmlsec1',
  find: () => findProgram('xmlsec1'),
};

/** Applications of others that sign people in: modules of Apache's web server. */
export const mellon: Requirement = {
  name: 'mod_auth_mellon',
  debianPackage: 'libapache2-mod-auth-mellon',
  leftOut: 'the test of SAML with mod_auth_mellon',
  find: () => findApacheModule('auth_mellon'),
};
export const openidc: Requirement = {
  name: 'mod_auth_openidc',
  debianPackage: 'libapache2-mod-auth-openidc',
  leftOut: 'the test of OpenID Connect with mod_auth_openidc',
  find: () => findApacheModule('auth_openidc'),
};

/** What the PAM module is built with, and whose logins it is tried in. */
export const gcc: Requirement = {
  name: 'gcc',
  debianPackage: 'gcc',
  leftOut: 'the tests of the PAM module',
  find: () => findProgram('gcc'),
};
export const gnuMake: Requirement = {
  name: 'make',
  debianPackage: 'make',
  leftOut: 'the tests of the PAM module',
  find: () => findProgram('make'),
};
export const pamHeaders: Requirement = {
  name: "PAM's headers",
  debianPackage: 'libpam0g-dev',
  leftOut: 'the tests of the PAM module',
  find: () => ['/usr/include/security/pam_modules.h'].find((file) => existsSync(file)),
};
export const pamtester: Requirement = {
  name: 'pamtester',
  debianPackage: 'pamtester',
  leftOut: 'the tests of the PAM module with pamtester',
  find: () => findProgram('pamtester'),
};
export const sudo: Requirement = {
  name: 'sudo',
  debianPackage: 'sudo',
  leftOut: 'the tests of the PAM module in sudo',
  find: () => findProgram('sudo'),
};
export const sshServer: Requirement = {
  name: 'OpenSSH',
  debianPackage: 'openssh-server',
  leftOut: 'the tests of the PAM module in sshd',
  find: findSshd,
};

/** What the credential provider for Windows is built with, and what it is run in. */
export const mingw: Requirement = {
  name: 'mingw-w64',
  debianPackage: 'g++-mingw-w64-x86-64',
  leftOut: 'the tests of the credential provider for Windows',
  find: findMingw,
};
export const wine: Requirement = {
  name: 'wine',
  debianPackage: 'wine64',
  leftOut: 'the tests of the credential provider for Windows',
  find: findWine,
};

export type System = 'debian' | 'ubuntu' | 'other';

/** Ubuntu has Firefox as a snap only, which cannot be driven with a profile of the test's own. */
const isPackaged = (requirement: Requirement, system: System): boolean =>
  requirement !== firefox || system === 'debian';

/** The commands that install `missing`, to be run in order by root. */
export function installing(missing: readonly Requirement[], system: System): string[][] {
  // Ubuntu's package chromium is an empty one that wants snap.
  const byPlaywright = missing.filter((requirement) => requirement === chromium && system !== 'debian');
  const packages = missing.filter((each) => !byPlaywright.includes(each) && isPackaged(each, system));
  const names = packages.map(({ debianPackage }) => debianPackage);
  const apt = [
    ['apt-get', 'update'],
    [
      'apt-get',
      'install',
      '-y',
      '--no-install-recommends',
      '-o',
      'Dpkg::Options::=--force-confold',
      ...names,
    ],
  ];
  return [
    ...(names.length > 0 && system !== 'other' ? apt : []),
    ...(byPlaywright.length > 0 ? [['npx', 'playwright', 'install', '--with-deps', 'chromium']] : []),
  ];
}

/** One line for somebody to copy. */
export function advice(missing: readonly Requirement[], system: System): string {
  const commands = installing(missing, system).map((command) =>
    command[0] === 'apt-get'
      ? ['sudo', ...command.filter((word) => word !== '-o' && !word.startsWith('Dpkg'))]
      : command,
  );
  const byHand = system === 'other' ? missing.filter((requirement) => requirement !== chromium) : [];
  return [
    commands.map((command) => command.join(' ')).join(' && '),
    ...byHand.map(({ name }) => `install ${name} (its programs in PATH)`),
  ]
    .filter(Boolean)
    .join('; ');
}

function thisSystem(): System {
  if (findProgram('apt-get') === undefined || !existsSync('/etc/os-release')) return 'other';
  const release = readFileSync('/etc/os-release', 'utf8');
  if (/^ID=ubuntu$|^ID_LIKE=.*ubuntu/m.test(release)) return 'ubuntu';
  return /^ID=debian$|^ID_LIKE=.*debian/m.test(release) ? 'debian' : 'other';
}

/** Installs what it may, as root on Debian or Ubuntu, and says so first. Returns what is missing after that. */
export function provide(needed: readonly Requirement[]): { missing: Requirement[]; failed: boolean } {
  const isMissing = ({ find }: Requirement) => find() === undefined;
  const missing = needed.filter(isMissing);
  const system = thisSystem();
  if (missing.length === 0) return { missing, failed: false };
  const names = missing.map(({ name }) => name).join(' and ');
  if (process.getuid?.() !== 0 || system === 'other') {
    console.log(`The tests need ${names}. To install: ${advice(missing, system)}`);
    return { missing, failed: false };
  }
  const commands = installing(missing, system);
  console.log(
    `The tests need ${names}. Installing with:\n${commands.map((words) => `  ${words.join(' ')}`).join('\n')}`,
  );
  if (missing.includes(postgres)) preventCluster();
  if (missing.includes(sshServer)) preventSshd();
  for (const [program, ...args] of commands) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const { status } = spawnSync(program!, args, { env, stdio: ['ignore', 'inherit', 'inherit'] });
    if (status !== 0) console.log(`${program} ${args[0]} failed`);
  }
  const still = missing.filter(isMissing);
  return { missing: still, failed: still.some((each) => isPackaged(each, system)) };
}

/** Debian's package makes and starts a database of its own, which nothing here uses. */
function preventCluster(): void {
  const settings = '/etc/postgresql-common/createcluster.conf';
  if (existsSync(settings)) return;
  mkdirSync('/etc/postgresql-common', { recursive: true });
  writeFileSync(settings, 'create_main_cluster = false\n');
}

/** Debian's package starts a server on every address, which nothing here uses. Its unit minds this file. */
function preventSshd(): void {
  mkdirSync('/etc/ssh', { recursive: true });
  writeFileSync('/etc/ssh/sshd_not_to_be_run', 'Remove this file to have sshd started.\n');
}
