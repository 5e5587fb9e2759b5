import { useEffect, useState } from 'preact/hooks';
import { wordsOf } from '../base/client.ts';

const WAIT_MS = 250;

/** What `ask` answers, asked anew a moment after one of `inputs` has changed; an answer that comes too late is dropped. */
export function useSettled<T>(
  ask: () => Promise<T>,
  inputs: readonly unknown[],
): { readonly value: T | undefined; readonly error: string } {
  const [value, setValue] = useState<T | undefined>(undefined);
  const [error, setError] = useState('');
  useEffect(() => {
    let isStale = false;
    const timer = setTimeout(() => {
      ask().then(
        (answer) => {
          if (isStale) return;
          setValue(answer);
          setError('');
        },
        (fault) => {
          if (!isStale) setError(wordsOf(fault));
        },
      );
    }, WAIT_MS);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, inputs);
  return { value, error };
}
