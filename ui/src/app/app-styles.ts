import { css } from "lit"

export const appStyles = css`
  :host {
    display: flex;
    block-size: 100dvh;
    overflow: hidden;
  }
  .skip {
    position: absolute;
    inset-block-start: calc(-1 * var(--space-16));
    inset-inline-start: var(--space-3);
    z-index: var(--layer-skip);
    padding: var(--space-2) var(--space-3);
    background: var(--action);
    color: var(--action-text);
    border-radius: var(--radius);
  }
  .skip:focus {
    inset-block-start: var(--space-2);
  }
  ispvm-page-setup,
  ispvm-page-login {
    flex: 1;
    overflow: auto;
  }
  .sidebar {
    inline-size: var(--space-16);
    flex: none;
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: var(--space-2);
    padding-block: var(--space-2-5) var(--space-3);
    background: var(--surface-1);
    border-inline-end: var(--line);
  }
  .brand img {
    display: block;
    border-radius: var(--radius-large);
    box-shadow: var(--shadow-line);
  }
  .sidebar ul {
    display: grid;
    gap: var(--space-0-5);
    inline-size: 100%;
    padding-inline: var(--space-1);
    margin-block-start: var(--space-2);
  }
  .sidebar li a {
    display: grid;
    justify-items: center;
    gap: var(--space-1);
    padding-block: var(--space-2) var(--space-1-5);
    border-radius: var(--radius);
    font-size: var(--type-micro);
    font-weight: var(--weight-medium);
    text-decoration: none;
  }
  .tools {
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: var(--space-0-5);
  }
  .sidebar .tools {
    margin-block-start: auto;
  }
  .bar .tools {
    display: none;
  }
  .tool {
    inline-size: var(--space-9);
    block-size: var(--space-9);
    display: grid;
    place-items: center;
    border: 0;
    background: none;
    border-radius: var(--radius);
    color: var(--text-3);
    cursor: pointer;
  }
  .right {
    position: relative;
    flex: 1;
    min-inline-size: 0;
    display: flex;
    flex-direction: column;
  }
  .bar {
    block-size: var(--bar-height);
    flex: none;
    display: flex;
    align-items: center;
    gap: var(--space-3);
    padding-inline: var(--space-4) var(--space-3);
    border-block-end: var(--line);
    background: var(--surface-1);
  }
  .breadcrumb {
    color: var(--text-3);
    margin-inline-end: auto;
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .breadcrumb span {
    display: inline-block;
    max-inline-size: 24ch;
    overflow: hidden;
    text-overflow: ellipsis;
    vertical-align: bottom;
  }
  .breadcrumb i {
    font-style: normal;
    margin-inline: var(--space-2);
    color: var(--border-strong);
  }
  .search {
    position: relative;
    display: flex;
    align-items: center;
    gap: var(--space-2);
    inline-size: min(var(--size-80), 36vw);
    block-size: var(--space-8);
    padding-inline: var(--space-2-5) var(--space-1-5);
    border: var(--line);
    border-radius: var(--radius);
    background: var(--surface-page);
    color: var(--text-3);
    cursor: pointer;
    text-align: start;
  }
  .search:hover {
    border-color: var(--border-strong);
  }
  .search span {
    flex: 1;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  kbd {
    font: inherit;
    font-size: var(--type-tiny);
    padding: 0 var(--space-1-5);
    border: var(--line-strong);
    border-radius: var(--radius-small);
    color: var(--text-3);
  }
  .bell {
    position: relative;
    display: grid;
    place-items: center;
    inline-size: var(--space-9);
    block-size: var(--space-9);
    border-radius: var(--radius);
  }
  .bell b {
    position: absolute;
    inset-block-start: var(--line-width);
    inset-inline-end: 0;
    min-inline-size: var(--space-4);
    padding-inline: var(--space-1);
    border-radius: var(--radius-pill);
    background: var(--status-down);
    color: var(--on-alarm);
    font-size: var(--type-micro);
    line-height: var(--space-4);
    font-weight: var(--weight-heavy);
    text-align: center;
  }
  main {
    flex: 1;
    min-block-size: 0;
    overflow: auto;
    outline: 0;
  }
  /*
   * A lost stream greys every value and colour at once, whatever page draws it: text by the tokens
   * that elements inherit, and what has colours of its own (maps, graphs, charts) by the veil.
   */
  :host([stream="lost"]) main {
    color: var(--text);
    --text-strong: var(--text-3);
    --text: var(--text-3);
    --text-2: var(--text-3);
    --status-ok-text: var(--text-3);
    --status-degraded-text: var(--text-3);
    --status-down-text: var(--text-3);
    --status-unreachable-text: var(--text-3);
    --status-recovering-text: var(--text-3);
    --status-unknown-text: var(--text-3);
    --status-maintenance-text: var(--text-3);
  }
  .stale-overlay {
    position: absolute;
    inset: 0;
    z-index: var(--layer-stale);
    pointer-events: none;
    backdrop-filter: grayscale(1);
  }
  ispvm-stream-bar {
    position: relative;
    z-index: var(--layer-stream);
  }
  :host([wall]) :is(.sidebar, .bar) {
    display: none;
  }
  .leave {
    position: fixed;
    inset-block-end: var(--space-3);
    inset-inline-end: var(--space-3);
    display: flex;
    gap: var(--space-2);
    align-items: center;
    padding: var(--space-1) var(--space-3);
    border: var(--line);
    border-radius: var(--radius);
    background: var(--surface-2);
    color: var(--text-2);
    font-size: var(--type-base);
    cursor: pointer;
    opacity: 0;
  }
  .leave:is(:hover, :focus-visible) {
    opacity: 1;
  }
  @media (max-width: 640px) {
    :host {
      flex-direction: column-reverse;
    }
    .sidebar {
      inline-size: auto;
      flex-direction: row;
      padding: var(--space-1) var(--space-1) calc(var(--space-1) + env(safe-area-inset-bottom));
      border-inline-end: 0;
      border-block-start: var(--line);
      z-index: var(--layer-sidebar);
    }
    .sidebar ul {
      display: flex;
      margin: 0;
      justify-content: space-around;
    }
    .sidebar li a {
      min-block-size: var(--space-11);
      align-content: center;
    }
    .search span {
      position: absolute;
      inline-size: var(--line-width);
      block-size: var(--line-width);
      clip-path: inset(50%);
    }
    .breadcrumb {
      font-size: 0;
    }
    .breadcrumb strong {
      font-size: var(--type-large);
    }
    .search {
      inline-size: var(--space-10);
      block-size: var(--space-10);
      padding: 0;
      justify-content: center;
      border-color: transparent;
      background: none;
    }
    .bar {
      gap: var(--space-0-5);
      padding-inline: var(--space-3) var(--space-1);
    }
    .bar .tools {
      display: flex;
      flex-direction: row;
    }
    .tool,
    .bell {
      inline-size: var(--space-10);
      block-size: var(--space-10);
    }
    .right {
      min-block-size: 0;
    }
  }
`
