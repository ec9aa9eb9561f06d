import { css } from "lit"

export const ruleStyles = css`
  .body {
    padding: var(--space-3) var(--space-4) var(--space-4);
    display: grid;
    gap: var(--space-3);
  }
  .editor {
    border: var(--line);
    border-radius: var(--radius-small);
    background: var(--surface-1);
    overflow: hidden;
  }
  pre.text {
    margin: 0;
    padding: var(--space-2);
    font-family: var(--font-mono);
    font-size: var(--type-small);
    line-height: var(--space-5);
  }
  pre.text {
    overflow: auto;
    border: var(--line);
    border-radius: var(--radius-small);
    background: var(--surface-1);
  }
  .problems button {
    display: grid;
    grid-template-columns: var(--size-32) minmax(0, 1fr);
    gap: var(--space-3);
    inline-size: 100%;
    padding: var(--space-1) 0;
    border: 0;
    background: none;
    color: var(--text);
    text-align: start;
    cursor: pointer;
  }
  .two {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, var(--size-58)), 1fr));
    gap: var(--space-4);
    align-items: start;
  }
  .run {
    display: grid;
    grid-template-columns: minmax(0, var(--size-58)) minmax(0, 1fr);
    gap: var(--space-1) var(--space-3);
    align-items: center;
  }
  .run svg {
    inline-size: 100%;
    block-size: var(--space-4);
    background: var(--surface-2);
    border-radius: var(--radius-small);
  }
  .run rect {
    fill: var(--status-degraded);
  }
  .run .worst {
    fill: var(--status-down);
  }
  .version {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: var(--space-2) var(--space-4);
    align-items: center;
    padding-block: var(--space-2);
  }
  @media (max-width: 640px) {
    .run {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`
