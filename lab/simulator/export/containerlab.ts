/**
 * A topology as a file of containerlab (kind mikrotik_ros), with a startup configuration per node.
 * Nobody has run it: neither containerlab nor images of RouterOS are on the machines that build
 * this. Pure.
 */
import { stringify } from "yaml"
import type { Topology } from "../topology.ts"
import { linksOf, nodesOf } from "./nodes.ts"
import { routerScript } from "./router-script.ts"

export const CONFIGS = "configs"

/** File names and their text. */
export const containerlabFiles = (topology: Topology): ReadonlyMap<string, string> => {
  const nodes = nodesOf(topology)
  const lab = {
    name: topology.name,
    topology: {
      kinds: { mikrotik_ros: { memory: "256MB" } },
      nodes: Object.fromEntries(
        nodes.map((node) => [
          node.name,
          {
            kind: "mikrotik_ros",
            image: `vrnetlab/mikrotik_routeros:${node.version}`,
            "startup-config": `${CONFIGS}/${node.name}.rsc`,
          },
        ]),
      ),
      links: linksOf(topology, nodes).map(({ a, b }) => ({
        endpoints: [`${a.node.name}:${a.ether}`, `${b.node.name}:${b.ether}`],
      })),
    },
  }
  return new Map([
    [`${topology.name}.clab.yml`, stringify(lab)],
    ...nodes.map((node) => [`${CONFIGS}/${node.name}.rsc`, routerScript(node)] as const),
  ])
}
