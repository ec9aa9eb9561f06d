import { endpoint, type Route, route } from "../../../platform/http/http.ts"
import { type AlertRules, ruleSchema } from "./alert-rules.ts"

/** A file of as many rules as there may be, with comments. */
const MAX_FILE_BYTES = 1_100_000

export const ruleRoutes = (rules: AlertRules): readonly Route[] => [
  route({
    ...endpoint("GET /alert-rules"),
    permission: "rules:read",
    summary: "Alert rules with their state",
    handle: async (_, { org }) => ({ items: await rules.list(org), next: null }),
  }),
  route({
    ...endpoint("GET /alert-rules/schema"),
    permission: "rules:read",
    summary: "The JSON Schema of a rule file",
    handle: async () => ruleSchema(),
  }),
  route({
    ...endpoint("GET /alert-rules/vocabulary"),
    permission: "rules:read",
    summary: "What rules may name: metrics, events, and names of the inventory",
    handle: async (_, { org }) => rules.vocabulary(org),
  }),
  route({
    ...endpoint("GET /alert-rules/export"),
    permission: "rules:read",
    summary: "All rules, or those that people have changed, as a file to import",
    handle: async ({ query }, { org }) => ({ yaml: await rules.exportYaml(org, query.which) }),
  }),
  route({
    ...endpoint("POST /alert-rules/check"),
    maxBodyBytes: MAX_FILE_BYTES,
    permission: "rules:write",
    summary: "What is wrong with a rule file, by line and column; nothing is stored",
    handle: ({ body }, { org }) => rules.check(org, body.yaml),
  }),
  route({
    ...endpoint("POST /alert-rules/dry-run"),
    permission: "rules:write",
    summary: "Try a rule on what was measured, beside the rule of the same name; nothing is stored",
    handle: ({ body }, { org }) => rules.dryRun(org, body),
  }),
  route({
    ...endpoint("POST /alert-rules"),
    maxBodyBytes: MAX_FILE_BYTES,
    permission: "rules:write",
    summary: "Save the rules of a file; a file with a problem changes nothing",
    handle: ({ body }, actor) => rules.save(actor, body),
  }),
  route({
    ...endpoint("GET /alert-rules/{name}"),
    permission: "rules:read",
    summary: "One alert rule with its text and that of the pack",
    handle: ({ params }, { org }) => rules.one(org, params.name),
  }),
  route({
    ...endpoint("GET /alert-rules/{name}/versions"),
    permission: "rules:read",
    summary: "The texts that people gave a rule, newest first",
    handle: async ({ params }, { org }) => ({
      items: await rules.versions(org, params.name),
      next: null,
    }),
  }),
  route({
    ...endpoint("POST /alert-rules/{name}/revert"),
    permission: "rules:write",
    summary: "Give a rule an earlier text, or that of the pack",
    handle: ({ params, body }, actor) => rules.revert(actor, params.name, body),
  }),
]
