# For packer init of Packer 1.7 and newer. Packer 1.6.6 does not know required_plugins: it is given
# appliance.pkr.hcl alone.
packer {
  required_plugins {
    ansible = {
      source  = "github.com/hashicorp/ansible"
      version = "~> 1"
    }
    qemu = {
      source  = "github.com/hashicorp/qemu"
      version = "~> 1"
    }
  }
}
