import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import { paths } from "../../app/paths.ts"
import { pageTexts } from "../../i18n/strings/page-strings.ts"
import { RequestController } from "../../state/request.ts"
import { shared } from "../../theme/shared.ts"
import { type Block, type Inline, parseRunbook } from "./runbook-text.ts"
import { loadRunbook, runbookName } from "./runbooks.ts"
import "../../components/ispvm-copy.ts"
import "../../components/ispvm-empty.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-skeleton.ts"

const strings = pageTexts.runbooks

/** A runbook as text, with commands to copy. Needs neither session nor API. */
@customElement("ispvm-runbook")
export class IspvmRunbook extends LitElement {
  @property() name = ""
  readonly #text = new RequestController(this, {
    key: () => (runbookName(this.name) === null ? null : ([this.name] as const)),
    load: async ([name]) => parseRunbook(await loadRunbook(name)),
  })

  static override styles = [
    shared,
    css`
      article {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-3);
        line-height: var(--leading);
      }
      h2 {
        margin-block-start: var(--space-3);
        font-size: var(--type-large);
      }
      code,
      pre {
        font-family: var(--font-mono);
        font-size: var(--type-mono);
        font-variant-ligatures: none;
      }
      pre {
        margin: 0;
        padding: var(--space-2) var(--space-3);
        border-radius: var(--radius);
        background: var(--surface-2);
        overflow-x: auto;
      }
      ul,
      ol {
        display: grid;
        gap: var(--space-1);
        padding-inline-start: var(--space-6);
      }
      ul {
        list-style: disc;
      }
      ol {
        list-style: decimal;
      }
    `,
  ]

  override render() {
    if (runbookName(this.name) === null)
      return html`<ispvm-empty first icon="file-text" heading=${strings.missing} text=${strings.missingText}></ispvm-empty>`
    return this.#text.render({
      loading: () => html`<ispvm-skeleton lines="12"></ispvm-skeleton>`,
      failed: () =>
        html`<ispvm-failed first heading=${strings.failed} why=${strings.failedWhy} @retry=${() => location.reload()}></ispvm-failed>`,
      ready: (blocks) => html`<article lang="en">${blocks.map(blockTemplate)}</article>`,
    })
  }
}

const inlineTemplate = (part: Inline) => {
  switch (part.kind) {
    case "text":
      return part.text
    case "code":
      return html`<code>${part.text}</code>`
    case "strong":
      return html`<strong>${part.text}</strong>`
    case "em":
      return html`<em>${part.text}</em>`
    case "link":
      return html`<a class="emphasis" href=${paths.runbook(part.to)}>${part.text}</a>`
  }
}

const blockTemplate = (block: Block): unknown => {
  switch (block.kind) {
    case "title":
      return html`<h1>${block.text}</h1>`
    case "heading":
      return html`<h2>${block.text}</h2>`
    case "paragraph":
      return html`<p class="wrap">${block.content.map(inlineTemplate)}</p>`
    case "list": {
      const items = block.items.map(
        (item) => html`<li class="wrap">${item.map(inlineTemplate)}</li>`,
      )
      return block.start === null
        ? html`<ul>${items}</ul>`
        : html`<ol start=${block.start}>${items}</ol>`
    }
    case "commands":
      return html`<div class="stack-1">${block.lines.map((line) => html`<ispvm-copy text=${line}></ispvm-copy>`)}</div>`
    case "output":
      return block.text === "" ? nothing : html`<pre tabindex="0">${block.text}</pre>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-runbook": IspvmRunbook
  }
}
