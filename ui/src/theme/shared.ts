import { css } from "lit"

/** What every element of ours starts from: shadow roots inherit type and colour, but no element rules. */
export const shared = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :host {
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
  a:hover {
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  :focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 1px;
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
    font-weight: 600;
    letter-spacing: -0.012em;
    color: var(--text-strong);
    line-height: 1.25;
  }
  h2 {
    font-size: var(--type-base);
    font-weight: 600;
    color: var(--text-strong);
  }
  dd {
    unicode-bidi: plaintext;
  }
  button {
    font: inherit;
    color: inherit;
  }
  .mono {
    font-family: var(--font-mono);
    font-size: 0.94em;
  }
  .muted {
    color: var(--text-3);
  }
  .hidden-visually {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`

/** A surface that holds one subject: a heading line and what belongs under it. */
export const panel = css`
  .panel {
    background: var(--surface-1);
    border: 1px solid var(--border);
    border-radius: var(--radius);
    min-inline-size: 0;
  }
  .panel > header {
    display: flex;
    align-items: center;
    gap: var(--space-2);
    min-block-size: 40px;
    padding: var(--space-1) var(--space-4);
    border-block-end: 1px solid var(--border);
  }
  .panel > header > :last-child:not(:first-child) {
    margin-inline-start: auto;
  }
  .page {
    padding: var(--space-4);
    display: grid;
    gap: var(--space-4);
    align-content: start;
  }
  @media (max-width: 640px) {
    .page {
      padding: var(--space-3);
      gap: var(--space-3);
    }
  }
`
