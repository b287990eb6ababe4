import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildPackage } from '../deb/build.ts';
import { version } from '../src/version.ts';
import { temporaryFolder } from './support/host.ts';

/** The Debian package: what is in it, and what installing, upgrading and removing it leave. */

const has = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const missing = ['dpkg-deb', 'gcc', 'make'].filter((program) => !has(program));
const headers = existsSync('/usr/include/security/pam_modules.h');
const whyNotBuilt =
  missing.length > 0
    ? `${missing.join(', ')} not there`
    : !headers && 'the headers of PAM are not there (libpam0g-dev)';

/** Runs a script as root in a copy of this machine that is gone afterwards: an overlay in a mount namespace. */
function inCopy(script: string): { status: number | null; said: string } {
  const outer = `set -e
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
mount --rbind /dev "$1/root/dev"
mount -t proc proc "$1/root/proc"
[ -z "$2" ] || cp "$2"/*.deb "$1/root/root/"
exec chroot "$1/root" sh -c "cd /root; $3"`;
  const folder = temporaryFolder();
  try {
    const args = ['-m', '--propagation', 'private', 'sh', '-c', outer, 'sh', folder, packages, script];
    const { status, stdout, stderr } = spawnSync('unshare', args, {
      encoding: 'utf8',
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
    });
    return { status, said: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
let packages = '';
const mayCopy =
  process.getuid?.() === 0 && has('unshare') && has('pam-auth-update') && inCopy('true').status === 0;
const whyNotInstalled =
  whyNotBuilt || (!mayCopy && 'this machine allows no overlay in a mount namespace of its own');

describe('the Debian package', { skip: whyNotBuilt }, () => {
  let file = '';
  before(async () => {
    packages = temporaryFolder();
    file = await buildPackage({ folder: packages });
    await buildPackage({ folder: packages, version: '9.9.9' });
  });
  after(() => rmSync(packages, { recursive: true, force: true }));

  test('holds these files, for root, and nothing that all may write', () => {
    const listed = execFileSync('dpkg-deb', ['-c', file], { encoding: 'utf8' }).trim().split('\n');
    for (const line of listed) assert.match(line, /^[d-]r(w)[x-]r-[x-]r-[x-] root\/root /, line);
    const files = listed.filter((line) => line.startsWith('-')).map((line) => line.split(' ./').at(-1)!);
    for (const wanted of [
      /^usr\/bin\/countersign-agent$/,
      /^usr\/lib\/countersign-agent\/countersign-agent\.mjs$/,
      /^usr\/lib\/systemd\/system\/countersign-agent\.service$/,
      /^usr\/lib\/[^/]+\/security\/pam_countersign\.so$/,
      /^usr\/share\/pam-configs\/countersign$/,
      /^usr\/share\/man\/man8\/countersign-agent\.8\.gz$/,
    ])
      assert.ok(
        files.some((each) => wanted.test(each)),
        `${wanted} in ${files.join(' ')}`,
      );
    assert.ok(files.length <= 7, files.join(' '));
  });

  test('says what it is, and needs a Node that can run it', () => {
    const control = execFileSync('dpkg-deb', ['-f', file], { encoding: 'utf8' });
    assert.match(control, new RegExp(`^Version: ${version}$`, 'm'));
    assert.match(control, /^Depends: nodejs \(>= 18\), /m);
  });

  test('its scripts and its program are sh without a mistake', () => {
    const folder = join(import.meta.dirname, '../deb');
    for (const script of [
      'control/postinst',
      'control/prerm',
      'control/postrm',
      'tree/usr/bin/countersign-agent',
    ])
      execFileSync('sh', ['-n', join(folder, script)]);
  });

  test('its PAM profile is off until it is chosen', () => {
    const profile = readFileSync(
      join(import.meta.dirname, '../deb/tree/usr/share/pam-configs/countersign'),
      'utf8',
    );
    assert.match(profile, /^Default: no$/m);
    assert.match(profile, /^Auth-Type: Additional$/m);
  });

  test('its unit starts it whatever is in its folder, and again however often it fails', () => {
    const unit = readFileSync(
      join(import.meta.dirname, '../deb/tree/usr/lib/systemd/system/countersign-agent.service'),
      'utf8',
    );
    // A host whose files are lost would be one whose agent is away, to which `outage=allow` may be set.
    assert.doesNotMatch(unit, /^(Condition|Assert)/m);
    assert.match(unit, /^Restart=always$/m);
    assert.match(unit, /^StartLimitIntervalSec=0$/m);
  });

  test(
    'its unit is well formed and hardened',
    { skip: !has('systemd-analyze') && 'systemd-analyze is not there' },
    () => {
      const unit = join(import.meta.dirname, '../deb/tree/usr/lib/systemd/system/countersign-agent.service');
      const { stderr, stdout } = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
      // The program and the manual are not installed here.
      const said = (stdout + stderr)
        .split('\n')
        .filter((line) => line.includes('countersign-agent') && !/not executable|man countersign/.test(line));
      assert.deepEqual(said, []);
      const { stdout: rated } = spawnSync('systemd-analyze', ['security', '--offline=true', unit], {
        encoding: 'utf8',
      });
      const exposure = /exposure level for \S+: ([\d.]+)/.exec(rated)?.[1];
      if (exposure !== undefined) assert.ok(Number(exposure) <= 2, exposure);
    },
  );

  const forLeftovers = 'rm -f /etc/pam.d/countersign-test-*;';
  const uses = 'grep -ls pam_countersign /etc/pam.d/* | sort | tr \\\\n \\ ;';

  test('installed, it changes nothing about logins', { skip: whyNotInstalled }, () => {
    const { status, said } = inCopy(
      `${forLeftovers} set -e; sha256sum /etc/pam.d/* > before; dpkg -i countersign-agent_${version}_*.deb > log; sha256sum -c --quiet before; countersign-agent --version; ls -ld /var/lib/countersign-agent 2>&1 || true`,
    );
    assert.equal(status, 0, said);
    assert.match(said, new RegExp(`^${version}$`, 'm'));
  });

  test(
    'chosen, it is asked; an upgrade keeps that and the state; removed, PAM is as it was',
    { skip: whyNotInstalled },
    () => {
      const { status, said } = inCopy(
        `${forLeftovers} set -e; sha256sum /etc/pam.d/* > before; dpkg -i countersign-agent_${version}_*.deb > log;
       pam-auth-update --enable countersign; echo ONE; ${uses}
       mkdir -m 700 /var/lib/countersign-agent; echo key > /var/lib/countersign-agent/host-key.pem;
       dpkg -i countersign-agent_9.9.9_*.deb >> log; echo TWO; ${uses} cat /var/lib/countersign-agent/host-key.pem;
       dpkg -r countersign-agent >> log; echo THREE; ${uses} sha256sum -c --quiet before; ls /var/lib/countersign-agent;
       dpkg -P countersign-agent >> log 2>&1; echo FOUR; ls -d /var/lib/countersign-agent || true`,
      );
      assert.equal(status, 0, said);
      const [, one, two, three, four] = said.split(/ONE|TWO|THREE|FOUR/);
      assert.match(one!, /\/etc\/pam\.d\/common-auth/);
      assert.match(two!, /\/etc\/pam\.d\/common-auth[\s\S]*key/);
      assert.doesNotMatch(three!, /pam\.d/);
      assert.match(three!, /host-key\.pem/);
      assert.match(four!, /No such file/);
    },
  );

  test(
    'taken out of use for a moment by another package, it is asked all the same',
    { skip: whyNotInstalled },
    () => {
      const { status, said } = inCopy(
        `${forLeftovers} set -e; dpkg -i countersign-agent_${version}_*.deb > log; pam-auth-update --enable countersign;
       mkdir -p other/DEBIAN; printf '%s\\n' 'Package: other' 'Version: 1' 'Architecture: all' 'Maintainer: nobody <n@example.com>' 'Description: other' 'Breaks: countersign-agent' > other/DEBIAN/control;
       dpkg-deb -b other other.deb >> log; dpkg -i --auto-deconfigure other.deb >> log 2>&1 || true; dpkg -s countersign-agent | grep ^Status; ${uses}`,
      );
      assert.equal(status, 0, said);
      assert.match(said, /^Status: install ok (unpacked|half-configured)/m);
      assert.match(said, /\/etc\/pam\.d\/common-auth/);
    },
  );

  test('is not removed from under a line that somebody wrote by hand', { skip: whyNotInstalled }, () => {
    const { said } = inCopy(
      `${forLeftovers} dpkg -i countersign-agent_${version}_*.deb > log; echo auth required pam_countersign.so >> /etc/pam.d/sshd; dpkg -r countersign-agent; echo STILL; ls /usr/lib/*/security/pam_countersign.so`,
    );
    assert.match(said, /would let nobody in without it:\s+\/etc\/pam\.d\/sshd/);
    assert.match(said, /STILL\s+\/usr\/lib\/.*pam_countersign\.so/);
  });
});
