/** The look of the docs page, in light and dark. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1d1d22, #ececf1); --soft: light-dark(#5c5c66, #a3a3ad); --line: light-dark(#e3e3e8, #33333b);
  --paper: light-dark(#fff, #17171b); --panel: light-dark(#f6f6f8, #1f1f25); --accent: light-dark(#7a2e4d, #e79ab8); }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper); display: grid;
  grid-template-columns: minmax(0, 19rem) minmax(0, 52rem); gap: 0 3rem; padding: 2rem; justify-content: center; }
header { grid-column: 1 / -1; border-bottom: 1px solid var(--line); margin-bottom: 1.5rem; }
h1 { font-size: 1.7rem; margin: 0 0 .3rem; }
h2 { font-size: 1.05rem; margin: 0 0 .6rem; overflow-wrap: anywhere; }
a { color: var(--accent); text-underline-offset: .2em; }
nav h2 { color: var(--soft); font-size: .8rem; text-transform: uppercase; letter-spacing: .06em; margin: 1.2rem 0 .3rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav a { display: block; padding: .25rem 0; text-decoration: none; color: inherit; font: .85rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
nav a:hover { color: var(--accent); }
section { padding: 0 0 1.6rem; margin: 0 0 1.6rem; border-bottom: 1px solid var(--line); scroll-margin-top: 1rem; }
.method { font: 600 .7rem/1 ui-monospace, monospace; padding: .2rem .4rem; border-radius: .3rem; background: var(--panel); border: 1px solid var(--line); }
.method.post { color: var(--accent); border-color: currentColor; }
.keys, .status { color: var(--soft); font-size: .9rem; margin: .3rem 0; }
.status b { color: var(--ink); font-family: ui-monospace, monospace; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .88rem; width: 100%; margin: .6rem 0; }
th, td { text-align: left; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td code { overflow-wrap: anywhere; }
details { margin: .4rem 0; background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; }
summary { cursor: pointer; padding: .45rem .8rem; font-size: .9rem; }
pre { margin: 0; padding: .2rem .9rem .8rem; overflow-x: auto; font: .8rem/1.5 ui-monospace, monospace; }
@media (max-width: 50rem) { body { grid-template-columns: minmax(0, 1fr); padding: 1.2rem; } nav { margin-bottom: 2rem; } }
`;
