import { html } from 'hono/html';
import { categories, findProduct, products } from '../catalogue/catalogue.ts';
import type { Page } from './layout.ts';
import type { Markup } from './markup.ts';
import { productGrid } from './product-card.ts';
import { shelf } from './slot.ts';

const HERO = ['coat-wool-over', 'dress-linen-wrap', 'bag-flap-crossbody'];
/** Products of the picture of each department. */
const TILES: Readonly<Record<string, string>> = {
  dresses: 'dress-meadow-wrap',
  knitwear: 'knit-cable-fisher',
  shirts: 'shirt-oxford',
  trousers: 'trousers-wide-linen',
  coats: 'coat-navy-trench',
  shoes: 'shoe-penny-loafer',
  bags: 'bag-bucket-leather',
  accessories: 'acc-rib-beanie',
};
const NEW_IN = [
  'knit-mohair-cardigan',
  'trousers-wide-jeans',
  'shoe-retro-runner',
  'coat-red-puffer',
  'dress-poplin-shirt',
  'bag-quilted-flap',
  'shirt-camp-floral',
  'acc-check-scarf',
];

/** The front page: what is personal first, then the shop's own choice. */
export function homePage(): Page {
  return {
    title: 'Clothes to keep',
    main: html`${hero()}
${shelf({ name: 'home-for-you', strategy: 'for_you', heading: 'Picked for you', limit: 8 })}
<section aria-labelledby="departments"><h2 id="departments">Departments</h2><ul class="tiles" role="list">${categories.map(({ slug, title }) => tile(slug, title))}</ul></section>
${shelf({ name: 'home-trending', strategy: 'trending', heading: 'What others like now' })}
<section aria-labelledby="new-in"><h2 id="new-in">New in</h2>${productGrid(NEW_IN.flatMap((id) => findProduct(id) ?? []))}</section>
${shelf({ name: 'home-recent', strategy: 'recently_viewed', heading: 'You looked at' })}`,
  };
}

function hero(): Markup {
  const pictures = HERO.map(
    (id) => html`<img src="/pictures/${id}.svg" alt="" width="600" height="750" fetchpriority="high">`,
  );
  return html`<section class="hero" aria-labelledby="hero-heading"><div class="hero-text"><p class="eyebrow">The autumn edit</p><h1 id="hero-heading">Good cloth.<br>Kept for years.</h1><p class="hero-line">${products.length} pieces from seven small makers, chosen to go together and to be worn out slowly.</p><p class="hero-actions"><a class="button" href="/c/coats">Shop coats</a><a class="text-link" href="/c/knitwear">See the knitwear</a></p></div><div class="hero-pictures">${pictures}</div></section>`;
}

function tile(slug: string, title: string): Markup {
  return html`<li class="tile"><a href="/c/${slug}"><img src="/pictures/${TILES[slug] ?? ''}.svg" alt="" width="600" height="750" loading="lazy" decoding="async"><span>${title}</span></a></li>`;
}
