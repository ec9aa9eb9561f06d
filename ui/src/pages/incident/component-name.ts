/** A failed thing's name, leading to it: the same on every screen that names one. */
import type { Component } from "@ispvm/appliance/api/incidents"
import { html } from "lit"
import { paths } from "../../paths.ts"
import { t } from "../../strings/strings.ts"

export const pathOf = ({ kind, id }: Component): string => {
  switch (kind) {
    case "device":
      return paths.device(id)
    case "link":
      return paths.mapBy({ link: id })
    case "site":
      return paths.mapAt(id)
    case "agent":
      return paths.agent(id)
  }
}

export const componentName = (component: Component) =>
  html`<span class="kind">${t.incidents.kind[component.kind]}</span> <a href=${pathOf(component)}>${component.name}</a>`
