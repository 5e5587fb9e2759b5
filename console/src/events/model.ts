/** Why events failed, and how many. */
export interface Cause {
  readonly reason: string;
  readonly path: string;
  readonly type: string | null;
  readonly events: number;
  readonly firstAt: string;
  readonly lastAt: string;
}

/** A failed event. */
export interface Failed {
  readonly key: string;
  readonly failedAt: string;
  readonly message: string;
  readonly id: string | null;
  readonly event: unknown;
}

/** What would become of a failed event, or did. */
export interface Retried {
  readonly key: string;
  readonly outcome: 'accepted' | 'history' | 'refused' | 'gone';
  readonly code?: string;
  readonly message?: string;
}

const REASONS: Readonly<Record<string, string>> = {
  invalid_envelope: 'Its form is wrong',
  invalid_properties: 'A property is wrong',
  invalid_consent: 'Its consent is wrong',
  too_large: 'Too large',
  too_deep: 'Nested too deep',
  late: 'Too old to be counted',
  conflict: 'Its id is another event’s',
  quota: 'Too many of one visitor',
  proof_required: 'A proof is missing',
  proof_invalid: 'Its proof is wrong',
  secret_key_required: 'Only a server may say it',
  dead_letter: 'A store was away too long',
  unreadable_message: 'A message nobody can read',
};

/** A cause in words. */
export function causeWords({ reason, path }: Pick<Cause, 'reason' | 'path'>): string {
  return `${REASONS[reason] ?? reason}${path === '' ? '' : `: ${path}`}`;
}

/** What names a cause in the page's address. */
export function addressOf({ reason, path, type }: Pick<Cause, 'reason' | 'path' | 'type'>): string {
  return [reason, path, type ?? ''].join(' ');
}

/** What became of events, or would, in words. */
export function outcomeWords(outcomes: readonly Retried[], isTried: boolean): string {
  const counts = new Map<string, number>();
  for (const { outcome, code } of outcomes) {
    const name = outcome === 'refused' ? `refused (${code})` : outcome === 'accepted' ? 'taken' : outcome;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const words = [...counts].map(([name, count]) => `${count.toLocaleString()} ${isTried ? 'would be ' : ''}${name}`);
  return `${words.join(', ')}.`;
}
