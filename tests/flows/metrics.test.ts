import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from '../support/browser.ts';
import { forEachEngine } from '../support/engines.ts';
import { addHostGroup, Host, joinToken } from '../support/host.ts';
import { startInProcess, type InProcess } from '../support/in-process.ts';
import { askPush, begin, enrol, signIn } from '../support/people.ts';

const deploy = join(import.meta.dirname, '../../deploy');

/** What is served and is in no panel, and why. */
const leftOut: Record<string, string> = {
  process_cpu_user_seconds_total: 'part of process_cpu_seconds_total',
  process_cpu_system_seconds_total: 'part of process_cpu_seconds_total',
  process_virtual_memory_bytes: 'Node reserves what it never uses',
  process_heap_bytes: 'the break of the process, of which Node takes little',
  nodejs_eventloop_lag_seconds: 'of one moment; the percentiles are shown',
  nodejs_eventloop_lag_min_seconds: 'the percentiles are shown',
  nodejs_eventloop_lag_max_seconds: 'the percentiles are shown',
  nodejs_eventloop_lag_mean_seconds: 'the percentiles are shown',
  nodejs_eventloop_lag_stddev_seconds: 'the percentiles are shown',
  nodejs_eventloop_lag_p90_seconds: 'the 99th percentile is shown',
  nodejs_active_resources: 'for whoever looks for a leak',
  nodejs_active_resources_total: 'for whoever looks for a leak',
  nodejs_active_handles: 'for whoever looks for a leak',
  nodejs_active_handles_total: 'for whoever looks for a leak',
  nodejs_active_requests: 'for whoever looks for a leak',
  nodejs_active_requests_total: 'for whoever looks for a leak',
  nodejs_heap_space_size_total_bytes: 'for whoever looks for a leak',
  nodejs_heap_space_size_used_bytes: 'for whoever looks for a leak',
  nodejs_heap_space_size_available_bytes: 'for whoever looks for a leak',
  nodejs_version_info: 'changes with an upgrade only',
};

interface Served {
  /** Values by label, with `le` of a histogram. */
  labels: Map<string, Set<string>>;
  value: number;
}

/** By the names of samples, such as those that end in `_bucket`. */
function parse(text: string): Map<string, Served> {
  const served = new Map<string, Served>();
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (!name) continue;
    const one = served.get(name) ?? { labels: new Map<string, Set<string>>(), value: 0 };
    for (const [, label, held] of labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g))
      one.labels.set(label!, (one.labels.get(label!) ?? new Set()).add(held!));
    one.value += Number(value);
    served.set(name, one);
  }
  return served;
}

interface Selector {
  name: string;
  matchers: { label: string; operator: string; value: string }[];
  grouped: string[];
}

/** Of an expression of PromQL: what it selects, and by which labels that is grouped. */
function selectorsOf(expression: string): Selector[] {
  const grouped = [...expression.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)].flatMap(([, names]) =>
    names!.split(',').map((name) => name.trim()),
  );
  return [...expression.matchAll(/\b((?:countersign|process|nodejs)_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, name, inner = '']) => ({
      name: name!,
      matchers: [...inner.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)].map(
        ([, label, operator, value]) => ({ label: label!, operator: operator!, value: value! }),
      ),
      grouped,
    }),
  );
}

interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: { uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string; datasource: { uid: string }; legendFormat: string }[];
}

forEachEngine((engine) => {
  let server: InProcess;
  let owner: Browser;
  before(async () => {
    server = await startInProcess(engine);
    await server.addPerson('boss', { role: 'owner' });
    const { browser, phone } = await enrol(server, 'boss');
    await signIn(browser, phone, 'boss', 'admin_login');
    owner = browser;
  });
  after(() => server[Symbol.asyncDispose]());
  const read = async () => parse(await (await fetch(`${server.url}/metrics`)).text());
  /** The value of the one sample that has the label's value. */
  async function sample(name: string, label: string): Promise<number> {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const line = text.split('\n').find((each) => each.startsWith(`${name}{`) && each.includes(label));
    return Number(/ (\S+)$/.exec(line ?? '')?.[1]);
  }

  test('sign-ins, answers and what waits are counted', async () => {
    await server.addPerson('mia');
    const { browser, phone } = await enrol(server, 'mia');
    const completed = await sample('countersign_events_total', '"authentication.completed"');
    const denied = await sample('countersign_push_answer_seconds_count', '"denied"');
    await signIn(browser, phone, 'mia');
    const { id } = await begin(browser, 'mia');
    await askPush(browser, id);
    server.advance(7_000);
    assert.equal((await phone.answer(await phone.request(), 'deny')).status, 200);
    const wrong = { purpose: 'portal_login', login: 'mia', password: 'not this one' };
    await browser.post('/api/v1/authentications', wrong);
    assert.equal(await sample('countersign_events_total', '"authentication.completed"'), completed + 1);
    assert.equal(await sample('countersign_events_total', '"password.wrong"'), 1);
    assert.equal(await sample('countersign_push_answer_seconds_count', '"denied"'), denied + 1);
    assert.ok((await sample('countersign_push_answer_seconds_sum', '"denied"')) >= 7);

    const group = await addHostGroup(owner);
    const host = await Host.create({ url: server.url, now: server.now }, 'watched');
    assert.equal((await host.join(await joinToken(owner, group.id))).status, 201);
    assert.equal(await sample('countersign_hosts', '"active"'), 1);
    server.advance(31 * 60_000);
    assert.deepEqual(
      [await sample('countersign_hosts', '"active"'), await sample('countersign_hosts', '"silent"')],
      [0, 1],
    );
    // Where nobody answers: what it is told waits.
    const hook = { url: 'https://hook.invalid/', types: ['*'] };
    assert.equal((await owner.post('/api/v1/admin/webhooks', hook)).status, 201);
    for (let tries = 0; (await sample('countersign_webhooks', '"failing"')) !== 1; tries += 1) {
      assert.ok(tries < 100);
      await sleep(100);
    }
    assert.ok((await sample('countersign_waiting', '"webhook_messages"')) >= 1);
    const text = await (await fetch(`${server.url}/metrics`)).text();
    for (const name of ['mia', 'boss', 'hook.invalid', 'watched']) assert.ok(!text.includes(name), name);
  });

  test('the dashboard and the alerts use what is served, and leave nothing out without a reason', async () => {
    const dashboard = JSON.parse(await readFile(join(deploy, 'grafana/countersign.json'), 'utf8'));
    const panels = dashboard.panels as Panel[];
    const alerts = await readFile(join(deploy, 'prometheus/alerts.yml'), 'utf8');
    const rules = [...alerts.matchAll(/^ +expr: (.*)$/gm)].map(([, expression]) => expression!);
    assert.equal(rules.length, alerts.match(/- alert: /g)!.length);
    const shown = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    const served = await read();
    const used = new Set<string>();
    for (const expression of [...shown, ...rules]) {
      const selectors = selectorsOf(expression);
      assert.ok(selectors.length > 0, expression);
      for (const { name, matchers, grouped } of selectors) {
        used.add(name);
        const { labels } = served.get(name) ?? assert.fail(`${name} is not served: ${expression}`);
        // What Prometheus adds itself.
        for (const label of grouped)
          assert.ok(labels.has(label) || label === 'instance', `${name} has no ${label}: ${expression}`);
        for (const { label, operator, value } of matchers) {
          if (label === 'instance') continue;
          const values = labels.get(label) ?? assert.fail(`${name} has no ${label}: ${expression}`);
          // A route is served once it was called, and a status once it was answered.
          if (['route', 'method', 'status'].includes(label)) continue;
          for (const each of operator.includes('~') ? value.split(/\|(?![^(]*\))/) : [value])
            assert.ok(
              [...values].some((held) => new RegExp(`^(?:${each})$`).test(held)),
              `no ${label} is ${each}: ${expression}`,
            );
        }
      }
    }
    const text = await (await fetch(`${server.url}/metrics`)).text();
    const families = [...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name!);
    for (const name of families) {
      const isShown = ['', '_bucket', '_sum', '_count'].some((end) => used.has(name + end));
      assert.notEqual(isShown, name in leftOut, `${name} is shown, or left out with a reason`);
    }
    for (const name of Object.keys(leftOut))
      assert.ok(families.includes(name), `${name} is not served any more`);
  });

  test('the dashboard is in order: a data source to choose, words for each panel, no two in one place', async () => {
    const dashboard = JSON.parse(await readFile(join(deploy, 'grafana/countersign.json'), 'utf8'));
    assert.ok(dashboard.schemaVersion >= 41);
    const [source] = dashboard.templating.list;
    assert.deepEqual([source.name, source.type, source.query], ['datasource', 'datasource', 'prometheus']);
    const panels = dashboard.panels as Panel[];
    assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
    assert.equal(new Set(panels.map(({ title }) => title)).size, panels.length);
    const taken = new Set<string>();
    for (const { type, title, description, datasource, gridPos, targets = [] } of panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          assert.ok(x < 24 && !taken.has(`${x} ${y}`), `${title} lies over another panel`);
          taken.add(`${x} ${y}`);
        }
      if (type === 'row') continue;
      assert.ok(description, title);
      for (const { uid } of [datasource!, ...targets.map((target) => target.datasource)])
        assert.equal(uid, '${datasource}', title);
    }
  });
});
