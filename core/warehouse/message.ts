import { z } from 'zod';

const erasedSchema = z.object({ ledgerHash: z.string(), userId: z.string().optional(), until: z.number() });

/** A message of the queue `vitrine-clickhouse`: the rows of a raw object are to be written, or what was erased is to go. */
export const warehouseMessageSchema = z.discriminatedUnion('kind', [
  z.object({ v: z.literal(1), kind: z.literal('rows'), site: z.string(), key: z.string() }),
  z.object({ v: z.literal(1), kind: z.literal('erase'), site: z.string(), erased: z.array(erasedSchema).min(1) }),
]);
export type WarehouseMessage = z.infer<typeof warehouseMessageSchema>;
