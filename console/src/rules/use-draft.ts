import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Merchandising } from '../../../core/merchandising/document.ts';
import { ApiError, call, type Fault, wordsOf } from '../base/client.ts';
import type { Names } from '../parts/completions.ts';

/** How long a change waits for the next one before it is saved. */
const SAVE_AFTER_MS = 400;

interface State {
  readonly version: number;
  readonly publishedAt: number | null;
  readonly document: Merchandising;
  readonly draft: { readonly document: Merchandising; readonly base: number; readonly updatedAt: number } | null;
}

/** The document that is worked on, and what becomes of it. */
export interface Draft {
  readonly document: Merchandising;
  readonly version: number;
  readonly names: Names;
  /** Whether there is a draft beside what is in force. */
  readonly isDraft: boolean;
  readonly saving: 'saved' | 'waits' | 'refused' | 'failed';
  readonly faults: readonly Fault[];
  readonly error: string;
  /** Counts what was saved, for what must be looked at anew then. */
  readonly revision: number;
  readonly change: (make: (document: Merchandising) => Merchandising) => void;
  readonly discard: () => Promise<void>;
  readonly publish: (note: string) => Promise<void>;
  readonly rollback: (version: number) => Promise<void>;
}

/** Reads slots and rules, and saves each change a moment later; what is not saved says why. */
export function useDraft(): Draft | string {
  const [state, setState] = useState<State | undefined>(undefined);
  const [names, setNames] = useState<Names | undefined>(undefined);
  const [document, setDocument] = useState<Merchandising | undefined>(undefined);
  const [saving, setSaving] = useState<Draft['saving']>('saved');
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const [error, setError] = useState('');
  const [revision, setRevision] = useState(0);
  const waiting = useRef<Merchandising | undefined>(undefined);
  const timer = useRef(0);
  const running = useRef<Promise<boolean>>(Promise.resolve(true));

  const read = useCallback(async () => {
    const read = await call<State>('GET', '/api/merchandising');
    setState(read);
    setDocument(read.draft?.document ?? read.document);
    setFaults([]);
    setSaving('saved');
    setRevision((count) => count + 1);
  }, []);
  useEffect(() => {
    Promise.all([read(), call<Names>('GET', '/api/merchandising/names').then(setNames)]).catch((fault) =>
      setError(wordsOf(fault)),
    );
  }, [read]);

  const save = useCallback(async () => {
    const next = waiting.current;
    if (!next) return true;
    waiting.current = undefined;
    try {
      const draft = await call<NonNullable<State['draft']>>('PUT', '/api/merchandising/draft', next);
      setState((now) => now && { ...now, draft });
      setFaults([]);
      setError('');
      if (!waiting.current) setSaving('saved');
      setRevision((count) => count + 1);
      return true;
    } catch (fault) {
      const known = fault instanceof ApiError && fault.faults.length > 0 ? fault.faults : [];
      setFaults(known);
      setError(known.length > 0 ? '' : wordsOf(fault));
      setSaving(known.length > 0 ? 'refused' : 'failed');
      return false;
    }
  }, []);
  /** One after the other, so that no older state is saved last. */
  const flush = useCallback(async () => {
    clearTimeout(timer.current);
    running.current = running.current.then(save);
    return running.current;
  }, [save]);

  const change = useCallback(
    (make: (now: Merchandising) => Merchandising) => {
      setDocument((now) => {
        if (!now) return now;
        const next = make(now);
        waiting.current = next;
        return next;
      });
      setSaving('waits');
      clearTimeout(timer.current);
      timer.current = window.setTimeout(flush, SAVE_AFTER_MS);
    },
    [flush],
  );
  useEffect(() => {
    const leaving = () => void flush();
    addEventListener('pagehide', leaving);
    return () => removeEventListener('pagehide', leaving);
  }, [flush]);

  if (!state || !document || !names) return error;
  return {
    ...{ document, names, saving, faults, error, revision, change },
    version: state.version,
    isDraft: state.draft !== null,
    discard: async () => {
      waiting.current = undefined;
      await call('DELETE', '/api/merchandising/draft');
      await read();
    },
    publish: async (note) => {
      if (!(await flush())) throw new Error('The draft has mistakes and was not saved. Mend them first.');
      await call('POST', '/api/merchandising/publish', note === '' ? {} : { note });
      await read();
    },
    rollback: async (version) => {
      await call('POST', '/api/merchandising/rollback', { version });
      await call('DELETE', '/api/merchandising/draft');
      await read();
    },
  };
}
