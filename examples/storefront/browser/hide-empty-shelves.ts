/** A shelf that has no products by then goes away: the beacon was blocked or Vitrine is out of reach. */
const PATIENCE_MS = 6_000;

/** Shows a shelf's heading only with products below it. */
export function hideEmptyShelves(): void {
  document.addEventListener('vitrine:slot', ({ target }) => {
    if (target instanceof Element) update(target);
  });
  setTimeout(() => {
    for (const slot of document.querySelectorAll('[data-vitrine-slot]')) update(slot);
  }, PATIENCE_MS);
}

function update(slot: Element): void {
  const shelf = slot.closest<HTMLElement>('.shelf');
  if (shelf) shelf.hidden = slot.querySelector('.vitrine-item') === null;
}
