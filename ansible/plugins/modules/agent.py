#!/usr/bin/python
# Copyright: ISP Visual Monitor maintainers
# SPDX-License-Identifier: Apache-2.0
"""Agents, as the appliance knows them."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: agent
short_description: Manage agents
description:
  - Adds, changes and removes agents on the appliance. Options that are omitted stay as they are.
  - The role M(ispvm.monitor.agent) installs an agent on its host and uses this module to enrol it.
author: ISP Visual Monitor maintainers (@ispvm)
version_added: 0.1.0
extends_documentation_fragment: ispvm.monitor.api
options:
  name:
    description: Name of the agent.
    type: str
    required: true
  site:
    description: Name of its site, which must exist. Empty for none.
    type: str
  allowed_networks:
    description: The only networks that it contacts. An empty list for all.
    type: list
    elements: str
  enrolment_token:
    description:
      - Whether to create a token for an agent that is not enrolled yet. It is valid once, for ten
        minutes, and replaces an earlier one. Register the result with C(no_log).
    type: bool
    default: false
  state:
    description: Whether it exists.
    type: str
    choices: [present, absent]
    default: present
"""

EXAMPLES = r"""
- name: The agent is known
  ispvm.monitor.agent:
    name: izm-pop
    site: Izmir
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
enrolled:
  description: Whether it was enrolled before this task.
  type: bool
  returned: success
enrolment_token:
  description: The token; null where none was created.
  type: str
  returned: success
"""

from ansible_collections.ispvm.monitor.plugins.module_utils.resource import (
    STATE, Resource, ensure, find_one, make_module, resolve, run,
)

FIELDS = ("name", "siteId", "allowedNetworks")
AGENT = Resource("agent", "/agents", lambda item: dict((key, item[key]) for key in FIELDS))


def desired_of(params, current):
    """The fields of the agent after the task, without its site. Pure."""
    desired = dict(name=params["name"])
    networks = params["allowed_networks"]
    if networks is not None:
        same = current is not None and sorted(current["allowedNetworks"]) == sorted(networks)
        desired["allowedNetworks"] = current["allowedNetworks"] if same else networks
    return desired


def work(module, client):
    params = module.params
    current = find_one(client.items("/agents"), "agent", name=params["name"])
    desired = desired_of(params, current)
    if params["site"] is not None and params["state"] == "present":
        desired["siteId"] = resolve(module, client, "/sites", "site", params["site"])
    is_enrolled = current is not None and current["enrolment"] == "enrolled"
    wants_token = params["enrolment_token"] and not is_enrolled and params["state"] == "present"

    def finish(identity):
        token = None
        if wants_token and not module.check_mode:
            token = client.request("POST", "/agents/%s/token" % identity)["token"]
        return dict(enrolled=is_enrolled, enrolment_token=token), wants_token

    ensure(module, AGENT, current, desired, client, finish)


def main():
    module = make_module(
        dict(
            name=dict(type="str", required=True),
            site=dict(type="str"),
            allowed_networks=dict(type="list", elements="str"),
            enrolment_token=dict(type="bool", default=False, no_log=False),
            state=STATE,
        )
    )
    run(module, work)


if __name__ == "__main__":
    main()
