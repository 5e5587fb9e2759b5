/** The looks of slots: of the three layouts and of a banner. Everything a shop may want otherwise is a variable; colours are those of the page. */
export const SLOT_STYLE = `vitrine-slot, [data-vitrine-slot] { display: block; min-height: var(--vitrine-slot-height, 0); }
.vitrine-slot {
  --_gap: var(--vitrine-gap, 1rem);
  --_width: var(--vitrine-item-width, 11rem);
  --_radius: var(--vitrine-radius, 0.5rem);
  --_muted: var(--vitrine-muted, color-mix(in srgb, currentColor 65%, transparent));
  --_sale: var(--vitrine-sale, inherit);
  --_line: var(--vitrine-line, color-mix(in srgb, currentColor 14%, transparent));
  container-type: inline-size;
}
.vitrine-heading { margin: 0 0 0.75rem; font-size: var(--vitrine-heading-size, 1.25rem); line-height: 1.25; text-wrap: balance; }
.vitrine-items { display: grid; gap: var(--_gap); margin: 0; padding: 0; list-style: none; }
.vitrine-row .vitrine-items { grid: auto / auto-flow minmax(min(var(--_width), 60cqi), 1fr); overflow-x: auto; scroll-snap-type: x proximity; overscroll-behavior-x: contain; padding-bottom: 0.25rem; }
.vitrine-row .vitrine-item { scroll-snap-align: start; }
.vitrine-grid .vitrine-items { grid-template-columns: repeat(auto-fill, minmax(min(var(--_width), 45cqi), 1fr)); }
.vitrine-list .vitrine-items { grid-template-columns: 1fr; }
.vitrine-item > a { display: grid; gap: 0.25rem; align-content: start; height: 100%; color: inherit; text-decoration: none; }
.vitrine-item > a:hover .vitrine-title, .vitrine-item > a:focus-visible .vitrine-title { text-decoration: underline; }
.vitrine-item > a:focus-visible, .vitrine-content:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; border-radius: var(--_radius); }
.vitrine-item img { width: 100%; height: auto; aspect-ratio: var(--vitrine-picture-ratio, 4 / 5); object-fit: cover; border-radius: var(--_radius); background: var(--_line); }
.vitrine-list .vitrine-item > a { grid-template-columns: 5rem 1fr; column-gap: var(--_gap); }
.vitrine-list .vitrine-item img { grid-row: 1 / span 4; }
.vitrine-title { overflow-wrap: anywhere; }
.vitrine-price { font-variant-numeric: tabular-nums; }
.vitrine-price ins { color: var(--_sale); text-decoration: none; font-weight: 600; }
.vitrine-price del, .vitrine-reason { color: var(--_muted); }
.vitrine-reason { font-size: 0.8125em; }
.vitrine-content { display: grid; gap: 0.25rem; margin-bottom: var(--_gap); padding: var(--_gap); border: 1px solid var(--_line); border-radius: var(--_radius); color: inherit; text-decoration: none; overflow: hidden; }
.vitrine-content img { width: calc(100% + 2 * var(--_gap)); max-width: none; margin: calc(-1 * var(--_gap)) calc(-1 * var(--_gap)) 0.5rem; height: auto; }
.vitrine-content-title { font-size: 1.125em; }
`;
