/** What stands in for an Iceberg REST catalog such as R2 Data Catalog, as strict as its specification says; in memory. */
import type { CommitTableRequest, Snapshot, TableMetadata } from 'iceberg-js';

export interface RestCatalogOptions {
  /** Where it is, e.g. `https://catalog.test/account/bucket`. */
  readonly uri: string;
  readonly warehouse: string;
  readonly token: string;
  /** A metadata file of the bucket. */
  readonly read: (location: string) => Promise<TableMetadata | undefined>;
}

/** A catalog: its tables by `<namespace>.<name>`, and what it was asked. */
export class RestCatalog {
  readonly tables = new Map<string, TableMetadata>();
  readonly asked: string[] = [];
  private readonly options: RestCatalogOptions;
  private readonly namespaces = new Set<string>();

  constructor(options: RestCatalogOptions) {
    this.options = options;
  }

  /** Answers a request as the specification says. */
  async answer(input: string | URL, init: RequestInit = {}): Promise<Response> {
    const { uri, warehouse, token } = this.options;
    const url = new URL(input);
    const method = init.method ?? 'GET';
    const path = url.href.slice(uri.length).split('?')[0] ?? '';
    this.asked.push(`${method} ${path}`);
    if (new Headers(init.headers).get('authorization') !== `Bearer ${token}`)
      return refused(401, 'NotAuthorizedException', 'the token is not known');
    if (path === '/v1/config')
      return url.searchParams.get('warehouse') === warehouse
        ? Response.json({ defaults: {}, overrides: { prefix: 'p1' } })
        : refused(400, 'BadRequestException', 'unknown warehouse');
    const [, version, prefix, kind, namespace = '', what, name = ''] = path.split('/').map(decodeURIComponent);
    if (version !== 'v1' || prefix !== 'p1' || kind !== 'namespaces') return refused(404, 'NotFound', path);
    const body = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    if (namespace === '') return this.createNamespace(body.namespace.join('.'));
    if (!this.namespaces.has(namespace)) return refused(404, 'NoSuchNamespaceException', namespace);
    if (what === 'register') return this.register(`${namespace}.${body.name}`, body['metadata-location']);
    const table = this.tables.get(`${namespace}.${name}`);
    if (what !== 'tables' || !table) return refused(404, 'NoSuchTableException', `${namespace}.${name}`);
    if (method === 'GET') return Response.json({ metadata: table });
    if (method !== 'POST') return refused(405, 'UnsupportedOperationException', method);
    return this.commit(`${namespace}.${name}`, table, body);
  }

  private createNamespace(name: string): Response {
    if (this.namespaces.has(name)) return refused(409, 'AlreadyExistsException', name);
    this.namespaces.add(name);
    return Response.json({ namespace: name.split('.'), properties: {} });
  }

  private async register(name: string, location: string): Promise<Response> {
    if (this.tables.has(name)) return refused(409, 'AlreadyExistsException', name);
    const metadata = await this.options.read(location);
    if (!metadata) return refused(404, 'NotFoundException', location);
    this.tables.set(name, metadata);
    return Response.json({ metadata, 'metadata-location': location });
  }

  private commit(name: string, table: TableMetadata, { requirements, updates }: CommitTableRequest): Response {
    for (const requirement of requirements) {
      if (requirement.type === 'assert-table-uuid' && requirement.uuid === table['table-uuid']) continue;
      const shown = table.refs?.main?.['snapshot-id'] ?? null;
      if (requirement.type === 'assert-ref-snapshot-id' && requirement['snapshot-id'] === shown) continue;
      return refused(409, 'CommitFailedException', requirement.type);
    }
    let next: TableMetadata = structuredClone(table);
    for (const update of updates) {
      const changed = changedBy(next, update);
      if (!changed) return refused(400, 'ValidationException', update.action);
      next = changed;
    }
    this.tables.set(name, next);
    return Response.json({ metadata: next, 'metadata-location': `${table.location}/metadata/of-the-catalog.json` });
  }
}

/** A table after one update; nothing where the specification forbids it. */
function changedBy(table: TableMetadata, update: CommitTableRequest['updates'][number]): TableMetadata | undefined {
  const snapshots: readonly Snapshot[] = table.snapshots ?? [];
  const isThere = (id: number) => snapshots.some((one) => one['snapshot-id'] === id);
  switch (update.action) {
    case 'add-schema': {
      const id = Math.max(...table.schemas.map((one) => one['schema-id'] ?? 0)) + 1;
      return { ...table, schemas: [...table.schemas, { ...update.schema, 'schema-id': id }] };
    }
    case 'set-current-schema': {
      const last = table.schemas.at(-1)?.['schema-id'] ?? 0;
      return { ...table, 'current-schema-id': update['schema-id'] === -1 ? last : update['schema-id'] };
    }
    case 'add-snapshot': {
      const { snapshot } = update;
      const number = snapshot['sequence-number'] ?? 0;
      if (isThere(snapshot['snapshot-id']) || number <= (table['last-sequence-number'] ?? 0)) return undefined;
      return { ...table, 'last-sequence-number': number, snapshots: [...snapshots, snapshot] };
    }
    case 'set-snapshot-ref': {
      const id = update['snapshot-id'];
      if (!isThere(id)) return undefined;
      const refs = { ...table.refs, [update['ref-name']]: { type: update.type, 'snapshot-id': id } };
      return update['ref-name'] === 'main' ? { ...table, refs, 'current-snapshot-id': id } : { ...table, refs };
    }
    case 'remove-snapshots': {
      const ids = new Set(update['snapshot-ids']);
      if (Object.values(table.refs ?? {}).some((ref) => ids.has(ref['snapshot-id']))) return undefined;
      return { ...table, snapshots: snapshots.filter((one) => !ids.has(one['snapshot-id'])) };
    }
    default:
      return undefined;
  }
}

function refused(code: number, type: string, message: string): Response {
  return Response.json({ error: { code, type, message } }, { status: code });
}
