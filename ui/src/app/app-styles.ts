import { css } from "lit"

export const appStyles = css`
  :host {
    display: flex;
    block-size: 100dvh;
    overflow: hidden;
  }
  .skip {
    position: absolute;
    inset-block-start: -60px;
    inset-inline-start: var(--space-3);
    z-index: 70;
    padding: var(--space-2) var(--space-3);
    background: var(--action);
    color: var(--action-text);
    border-radius: var(--radius);
  }
  .skip:focus {
    inset-block-start: var(--space-2);
  }
  .whole {
    margin: auto;
  }
  ispvm-page-setup,
  ispvm-page-login {
    flex: 1;
    overflow: auto;
  }
  .sidebar {
    inline-size: 64px;
    flex: none;
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: var(--space-2);
    padding-block: 10px var(--space-3);
    background: var(--surface-1);
    border-inline-end: 1px solid var(--border);
  }
  .brand img {
    display: block;
    border-radius: 7px;
    box-shadow: 0 0 0 1px var(--border);
  }
  .sidebar ul {
    display: grid;
    gap: 2px;
    inline-size: 100%;
    padding-inline: 4px;
    margin-block-start: var(--space-2);
  }
  .sidebar li a {
    display: grid;
    justify-items: center;
    gap: 3px;
    padding-block: 7px 6px;
    border-radius: var(--radius);
    color: var(--text-3);
    font-size: 10.5px;
    font-weight: 500;
    text-decoration: none;
  }
  .sidebar li a:hover {
    background: var(--surface-2);
    color: var(--text);
  }
  .sidebar li a[aria-current] {
    background: var(--surface-3);
    color: var(--text-strong);
  }
  .tools {
    display: flex;
    flex-direction: column;
    align-items: center;
    gap: 2px;
  }
  .sidebar .tools {
    margin-block-start: auto;
  }
  .bar .tools {
    display: none;
  }
  .tool {
    inline-size: 34px;
    block-size: 34px;
    display: grid;
    place-items: center;
    border: 0;
    background: none;
    border-radius: var(--radius);
    color: var(--text-3);
    cursor: pointer;
  }
  .tool:hover {
    background: var(--surface-3);
    color: var(--text);
  }
  .right {
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
    border-block-end: 1px solid var(--border);
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
    margin-inline: 8px;
    color: var(--border-strong);
  }
  .breadcrumb strong {
    color: var(--text-strong);
    font-weight: 600;
  }
  .search {
    position: relative;
    display: flex;
    align-items: center;
    gap: var(--space-2);
    inline-size: min(320px, 36vw);
    block-size: 30px;
    padding-inline: 10px 6px;
    border: 1px solid var(--border);
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
    padding: 0 6px;
    border: 1px solid var(--border-strong);
    border-radius: var(--radius-small);
    color: var(--text-3);
  }
  .bell {
    position: relative;
    display: grid;
    place-items: center;
    inline-size: 34px;
    block-size: 34px;
    border-radius: var(--radius);
    color: var(--text-3);
  }
  .bell:hover {
    background: var(--surface-3);
  }
  .bell b {
    position: absolute;
    inset-block-start: 1px;
    inset-inline-end: 0;
    min-inline-size: 16px;
    padding-inline: 4px;
    border-radius: 8px;
    background: var(--status-down);
    color: #10151c;
    font-size: 10.5px;
    line-height: 16px;
    font-weight: 700;
    text-align: center;
  }
  .bell.rings {
    color: var(--text);
  }
  .bell.rings b {
    animation: breathe var(--time-breathe) ease-in-out infinite;
  }
  @keyframes breathe {
    50% {
      opacity: 0.62;
    }
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
    z-index: 46;
    pointer-events: none;
    backdrop-filter: grayscale(1);
  }
  .right {
    position: relative;
  }
  ispvm-stream-bar {
    position: relative;
    z-index: 47;
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
    border: 1px solid var(--border);
    border-radius: var(--radius);
    background: var(--surface-2);
    color: var(--text-2);
    font-size: 13px;
    cursor: pointer;
    opacity: 0;
  }
  .leave:is(:hover, :focus-visible) {
    opacity: 1;
  }
  @media (prefers-reduced-motion: reduce) {
    .bell.rings b {
      animation: none;
    }
  }
  @media (max-width: 640px) {
    :host {
      flex-direction: column-reverse;
    }
    .sidebar {
      inline-size: auto;
      flex-direction: row;
      padding: 4px 4px calc(4px + env(safe-area-inset-bottom));
      border-inline-end: 0;
      border-block-start: 1px solid var(--border);
      z-index: 40;
    }
    .sidebar ul {
      display: flex;
      margin: 0;
      justify-content: space-around;
    }
    .sidebar li {
      flex: 1;
    }
    .sidebar li a {
      font-size: 11px;
      min-block-size: 44px;
      align-content: center;
    }
    .brand,
    .sidebar .tools,
    .breadcrumb i,
    kbd {
      display: none;
    }
    .search span {
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      clip-path: inset(50%);
    }
    .breadcrumb {
      font-size: 0;
    }
    .breadcrumb strong {
      font-size: var(--type-large);
    }
    .search {
      inline-size: 40px;
      block-size: 40px;
      padding: 0;
      justify-content: center;
      border-color: transparent;
      background: none;
    }
    .bar {
      gap: 2px;
      padding-inline: var(--space-3) var(--space-1);
    }
    .bar .tools {
      display: flex;
      flex-direction: row;
    }
    .tool,
    .bell {
      inline-size: 40px;
      block-size: 40px;
    }
    .right {
      min-block-size: 0;
    }
  }
`
