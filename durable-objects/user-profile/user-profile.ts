import { DurableObject } from 'cloudflare:workers';
import type { Applied, AppliedMessage, Outcome, RetiredSession } from '../../core/profile/apply-messages.ts';
import { applyMessages } from '../../core/profile/apply-messages.ts';
import type { DedupLog } from '../../core/profile/dedup-log.ts';
import { encodeState } from '../../core/profile/encode-state.ts';
import { DAY_MS, QUEUE_RETENTION_DAYS } from '../../core/profile/limits.ts';
import { sessionItems } from '../../core/profile/session-items.ts';
import { type ProfileView, recentIds, viewProfile } from '../../core/profile/view-profile.ts';
import { migrate } from '../storage/migrate.ts';
import { ProfileStore, type StoredProfile } from './profile-store.ts';
import { PROFILE_MIGRATIONS } from './schema.ts';

/** Decay is shown to the minute. */
const MINUTE_MS = 60_000;
/** Retired sessions that are remembered for a redelivery, newest first. */
const RETIRED_CAP = 32;

/** A session as the index takes it; without items it is to be removed. */
export interface ChangedSession {
  readonly id: string;
  readonly version: number;
  readonly endedAt: number;
  readonly items: string[];
}

export interface ApplyResult {
  readonly v: 1;
  /** For each message, for each of its events. */
  readonly outcomes: Outcome[][];
  readonly sessions: ChangedSession[];
}

/** The live profile of one ledger. The object's name is `<site>/a/<anonymous id>`. */
export class UserProfile extends DurableObject<Env> {
  private readonly store: ProfileStore;
  private readonly horizonDays: number;
  private stored: StoredProfile | undefined;
  private log: DedupLog | undefined;
  private alarmSet: boolean | undefined;
  /** The last answer to `read`, which holds until the next change or minute. */
  private view: { readonly minute: number; readonly profile: ProfileView } | undefined;

  /** The last answer to `readRecent`, which holds until the next change. */
  private recent: string[] | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, PROFILE_MIGRATIONS);
    this.store = new ProfileStore(ctx.storage);
    this.horizonDays = Number(env.DEDUP_HORIZON_DAYS);
  }

  /** Counts each event of the messages once and stores the result before it answers. */
  async apply(messages: AppliedMessage[]): Promise<ApplyResult> {
    this.log ??= this.store.loadLog();
    const profile = this.profile();
    const applied = applyMessages(profile.state, this.log, messages, Date.now(), this.horizonDays);
    if (applied.changed) {
      this.view = undefined;
      this.recent = undefined;
      profile.version += 1;
      profile.retired = [...applied.retired, ...profile.retired].slice(0, RETIRED_CAP);
      this.save(profile, this.log);
    }
    await this.keepAlarm();
    return { v: 1, outcomes: applied.outcomes, sessions: this.changedSessions(profile, applied, messages) };
  }

  /** The profile as readers see it. Writes nothing. */
  read(): ProfileView {
    const minute = Math.floor(Date.now() / MINUTE_MS);
    if (this.view?.minute !== minute)
      this.view = { minute, profile: viewProfile(this.profile().state, minute * MINUTE_MS) };
    return this.view.profile;
  }

  /** The ids of the last distinct items, newest first. Writes nothing. */
  readRecent(): string[] {
    this.recent ??= recentIds(this.profile().state);
    return this.recent;
  }

  /** The stored state as canonical text: equal sets of events give equal bytes. */
  exportState(): string {
    return encodeState(this.profile().state);
  }

  /** Forgets ids that no accepted event can bear any more. */
  override async alarm(): Promise<void> {
    try {
      this.store.forgetSegments(Date.now() - this.retentionMs());
      this.log = undefined;
    } finally {
      this.alarmSet = false;
      await this.keepAlarm();
    }
  }

  private profile(): StoredProfile {
    this.stored ??= this.store.load();
    return this.stored;
  }

  /** A write that fails leaves memory ahead of storage: forget memory, so that the retry starts from what is stored. */
  private save(profile: StoredProfile, log: DedupLog): void {
    try {
      this.ctx.storage.transactionSync(() => this.store.save(profile, log));
    } catch (error) {
      this.stored = undefined;
      this.log = undefined;
      this.view = undefined;
      this.recent = undefined;
      throw error;
    }
  }

  private changedSessions(
    profile: StoredProfile,
    applied: Applied,
    messages: readonly AppliedMessage[],
  ): ChangedSession[] {
    const prefix = this.ctx.id.toString().slice(0, 16);
    const ids = new Set(messages.map((message) => message.id));
    const stillThere = new Set(profile.state.sessions.map(([start]) => start));
    const gone = profile.retired.filter(
      ({ messageId, start }: RetiredSession) => ids.has(messageId) && !stillThere.has(start),
    );
    const touched = applied.touchedSessions.map((start) => ({ start, ...sessionItems(profile.state, start) }));
    return [
      ...touched.filter(({ items }) => items.length > 0),
      ...gone.map(({ start, time }) => ({ start, endedAt: time, items: [] })),
    ].map(({ start, endedAt, items }) => ({
      id: `${prefix}.${start.toString(36)}`,
      version: profile.version,
      endedAt,
      items,
    }));
  }

  /** One alarm while there are segments to forget; setting it costs a row, so it is set once and not each time. */
  private async keepAlarm(): Promise<void> {
    if (this.alarmSet) return;
    const oldest = this.store.oldestSegmentMs();
    if (oldest === undefined) return;
    this.alarmSet = true;
    if ((await this.ctx.storage.getAlarm()) === null) {
      await this.ctx.storage.setAlarm(Math.max(Date.now(), oldest + this.retentionMs()) + DAY_MS);
    }
  }

  private retentionMs(): number {
    return (this.horizonDays + QUEUE_RETENTION_DAYS) * DAY_MS;
  }
}
