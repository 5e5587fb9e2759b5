import { counters } from './counters.ts';

/** The unit in which queue operations are billed. */
const QUEUE_UNIT_BYTES = 64_000;
/** A message is written, read and deleted. */
const OPERATIONS_PER_UNIT = 3;

/** The environment with each billable operation of its bindings counted. */
export function countBindings(env: Env): Env {
  return Object.fromEntries(
    Object.entries(env).map(([name, binding]) => [name, countBinding(binding)]),
  ) as unknown as Env;
}

/** A binding is known by its methods. */
function countBinding(binding: unknown): unknown {
  if (typeof binding !== 'object' || binding === null) return binding;
  if ('idFromName' in binding) return countNamespace(binding);
  if ('sendBatch' in binding) return countQueue(binding);
  if ('prepare' in binding) return countDatabase(binding as D1Database);
  if ('createMultipartUpload' in binding) return countBucket(binding);
  return binding;
}

/** Calls `before` ahead of the methods of an object; everything else stays as it is. */
function intercept<T extends object>(target: T, before: (method: string, args: readonly unknown[]) => void): T {
  return new Proxy(target, {
    get(object, name) {
      const value: unknown = Reflect.get(object, name, object);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        before(String(name), args);
        return Reflect.apply(value, object, args);
      };
    },
  });
}

/** Counts each RPC call on the namespace's stubs. */
function countNamespace<T extends object>(namespace: T): T {
  return new Proxy(namespace, {
    get(object, name) {
      const value: unknown = Reflect.get(object, name, object);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        const result: unknown = Reflect.apply(value, object, args);
        return name === 'get' || name === 'getByName' ? countStub(result as object) : result;
      };
    },
  });
}

function countStub<T extends object>(stub: T): T {
  return new Proxy(stub, {
    get(object, name) {
      const method: unknown = Reflect.get(object, name, object);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) => {
        counters.objectRequests += 1;
        // An RPC method is called on its stub; it has no `apply` of its own to call it by.
        return (object as Record<PropertyKey, (...values: unknown[]) => unknown>)[name]?.(...args);
      };
    },
  });
}

function countQueue<T extends object>(queue: T): T {
  const count = (body: unknown) => {
    const units = Math.ceil(JSON.stringify(body).length / QUEUE_UNIT_BYTES);
    counters.queueMessages += 1;
    counters.queueOperations += units * OPERATIONS_PER_UNIT;
  };
  return intercept(queue, (method, [first]) => {
    if (method === 'send') count(first);
    if (method === 'sendBatch') for (const { body } of first as { body: unknown }[]) count(body);
  });
}

/** Counts the rows that D1 says it read and wrote. */
function countDatabase(db: D1Database): D1Database {
  const add = ({ meta }: D1Result) => {
    counters.rowsWritten += meta.rows_written;
    counters.rowsRead += meta.rows_read;
  };
  const originals = new WeakMap<object, D1PreparedStatement>();
  const countStatement = (statement: D1PreparedStatement): D1PreparedStatement => {
    const counted = new Proxy(statement, {
      get(object, name) {
        if (name === 'bind') return (...values: unknown[]) => countStatement(object.bind(...values));
        if (name === 'run' || name === 'all') {
          return async () => {
            const result = await object.all();
            add(result);
            return result;
          };
        }
        if (name === 'first') {
          return async (column?: string) => {
            const result = await object.all<Record<string, unknown>>();
            add(result);
            const row = result.results[0] ?? null;
            return row && column !== undefined ? row[column] : row;
          };
        }
        const value: unknown = Reflect.get(object, name, object);
        return typeof value === 'function' ? value.bind(object) : value;
      },
    });
    originals.set(counted, statement);
    return counted;
  };
  return new Proxy(db, {
    get(object, name) {
      if (name === 'prepare') return (query: string) => countStatement(object.prepare(query));
      if (name === 'batch') {
        return async (statements: D1PreparedStatement[]) => {
          const results = await object.batch(statements.map((statement) => originals.get(statement) ?? statement));
          for (const result of results) add(result);
          return results;
        };
      }
      const value: unknown = Reflect.get(object, name, object);
      return typeof value === 'function' ? value.bind(object) : value;
    },
  });
}

const CLASS_A = new Set(['put', 'list', 'createMultipartUpload', 'resumeMultipartUpload']);
const CLASS_B = new Set(['get', 'head']);

function countBucket<T extends object>(bucket: T): T {
  return intercept(bucket, (method) => {
    if (CLASS_A.has(method)) counters.r2ClassA += 1;
    if (CLASS_B.has(method)) counters.r2ClassB += 1;
  });
}
