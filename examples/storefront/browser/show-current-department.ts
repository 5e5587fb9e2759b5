/** Scrolls the menu, which is wider than a phone, to the department of the page. */
export function showCurrentDepartment(): void {
  const current = document.querySelector<HTMLElement>('.menu [aria-current]');
  const menu = current?.closest<HTMLElement>('.menu');
  if (!current || !menu) return;
  const { left, width } = current.getBoundingClientRect();
  menu.scrollLeft += left - menu.getBoundingClientRect().left - (menu.clientWidth - width) / 2;
}
