import assert from "node:assert/strict"
import { test } from "node:test"
import { withAgent } from "./csv-agent.ts"

const NOBODY: ReadonlySet<string> = new Set()
const cases: [string, string, string, string][] = [
  ["no agent chosen changes nothing", "name,address\na,1\n", "", "name,address\na,1\n"],
  ["a list without the column gets it", "name,address\na,1\nb,2", "local", 'name,address,agent\na,1,"local"\nb,2,"local"'],
  [
    "a line that names an agent keeps it",
    "name,agent,address\na,x,1\nb,,2\n",
    "local",
    'name,agent,address\na,x,1\nb,"local",2\n',
  ],
  [
    "semicolons, quotes and line ends stay as they came",
    'name;site\r\n"a;b";"c\nd"\r\n',
    "l",
    'name;site;agent\r\n"a;b";"c\nd";"l"\r\n',
  ],
  ["a short line is filled up, an empty one is not", "name,address,site\na,1\n\n", "l", 'name,address,site,agent\na,1,,"l"\n\n'],
  ["a line of too many cells is left to be refused", "name,address\na,1,2\n", "l", "name,address,agent\na,1,2\n"],
  ["a quote in an agent's name is doubled", "name\na", 'x"y', 'name,agent\na,"x""y"'],
]
for (const [name, csv, agent, wanted] of cases) test(`import: ${name}`, () => assert.equal(withAgent(csv, agent, NOBODY), wanted))

test("import: a device that has an agent keeps it", () =>
  assert.equal(withAgent("name,address\na,1\nb,2\n", "l", new Set(["a"])), 'name,address,agent\na,1\nb,2,"l"\n'))
