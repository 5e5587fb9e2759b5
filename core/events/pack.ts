import type { Ledger } from '../identity/ledger.ts';
import { type Client, type EnrichedEvent, type EventMessage, MESSAGE_VERSION } from './message.ts';

/** A queue message holds 128 KB, envelope included; we stay below it by what the envelope and our own head may take. */
export const MESSAGE_BYTES = 120_000;
/** A `sendBatch` holds 256 KB and 100 messages. */
const BATCH_BYTES = 250_000;
const BATCH_MESSAGES = 100;
/** What a message's own fields take around its events, at most: four of six KB are headers and cookies that the site keeps. */
const HEAD_BYTES = 6_144;

/** A body up to this size needs no measuring, event by event: all it can become fits one message. */
const SMALL_BODY_BYTES = 8_192;
/** How much longer a body's JSON may become: `1e20` is written out as 21 digits, page and referrer give campaign and host. */
const GROWTH = 8;
/** What enrichment adds to an event besides. */
const ENRICHMENT_BYTES = 256;

/** Whether nothing in a body of this size can exceed the limit of an event or of a message. */
export function isSmallBody(bodyBytes: number): boolean {
  return bodyBytes <= SMALL_BODY_BYTES;
}

export interface PackedMessage {
  readonly body: EventMessage;
  readonly bytes: number;
}

interface PackInput {
  readonly site: string;
  readonly receivedAt: number;
  readonly client: Client;
  /** UTF-8 bytes of the request's body, inflated. */
  readonly bodyBytes: number;
  readonly events: readonly { readonly ledger: Ledger; readonly event: EnrichedEvent }[];
  /** A new message id; called once a message. */
  readonly newId: () => string;
}

/** Packs a request's events into as few messages as the limits allow, each of one ledger, in order. */
export function packMessages(input: PackInput): PackedMessage[] {
  const open = new Map<string, PackedMessage & { bytes: number }>();
  const packed: PackedMessage[] = [];
  const share = Math.ceil((GROWTH * input.bodyBytes) / input.events.length) + ENRICHMENT_BYTES;
  for (const { ledger, event } of input.events) {
    const bytes = isSmallBody(input.bodyBytes) ? share : utf8Bytes(JSON.stringify(event)) + 1;
    let message = open.get(ledger);
    if (!message || message.bytes + bytes > MESSAGE_BYTES) {
      message = {
        body: {
          v: MESSAGE_VERSION,
          id: input.newId(),
          site: input.site,
          ledger,
          receivedAt: input.receivedAt,
          client: input.client,
          events: [],
        },
        bytes: HEAD_BYTES,
      };
      open.set(ledger, message);
      packed.push(message);
    }
    message.body.events.push(event);
    message.bytes += bytes;
  }
  return packed;
}

/** Groups messages into `sendBatch` calls, in order, within its limits. */
export function groupBatches(messages: readonly PackedMessage[]): PackedMessage[][] {
  const batches: PackedMessage[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const current = batches.at(-1);
    if (!current || current.length >= BATCH_MESSAGES || bytes + message.bytes > BATCH_BYTES) {
      batches.push([message]);
      bytes = message.bytes;
    } else {
      current.push(message);
      bytes += message.bytes;
    }
  }
  return batches;
}

const encoder = new TextEncoder();

/** Length of a text in UTF-8 bytes. */
export function utf8Bytes(text: string): number {
  return encoder.encode(text).length;
}
