import { type Context, Hono } from 'hono';
import { bundle } from './bundle.ts';
import { cartCount } from './cart/cart.ts';
import { readCart, takeOrder } from './cart/cookies.ts';
import { cartRoutes } from './cart/routes.ts';
import { categories, findProduct, products } from './catalogue/catalogue.ts';
import { findProducts } from './catalogue/find-products.ts';
import { cartPage } from './pages/cart.ts';
import { categoryPage } from './pages/category.ts';
import { checkoutPage } from './pages/checkout.ts';
import { homePage } from './pages/home.ts';
import { layout, type Page, type VitrineAccess } from './pages/layout.ts';
import { notFoundPage } from './pages/not-found.ts';
import { productPage } from './pages/product.ts';
import { searchPage } from './pages/search.ts';
import { thanksPage } from './pages/thanks.ts';
import { drawProduct } from './pictures/draw-product.ts';
import { FAVICON } from './pictures/favicon.ts';

const MAX_QUERY_CHARACTERS = 100;
const PICTURE_CACHE = 'public, max-age=31536000, immutable';

/**
 * The demo shop as a Hono app. Script and style are bundled at their first request.
 *
 * @example
 * const app = createStorefront({ vitrineUrl: 'http://localhost:8787', writeKey: 'wk_demo_local' });
 * const response = await app.request('/c/dresses');
 */
export function createStorefront(vitrine: VitrineAccess): Hono {
  const app = new Hono();
  const show = (c: Context, page: Page, status: 200 | 404 = 200, pieces = cartCount(readCart(c))) => {
    c.header('cache-control', 'no-store');
    return c.html(layout(page, accessOf(c, vitrine), pieces), status);
  };
  const style = once(() => bundle('./styles/shop.css'));
  const script = once(() => bundle('./browser/shop.ts'));

  app.get('/', (c) => show(c, homePage()));
  app.get('/c/:category', (c) => {
    const category = categories.find(({ slug }) => slug === c.req.param('category'));
    return category ? show(c, categoryPage(category, c.req.query('style'))) : show(c, notFoundPage, 404);
  });
  app.get('/p/:id', (c) => {
    const product = findProduct(c.req.param('id'));
    return product ? show(c, productPage(product)) : show(c, notFoundPage, 404);
  });
  app.get('/search', (c) => {
    const query = (c.req.query('q') ?? '').trim().slice(0, MAX_QUERY_CHARACTERS);
    return show(c, searchPage(query, findProducts(query)));
  });
  app.get('/cart', (c) => show(c, cartPage(readCart(c))));
  app.get('/checkout', (c) => {
    const lines = readCart(c);
    return lines.length > 0 ? show(c, checkoutPage(lines)) : c.redirect('/cart', 303);
  });
  app.get('/checkout/thanks', (c) => show(c, thanksPage(takeOrder(c))));
  app.route('/', cartRoutes);

  app.get('/pictures/:file{[a-z0-9-]+\\.svg}', (c) => {
    const product = findProduct(c.req.param('file').replace(/\.svg$/, ''));
    if (!product) return c.text('There is no such picture.', 404);
    return c.body(drawProduct(product), 200, { 'content-type': 'image/svg+xml', 'cache-control': PICTURE_CACHE });
  });
  app.get('/favicon.svg', (c) => c.body(FAVICON, 200, { 'content-type': 'image/svg+xml' }));
  app.get('/titles.json', (c) => c.json(Object.fromEntries(products.map(({ id, title }) => [id, title]))));
  app.get('/style.css', async (c) => c.body(await style(), 200, { 'content-type': 'text/css; charset=utf-8' }));
  app.get('/shop.js', async (c) => c.body(await script(), 200, { 'content-type': 'text/javascript; charset=utf-8' }));
  app.notFound((c) => show(c, notFoundPage, 404));
  return app;
}

/** Where the page finds Vitrine: on its own host, if it comes through Vitrine. */
function accessOf(c: Context, vitrine: VitrineAccess): VitrineAccess {
  return c.req.header('x-forwarded-host') === undefined ? vitrine : { ...vitrine, vitrineUrl: '' };
}

/** Runs `make` at the first call and gives its result to all later ones; a failure is tried again. */
function once(make: () => Promise<string>): () => Promise<string> {
  let made: Promise<string> | undefined;
  return () => {
    made ??= make().catch((error) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
