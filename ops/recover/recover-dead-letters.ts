import { recoveredSchema } from '../../workers/api/failed-events/operation.ts';
import { type Access, call } from '../lake/lake-api.ts';

/** Hands all dead letters of a site to the queue again. Returns how many messages they are. */
export async function recoverDeadLetters(access: Access): Promise<number> {
  let recovered = 0;
  for (let done = false; !done; ) {
    const response = await call(access, '/api/failed-events/recover', { method: 'POST' });
    const answer = recoveredSchema.parse(await response.json());
    recovered += answer.recovered;
    done = answer.done;
  }
  return recovered;
}
