import { render } from 'preact';
import { App } from './app/app.ts';
import { html } from './base/html.ts';

const place = document.getElementById('app');
if (place) render(html`<${App} />`, place);
