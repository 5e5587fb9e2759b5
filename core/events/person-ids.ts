import { visible } from './visible-text.ts';

/** Longest anonymous or user id, in characters. */
const PERSON_ID_LENGTH = 128;

/** Who sent the event: a device's or server's own id. It names the ledger that the event belongs to. */
export const anonymousIdSchema = visible(PERSON_ID_LENGTH, 'anonymousId');

/** Who a person is to the shop. */
export const userIdSchema = visible(PERSON_ID_LENGTH, 'userId');
