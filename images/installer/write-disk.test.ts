/** Names of partitions. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { partitionPath } from "./write-disk.ts"

test("a partition's number follows a name that ends in a digit after a p", () => {
  assert.equal(partitionPath("/dev/sda", 3), "/dev/sda3")
  assert.equal(partitionPath("/dev/nvme0n1", 3), "/dev/nvme0n1p3")
  assert.equal(partitionPath("/dev/mmcblk0", 1), "/dev/mmcblk0p1")
})
