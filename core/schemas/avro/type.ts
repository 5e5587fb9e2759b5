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

/** A type of Avro; a name stands for the very object that it names. */
export type AvroType =
  | { readonly kind: Primitive }
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
