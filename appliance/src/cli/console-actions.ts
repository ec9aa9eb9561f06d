/** The menu of the console: each entry asks for its values and runs a command. Data, and pure. */

export type Field = {
  readonly label: string
  readonly hint: string
  readonly isOptional: boolean
}
export type Action = {
  readonly name: string
  readonly label: string
  /** What happens, before it is asked for. */
  readonly about: readonly string[]
  readonly fields: readonly Field[]
  /** `key`: y. `host-name`: that has to be typed. */
  readonly confirm: "none" | "key" | "host-name"
  /** Of the command `ispvm`, or with `systemctl` first of systemd. */
  readonly command: (values: readonly string[]) => readonly string[]
}

const needed = (label: string, hint: string): Field => ({ label, hint, isOptional: false })
const optional = (label: string, hint: string): Field => ({ label, hint, isOptional: true })
const words = (text = ""): readonly string[] => text.split(/[\s,]+/).filter((one) => one !== "")
const each = (option: string, text = ""): readonly string[] =>
  words(text).flatMap((one) => [option, one])

const ALL: readonly Action[] = [
  {
    name: "network-dhcp",
    label: "Network: address by DHCP",
    about: ["The machine asks for its address. A fixed address is given up."],
    fields: [],
    confirm: "key",
    command: () => ["network", "dhcp"],
  },
  {
    name: "network-static",
    label: "Network: fixed address",
    about: ["Several values are separated by blanks."],
    fields: [
      needed("Address", "192.0.2.10/24"),
      optional("Gateway", "192.0.2.1"),
      optional("Name servers", "192.0.2.53"),
    ],
    confirm: "none",
    command: ([address, gateway, dns]) => [
      ...["network", "static", ...words(address)],
      ...each("--gateway", gateway),
      ...each("--dns", dns),
    ],
  },
  {
    name: "time",
    label: "Time servers",
    about: ["In place of those that are used now."],
    fields: [needed("Time servers", "ntp1.example.net 192.0.2.123")],
    confirm: "none",
    command: ([servers]) => ["time", "servers", ...words(servers)],
  },
  {
    name: "certificate-show",
    label: "Certificate: show",
    about: [],
    fields: [],
    confirm: "none",
    command: () => ["certificate", "show"],
  },
  {
    name: "certificate-remove",
    label: "Certificate: back to the appliance's own",
    about: ["A certificate of yours is removed, with its key."],
    fields: [],
    confirm: "key",
    command: () => ["certificate", "remove"],
  },
  {
    name: "admin-reset",
    label: "Reset an administrator's password",
    about: ["A new password is shown. All sessions of the account end. This is audited."],
    fields: [optional("E-mail address", "not needed if there is one administrator")],
    confirm: "none",
    command: ([email]) => ["admin", "reset", ...words(email)],
  },
  {
    name: "support-bundle",
    label: "Support bundle",
    about: ["Versions, states, logs and sizes, without secrets."],
    fields: [],
    confirm: "none",
    command: () => ["support-bundle", "/var/lib/ispvm-support.tar.gz"],
  },
  {
    name: "rollback",
    label: "Roll back to the previous version",
    about: ["The version before the last update runs again. Data is kept."],
    fields: [],
    confirm: "key",
    command: () => ["rollback"],
  },
  {
    name: "factory-reset",
    label: "Factory reset",
    about: [
      "Removes accounts, devices, history, keys and certificates of this machine.",
      "Without a backup nothing comes back.",
    ],
    fields: [],
    confirm: "host-name",
    command: () => ["factory-reset", "--yes"],
  },
  {
    name: "reboot",
    label: "Restart the machine",
    about: [],
    fields: [],
    confirm: "key",
    command: () => ["systemctl", "reboot"],
  },
  {
    name: "power-off",
    label: "Power off",
    about: ["Nothing is monitored until it is switched on again."],
    fields: [],
    confirm: "key",
    command: () => ["systemctl", "poweroff"],
  },
]

/** Those whose command this release has. */
export const actionsWith = (commands: ReadonlySet<string>): readonly Action[] =>
  ALL.filter(({ command, fields }) => {
    const [name = ""] = command(fields.map(() => ""))
    return name === "systemctl" || commands.has(name)
  })
