const PATH = /^([A-Za-z_][\w-]*(?:\.[\w-]+)*): /;
const PATH_LENGTH = 128;

/**
 * Where in an event the fault lies that a refusal tells first, e.g. `properties.products.*.price`; empty where it is the event as a whole. Places in
 * lists are one: a hundred lines with the same fault have one cause.
 */
export function pathOfFault(message: string): string {
  const [, path = ''] = PATH.exec(message) ?? [];
  return path.replaceAll(/\.\d+(?=\.|$)/g, '.*').slice(0, PATH_LENGTH);
}
