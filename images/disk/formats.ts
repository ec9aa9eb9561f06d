/** The raw disk in the formats of hypervisors. */
import { execFileSync } from "node:child_process"
import { statSync, writeFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { digestFile } from "@ispvm/appliance/platform/signed-manifest"

const convert = (
  raw: string,
  file: string,
  format: string,
  ...options: readonly string[]
): string => {
  execFileSync(
    "qemu-img",
    ["convert", "-f", "raw", "-O", format, ...options.flatMap((each) => ["-o", each]), raw, file],
    { stdio: ["ignore", "ignore", "pipe"] },
  )
  return file
}

/** For QEMU, KVM, Proxmox. */
export const makeQcow2 = (raw: string, file: string): string => {
  execFileSync(
    "qemu-img",
    ["convert", "-c", "-f", "raw", "-O", "qcow2", "-o", "compression_type=zstd", raw, file],
    { stdio: ["ignore", "ignore", "pipe"] },
  )
  return file
}

/** For Hyper-V. Throws when it differs from the raw disk in a single bit. */
export const makeVhdx = (raw: string, file: string): string => {
  convert(raw, file, "vhdx", "subformat=dynamic")
  execFileSync("qemu-img", ["compare", "-f", "raw", "-F", "vhdx", raw, file], {
    stdio: ["ignore", "ignore", "pipe"],
  })
  return file
}

const MEMORY_MB = 2_048
const CPUS = 2

/**
 * A machine as VMware's and VirtualBox's importers read it (DMTF DSP0243, 1.1). The controller is
 * the one that both have and that the kernel drives: LSI Logic SAS is not, it failed to boot.
 */
const ovfOf = (disk: { name: string; bytes: number; capacity: number }, version: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
  xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
  xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData">
  <References>
    <File ovf:id="file1" ovf:href="${disk.name}" ovf:size="${disk.bytes}"/>
  </References>
  <DiskSection>
    <Info>Virtual disks</Info>
    <Disk ovf:diskId="disk1" ovf:fileRef="file1" ovf:capacity="${disk.capacity}"
      ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>
  </DiskSection>
  <NetworkSection>
    <Info>Networks</Info>
    <Network ovf:name="network"><Description>Management network</Description></Network>
  </NetworkSection>
  <VirtualSystem ovf:id="ispvm">
    <Info>ISP Visual Monitor</Info>
    <Name>ispvm</Name>
    <ProductSection>
      <Info>Product</Info>
      <Product>ISP Visual Monitor</Product>
      <Version>${version}</Version>
    </ProductSection>
    <OperatingSystemSection ovf:id="96">
      <Info>Debian GNU/Linux, 64 bit</Info>
    </OperatingSystemSection>
    <VirtualHardwareSection>
      <Info>Hardware</Info>
      <System>
        <vssd:ElementName>Hardware</vssd:ElementName>
        <vssd:InstanceID>0</vssd:InstanceID>
        <vssd:VirtualSystemIdentifier>ispvm</vssd:VirtualSystemIdentifier>
        <vssd:VirtualSystemType>vmx-11</vssd:VirtualSystemType>
      </System>
      <Item>
        <rasd:ElementName>${CPUS} CPUs</rasd:ElementName>
        <rasd:InstanceID>1</rasd:InstanceID>
        <rasd:ResourceType>3</rasd:ResourceType>
        <rasd:VirtualQuantity>${CPUS}</rasd:VirtualQuantity>
      </Item>
      <Item>
        <rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits>
        <rasd:ElementName>${MEMORY_MB} MB of memory</rasd:ElementName>
        <rasd:InstanceID>2</rasd:InstanceID>
        <rasd:ResourceType>4</rasd:ResourceType>
        <rasd:VirtualQuantity>${MEMORY_MB}</rasd:VirtualQuantity>
      </Item>
      <Item>
        <rasd:ElementName>SATA controller</rasd:ElementName>
        <rasd:InstanceID>3</rasd:InstanceID>
        <rasd:ResourceSubType>AHCI</rasd:ResourceSubType>
        <rasd:ResourceType>20</rasd:ResourceType>
      </Item>
      <Item>
        <rasd:AddressOnParent>0</rasd:AddressOnParent>
        <rasd:ElementName>Disk</rasd:ElementName>
        <rasd:HostResource>ovf:/disk/disk1</rasd:HostResource>
        <rasd:InstanceID>4</rasd:InstanceID>
        <rasd:Parent>3</rasd:Parent>
        <rasd:ResourceType>17</rasd:ResourceType>
      </Item>
      <Item>
        <rasd:AutomaticAllocation>true</rasd:AutomaticAllocation>
        <rasd:Connection>network</rasd:Connection>
        <rasd:ElementName>Network card</rasd:ElementName>
        <rasd:InstanceID>5</rasd:InstanceID>
        <rasd:ResourceSubType>E1000</rasd:ResourceSubType>
        <rasd:ResourceType>10</rasd:ResourceType>
      </Item>
    </VirtualHardwareSection>
  </VirtualSystem>
</Envelope>
`

/** For VMware and VirtualBox: machine, checksums and disk in one archive, in the order of its standard. */
export const makeOva = async (raw: string, version: string, file: string): Promise<string> => {
  const folder = dirname(file)
  const name = basename(file, ".ova")
  const vmdk = convert(raw, join(folder, `${name}.vmdk`), "vmdk", "subformat=streamOptimized")
  const disk = {
    name: basename(vmdk),
    bytes: statSync(vmdk).size,
    capacity: statSync(raw).size,
  }
  const ovf = join(folder, `${name}.ovf`)
  writeFileSync(ovf, ovfOf(disk, version))
  const checksums = join(folder, `${name}.mf`)
  const lines = await Promise.all(
    [ovf, vmdk].map(
      async (each) => `SHA256(${basename(each)})= ${(await digestFile(each)).sha256}\n`,
    ),
  )
  writeFileSync(checksums, lines.join(""))
  const members = [ovf, checksums, vmdk].map((each) => basename(each))
  execFileSync("tar", [
    ...["--create", "--format=ustar", "--owner=0", "--group=0", "--mode=0644"],
    ...[`--file=${file}`, `--directory=${folder}`, ...members],
  ])
  for (const each of [ovf, checksums]) execFileSync("rm", [each])
  execFileSync("rm", [vmdk])
  return file
}
