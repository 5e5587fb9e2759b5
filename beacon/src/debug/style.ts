/** The panel's looks; it stands in a shadow, and a strict policy lets it in as a constructed sheet. */
export const STYLE = `
:host { all: initial; color-scheme: light dark; }
* { box-sizing: border-box; }
.panel { --line: light-dark(#d8dbe2, #3a3f4a); --muted: light-dark(#5b6270, #a3abb8); --bad: light-dark(#b3261e, #ff9a91); --good: light-dark(#1b6e3c, #7fd6a0); --warn: light-dark(#8a5300, #f0bd6b);
  position: fixed; z-index: 2147483647; right: 12px; bottom: 12px; width: min(420px, calc(100vw - 24px)); max-height: min(70vh, 640px); display: flex; flex-direction: column;
  font: 13px/1.45 system-ui, sans-serif; color: light-dark(#16181d, #eceef2); background: light-dark(#fff, #1b1e24); border: 1px solid var(--line); border-radius: 10px; box-shadow: 0 8px 30px rgb(0 0 0 / .25); overflow: hidden; }
header { display: flex; align-items: center; gap: 8px; padding: 8px 8px 8px 12px; border-bottom: 1px solid var(--line); }
header b { flex: 1; }
button { font: inherit; color: inherit; background: none; border: 1px solid var(--line); border-radius: 6px; padding: 2px 9px; cursor: pointer; }
button:focus-visible, summary:focus-visible { outline: 2px solid currentColor; outline-offset: 1px; }
.body { overflow: auto; padding: 4px 12px 12px; }
.panel.small .body { display: none; }
h2 { margin: 12px 0 4px; font-size: 12px; color: var(--muted); font-weight: 600; }
p { margin: 2px 0; }
ul { list-style: none; margin: 0; padding: 0; }
li { border-top: 1px solid var(--line); padding: 4px 0; overflow-wrap: anywhere; }
li:first-child { border-top: 0; }
summary { display: flex; gap: 8px; align-items: baseline; cursor: pointer; }
summary .name { flex: 1; font-weight: 600; }
time, .what { color: var(--muted); font-variant-numeric: tabular-nums; }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
pre { margin: 4px 0; max-height: 180px; overflow: auto; font: 11px/1.4 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.problem { margin: 8px 0 0; padding: 8px 10px; border: 1px solid var(--bad); border-radius: 6px; color: var(--bad); }
`;
