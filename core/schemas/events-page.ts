import { BUILTIN_SCHEMAS, type BuiltinSchema } from './builtin-schemas.ts';
import { PERSONAL } from './json/personal.ts';

type Node = Readonly<Record<string, unknown>>;

const HEAD = `# Built-in types of events

<!-- Made from core/schemas/builtin-schemas.ts; its test writes it: npx vitest run core/schemas/events-page -u -->

What Vitrine itself reads of an event's \`properties\`. Other members are kept as they are, and other types too. How what pages send is read as
this: [fields.md](fields.md). Each type is a subject of the registry, e.g. \`vitrine.order_completed\`, which a shop extends by a schema of its own
([schemas.md](schemas.md)):

\`\`\`json
{
  "allOf": [{ "$ref": "vitrine.order_completed" }],
  "type": "object",
  "properties": { "store": { "type": "string" }, "email": { "type": "string", "x-personal": true } },
  "required": ["store"]
}
\`\`\`
`;

/** The page of \`docs/\` on the built-in types, in Markdown. */
export function eventsPage(): string {
  return `${[HEAD, ...BUILTIN_SCHEMAS.map(sectionOf)].join('\n')}`;
}

function sectionOf({ type, about, subject, version, schema }: BuiltinSchema): string {
  const rows = rowsOf(schema, '');
  const all = rows.length > 0 ? rows : [['any', 'any', '', 'a trait: personal']];
  const table = tableOf([['member', 'type', 'must be there', 'what'], ...all]);
  return `## ${type}\n\n${about} Subject \`${subject}\`, version ${version}.\n\n${table}\n`;
}

/** Rows, the first of which is the head, as a table whose columns stand below each other. */
function tableOf(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

function rowsOf(schema: Node, prefix: string): string[][] {
  const required = new Set((schema.required as string[] | undefined) ?? []);
  return Object.entries((schema.properties as Record<string, Node> | undefined) ?? {}).flatMap(([name, node]) => {
    const what = `${node.description ?? ''}${node[PERSONAL] === true ? '; personal' : ''}`;
    const own = [`\`${prefix}${name}\``, String(node.type), required.has(name) ? 'yes' : '', what];
    return [own, ...(node.items ? rowsOf(node.items as Node, `${prefix}${name}[].`) : [])];
  });
}
