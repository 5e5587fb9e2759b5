import { Context, Liquid, type Template as Node, toValueSync } from 'liquidjs';

/** What a template may cost: its length, what it writes, in characters and pieces, and how deep its loops go. */
export const TEMPLATE_LIMITS = { sourceLength: 16_384, outputLength: 262_144, pieces: 50_000, loopDepth: 2 } as const;

/** A mistake in a template, and where it stands; line and column are counted from 1. */
export interface TemplateFault {
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** A template that can be filled. */
export interface Template {
  /**
   * Fills it; each value is escaped.
   *
   * @throws Error where it becomes too long, or a filter cannot take its value.
   */
  render(values: object): string;
}

/** Tags that would read files, keep state from one filling to the next, or let text grow beside what is counted. */
const NO_TAGS = [
  'include',
  'render',
  'layout',
  'block',
  'tablerow',
  'increment',
  'decrement',
  'capture',
  'cycle',
  'liquid',
] as const;
/** Filters that would write what is not escaped, or look at the clock. */
const NO_FILTERS = [
  'raw',
  'date',
  'date_to_xmlschema',
  'date_to_rfc822',
  'date_to_string',
  'date_to_long_string',
  'sample',
] as const;

const engine = new Liquid({
  outputEscape: 'escape',
  ownPropertyOnly: true,
  strictFilters: true,
  parseLimit: 100_000,
  memoryLimit: 50_000,
  templates: {},
});
for (const tag of NO_TAGS) delete engine.tags[tag];
for (const filter of NO_FILTERS) delete engine.filters[filter];

/** Reads a template in Liquid, or says what is wrong with it, and where. */
export function compileTemplate(source: string): { readonly template: Template } | { readonly fault: TemplateFault } {
  if (source.length > TEMPLATE_LIMITS.sourceLength)
    return { fault: { message: `has ${source.length} characters; at most ${TEMPLATE_LIMITS.sourceLength} are taken` } };
  let nodes: Node[];
  try {
    nodes = engine.parse(source);
  } catch (error) {
    return { fault: faultOf(error) };
  }
  const deep = loopBelow(nodes, TEMPLATE_LIMITS.loopDepth);
  if (deep)
    return {
      fault: {
        message: `"for" stands more than ${TEMPLATE_LIMITS.loopDepth} deep: take the inner one out`,
        ...placeOf(deep),
      },
    };
  countTurns(nodes);
  return { template: { render: (values) => fill(nodes, values) } };
}

/** Lets each turn of a loop use up what a filling may cost: the library counts what is made, and not what is done. */
function countTurns(nodes: readonly Node[]): void {
  for (const node of nodes) {
    const bodies = bodiesOf(node);
    for (const body of bodies) countTurns(body);
    if ((node as Inner).name !== 'for') continue;
    const cost = sizeOf(bodies.flat());
    const turn = { token: node.token, render: (context: Context) => void context.memoryLimit.use(cost) };
    (node as unknown as { templates: unknown[] }).templates.unshift(turn);
  }
}

/** How many nodes these are, with all that stands in them. */
function sizeOf(nodes: readonly Node[]): number {
  return nodes.reduce((sum, node) => sum + sizeOf(bodiesOf(node).flat()), nodes.length + 1);
}

function bodiesOf(node: Node): (readonly Node[])[] {
  const { templates = [], elseTemplates = [], branches = [] } = node as Inner;
  return [templates, elseTemplates, ...branches.map((branch) => branch.templates ?? [])];
}

function fill(nodes: Node[], values: object): string {
  const output = new Output();
  const context = new Context(values, engine.options, { sync: true });
  toValueSync(engine.renderer.renderTemplates(nodes, context, output));
  return output.buffer;
}

/** Takes what a template writes, up to a length. */
class Output {
  buffer = '';
  private pieces = 0;

  write(piece: unknown): void {
    this.buffer += typeof piece === 'string' ? piece : String(piece ?? '');
    this.pieces += 1;
    if (this.buffer.length > TEMPLATE_LIMITS.outputLength || this.pieces > TEMPLATE_LIMITS.pieces)
      throw new Error(`the template writes more than ${TEMPLATE_LIMITS.outputLength} characters`);
  }
}

/** A node as far as its loops go. */
interface Inner {
  readonly name?: string;
  readonly templates?: readonly Node[];
  readonly elseTemplates?: readonly Node[];
  readonly branches?: readonly { readonly templates?: readonly Node[] }[];
}

/** The first loop that stands deeper than so many others. */
function loopBelow(nodes: readonly Node[], depth: number): Node | undefined {
  for (const node of nodes) {
    const isLoop = (node as Inner).name === 'for';
    if (isLoop && depth === 0) return node;
    const deep = loopBelow(bodiesOf(node).flat(), isLoop ? depth - 1 : depth);
    if (deep) return deep;
  }
  return undefined;
}

/** What went wrong while a template was filled. */
export function renderFault(error: unknown): TemplateFault {
  const { message, ...place } = faultOf(error);
  const words = message.replace(/^memory alloc limit exceeded/, 'does more than a slot may take');
  return { message: words, ...place };
}

function faultOf(error: unknown): TemplateFault {
  const { message, token } = error as { readonly message: string; readonly token?: Node['token'] };
  // The library says the place behind the message as well, and shows the lines around it.
  const said = message.split('\n')[0]?.replace(/, line:\d+(, col:\d+)?$/, '') ?? message;
  return { message: said, ...(token && place(token)) };
}

function placeOf(node: Node): Omit<TemplateFault, 'message'> {
  return place(node.token);
}

function place(token: Node['token']): Omit<TemplateFault, 'message'> {
  try {
    const [line, column] = token.getPosition();
    return line === undefined || column === undefined ? {} : { line, column };
  } catch {
    return {};
  }
}
