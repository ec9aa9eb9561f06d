/** Requests to S3 are signed as botocore, Amazon's own library, would sign them. */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { once } from "node:events"
import { createServer, type IncomingMessage } from "node:http"
import { after, before, test } from "node:test"
import { s3Target } from "./s3.ts"

const SECRETS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCY" }
const REGION = "eu-central-1"
/** Canonical request and signature of what was sent, from its own date and signed headers. */
const VERIFY = `
import json, sys
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
given = json.load(sys.stdin)
auth = S3SigV4Auth(Credentials(given["key"], given["secret"]), "s3", given["region"])
for each in given["requests"]:
    request = AWSRequest(method=each["method"], url=each["url"], headers=each["headers"])
    request.context["timestamp"] = each["headers"]["x-amz-date"]
    text = auth.string_to_sign(request, auth.canonical_request(request))
    print(auth.signature(text, request))
`
const python = spawnSync("python3", ["-c", "import botocore"])
const reason = python.status === 0 ? false : "botocore is not installed (python3-botocore)"

type Sent = {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly signature: string
}
const sent: Sent[] = []
const record = ({ method = "", url = "", headers }: IncomingMessage): void => {
  const [, names = "", signature = ""] =
    /SignedHeaders=([^,]+), ?Signature=(\w+)/.exec(headers.authorization ?? "") ?? []
  const signed = names.split(";").map((name) => [name, String(headers[name])])
  sent.push({
    ...{ method, url: `http://${headers.host}${url}`, signature },
    headers: Object.fromEntries(signed),
  })
}
const answerTo = ({ method, url = "" }: IncomingMessage): string => {
  if (method === "POST" && url.endsWith("?uploads")) return "<UploadId>a/b+c=d</UploadId>"
  return method === "GET" ? "content" : ""
}
const server = createServer((request, response) => {
  record(request)
  request.resume().once("end", () => response.setHeader("etag", '"tag"').end(answerTo(request)))
})
before(() => once(server.listen(0, "127.0.0.1"), "listening"))
after(() => server.close())

test("s3: every request of a backup has the signature that botocore computes", {
  skip: reason,
}, async () => {
  const address = server.address()
  assert.ok(typeof address === "object" && address !== null)
  const target = s3Target({
    ...SECRETS,
    ...{ endpoint: `http://127.0.0.1:${address.port}`, region: REGION },
    ...{ bucket: "backups.example", prefix: "isp one/é" },
  })
  const file = "ispvm-20261130T020000Z.age"
  const content = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from("a backup")
  }
  await target.write(file, content())
  for await (const chunk of target.read(file)) assert.ok(chunk.length > 0)
  await target.remove(file)
  assert.deepEqual(
    sent.map(({ method }) => method),
    ["POST", "PUT", "POST", "GET", "DELETE"],
  )
  const { accessKeyId: key, secretAccessKey: secret } = SECRETS
  const { stdout, stderr } = spawnSync("python3", ["-c", VERIFY], {
    input: JSON.stringify({ key, secret, region: REGION, requests: sent }),
    encoding: "utf8",
  })
  assert.deepEqual(
    stdout.trim().split("\n"),
    sent.map(({ signature }) => signature),
    stderr,
  )
})
