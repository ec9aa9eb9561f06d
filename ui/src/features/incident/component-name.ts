/** The name of a failed component as a link, the same on every page. */
import type { Component } from "@ispvm/appliance/api/incidents"
import { html } from "lit"
import { paths } from "../../app/paths.ts"
import { t } from "../../i18n/strings/strings.ts"

/** An interface is not a cause, but sentences name it. */
export type NamedInterface = {
  readonly kind: "interface"
  readonly id: string
  readonly name: string
  readonly deviceId: string
}

export const pathOf = (named: Component | NamedInterface): string => {
  switch (named.kind) {
    case "device":
      return paths.device(named.id)
    case "link":
      return paths.link(named.id)
    case "site":
      return paths.mapAt(named.id)
    case "agent":
      return paths.agent(named.id)
    case "interface":
      return paths.interface(named.deviceId, named.name)
  }
}

export const componentName = (component: Component) =>
  html`<span class="caption">${t.incidents.kind[component.kind]}</span> <a href=${pathOf(component)}>${component.name}</a>`
