import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { findProgram } from '../support/installed.ts';
import { compileModule, make, moduleFolder, whyNotBuilt } from '../support/pam-module.ts';

/** The module in a world of the test's own (`apps/agent/pam/tests`): its cases, hostile agents, and its guards one by one. */
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'countersign-pam-'));
after(() => rmSync(folder, { recursive: true, force: true }));

// One that crashes leaves its socket behind.
const env = { ...process.env, TMPDIR: folder };
const seed = process.env.COUNTERSIGN_FUZZ_SEED ?? '20260101';
const runs = process.env.COUNTERSIGN_PAM_FUZZ_RUNS ?? '10000';
const source = readFileSync(join(moduleFolder, 'pam_countersign.c'), 'utf8');

test('the module can be read in one sitting', () => {
  assert.ok(source.split('\n').length - 1 < 300);
  assert.doesNotMatch(source, /\b(fork|system|popen|exec[lv]\w*|pthread_\w+|signal|sigaction|alarm)\s*\(/);
});

const compilers = [
  { compiler: 'gcc', sanitizers: '-fsanitize=address,undefined -fno-sanitize-recover=all' },
  // Debian has clang's runtimes in a package apart: what traps needs none.
  { compiler: 'clang', sanitizers: '-fsanitize=undefined -fsanitize-trap=all' },
];
for (const { compiler, sanitizers } of compilers) {
  const skip = whyNotBuilt || (findProgram(compiler) === undefined && `${compiler} is not installed`);

  test(`${compiler}: no warning, for Linux-PAM and for headers like OpenPAM's`, { skip }, async () => {
    const out = join(folder, compiler);
    mkdirSync(out, { recursive: true });
    const file = await compileModule(out, compiler);
    await make(out, 'openpam-check', { CC: compiler });
    const { stdout } = await run('readelf', ['-W', '-d', '-l', file]);
    assert.match(stdout, /BIND_NOW|FLAGS.*NOW/);
    assert.match(stdout, /GNU_RELRO/);
  });

  test(`${compiler}: every case, and ${runs} hostile conversations`, { skip }, async () => {
    const out = join(folder, `${compiler}-harness`);
    mkdirSync(out, { recursive: true });
    await make(out, join(out, 'harness'), { CC: compiler, SANITIZERS: sanitizers });
    const cases = await run(join(out, 'harness'), ['cases'], { env });
    assert.match(cases.stdout, /^\d{3} cases, 0 failed$/m);
    const fuzz = await run(join(out, 'harness'), ['fuzz', seed, runs], { env });
    // That it let in at all shows that the rest was refused for a reason.
    assert.match(
      fuzz.stdout,
      /: [1-9]\d* let in by OK, [1-9]\d* by outage=allow, [1-9]\d* refused/,
      fuzz.stdout,
    );
    console.log(fuzz.stdout.trim());
  });
}

/** Each of these, taken out, would let somebody in, hang, leak or crash. The harness must notice each. */
const guards: [what: string, from: string, to: string][] = [
  ['OK is a whole line', 'strcmp(login->line, "OK") == 0', 'after(login->line, "OK") != NULL'],
  ['no NUL in a line', 'whole && is_text', 'is_text'],
  ['no garbage in a line', 'whole && is_text(login->line)', 'whole'],
  ['no control characters', 'more < 0 || control ||', 'more < 0 ||'],
  ['no overlong characters', 'control || three || four', 'control || four'],
  ['nothing past U+10FFFF', 'control || three || four', 'control || three'],
  ['the bytes of a character', 'if ((*++c & 0xc0) != 0x80)', "if (*++c == '\\0')"],
  ['the length of a line', '++used == LINE', '++used == LINE + 9'],
  ['the number of lines', 'lines < LINES', 'lines < LINES + 9'],
  ['the end of the connection', 'if (got == 0)', 'if (got == 0 && !login->spoken)'],
  [
    'a byte ends the silence',
    'login->spoken |= got > 0',
    "login->spoken |= got > 0 && login->line[used] == '\\n'",
  ],
  ['the whole time', 'at >= login->deadline ||', 'at >= login->deadline + 1000 ||'],
  ['the time of silence', 'now() + SILENCE', 'now() + SILENCE + 1000'],
  [
    'an outage only before the first line',
    '== PAM_AUTHINFO_UNAVAIL && !first',
    '== PAM_AUTHINFO_UNAVAIL && false',
  ],
  ['an outage only where it is one', 'away ? PAM_AUTHINFO_UNAVAIL : PAM_AUTH_ERR', 'PAM_AUTHINFO_UNAVAIL'],
  [
    'no outage without descriptors',
    'return refuse(&login, "no socket can be had")',
    'return PAM_AUTHINFO_UNAVAIL',
  ],
  ['outage=deny', 'code == PAM_AUTHINFO_UNAVAIL && login.allow', 'code == PAM_AUTHINFO_UNAVAIL'],
  ['outage=allow only in an outage', 'code == PAM_AUTHINFO_UNAVAIL && login.allow', 'login.allow'],
  ['what outage= may say', '|| strcmp(value, "deny") == 0', '|| true'],
  ['options that are none', 'return (login->silent = strcmp(option, "silent") == 0)', 'return true'],
  ['the least of timeout', '(login->timeout = atoi(value)) > 0', '(login->timeout = atoi(value)) >= 0'],
  ['the most of timeout', 'strlen(value) < 4 && ', ''],
  ['what timeout is', ' && strspn(value, "0123456789") == strlen(value)', ''],
  ['the length of socket', 'strlen(value) < sizeof((struct sockaddr_un){0}).sun_path', 'true'],
  ['whose socket it is', '(uid == 0 || uid == login->owner)', 'true'],
  ['the length of the request', '&& length <= LINE', ''],
  ['what is encoded', '._:/@-";', '._:/@- \\n%";'],
  ['an empty name', "user == NULL || *user == '\\0'", 'user == NULL'],
  ['the length of an answer', 'strlen(answer) <= ANSWER && ', ''],
  ['what an answer holds', '&& is_text(answer))', ')'],
  ['the wiping of answers', 'wipe(answer, strlen(answer))', '(void)0'],
  ['the freeing of answers', '\tfree(answer);', ''],
  ['the freeing of responses', '\tfree(response);', ''],
  ['the freeing of the request', '\tfree(text);', ''],
  ['no SIGPIPE', 'strlen(line), NO_SIGPIPE', 'strlen(line), 0'],
  ['the closing of the socket', '\tclose(login.fd);', ''],
  [
    'nobody is asked who cannot answer',
    'return refuse(login, "the agent asks where nobody can answer")',
    'return GO_ON',
  ],
  ['silent', 'login.silent || conv == NULL', 'conv == NULL'],
  ['Ctrl-C', 'if (interrupted())\n', 'if (false)\n'],
  ['a prompt that fails', 'if (answer == NULL && (', 'if (false && ('],
  ['the prompt that sshd cannot show', 'strcmp(tty, "ssh") != 0', 'true'],
  ['Ctrl-C at the prompt', 'fits && !interrupted() &&', 'fits &&'],
  ['an answer that comes too late', '&& now() < login->deadline)', ')'],
  [
    'it reads before it looks at the time',
    'ssize_t got = recv',
    'if (now() >= login->silent_until) return PAM_AUTHINFO_UNAVAIL; ssize_t got = recv',
  ],
  ['it takes the time before it reads', '&& at >= login->silent_until', '&& now() >= login->silent_until'],
  ['a denial is told', 'discard(converse(login, style, text));', ''],
];

test('each guard of the module, taken out, makes a test of it fail', { skip: whyNotBuilt }, async () => {
  const out = join(folder, 'guards');
  mkdirSync(out);
  const changed = join(out, 'pam_countersign.c');
  const build = () =>
    make(out, join(out, 'harness'), { MODULE: changed, SANITIZERS: '-O0 -w -fsanitize=address', CC: 'gcc' });
  const isNoticed = async (text: string) => {
    writeFileSync(changed, text);
    rmSync(join(out, 'module.o'), { force: true });
    await build();
    const harness = join(out, 'harness');
    const passes = (args: string[]) =>
      run(harness, args, { env, timeout: 60_000 }).then(
        () => true,
        () => false,
      );
    return !((await passes(['cases'])) && (await passes(['fuzz', '1', '500'])));
  };
  assert.equal(await isNoticed(source), false);
  const unnoticed: string[] = [];
  for (const [what, from, to] of guards) {
    assert.equal(source.split(from).length, 2, `${what}: its text is not there once`);
    if (!(await isNoticed(source.replace(from, () => to)))) unnoticed.push(what);
  }
  assert.deepEqual(unnoticed, []);
});
