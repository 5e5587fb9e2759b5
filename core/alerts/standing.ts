import { evaluate, type Labels, labelsKey, type Samples, windowMs } from './evaluate.ts';
import { type AlertRule, summaryOf } from './rules.ts';

/** A rule that holds for a series, times in ms since 1970. */
export interface StandingAlert {
  readonly rule: string;
  readonly severity: AlertRule['severity'];
  readonly labels: Labels;
  readonly summary: string;
  /** When it began to hold. */
  readonly since: number;
  /** When it had held for so long that somebody is called; nothing before. */
  readonly firedAt: number | null;
}

/** What a look at all rules came to. */
export interface Look {
  readonly standing: readonly StandingAlert[];
  /** Of those that stood before, or stand now. */
  readonly fired: readonly StandingAlert[];
  readonly resolved: readonly StandingAlert[];
}

/**
 * Looks at rules as Prometheus does: one that holds is pending, and fires once it has held for as long as it must; one that does not hold any more is
 * resolved at once.
 */
export function lookAt(
  rules: readonly AlertRule[],
  samples: Samples,
  site: string,
  before: readonly StandingAlert[],
): Look {
  const held = new Map(before.map((alert) => [keyOf(alert), alert]));
  const standing: StandingAlert[] = [];
  const fired: StandingAlert[] = [];
  for (const rule of rules)
    for (const { labels, value } of evaluate(rule.when, samples)) {
      const { name, severity } = rule;
      const known = held.get(keyOf({ rule: name, labels }));
      const since = known?.since ?? samples.now;
      const fires = known?.firedAt != null || samples.now - since >= windowMs(rule.for);
      const summary = summaryOf(rule, { ...labels, site }, value);
      const firedAt = fires ? (known?.firedAt ?? samples.now) : null;
      const alert: StandingAlert = { rule: name, severity, labels, summary, since, firedAt };
      standing.push(alert);
      if (fires && known?.firedAt == null) fired.push(alert);
    }
  const now = new Set(standing.map(keyOf));
  const resolved = before.filter((alert) => alert.firedAt !== null && !now.has(keyOf(alert)));
  return { standing, fired, resolved };
}

function keyOf({ rule, labels }: Pick<StandingAlert, 'rule' | 'labels'>): string {
  return `${rule} ${labelsKey(labels)}`;
}
