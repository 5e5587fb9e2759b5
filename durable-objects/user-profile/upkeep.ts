import { choicesOf } from '../../core/profile/choices.ts';
import { QUEUE_RETENTION_DAYS } from '../../core/profile/limits.ts';
import { expiresAt, nextDuty, RETRY_MS } from '../../core/profile/next-duty.ts';
import { DAY_MS } from '../../core/time.ts';
import { confirmDefinitions, siteDefinitions } from '../../stores/config/definitions.ts';
import { log } from '../../stores/log.ts';
import { handOnTransitions } from './outbox.ts';
import type { Parts } from './parts.ts';

/** What a profile's object does by the clock, with its one alarm. */
export class Upkeep {
  private readonly parts: Parts;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  /**
   * The alarm: finishes links that were left half done, follows segments to now, hands on transitions, forgets ids that no accepted event
   * can bear any more, and the whole profile when nothing has come for `PROFILE_TTL_DAYS`.
   */
  async run(): Promise<void> {
    const { memory, linking, farewells } = this.parts;
    let next = Date.now() + RETRY_MS;
    try {
      await this.parts.settle();
      await linking.finish();
      await this.advanceSegments();
      await this.handOn();
      memory.forgetIds(Date.now() - this.retentionMs());
      if (this.expiresAt() <= Date.now()) await this.expire();
      next = this.nextDuty();
    } finally {
      if (memory.profile().version > 0 || linking.exists() || farewells.owed()) await this.wakeBy(next);
    }
  }

  /** When the alarm has something to do next, ms since 1970. */
  nextDuty(): number {
    const { memory } = this.parts;
    const { nextChangeAt, outbox, waiting } = memory.profile().following;
    return nextDuty({
      now: Date.now(),
      oldestPageMs: memory.store.oldestPageMs(),
      retentionMs: this.retentionMs(),
      expiresAt: this.expiresAt(),
      nextChangeAt,
      outboxWaits: outbox.length > 0,
      eventsWait: waiting.length > 0,
    });
  }

  /** Sets the alarm, unless it rings before anyway. */
  async wakeBy(time: number): Promise<void> {
    const { storage } = this.parts.ctx;
    const set = await storage.getAlarm();
    if (set === null || set > time) await storage.setAlarm(time);
  }

  /** Folds the events that wait, and brings the segments up to now. */
  private async advanceSegments(): Promise<void> {
    const { env, site, memory, follower } = this.parts;
    const { nextChangeAt, waiting } = memory.profile().following;
    if (waiting.length === 0 && (nextChangeAt === null || nextChangeAt > Date.now())) return;
    const definitions = confirmDefinitions(site, await siteDefinitions(env, site), Date.now());
    if (!definitions) throw new Error('nobody can say which segments are defined');
    if (waiting.length > 0) {
      follower.follow(definitions, [], Date.now());
      memory.changed();
    } else if (!follower.advanceTo(definitions, Date.now())) return;
    memory.forgetViews();
    memory.save();
  }

  private async handOn(): Promise<void> {
    const { env, site, ledger, memory } = this.parts;
    await handOnTransitions(env, site, ledger, {
      following: () => memory.profile().following,
      refused: () =>
        Object.entries(choicesOf(memory.person().choices) ?? {}).flatMap(([name, yes]) => (yes ? [] : [name])),
      save: () => memory.save(),
    });
  }

  /** Nothing has come for so long that the profile is nobody's any more. Its links go with it. */
  private async expire(): Promise<void> {
    const { site, memory, linking } = this.parts;
    // Under a version that a link to come is not older than.
    const assignment = linking.version() + 1;
    this.parts.empty({ homes: linking.otherHomes(), assignment, linksUntil: memory.person().lastAt });
    await this.parts.settle();
    log('profile_expired', { site });
  }

  private expiresAt(): number {
    const { env, memory } = this.parts;
    return expiresAt(memory.person().lastAt, Number(env.PROFILE_TTL_DAYS) * DAY_MS, Date.now());
  }

  private retentionMs(): number {
    return (Number(this.parts.env.DEDUP_HORIZON_DAYS) + QUEUE_RETENTION_DAYS) * DAY_MS;
  }
}
