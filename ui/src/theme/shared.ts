import { css } from "lit"
import { utilities } from "./utilities.ts"

/** Shadow roots inherit type and colour, but no rules for elements. */
const elements = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host,
  .block {
    display: block;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  a {
    color: inherit;
    text-decoration: none;
  }
  a:hover,
  .link:hover strong {
    text-decoration: underline;
    text-underline-offset: var(--space-0-5);
  }
  :focus-visible {
    outline: var(--focus-ring);
    outline-offset: var(--line-width);
    border-radius: var(--radius-small);
  }
  h1,
  h2,
  h3,
  p,
  dl,
  dd,
  ul,
  ol {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  h1 {
    font-size: var(--type-title);
    font-weight: var(--weight-strong);
    letter-spacing: var(--tracking-tight);
    color: var(--text-strong);
    line-height: var(--leading-tight);
    overflow-wrap: anywhere;
  }
  h2 {
    font-size: var(--type-base);
    font-weight: var(--weight-strong);
    color: var(--text-strong);
  }
  /* In a mirrored page a value still reads from its number to its unit. */
  dd,
  [role="cell"] {
    unicode-bidi: plaintext;
  }
  :is(h2, h3) small {
    font: inherit;
    font-weight: var(--weight-normal);
    color: var(--text-3);
  }
  button {
    font: inherit;
    color: inherit;
  }
  ::placeholder {
    color: var(--text-3);
    opacity: 1;
  }
  :is(input, select):disabled,
  form[inert] {
    opacity: 0.55;
  }
  dialog::backdrop {
    background: var(--surface-scrim);
  }
`

/** What every element of ours starts from. Its own rules come after it. */
export const shared = [elements, ...utilities]

/** A panel: a heading and its content. */
export const panel = css`
  .panel {
    background: var(--surface-1);
    border: var(--line);
    border-radius: var(--radius);
    min-inline-size: 0;
  }
  .panel > header {
    display: flex;
    align-items: center;
    gap: var(--space-2);
    min-block-size: var(--space-10);
    padding: var(--space-1) var(--space-4);
    border-block-end: var(--line);
  }
  .page {
    padding: var(--inset);
    display: grid;
    gap: var(--inset);
    align-content: start;
  }
`
