import { DurableObject } from 'cloudflare:workers';
import type { GaugeSample } from '../../core/alerts/evaluate.ts';
import { increaseIn } from '../../core/alerts/increase.ts';
import { ALERT_RULES, runbookOf } from '../../core/alerts/rules.ts';
import { lookAt, type StandingAlert } from '../../core/alerts/standing.ts';
import type { OddEvent, ShapeModelBytes } from '../../core/anomalies/shape-model.ts';
import { addCount } from '../../core/pulse/counts.ts';
import { emptyMinute, type MinuteTally } from '../../core/pulse/minute.ts';
import { type Alarm, SiteWatch } from '../../core/pulse/site-watch.ts';
import { type TailFilter, type TailLine, tailFilterSchema, tailPart } from '../../core/pulse/tail.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/time.ts';
import { log } from '../../stores/log.ts';
import { migrate } from '../storage/migrate.ts';
import { type KeptAlarm, type KeptOddMinute, PulseStore } from './pulse-store.ts';
import { PULSE_MIGRATIONS } from './schema.ts';
import { ShapeStore } from './shape-store.ts';

/** How long after its end a minute is looked at: what is still under way through the queue belongs to it. */
const SETTLE_MS = 20_000;
const MINUTES_KEPT = 60;
const HOURS_KEPT = 90 * 24;
/** After so many minutes what the watch knows is kept: it looks at the minutes since then again where the object was away. */
const KEEP_EVERY = 30;
/** A site of which nothing has come for so long is watched no more, until something comes. */
const SILENT_MINUTES = DAY_MS / MINUTE_MS;
const SHOWN_ALARMS = 100;
const SHOWN_ODD = 50;
const SHOWN_ODD_MINUTES = 20;
/** Rules look back three days, and a day further back for an hour. */
const RULES_LOOK_BACK_MS = 3 * DAY_MS + 2 * HOUR_MS;
/** Who may watch at once, and lines that one gets in a second. */
const MAX_TAILS = 20;
const LINES_A_SECOND = 500;

/** What came of a site, by minutes since 1970; `v` is the form's version. */
export interface PulseReport {
  readonly v: 1;
  readonly site: string;
  readonly minutes: readonly (readonly [minute: number, tally: MinuteTally])[];
  readonly odd?: readonly OddEvent[];
}

/** What there is to measure of a site's pulse. */
export interface PulseSums {
  /** Sums since the beginning, by name. */
  readonly totals: Readonly<Record<string, number>>;
  readonly alarmsOpen: number;
  readonly series: number;
}

/** A look at the rules of a site: its gauges, as they are now, ms since 1970. */
export interface RulesLook {
  readonly v: 1;
  readonly site: string;
  readonly now: number;
  readonly gauges: readonly GaugeSample[];
}

/** How a site is. */
export interface Pulse {
  readonly minutes: readonly { readonly minute: number; readonly counts: Readonly<Record<string, number>> }[];
  readonly hours: readonly { readonly hour: number; readonly counts: Readonly<Record<string, number>> }[];
  readonly alarms: readonly KeptAlarm[];
  readonly odd: readonly OddEvent[];
  readonly oddMinutes: readonly KeptOddMinute[];
  /** Rules that hold. */
  readonly alerts: readonly StandingAlert[];
  readonly series: number;
  readonly seriesLeft: number;
}

/**
 * How much comes to a site and how it is, minute by minute, and what is not as it was. The object's name is the site's id. It holds no id of a person, and
 * nothing leans on it: what it does not hear is not lost, but not seen.
 */
export class SitePulse extends DurableObject<Env> {
  private readonly store: PulseStore;
  private readonly shapes: ShapeStore;
  private watch: SiteWatch | undefined;
  /** How many lines who watches may still get in a second. */
  private readonly rooms = new WeakMap<WebSocket, { readonly second: number; readonly left: number }>();
  /** The next minute to look at. */
  private due = 0;
  private lastKept = 0;
  /** Shapes of minutes that are in no sample yet: that of an object that goes are a few of many. */
  private readonly minuteShapes: number[][] = [];

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, PULSE_MIGRATIONS);
    this.store = new PulseStore(ctx.storage);
    this.shapes = new ShapeStore(ctx.storage);
  }

  /** Takes what came: a row a minute. Says how many watch the events go by: who tells of them sends those as well then. */
  async add({ site, minutes, odd = [] }: PulseReport): Promise<{ readonly tails: number; readonly shapes: number }> {
    this.store.site = site;
    const totals = this.store.totals();
    for (const [minute, tally] of minutes) {
      this.store.add(minute, tally);
      for (const [name, by] of Object.entries(tally.counts)) addCount(totals, name, by);
    }
    this.store.keepTotals(totals);
    this.store.keepOdd(odd);
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(nextLook(Date.now()));
    return { tails: this.ctx.getWebSockets().length, shapes: this.shapes.version };
  }

  /** The models of how events are shaped, with their version. */
  shapeModels(): { readonly version: number; readonly models: ShapeModelBytes[] } {
    return { version: this.shapes.version, models: this.shapes.models() };
  }

  /** Makes the models anew. Says for which types there are new ones; `now` in ms since 1970. */
  trainShapes(now: number): string[] {
    const made = this.shapes.train(now, Math.random);
    if (this.watch) this.watch.minuteModel = this.shapes.minuteModel();
    return made;
  }

  /** Lets somebody watch the events go by: a WebSocket that survives the object's sleep. The filter is the address's query. */
  override async fetch(request: Request): Promise<Response> {
    const filter = tailFilterSchema.parse(Object.fromEntries(new URL(request.url).searchParams));
    if (this.ctx.getWebSockets().length >= MAX_TAILS) return new Response(null, { status: 429 });
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    server.serializeAttachment(filter);
    return new Response(null, { status: 101, webSocket: client });
  }

  /** Shows events to all who watch, each what he wants and as many as he can take in a second; of the others how many they were. Nothing is kept. */
  show({ lines }: { readonly v: 1; readonly lines: readonly TailLine[] }): void {
    for (const socket of this.ctx.getWebSockets()) {
      const filter = socket.deserializeAttachment() as TailFilter;
      const part = tailPart(lines, filter, this.roomOf(socket));
      this.rooms.set(socket, { second: thisSecond(), left: this.roomOf(socket) - part.lines.length });
      try {
        socket.send(JSON.stringify(part));
      } catch {
        // It has gone, and is told so by the runtime.
      }
    }
  }

  override webSocketClose(socket: WebSocket): void {
    socket.close();
  }

  private roomOf(socket: WebSocket): number {
    const room = this.rooms.get(socket);
    return room?.second === thisSecond() ? room.left : LINES_A_SECOND;
  }

  /** How it is: the minutes of the last hour, the hours of some days, and what was told. */
  async read(days: number): Promise<Pulse> {
    const now = Date.now();
    const { series, left } = this.awake().size;
    return {
      minutes: this.store.minuteCounts(),
      hours: this.store.hours(Math.floor((now - days * DAY_MS) / HOUR_MS)),
      alarms: this.store.alarms(SHOWN_ALARMS),
      alerts: this.store.alerts(),
      odd: this.store.odd(SHOWN_ODD),
      oddMinutes: this.store.oddMinutes().slice(0, SHOWN_ODD_MINUTES),
      series,
      seriesLeft: left,
    };
  }

  /** Takes what a series is now for what is usual: an alarm about it ends, and it is learned anew. Says whether there is such a series. */
  async acceptSeries(series: string): Promise<boolean> {
    const watch = this.awake();
    if (!watch.forget(series)) return false;
    this.store.endAlarms(watch.open, Date.now());
    this.lastKept = this.due - 1;
    this.store.keepWatched({ until: this.lastKept, state: watch.toState() });
    return true;
  }

  /** Its sums, for who scrapes them often: no minute is read. */
  async sums(): Promise<PulseSums> {
    const watch = this.awake();
    return { totals: this.store.totals(), alarmsOpen: watch.open.length, series: watch.size.series };
  }

  /**
   * Looks at all rules with the counters that it holds and the gauges that it is given. What begins to fire, or does no more, is told to the site's
   * webhooks; what could not be told is found again at the next look, under the same id.
   */
  async lookAt({ site, now, gauges }: RulesLook): Promise<void> {
    this.store.site = site;
    const increase = increaseIn(this.store.periods(now - RULES_LOOK_BACK_MS));
    const { standing, fired, resolved } = lookAt(ALERT_RULES, { now, gauges, increase }, site, this.store.alerts());
    const messages = [
      ...fired.map((alert) => this.alertMessage(site, 'alert.fired', alert, now)),
      ...resolved.map((alert) => this.alertMessage(site, 'alert.resolved', alert, now)),
    ];
    if (messages.length > 0) await this.env.WEBHOOKS.sendBatch(messages.map((body) => ({ body })));
    this.store.keepAlerts(standing);
    for (const { type, data } of messages)
      log(type === 'alert.fired' ? 'alert_fired' : 'alert_resolved', {
        site,
        rule: data.rule,
        severity: data.severity,
      });
  }

  private alertMessage(site: string, type: 'alert.fired' | 'alert.resolved', alert: StandingAlert, now: number) {
    const { rule, severity, labels, summary, since } = alert;
    const series = Object.values(labels).join('-');
    return {
      v: 1 as const,
      site,
      id: `${type}-${site}-${rule}-${series}-${since}`,
      type,
      occurredAt: now,
      ledger: '',
      refused: [],
      data: {
        rule,
        severity,
        labels,
        summary,
        since: new Date(since).toISOString(),
        runbook: `docs/runbooks/${runbookOf({ name: rule })}.md`,
      },
    };
  }

  /** Looks at the minutes that are over. */
  override async alarm(): Promise<void> {
    const now = Date.now();
    const told = this.look(now);
    const newest = this.store.lastMinute() ?? 0;
    if (Math.floor(now / MINUTE_MS) - newest < SILENT_MINUTES) await this.ctx.storage.setAlarm(nextLook(now));
    for (const { alarm, id } of told) await this.tell(alarm, id);
  }

  /** What the watch knows; where the object was away, from what was kept and the minutes since. */
  private awake(): SiteWatch {
    if (this.watch) return this.watch;
    const kept = this.store.watched();
    const watch = new SiteWatch(kept?.state);
    watch.minuteModel = this.shapes.minuteModel();
    this.watch = watch;
    this.due = kept ? kept.until + 1 : (this.store.firstMinute() ?? Math.floor(Date.now() / MINUTE_MS));
    this.lastKept = this.due - 1;
    // Those that were looked at before say nothing again.
    const seen = this.ctx.storage.kv.get<number>('looked_until') ?? 0;
    for (; this.due <= seen; this.due += 1)
      watch.next(this.due * MINUTE_MS, this.store.minute(this.due) ?? emptyMinute());
    return watch;
  }

  private look(now: number): { readonly alarm: Alarm; readonly id: number }[] {
    const watch = this.awake();
    const last = Math.floor((now - SETTLE_MS) / MINUTE_MS) - 1;
    const told: { readonly alarm: Alarm; readonly id: number }[] = [];
    // After a long silence only the last hour is there to look at.
    this.due = Math.max(this.due, last - MINUTES_KEPT);
    for (; this.due <= last; this.due += 1) {
      const time = this.due * MINUTE_MS;
      for (const alarm of watch.next(time, this.store.minute(this.due) ?? emptyMinute()))
        told.push({ alarm, id: this.store.keepAlarm(alarm) });
      const { shape, odd: oddMinute } = watch.lastMinute;
      if (shape) this.minuteShapes.push(shape);
      if (oddMinute) this.store.keepOddMinute({ minute: time, ...oddMinute });
    }
    this.ctx.storage.kv.put('looked_until', this.due - 1);
    this.store.endAlarms(watch.open, now);
    if (this.due - 1 - this.lastKept >= KEEP_EVERY) {
      this.lastKept = this.due - 1;
      this.store.keepWatched({ until: this.lastKept, state: watch.toState() });
      this.shapes.takeMinutes(this.minuteShapes.splice(0));
      this.store.fold(this.lastKept - MINUTES_KEPT, Math.floor(now / HOUR_MS) - HOURS_KEPT, (tally) =>
        this.shapes.take(tally),
      );
    }
    return told;
  }

  /** An alarm to the log and to the site's webhooks. */
  private async tell(alarm: Alarm, id: number): Promise<void> {
    const { site } = this.store;
    log('alarm', {
      site,
      series: alarm.series,
      direction: alarm.direction,
      usual: alarm.usual,
      found: alarm.found,
      since: alarm.since,
    });
    if (site === undefined) return;
    const message = {
      v: 1 as const,
      site,
      id: `alarm-${site}-${id}`,
      type: 'alarm.raised' as const,
      occurredAt: alarm.toldAt,
      ledger: '',
      refused: [],
      data: { ...alarm },
    };
    await this.env.WEBHOOKS.send(message).catch((error: unknown) =>
      log('alarm_not_sent', { site, error: String(error) }),
    );
  }
}

function thisSecond(): number {
  return Math.floor(Date.now() / 1_000);
}

/** When a minute that ends next will have settled. */
function nextLook(now: number): number {
  return Math.ceil((now - SETTLE_MS + 1) / MINUTE_MS) * MINUTE_MS + SETTLE_MS;
}
