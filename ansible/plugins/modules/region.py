#!/usr/bin/python
# Copyright: ISP Visual Monitor maintainers
# SPDX-License-Identifier: Apache-2.0
"""Regions of the network."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: region
short_description: Manage regions
description: Adds and removes regions, which group sites.
author: ISP Visual Monitor maintainers (@ispvm)
version_added: 0.1.0
extends_documentation_fragment: ispvm.monitor.api
options:
  name:
    description: Name of the region.
    type: str
    required: true
  state:
    description: Whether it exists. The sites of a removed region stay.
    type: str
    choices: [present, absent]
    default: present
"""

EXAMPLES = r"""
- name: The region is there
  ispvm.monitor.region:
    name: East
"""

RETURN = r"""
id:
  description: Its id; null after its removal, or where check mode would add it.
  type: str
  returned: success
action:
  description: What was done - create, change, remove or nothing.
  type: str
  returned: success
"""

from ansible_collections.ispvm.monitor.plugins.module_utils.resource import (
    STATE, Resource, ensure, find_one, make_module, run,
)

REGION = Resource("region", "/regions", lambda item: dict(name=item["name"]))


def work(module, client):
    name = module.params["name"]
    current = find_one(client.items("/regions"), "region", name=name)
    ensure(module, REGION, current, dict(name=name), client)


def main():
    run(make_module(dict(name=dict(type="str", required=True), state=STATE)), work)


if __name__ == "__main__":
    main()
