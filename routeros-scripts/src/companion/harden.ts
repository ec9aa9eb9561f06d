/** Hardening on request: nothing that could lock the operator out stays without confirmation. */
import { failPart, HARDEN_UNDO, indented, noteUndo, serviceRow, tagged, where } from "./commands.ts"
import type { DesiredConfig, HardenConfig, Remark } from "./desired-config.ts"
import type { PartSpec } from "./part-spec.ts"
import { quote } from "./quote.ts"

const scriptFound = `[/system script find where ${where({ name: HARDEN_UNDO })}]`
const timerFound = `[/system scheduler find where ${where({ name: HARDEN_UNDO })}]`

/**
 * Run by the timer: restores everything, then removes the timer and the note. After a failure it is
 * tried again after the same time.
 */
const ON_EVENT = `/system script run [/system script find where ${where({ name: HARDEN_UNDO })}]
/system script remove ${scriptFound}
/system scheduler remove ${timerFound}
:log warning ${quote("ispvm: nobody confirmed what was hardened, and it was undone")}
`

const timer = ({ undoAfterMinutes }: HardenConfig): PartSpec => ({
  id: "harden-timer",
  title: `Revert the hardening after ${undoAfterMinutes} minutes`,
  why: "The timer is started by the first thing that is changed. Unless it is confirmed before (script confirm-harden), the router itself brings everything back as it was, so that nobody is locked out for good.",
  text: `:global ispvmArm do={
  :if ([:len ${timerFound}] = 0) do={
    /system scheduler add name=${quote(HARDEN_UNDO)} interval=${undoAfterMinutes}m policy=read,write on-event=${quote(ON_EVENT)} comment=${quote(tagged("undoes what was hardened unless it is confirmed"))}
  }
}
:if ([:len ${scriptFound}] = 0) do={
  /system script add name=${quote(HARDEN_UNDO)} policy=read,write source=${quote("# How it was before it was hardened.\n")} comment=${quote(tagged("brings back what was hardened"))}
}
`,
  remove: `/system scheduler remove ${timerFound}
/system script remove ${scriptFound}
`,
  needs: ["read", "write"],
  expects: [],
  remarks: [],
})

const noted = (about: string, command: string): string =>
  indented(noteUndo(about, command, HARDEN_UNDO))

const services = (release: string, { servicesOff }: HardenConfig): PartSpec | null =>
  servicesOff.length === 0
    ? null
    : {
        id: "harden-services",
        title: `Disable ${servicesOff.join(", ")}`,
        why: "Ways in that nobody uses. Each that is on is noted, then switched off; one that is off already is not touched.",
        text: `${servicesOff
          .map(
            (service) => `:if (![/ip service get ${serviceRow(release, service)} disabled]) do={
${noted(`service ${service}`, quote(`/ip service set ${serviceRow(release, service)} disabled=no`))}  $ispvmArm
  /ip service set ${serviceRow(release, service)} disabled=yes
}
`,
          )
          .join("")}`,
        remove: "",
        needs: ["read", "write"],
        expects: servicesOff.map((name) => ({
          menu: "/ip/service",
          by: { name },
          want: { disabled: "true" },
          secret: [],
        })),
        remarks: [],
      }

const DISCOVERY = [
  { menu: "/ip neighbor discovery-settings", property: "discover-interface-list" },
  { menu: "/tool mac-server", property: "allowed-interface-list" },
  { menu: "/tool mac-server mac-winbox", property: "allowed-interface-list" },
] as const

const discovery = ({ discoveryList }: HardenConfig): PartSpec | null =>
  discoveryList === null
    ? null
    : {
        id: "harden-discovery",
        title: `Neighbour discovery and MAC access only on ${discoveryList}`,
        why: "Elsewhere the router does not say what it is, and takes no login by MAC address. How each was set is noted; an interface list that does not exist is not used.",
        text: `:if ([:len [/interface list find where ${where({ name: discoveryList.replace(/^!/, "") })}]] = 0) do={
  ${failPart(`there is no interface list ${discoveryList}: discovery and MAC access were left as they are.`)}
}
${DISCOVERY.map(
  ({ menu, property }) => `:local before [:tostr [${menu} get ${property}]]
:if ($before != ${quote(discoveryList)}) do={
${noted(menu, `"${menu} set ${property}=\\"" . [$ispvmQuote $before] . "\\""`)}  $ispvmArm
  ${menu} set ${property}=${quote(discoveryList)}
}
`,
)
  .join("")
  .replace(/:local before/g, (found, at: number, all: string) =>
    all.indexOf(found) === at ? found : ":set before",
  )}`,
        remove: "",
        needs: ["read", "write"],
        expects: DISCOVERY.map(({ menu, property }) => ({
          menu: menu.replaceAll(" ", "/"),
          by: {},
          want: { [property]: discoveryList },
          secret: [],
        })),
        remarks: [],
      }

const remarksOn = ({ servicesOff }: HardenConfig): readonly Remark[] =>
  ["ssh", "winbox"].every((each) => servicesOff.includes(each))
    ? [
        {
          id: "harden-no-login",
          text: "SSH and WinBox are both switched off: be sure of another way in before you confirm.",
        },
      ]
    : []

export const hardenParts = (desired: DesiredConfig): readonly PartSpec[] => {
  const { harden } = desired
  if (harden === null) return []
  const parts = [services(desired.release, harden), discovery(harden)].filter(
    (each) => each !== null,
  )
  return parts.length === 0 ? [] : [{ ...timer(harden), remarks: remarksOn(harden) }, ...parts]
}

export const confirmPart = (): PartSpec => ({
  id: "confirm",
  title: "Keep the hardening",
  why: "Takes the timer away that would undo it. How things were stays noted, so that the removal can bring it back.",
  text: `:if ([:len ${timerFound}] = 0) do={
  ${failPart("there is nothing to confirm: no timer is running. What was hardened was confirmed already, or undone.")}
}
/system scheduler remove ${timerFound}
`,
  remove: "",
  needs: ["read", "write"],
  expects: [],
  remarks: [],
})
