# The appliance by Packer: boots a Debian disk, applies the Ansible role `appliance`, checks that all
# of it runs, removes what two machines must not share, and writes the formats of hypervisors.
# Needs ansible-playbook, and Node for the formats.
# Packer 1.6.6:  packer build packer/appliance.pkr.hcl
# newer:         packer init packer && packer build packer

variable "base" {
  description = "Disk to start from: npm run image -- --base KEY.pub --out build/base"
  type        = string
  default     = "build/base/debian-base_amd64.qcow2"
}

variable "ssh_key" {
  description = "Private key of KEY.pub"
  type        = string
  default     = "build/base/key"
}

variable "packages" {
  description = "Folder of npm run package -- --arch amd64"
  type        = string
  default     = "build/packages"
}

variable "output" {
  description = "Folder for the images; must not exist"
  type        = string
  default     = "build/packer"
}

variable "formats" {
  type    = string
  default = "qcow2,ova,vhdx"
}

variable "accelerator" {
  description = "kvm, or tcg where there is no KVM: then cpu is max"
  type        = string
  default     = "kvm"
}

variable "cpu" {
  type    = string
  default = "host"
}

variable "cpus" {
  description = "1 where there is no KVM: under two emulated processors Node stops with SIGTRAP"
  type        = number
  default     = 2
}

source "qemu" "appliance" {
  accelerator      = var.accelerator
  boot_wait        = "5s"
  cpus             = var.cpus
  disk_discard     = "unmap"
  disk_image       = true
  disk_interface   = "virtio"
  format           = "qcow2"
  headless         = true
  iso_checksum     = "none"
  iso_url          = var.base
  machine_type     = "q35"
  memory           = 2048
  net_device       = "virtio-net"
  output_directory = "${var.output}/disk"
  qemuargs         = [["-cpu", var.cpu]]
  # The key that Packer came in with goes last.
  shutdown_command     = "rm -rf /root/.ssh && systemctl poweroff"
  shutdown_timeout     = "30m"
  skip_resize_disk     = true
  ssh_private_key_file = var.ssh_key
  ssh_timeout          = "30m"
  ssh_username         = "root"
  vm_name              = "ispvm_packer_amd64.qcow2"
}

build {
  sources = ["source.qemu.appliance"]

  provisioner "ansible" {
    playbook_file = "${path.root}/appliance.yml"
    user          = "root"
    # Packer's own SSH server offers no key that a current OpenSSH accepts.
    use_proxy = false
    ansible_env_vars = [
      "ANSIBLE_HOST_KEY_CHECKING=False",
      "ANSIBLE_PIPELINING=True",
      "LC_ALL=C.UTF-8",
    ]
    extra_arguments = [
      "--extra-vars",
      "ispvm_appliance_packages=${abspath(var.packages)} ispvm_appliance_ready_timeout=1800",
    ]
  }

  provisioner "shell" {
    scripts = [
      "${path.root}/assert.sh",
      "${path.root}/seal.sh",
    ]
  }

  post-processor "shell-local" {
    inline = [
      "npm run image -- --disk ${var.output}/disk/ispvm_packer_amd64.qcow2 --formats ${var.formats} --out ${var.output}",
    ]
  }
}
