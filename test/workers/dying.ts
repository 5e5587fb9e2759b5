import { env } from 'cloudflare:workers';

/** The bindings, with a store that dies after some calls of a method. */
export function dyingAfter(calls: number, name: 'DB' | 'LAKE' | 'MODELS', method: string): Env {
  let left = calls;
  const dying = new Proxy(env[name], {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      if (property !== method) return value.bind(target);
      return (...args: unknown[]) => {
        left -= 1;
        if (left < 0) return Promise.reject(new Error(`${name}.${method} died`));
        return Reflect.apply(value, target, args);
      };
    },
  });
  return { ...env, [name]: dying };
}
