import htm from 'htm';
import { h, type VNode } from 'preact';

/** Markup as a tagged template, as in `html\`<p class=${name}>${text}</p>\``. */
export const html = htm.bind(h) as unknown as (strings: TemplateStringsArray, ...values: unknown[]) => VNode;
