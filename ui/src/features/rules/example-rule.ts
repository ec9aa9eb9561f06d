/** The rule that a new one can begin with. */
import { pageTexts } from "../../i18n/strings/page-strings.ts"

export const exampleRule = (): string => {
  const { identity, name, about, lasts, message } = pageTexts.rules.example
  return `# ${identity}
id: my-rule
name: ${name}
# ${about}
scope: { roles: [core] }
# ${lasts}
when: { metric: device.cpu_pct, above: 85, clear: 75 }
for: 10m
recover: 5m
severity: minor
message: "${message("{device}", "{value}")}"
`
}
