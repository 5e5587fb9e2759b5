import { CONSOLE_SCRIPT, CONSOLE_STYLE } from './assets.generated.ts';

const SCRIPT_PATH = `/console/app.${CONSOLE_SCRIPT.hash}.js`;
const STYLE_PATH = `/console/style.${CONSOLE_STYLE.hash}.css`;

/** Nothing of another origin but pictures of products; nothing inline. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' https: http: data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Vitrine console</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%233346d3'/%3E%3Cpath d='M4 4l4 8 4-8' fill='none' stroke='%23fff' stroke-width='2'/%3E%3C/svg%3E">
<link rel="stylesheet" href="${STYLE_PATH}">
<script type="module" src="${SCRIPT_PATH}"></script>
</head>
<body><div id="app"></div><noscript>The console needs JavaScript.</noscript></body>
</html>
`;

/** `GET /console` and each page below it: the console, which finds its page by its address. */
export function handleConsole(): Response {
  return new Response(PAGE, {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': POLICY,
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-cache',
    },
  });
}

/** `GET /console/app.<hash>.js` and `style.<hash>.css`; nothing under an older hash, whose page asks for a new one. */
export function handleConsoleAsset(name: string): Response {
  const path = `/console/${name}`;
  if (path === SCRIPT_PATH) return asset(CONSOLE_SCRIPT.source, 'text/javascript');
  if (path === STYLE_PATH) return asset(CONSOLE_STYLE.source, 'text/css');
  return /\.(js|css)$/.test(name) ? new Response('There is a newer one.\n', { status: 404 }) : handleConsole();
}

function asset(source: string, type: string): Response {
  return new Response(source, {
    headers: { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'public, max-age=31536000, immutable' },
  });
}
