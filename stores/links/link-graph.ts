import { z } from 'zod';
import { type Ledger, ledgerId, userLedger } from '../../core/identity/ledger.ts';

/** Users of one person; a link that would join more is refused. */
export const MAX_USERS = 32;
/** Devices of one person: the most recently linked; older ones are on their own again. */
export const MAX_DEVICES = 64;
/** Devices beyond the cap that one change looks at; each change adds one. */
const OVER_CAP = 8;

/** When a link was made or ended; of two, the later one holds, and of two at one time the greater id. */
export interface LinkTime {
  /** ms since 1970 */
  readonly time: number;
  readonly eventId: string;
}

/** To whom a ledger belongs now, under the version of the site's links. */
export interface LedgerHome {
  readonly ledger: Ledger;
  readonly person: Ledger;
}

/** What a change of links means for ledgers. */
export interface LinkChange {
  readonly version: number;
  readonly homes: readonly LedgerHome[];
}

/** All users of a person, from one of them, as SQL: the links followed in both directions; a cycle ends. */
const person = (start: string) => `WITH RECURSIVE person (id) AS (
  ${start} UNION
  SELECT user_links.other_id FROM person JOIN user_links
    ON user_links.site = ?1 AND user_links.user_id = person.id AND user_links.linked = 1
)`;

/**
 * Makes a device a user's, or nobody's; says where the device belongs now, by whatever link of it is the newest, and under which version
 * its owner changed last. The same link again, or an older one, changes nothing and says the same.
 */
export async function linkDevice(
  env: Env,
  site: string,
  device: Ledger,
  userId: string | null,
  at: LinkTime,
): Promise<LinkChange> {
  const owner = 'SELECT user_id FROM device_links WHERE site = ?1 AND ledger = ?2 AND user_id IS NOT NULL';
  const [, , link, users, devices] = await env.DB.batch([
    raiseVersion(
      env,
      `FROM device_links WHERE site = ?1 AND ledger = ?2 AND (user_id IS ?3 OR (time, event_id) >= (?4, ?5))`,
      [site, device, userId, at.time, at.eventId],
    ),
    env.DB.prepare(
      `INSERT INTO device_links (site, ledger, user_id, time, event_id, version)
       VALUES (?1, ?2, ?3, ?4, ?5, (SELECT version FROM link_versions WHERE site = ?1))
       ON CONFLICT DO UPDATE SET user_id = excluded.user_id, time = excluded.time, event_id = excluded.event_id,
         version = CASE WHEN user_id IS excluded.user_id THEN version ELSE excluded.version END
       WHERE (excluded.time, excluded.event_id) > (device_links.time, device_links.event_id)`,
    ).bind(site, device, userId, at.time, at.eventId),
    env.DB.prepare('SELECT version FROM device_links WHERE site = ? AND ledger = ?').bind(site, device),
    env.DB.prepare(`${person(owner)} SELECT id FROM person`).bind(site, device),
    env.DB.prepare(
      `${person(owner)} SELECT ledger FROM device_links WHERE site = ?1 AND user_id IN (SELECT id FROM person)
       ORDER BY time DESC, event_id DESC LIMIT ${MAX_DEVICES + OVER_CAP}`,
    ).bind(site, device),
  ]);
  const userHome = homeOf(idsIn(users));
  const over = ledgersIn(devices).slice(MAX_DEVICES);
  const home = userHome === undefined || over.includes(device) ? device : userHome;
  return {
    version: versionIn(link),
    homes: [
      { ledger: device, person: home },
      ...over.filter((ledger) => ledger !== device).map((ledger) => ({ ledger, person: ledger })),
    ],
  };
}

/**
 * Makes two users one person, or two again; says where each ledger of either belongs now, and under which version the pair changed
 * last. The same again changes nothing and says the same.
 *
 * @throws {TooManyUsers} when the person would have more than `MAX_USERS`; nothing is linked then.
 */
export async function linkUsers(
  env: Env,
  site: string,
  [a, b]: readonly [string, string],
  linked: boolean,
  at: LinkTime,
): Promise<LinkChange> {
  const edge = (from: string, to: string, on: boolean) =>
    env.DB.prepare(
      `INSERT INTO user_links (site, user_id, other_id, linked, time, event_id, version)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT version FROM link_versions WHERE site = ?1))
       ON CONFLICT DO UPDATE SET linked = excluded.linked, time = excluded.time, event_id = excluded.event_id,
         version = CASE WHEN linked = excluded.linked THEN version ELSE excluded.version END
       WHERE (excluded.time, excluded.event_id) > (user_links.time, user_links.event_id)`,
    ).bind(site, from, to, on ? 1 : 0, at.time, at.eventId);
  const users = (user: string) => env.DB.prepare(`${person('VALUES (?2)')} SELECT id FROM person`).bind(site, user);
  const devices = (user: string) =>
    env.DB.prepare(
      `${person('VALUES (?2)')} SELECT ledger FROM device_links WHERE site = ?1 AND user_id IN (SELECT id FROM person)
       ORDER BY time DESC, event_id DESC LIMIT ${MAX_USERS * MAX_DEVICES}`,
    ).bind(site, user);
  const [, , , link, usersA, usersB, devicesA, devicesB] = await env.DB.batch([
    raiseVersion(
      env,
      `FROM user_links WHERE site = ?1 AND user_id = ?2 AND other_id = ?3 AND (linked = ?4 OR (time, event_id) >= (?5, ?6))`,
      [site, a, b, linked ? 1 : 0, at.time, at.eventId],
    ),
    edge(a, b, linked),
    edge(b, a, linked),
    env.DB.prepare('SELECT version FROM user_links WHERE site = ? AND user_id = ? AND other_id = ?').bind(site, a, b),
    users(a),
    users(b),
    devices(a),
    devices(b),
  ]);
  if (idsIn(usersA).length > MAX_USERS) {
    // Later than the link itself by the smallest step, so that every order of arrival ends here.
    await env.DB.batch([edgeAfter(env, site, a, b, at), edgeAfter(env, site, b, a, at)]);
    throw new TooManyUsers(`"${a}" and "${b}" together have more than ${MAX_USERS} user ids; they stay two persons.`);
  }
  const homes = new Map<Ledger, Ledger>();
  for (const [ids, ledgers] of [
    [idsIn(usersA), ledgersIn(devicesA)],
    [idsIn(usersB), ledgersIn(devicesB)],
  ] as const) {
    const home = homeOf(ids);
    if (home === undefined) continue;
    for (const id of ids) homes.set(userLedger(id), home);
    for (const [index, ledger] of ledgers.entries()) homes.set(ledger, index < MAX_DEVICES ? home : ledger);
  }
  return { version: versionIn(link), homes: [...homes].map(([ledger, home]) => ({ ledger, person: home })) };
}

/** Forgets the links of a ledger whose profile is gone, a device's, or a user's with other users; none of later than `untilMs`. */
export async function forgetLinks(env: Env, site: string, ledger: Ledger, untilMs: number): Promise<void> {
  const id = ledgerId(ledger);
  const remove = (where: string, name: string) =>
    env.DB.prepare(`DELETE FROM ${where} AND time <= ?3`).bind(site, name, untilMs);
  await env.DB.batch(
    ledger.startsWith('a/')
      ? [remove('device_links WHERE site = ?1 AND ledger = ?2', ledger)]
      : [
          remove('device_links WHERE site = ?1 AND user_id = ?2', id),
          remove('user_links WHERE site = ?1 AND (user_id = ?2 OR other_id = ?2)', id),
        ],
  );
}

/** A link that would make a person of too many users. */
export class TooManyUsers extends Error {}

/** The ledgers of a user's person: his users' and his devices', newest link first. */
export async function personOf(
  env: Env,
  site: string,
  userId: string,
): Promise<{ readonly home: Ledger; readonly users: string[]; readonly devices: Ledger[] }> {
  const [users, devices] = await env.DB.batch([
    env.DB.prepare(`${person('VALUES (?2)')} SELECT id FROM person`).bind(site, userId),
    env.DB.prepare(
      `${person('VALUES (?2)')} SELECT ledger FROM device_links WHERE site = ?1 AND user_id IN (SELECT id FROM person)
       ORDER BY time DESC, event_id DESC LIMIT ${MAX_DEVICES}`,
    ).bind(site, userId),
  ]);
  const ids = idsIn(users);
  return { home: homeOf(ids) ?? userLedger(userId), users: ids, devices: ledgersIn(devices) };
}

function edgeAfter(env: Env, site: string, from: string, to: string, { time, eventId }: LinkTime): D1PreparedStatement {
  return env.DB.prepare(
    `UPDATE user_links SET linked = 0, event_id = ? WHERE site = ? AND user_id = ? AND other_id = ? AND time = ? AND event_id = ?`,
  ).bind(`${eventId}\u0000refused`, site, from, to, time, eventId);
}

/**
 * Raises the version of a site's links, unless nothing changes.
 *
 * @param unchanged `FROM … WHERE …` that finds a row exactly if nothing does, with its values; the first is the site.
 */
function raiseVersion(env: Env, unchanged: string, values: readonly (string | number | null)[]): D1PreparedStatement {
  return env.DB.prepare(
    `INSERT INTO link_versions (site, version) SELECT ?1, 1 WHERE NOT EXISTS (SELECT 1 ${unchanged})
     ON CONFLICT DO UPDATE SET version = version + 1`,
  ).bind(...values);
}

/** Raises the version of a site's links, and says it: for what ends everything under an older one. */
export function nextVersion(env: Env, site: string): D1PreparedStatement {
  return env.DB.prepare(
    'INSERT INTO link_versions (site, version) VALUES (?, 1) ON CONFLICT DO UPDATE SET version = version + 1 RETURNING version',
  ).bind(site);
}

/** A person's home is the ledger of his smallest user id, so that it does not depend on the order of the links. */
function homeOf(users: readonly string[]): Ledger | undefined {
  const [first] = users.toSorted();
  return first === undefined ? undefined : userLedger(first);
}

const idRows = z.array(z.object({ id: z.string() }));
const ledgerRows = z.array(z.object({ ledger: z.string().transform((text) => text as Ledger) }));
const versionRows = z.tuple([z.object({ version: z.number() })]);

const idsIn = (result: D1Result | undefined) => idRows.parse(result?.results).map(({ id }) => id);
const ledgersIn = (result: D1Result | undefined) => ledgerRows.parse(result?.results).map(({ ledger }) => ledger);
export const versionIn = (result: D1Result | undefined) => versionRows.parse(result?.results)[0].version;
