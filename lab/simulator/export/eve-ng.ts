/**
 * A topology as a lab file of EVE-NG (.unl), with the scripts of its nodes inside and beside it.
 * Nobody has run it: there is no EVE-NG on the machines that build this. Pure.
 */
import { createHash } from "node:crypto"
import type { Topology } from "../topology.ts"
import { type LabNode, linksOf, nodesOf } from "./nodes.ts"
import { routerScript } from "./router-script.ts"

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
}
const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(
      ([name, value]) =>
        ` ${name}="${String(value).replaceAll(/[&<>"]/g, (c) => ENTITIES[c] ?? c)}"`,
    )
    .join("")

/** The same for the same name, so that a file can be compared with an older one. */
const uuidOf = (name: string): string => {
  const hex = createHash("sha256").update(name).digest("hex")
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

const COLUMNS = 8
const place = (n: number) => ({
  left: 80 + (n % COLUMNS) * 160,
  top: 80 + Math.floor(n / COLUMNS) * 140,
})

const nodeXml = (
  lab: string,
  node: LabNode,
  n: number,
  networks: ReadonlyMap<string, number>,
): string => {
  const own = node.ports.map(({ ether, plan }) => {
    // Interfaces count from 0: ether1 is 0.
    const values = { id: Number(ether.slice("ether".length)) - 1, name: ether, type: "ethernet" }
    return `        <interface${attributes({ ...values, network_id: networks.get(plan.link) ?? 0 })}/>`
  })
  const values = {
    ...{ id: n + 1, name: node.name, type: "qemu", template: "mikrotik" },
    ...{ image: `mikrotik-${node.version}`, console: "telnet", cpu: 1, cpulimit: 0, ram: 256 },
    ...{ ethernet: node.ports.length + 1, uuid: uuidOf(`${lab} ${node.name}`) },
    ...{ delay: 0, icon: "Router.png", config: 1, ...place(n) },
  }
  return [`      <node${attributes(values)}>`, ...own, "      </node>"].join("\n")
}

/** File names and their text. */
export const eveNgFiles = (topology: Topology): ReadonlyMap<string, string> => {
  const nodes = nodesOf(topology)
  const links = linksOf(topology, nodes)
  const networks = new Map(links.map(({ name }, n) => [name, n + 1]))
  const scripts = nodes.map((node) => [node.name, routerScript(node)] as const)
  const xml = [
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
    `<lab${attributes({ name: topology.name, version: 1, scripttimeout: 300, lock: 0 })}>`,
    "  <topology>",
    "    <nodes>",
    ...nodes.map((node, n) => nodeXml(topology.name, node, n, networks)),
    "    </nodes>",
    "    <networks>",
    ...links.map(
      ({ name }, n) =>
        `      <network${attributes({ id: n + 1, type: "bridge", name, ...place(n), visibility: 0 })}/>`,
    ),
    "    </networks>",
    "  </topology>",
    "  <objects>",
    "    <configs>",
    ...scripts.map(
      ([, text], n) =>
        `      <config id="${n + 1}">${Buffer.from(text).toString("base64")}</config>`,
    ),
    "    </configs>",
    "  </objects>",
    "</lab>",
    "",
  ].join("\n")
  return new Map([
    [`${topology.name}.unl`, xml],
    ...scripts.map(([name, text]) => [`configs/${name}.rsc`, text] as const),
  ])
}
