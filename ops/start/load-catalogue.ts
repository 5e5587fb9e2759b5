import { loadReportSchema } from '../../core/catalog/load-report.ts';

/** A product as `POST /api/catalog` takes it. */
interface CatalogueLine {
  readonly id: string;
  readonly title: string;
  readonly url: string;
}

/** Uploads products through the private API, as a shop would. Throws when one is refused. */
export async function loadCatalogue(
  vitrineUrl: string,
  secretKey: string,
  products: readonly CatalogueLine[],
): Promise<void> {
  const response = await fetch(`${vitrineUrl}/api/catalog`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/x-ndjson' },
    body: products.map((product) => JSON.stringify(product)).join('\n'),
  });
  const text = await response.text();
  const report = response.ok ? loadReportSchema.safeParse(JSON.parse(text.trim().split('\n').at(-1) ?? '')) : undefined;
  if (!report?.success || report.data.refused.count > 0)
    throw new Error(`the catalogue was refused: ${response.status} ${text}`);
}
