/** Segments of the demo shop, with the attributes that they ask of. */
const ATTRIBUTES = {
  dresses_seen: {
    event: 'product_viewed',
    where: 'properties.category == "dresses"',
    aggregate: 'count',
    window: '30d',
  },
  bags_added: { event: 'product_added', aggregate: 'count', window: '1d' },
} as const;
const SEGMENTS = {
  dress_lovers: { condition: 'attributes.dresses_seen >= 2' },
  has_added: { condition: '"bags_added" in attributes' },
} as const;

/** Defines the demo's segments through the private API, as a shop would; what is defined already stays as it is. */
export async function defineSegments(vitrineUrl: string, secretKey: string): Promise<void> {
  const all = [
    ...Object.entries(ATTRIBUTES).map(([name, definition]) => [`attributes/${name}`, definition] as const),
    ...Object.entries(SEGMENTS).map(([name, definition]) => [`segments/${name}`, definition] as const),
  ];
  for (const [path, definition] of all) {
    const response = await fetch(`${vitrineUrl}/api/${path}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(definition),
    });
    if (!response.ok) throw new Error(`${path} was refused: ${response.status} ${await response.text()}`);
  }
}
