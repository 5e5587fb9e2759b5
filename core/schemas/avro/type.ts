/** Types of Avro without a name (Apache Avro 1.12, "Primitive Types"). */
export const PRIMITIVES = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const;
export type Primitive = (typeof PRIMITIVES)[number];

/** A type with a name: `name` is the full one, with its namespace; aliases are full names too. */
interface Named {
  readonly name: string;
  readonly aliases: readonly string[];
}

export interface AvroField {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly type: AvroType;
  /** As JSON; there is none where it is not said. */
  readonly fallback?: { readonly value: unknown };
}

export interface AvroRecord extends Named {
  readonly kind: 'record';
  /** Filled in once all are read: a record may hold itself. */
  readonly fields: AvroField[];
}

export interface AvroEnum extends Named {
  readonly kind: 'enum';
  readonly symbols: readonly string[];
  /** What is read in the place of a symbol that is not known. */
  readonly fallback?: string;
}

export interface AvroFixed extends Named {
  readonly kind: 'fixed';
  /** bytes */
  readonly size: number;
}

/** A type without a name, and what its values mean where that is said and understood. */
export interface AvroPrimitive {
  readonly kind: Primitive;
  readonly logical?: Logical;
  /** Digits behind the point of a decimal. */
  readonly scale?: number;
}

/** Logical types (Avro 1.12, "Logical Types"), each with the type that it stands on; others say nothing. */
export const LOGICALS = {
  decimal: 'bytes',
  uuid: 'string',
  date: 'int',
  'time-millis': 'int',
  'time-micros': 'long',
  'timestamp-millis': 'long',
  'timestamp-micros': 'long',
  'timestamp-nanos': 'long',
  'local-timestamp-millis': 'long',
  'local-timestamp-micros': 'long',
} as const satisfies Readonly<Record<string, Primitive>>;
export type Logical = keyof typeof LOGICALS;

/** A type of Avro; a name stands for the very object that it names. */
export type AvroType =
  | AvroPrimitive
  | { readonly kind: 'array'; readonly items: AvroType }
  | { readonly kind: 'map'; readonly values: AvroType }
  | { readonly kind: 'union'; readonly branches: readonly AvroType[] }
  | AvroRecord
  | AvroEnum
  | AvroFixed;

/** The name of a type without its namespace. */
export function localName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
