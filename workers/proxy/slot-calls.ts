import { askKey, type SlotAsk } from '../../core/proxy/slot-ask.ts';
import { log } from '../../stores/log.ts';
import { type ProfileRead, type ReadProfile, readProfile } from '../../stores/objects/read-profile.ts';
import { noteDecision } from '../../stores/pulse/gather-pulse.ts';
import { RequestTimer } from '../../stores/request-timer.ts';
import type { Site } from '../../stores/sites/site.ts';
import { WaitBudget } from '../../stores/wait-budget.ts';
import { withDeadline } from '../../stores/with-deadline.ts';
import { renderFragment } from '../edge/fragments/render-fragment.ts';
import { decisionOf } from '../edge/recommend/decision-of.ts';
import { recommend } from '../edge/recommend/recommend.ts';
import { placeOf } from '../edge/recommend/rule-input.ts';
import { type ReadVisitor, readQuerySchema, visitorOf, visitorQuery } from '../edge/visitor/read-query.ts';
import { checkedQuery } from '../http/checked-query.ts';

/** How long a page waits for a slot before it shows its own content. */
const SLOT_DEADLINE_MS = 300;
/** What of it is for the decision: one that is overdue is shown from what the isolate knows. */
const DECISION_MS = 280;
/** Slots of one page that are filled. */
const MAX_SLOTS = 20;

/** A slot's HTML, and how it came about. */
export interface FilledSlot {
  readonly html: string;
  readonly tier: string;
  readonly reason: string;
}

/** A slot that was asked for. */
export interface SlotCall {
  /** The slot, or null where its own content stays. Never rejects. */
  readonly filled: Promise<FilledSlot | null>;
  /** The same once it is there; nothing before. */
  readonly known: FilledSlot | null | undefined;
}

/** The slots of one page for its visitor: each is asked for once, whoever asks first, and all read one profile. */
export class SlotCalls {
  private readonly calls = new Map<string, SlotCall>();
  private visitor: ReadVisitor | undefined;
  private readonly timer = new RequestTimer();
  private readonly parts = new Map<string, Promise<unknown>>();

  private readonly env: Env;
  private readonly site: Promise<Site | null>;
  private readonly request: Request;
  private readonly upstream: string | undefined;

  /**
   * @param site null where slots shall stay as they are.
   * @param upstream origin of the shop's own server: what the catalogue has there is on this host.
   */
  constructor(env: Env, site: Promise<Site | null>, request: Request, upstream: string | undefined) {
    this.env = env;
    this.site = site;
    this.request = request;
    this.upstream = upstream;
  }

  get(ask: SlotAsk): SlotCall {
    const key = askKey(ask);
    const known = this.calls.get(key);
    if (known) return known;
    if (this.calls.size >= MAX_SLOTS) return { filled: Promise.resolve(null), known: null };
    const call: { -readonly [Member in keyof SlotCall]: SlotCall[Member] } = {
      known: undefined,
      filled: withDeadline(this.fill(ask), new WaitBudget(SLOT_DEADLINE_MS, this.timer)).then((filled) => {
        if (typeof filled === 'string') log('slot_not_filled', { slot: ask.slot.slice(0, 64), why: filled });
        call.known = typeof filled === 'string' ? null : filled;
        return call.known;
      }),
    };
    this.calls.set(key, call);
    return call;
  }

  private async fill(ask: SlotAsk): Promise<FilledSlot | null> {
    const startedAt = Date.now();
    const site = await this.site;
    if (!site) return null;
    const asked = checkedQuery(readQuerySchema, { ...ask, page: this.request.url.slice(0, 4_096) });
    this.visitor ??= visitorOf(this.request, site, asked);
    const query = visitorQuery(asked, this.visitor);
    const shown = await recommend(this.env, site.id, query, () => placeOf(this.request, query, false), {
      read: this.read,
      within: DECISION_MS,
      timer: this.timer,
    });
    const { slot, tier, reason } = shown;
    noteDecision(this.env, site.id, { slot, tier, reason, ms: Date.now() - startedAt });
    const html = await renderFragment(shown, decisionOf(site, query, shown));
    if (html === '') return null;
    const here = this.upstream === undefined ? html : html.replaceAll(`="${this.upstream}/`, '="/');
    return { html: here, tier, reason };
  }

  /** All slots of a page are the same visitor's. */
  private readonly read: ReadProfile = (env, site, visitor, part, timer) => {
    const known = this.parts.get(part);
    if (known) return known as Promise<ProfileRead<typeof part>>;
    const reading = readProfile(env, site, visitor, part, timer);
    this.parts.set(part, reading);
    return reading;
  };
}
