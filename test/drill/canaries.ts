/** A bug to plant: in a file, one text by another. */
export interface Canary {
  readonly name: string;
  /** The drill that must catch it, with what it is told; the drill of crashes where none is named. */
  readonly drill?: readonly [name: string, ...args: string[]];
  readonly file: string;
  readonly replace: string;
  readonly by: string;
}

/** Bugs that the drill must catch, each of a kind that once cost somebody data. */
export const CANARIES: readonly Canary[] = [
  {
    name: 'a message that failed is acknowledged',
    file: 'queues/events/consumer.ts',
    replace: 'else retryLater(message);',
    by: 'else message.ack();',
  },
  {
    name: 'the answer comes before the queue has the events',
    file: 'queues/events/take-events.ts',
    replace: 'await enqueue(env, messages, texts);',
    by: 'void new Promise((later) => setTimeout(later, 30)).then(() => enqueue(env, messages, texts)).catch(() => undefined);',
  },
  {
    name: 'the dedup log is not stored with the state',
    file: 'durable-objects/user-profile/profile-store.ts',
    replace: 'tail: log.tail(),',
    by: 'tail: new Uint8Array(0),',
  },
  {
    name: 'a profile is stored with every third batch only',
    file: 'durable-objects/user-profile/count-messages.ts',
    replace: 'memory.save();',
    by: 'if (profile.version % 3 === 0) memory.save();',
  },
  {
    name: 'a redelivery of the owner is taken for a duplicate',
    file: 'core/profile/apply-messages.ts',
    replace: 'if (seen.known && (!seen.owned || inThisCall.has(event.id)))',
    by: 'if (seen.known)',
  },
  {
    name: 'a duplicate passes as counted',
    file: 'core/profile/apply-messages.ts',
    replace: "return 'duplicate';",
    by: "return 'counted';",
  },
  {
    name: 'the guard of the rollups sees nothing',
    file: 'stores/rollups/record-rollups.ts',
    replace: "!seen.has(messageHash(message.id).toString('hex'))",
    by: "!seen.has(messageHash(message.id).toString('base64'))",
  },
  {
    name: 'the guard is written apart from the counts',
    file: 'stores/rollups/record-rollups.ts',
    replace: '...rollupStatements(env, site, counted),',
    by: '...(Math.random() < 0.2 ? [] : rollupStatements(env, site, counted)),',
  },
  {
    name: 'the later of two tellings of an order does not win',
    file: 'stores/rollups/count-statements.ts',
    replace: 'AND (excluded.time, excluded.event_id) > (orders.time, orders.event_id))',
    by: ')',
  },
  {
    name: 'a batch writes over another’s raw object',
    file: 'queues/events/write-lake.ts',
    replace: '.sort()) name.update(id);',
    by: '.sort()) name.update(id.slice(0, 1));',
  },
  {
    name: 'a raw object that R2 refused is not written again',
    file: 'queues/events/consumer.ts',
    replace: '() => writeLake(env, site, some)]',
    by: '() => writeLake(env, site, some).catch(() => undefined)]',
  },
  {
    name: 'compaction skips a raw object',
    file: 'jobs/compact/compact-site.ts',
    replace: 'for (const event of raw.events) {',
    by: 'for (const event of objects.length % 5 === 3 ? [] : raw.events) {',
  },
  {
    name: 'compaction keeps what came twice',
    file: 'core/lake/partition.ts',
    replace: 'const there = kept.get(key);',
    by: 'const there = kept.get(key);\n    if (there) kept.set(key + Math.random(), row);',
  },
  {
    name: 'compaction forgets what an hour held before',
    file: 'jobs/compact/compact-site.ts',
    replace: 'mergeSteps([before, added], isErased)',
    by: 'mergeSteps([added], isErased)',
  },
  {
    name: 'a snapshot counts twice in the person',
    file: 'durable-objects/user-profile/ledger-memory.ts',
    replace: '...linked.map((row) =>',
    by: '...[...linked, ...linked].map((row) =>',
  },
  {
    name: 'a snapshot is not sent again with the next batch',
    file: 'durable-objects/user-profile/linking.ts',
    replace: 'if (this.sent === name) return;',
    by: "if (this.sent !== '') return;",
  },
  {
    name: 'a link is written down and not followed',
    file: 'stores/links/follow-links.ts',
    replace: 'if (change) await assignLedgers(env, site, change);',
    by: 'if (change && Math.random() < 0.3) await assignLedgers(env, site, change);',
  },
  {
    name: 'events count in the hour of their arrival',
    file: 'stores/rollups/count-statements.ts',
    replace: 'const hour = Math.floor(event.time / HOUR_MS);',
    by: 'const hour = Math.floor(Date.now() / HOUR_MS);',
  },
  {
    name: 'a profile is waited for without a deadline',
    drill: ['ladder', '--seconds', '2', '--only', 'profile slow'],
    file: 'stores/objects/read-profile.ts',
    replace: 'new WaitBudget(Number(env.PROFILE_DEADLINE_MS), timer)',
    by: 'new WaitBudget(30_000, timer)',
  },
  {
    name: 'webhooks of any site are listed',
    drill: ['tenants'],
    file: 'stores/webhooks/webhooks.ts',
    replace: "FROM webhooks WHERE site = ? ORDER BY id'",
    by: "FROM webhooks WHERE ? != id ORDER BY id'",
  },
  {
    name: 'a body that is no JSON is a fault of ours',
    drill: ['bodies', '--count', '2000', '--only', '/api/webhooks'],
    file: 'workers/http/parse-json.ts',
    replace: 'throw brokenJson(text, cause);',
    by: 'throw cause;',
  },
  {
    name: 'the watch is deaf',
    drill: ['data-quality'],
    file: 'core/pulse/share-watch.ts',
    replace: 'const TOLD = 16;',
    by: 'const TOLD = 1_600;',
  },
  {
    name: 'nobody is called while the queue refuses',
    drill: ['alerts'],
    file: 'core/alerts/rules.ts',
    replace: "when: burnsFast('accept_failed'),",
    by: "when: burnsFast('lake_behind'),",
  },
  {
    name: 'a month’s manifest is written once and never again',
    drill: ['table', '--events', '1500', '--kills', '1', '--erasures', '5'],
    file: 'core/iceberg/plan-manifests.ts',
    replace: 'if (there?.of === of) stay.push(there);',
    by: 'if (there) stay.push(there);',
  },
  {
    name: 'a profile is stored where the build before does not look',
    drill: ['upgrade', '--events', '1500'],
    file: 'durable-objects/user-profile/schema.ts',
    replace: "export const PROFILE_KEY = 'profile';",
    by: "export const PROFILE_KEY = 'person';",
  },
];
