import fc from 'fast-check';
import { describe, it } from 'vitest';
import { runs } from '../../test/material/runs.ts';
import { compileTemplate, renderFault, TEMPLATE_LIMITS } from './template.ts';
import { sampleValues, templateValues } from './values.ts';

const filled = (source: string, values: object = sampleValues(8)): string => {
  const compiled = compileTemplate(source);
  if ('fault' in compiled) throw new Error(compiled.fault.message);
  return compiled.template.render(values);
};
const faultIn = (source: string, values?: object) => {
  const compiled = compileTemplate(source);
  if ('fault' in compiled) return compiled.fault;
  try {
    compiled.template.render(values ?? sampleValues(50));
  } catch (error) {
    return renderFault(error);
  }
  return undefined;
};
const hostile = {
  title: `<script>alert(1)</script>"'><img src=x onerror=alert(1)>{{ id }}{% raw %}`,
  url: 'javascript:alert(1)',
};
const slotOf = (title: string, url: string) =>
  templateValues({
    ...{ slot: 's', strategy: 'for_you', heading: title, locale: 'de' },
    content: { name: 'c', title, text: title, image: url, url },
    items: [
      {
        item: {
          id: title,
          title,
          url,
          image: url,
          brand: title,
          category: title,
          available: true,
          attributes: { [title]: title, x: title },
        },
        score: 1,
        reason: { code: 'viewed', text: title },
      },
    ],
  });

describe('a template', () => {
  it('is filled with products, prices in the language of the page, and what the slot says', ({ expect }) => {
    const values = templateValues({
      ...{ slot: 'home', strategy: 'trending', heading: 'Für dich', locale: 'de' },
      items: [
        {
          item: {
            id: 'a',
            title: 'A',
            url: '/p/a',
            available: true,
            price: { amount: 1299.5, currency: 'EUR' },
            salePrice: { amount: 999, currency: 'EUR' },
            attributes: { colour: 'red' },
          },
          score: 1,
          reason: { code: 'trending', text: 'Popular right now' },
        },
      ],
    });
    const source =
      '<h2>{{ heading }}</h2>{% for item in items %}<a data-product-id="{{ item.id }}" href="{{ item.url }}">{{ item.title | upcase }} {{ item.price }} {{ item.was }} {{ item.attributes.colour }} {{ item.place }}</a>{% endfor %}';
    expect(filled(source, values)).toBe(
      '<h2>Für dich</h2><a data-product-id="a" href="/p/a">A 999,00\u00a0€ 1.299,50\u00a0€ red 1</a>',
    );
  });

  it.for([
    ['{{ a | raw }}', 'undefined filter: raw', 1, 1],
    ['a\n  {% include "x" %}', 'tag "include" not found', 2, 3],
    ['{% render "x" %}', 'tag "render" not found', 1, 1],
    ['{% for i in items %}', 'tag {% for i in items %} not closed', 1, 1],
    ['\n\n{% if a %}', 'tag {% if a %} not closed', 3, 1],
    ['{{ a', 'output "{{ a" not closed', 1, 1],
    ['{% capture x %}{% endcapture %}', 'tag "capture" not found', 1, 1],
    ['{{ "now" | date: "%Y" }}', 'undefined filter: date', 1, 1],
    [
      '{% for a in items %}{% for b in items %}{% for c in items %}{% endfor %}{% endfor %}{% endfor %}',
      '"for" stands more than 2 deep: take the inner one out',
      1,
      41,
    ],
    [
      '{% for a in items %}{% if a %}{% for b in items %}{% case b %}{% when 1 %}{% for c in items %}{% endfor %}{% endcase %}{% endfor %}{% endif %}{% endfor %}',
      '"for" stands more than 2 deep: take the inner one out',
      1,
      75,
    ],
  ] as const)('with a mistake says what and where: %s', ([source, message, line, column], { expect }) => {
    expect(faultIn(source)).toMatchObject({ message, line, column });
  });

  it('cannot take long or become long, whatever it loops over', ({ expect }) => {
    const many = 'y'.repeat(10_000);
    for (const source of [
      '{% for i in (1..100000000) %}x{% endfor %}',
      '{% for a in (1..30000) %}{% for b in items %}{% endfor %}{% endfor %}',
      '{% for a in (1..30000) %}{% for b in items %}{% assign q = 1 %}{% endfor %}{% endfor %}',
      '{% for a in (1..30000) %}{% if a %}{% for b in (1..30000) %}{% endfor %}{% endif %}{% endfor %}',
      `{% for a in items %}{% for b in items %}${many}{% endfor %}{% endfor %}`,
      '{% assign s = "x" %}{% for a in (1..40) %}{% assign s = s | append: s %}{% endfor %}{{ s }}',
      '{% assign a = items %}{% for x in (1..20) %}{% assign a = a | concat: a %}{% endfor %}{{ a.size }}',
      '{% for a in items %}{% for b in (1..900) %}{% assign q = a.title | split: "" | reverse | join: "" %}{% endfor %}{% endfor %}',
    ])
      expect([source.slice(0, 80), faultIn(source)?.message]).toEqual([
        source.slice(0, 80),
        expect.stringMatching(/more than/),
      ]);
    expect(faultIn('x'.repeat(TEMPLATE_LIMITS.sourceLength + 1))?.message).toMatch(/at most 16384/);
  });

  it('reaches nothing but its values', ({ expect }) => {
    const source =
      '{{ items.constructor }}{{ __proto__ }}{{ items[0].__proto__.toString }}{{ constructor.constructor }}{{ globalThis }}{{ process.env }}{{ items.map }}';
    expect(filled(source)).toBe('');
  });

  it('lets no value become markup, and no address a script', ({ expect }) => {
    const source =
      '{{ heading }}{{ content.title }}<a href="{{ content.url }}">{% for i in items %}<p title="{{ i.title }}">{{ i.title | strip | append: i.brand | replace: "&", "and" }}{{ i.attributes.x | escape_once }}{{ i.reason | newline_to_br }}</p><img src="{{ i.image }}"><a href=\'{{ i.url }}\'>{% endfor %}';
    const html = filled(source, slotOf(hostile.title, hostile.url));
    expect(html).not.toContain('<script');
    expect(html).not.toContain('<img src=x');
    expect(html).not.toContain('javascript:');
    expect(html).toContain('href="#"');
  });

  it('whatever is written and whatever it holds: is refused with words, or is filled without an escape', ({
    expect,
  }) => {
    const pieces = fc.constantFrom(
      ...[
        '{{ ',
        ' }}',
        '{% ',
        ' %}',
        'for i in items',
        'endfor',
        'if i',
        'endif',
        'i.title',
        'items',
        '| upcase',
        '| escape',
        '| strip_html',
        '| json',
        '| append: heading',
        '| url_encode',
        '| slice: 0, 9',
        '| first',
        '| raw',
        'assign x = i.title',
        'x',
        '(1..9)',
        '"',
        "'",
        '<p>',
        '</p>',
        'else',
        'case i',
        'when 1',
        'endcase',
        'unless x',
        'endunless',
        'comment',
        'endcomment',
        'echo heading',
        '-',
        '\n',
        '# note',
        'heading | newline_to_br',
        'heading | default: content.text',
      ],
    );
    const template = fc.oneof(
      fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join(' ')),
      fc.array(pieces, { maxLength: 8 }).map((parts) => `{% for i in items %}{{ ${parts.join(' ')} }}{% endfor %}`),
      fc.array(pieces, { maxLength: 4 }).map((parts) => `{{ heading ${parts.join(' ')} }}`),
      fc.string({ maxLength: 60 }),
    );
    const mark = '<x onload=1>';
    fc.assert(
      fc.property(template, (source) => {
        const compiled = compileTemplate(source);
        if ('fault' in compiled) {
          expect(compiled.fault.message).toMatch(/\S/);
          return;
        }
        try {
          const html = compiled.template.render(slotOf(mark, 'javascript:1'));
          expect(html).not.toContain('<x onload');
          expect(html.length).toBeLessThanOrEqual(TEMPLATE_LIMITS.outputLength);
        } catch (error) {
          if ((error as Error).name === 'AssertionError') throw error;
          expect(renderFault(error).message).toMatch(/\S/);
        }
      }),
      { numRuns: runs(3_000) },
    );
  });
});
