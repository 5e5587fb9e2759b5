import jsonata from 'jsonata';

/** Steps that a patch may take for one event: a patch that runs for ever is a mistake of who wrote it. */
const MAX_STEPS = 100_000;

/** Changes an event; nothing leaves it out. */
export type Patch = (event: unknown) => Promise<unknown>;

/**
 * A patch in JSONata (https://jsonata.org), whose input is the event and whose value is what it becomes, e.g.
 * `$merge([$, {"properties": $merge([properties, {"price": $number(properties.price)}])}])`.
 *
 * @throws Error that says where the expression is wrong; the patch throws for an event that it cannot be applied to.
 */
export function readPatch(text: string): Patch {
  let expression: jsonata.Expression;
  try {
    expression = jsonata(text);
  } catch (cause) {
    const { message, position } = cause as { message: string; position?: number };
    throw new Error(`the patch is no JSONata: ${message}${position === undefined ? '' : ` (at ${position})`}`, {
      cause,
    });
  }
  return async (event) => {
    let steps = 0;
    // The library calls it as each part of an expression begins.
    expression.assign(Symbol.for('jsonata.__evaluate_entry') as unknown as string, () => {
      steps += 1;
      if (steps > MAX_STEPS) throw new Error(`the patch takes more than ${MAX_STEPS} steps`);
    });
    const value: unknown = await expression.evaluate(event);
    // What the library makes is no plain JSON: its lists have marks of their own.
    return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
  };
}
