import type { ScopedProfile } from "@ispvm/appliance/api/collectors"
import type { Device } from "@ispvm/appliance/api/inventory"
import { css, html, LitElement, nothing } from "lit"
import { customElement, property } from "lit/decorators.js"
import type { Deps } from "../../app/deps.ts"
import type { Choice } from "../../components/ispvm-select.ts"
import { t } from "../../i18n/strings/strings.ts"
import { ActionController } from "../../state/action.ts"
import { RequestController } from "../../state/request.ts"
import { shared } from "../../theme/shared.ts"
import "../../components/ispvm-failed.ts"
import "../../components/ispvm-select.ts"

const strings = t.tables.profiles
type Scoped = Pick<ScopedProfile, "scope" | "subject"> & { readonly label: string }
const PROFILES = ["fast", "normal", "slow"] as const
const isProfile = (text: string): text is (typeof PROFILES)[number] =>
  PROFILES.some((each) => each === text)

/** What applies to a device: its own profile, else the fastest of its roles, else its site's. */
export const profileOf = (
  profiles: readonly ScopedProfile[],
  { id, roles, siteId }: Pick<Device, "id" | "roles" | "siteId">,
): ScopedProfile | null => {
  const of = (scope: ScopedProfile["scope"], subjects: readonly string[]) =>
    profiles
      .filter((each) => each.scope === scope && subjects.includes(each.subject))
      .toSorted((a, b) => PROFILES.indexOf(a.profile) - PROFILES.indexOf(b.profile))[0]
  return (
    of("device", [id]) ?? of("role", roles) ?? of("site", siteId === null ? [] : [siteId]) ?? null
  )
}

/** How often a device is read: its own profile, and those of its roles and its site. */
@customElement("ispvm-collection-profile")
export class IspvmCollectionProfile extends LitElement {
  @property({ attribute: false }) deps: Deps | null = null
  @property({ attribute: false }) device: Device | null = null
  readonly #action = new ActionController(this)
  readonly #profiles = new RequestController(this, {
    key: () =>
      this.deps?.session.can("agents:read") === true ? ([this.device?.id ?? ""] as const) : null,
    load: async () => (await this.deps?.api.collectionProfiles())?.items ?? [],
  })

  static override styles = [
    shared,
    css`
      .scopes {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, var(--size-48)), 1fr));
        gap: var(--space-2) var(--space-4);
      }
    `,
  ]

  override render() {
    const { device } = this
    if (device === null || this.deps?.session.can("agents:read") !== true) return nothing
    return this.#profiles.render({
      loading: () => nothing,
      failed: (error) =>
        html`<ispvm-failed heading=${strings.failed} why=${error.message} @retry=${this.#profiles.reload}></ispvm-failed>`,
      ready: (profiles) => this.#scopes(device, profiles),
    })
  }

  #scopes(device: Device, profiles: readonly ScopedProfile[]) {
    const applied = profileOf(profiles, device)
    const all: readonly Scoped[] = [
      { scope: "device", subject: device.id, label: strings.device },
      ...device.roles.map((role) => ({
        ...{ scope: "role" as const, subject: role },
        label: strings.role(t.terms.role[role] ?? role),
      })),
      ...(device.siteId === null
        ? []
        : [
            {
              ...{ scope: "site" as const, subject: device.siteId },
              label: strings.site(device.siteName ?? ""),
            },
          ]),
    ]
    return html`<div class="pad-row">
      <p class="caption">${strings.applied(strings.names[applied?.profile ?? "normal"] ?? "")} ${strings.intro}</p>
      <div class="scopes">${all.map((scoped) => this.#select(scoped, profiles))}</div>
    </div>`
  }

  #select({ scope, subject, label }: Scoped, profiles: readonly ScopedProfile[]) {
    const own = profiles.find((each) => each.scope === scope && each.subject === subject)
    const choices: readonly Choice[] = [
      { value: "", label: strings.inherited },
      ...PROFILES.map((value) => ({ value, label: strings.names[value] ?? value })),
    ]
    const canWrite = this.deps?.session.can("agents:write") === true
    return html`<ispvm-select label=${label} .value=${own?.profile ?? ""} .choices=${choices} ?disabled=${!canWrite || this.#action.isBusy} @change-value=${(event: CustomEvent<string>) => void this.#change({ scope, subject, label }, event.detail)}></ispvm-select>`
  }

  async #change({ scope, subject, label }: Scoped, value: string): Promise<void> {
    const { deps } = this
    if (deps === null) return
    const profile = isProfile(value) ? value : null
    const done = await this.#action.run("change", () =>
      deps.api.changeCollectionProfile({ scope, subject, profile }),
    )
    deps.toast(
      done === null
        ? { tone: "failed", text: this.#action.message }
        : { tone: "done", text: strings.changed(label, strings.names[value] ?? strings.inherited) },
    )
    await this.#profiles.reload()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "ispvm-collection-profile": IspvmCollectionProfile
  }
}
