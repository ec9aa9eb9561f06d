#!/usr/bin/python
# Copyright: ISP Visual Monitor maintainers
# SPDX-License-Identifier: Apache-2.0
"""Accounts of people."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

DOCUMENTATION = r"""
module: user
short_description: Manage users
description:
  - Adds, changes and removes users. Options that are omitted stay as they are.
  - The token needs the permissions C(accounts:read) and C(accounts:write).
author: ISP Visual Monitor maintainers (@ispvm)
version_added: 0.1.0
extends_documentation_fragment: ispvm.monitor.api
options:
  email:
    description: E-mail address, by which the user is found and logs in.
    type: str
    required: true
  name:
    description: Name. Required for a new user.
    type: str
  role:
    description: Role. A new user is a viewer by default.
    type: str
    choices: [admin, operator, viewer]
  password:
    description: Initial password, at least 12 characters. Required for a new user.
    type: str
  update_password:
    description:
      - C(on_create) sets the password of a new user only.
      - C(always) sets it at each run, which always counts as a change, because the appliance answers
        no password to compare with. All sessions of the user end.
    type: str
    choices: [on_create, always]
    default: on_create
  disabled:
    description: Whether the user cannot log in.
    type: bool
  state:
    description: Whether the user exists. The last active administrator cannot be removed.
    type: str
    choices: [present, absent]
    default: present
"""

EXAMPLES = r"""
- name: The operator has an account
  ispvm.monitor.user:
    email: zeynep@example.net
    name: Zeynep Ak
    role: operator
    password: "{{ vault_zeynep_password }}"
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

from ansible_collections.ispvm.monitor.plugins.module_utils.client import ApiError
from ansible_collections.ispvm.monitor.plugins.module_utils.resource import (
    STATE, Resource, ensure, find_one, make_module, run,
)

FIELDS = ("email", "name", "role", "disabled")
USER = Resource(
    "user", "/accounts", lambda item: dict((key, item[key]) for key in FIELDS), hidden=("password",)
)


def desired_of(params, current):
    """The fields of the user after the task. Pure."""
    fields = ("name", "role", "disabled")
    desired = dict((key, params[key]) for key in fields if params[key] is not None)
    if current is None:
        missing = [key for key in ("name", "password") if params[key] is None]
        if missing:
            raise ApiError(0, "%s-missing" % missing[0], "A new user needs a %s." % missing[0])
        # It cannot be created disabled.
        desired.pop("disabled", None)
        return dict(
            desired, email=params["email"], role=params["role"] or "viewer",
            password=params["password"],
        )
    if params["update_password"] == "always" and params["password"] is not None:
        desired["password"] = params["password"]
    return desired


def work(module, client):
    params = module.params
    params["email"] = params["email"].strip().lower()
    current = find_one(client.items("/accounts"), "user", email=params["email"])
    if params["state"] == "absent":
        return ensure(module, USER, current, {}, client)
    if current is None and params["disabled"]:
        raise ApiError(
            0, "disabled-at-creation", "A new user cannot be disabled. Add it first, or omit it."
        )
    return ensure(module, USER, current, desired_of(params, current), client)


def main():
    module = make_module(
        dict(
            email=dict(type="str", required=True),
            name=dict(type="str"),
            role=dict(type="str", choices=["admin", "operator", "viewer"]),
            password=dict(type="str", no_log=True),
            update_password=dict(
                type="str", choices=["on_create", "always"], default="on_create", no_log=False
            ),
            disabled=dict(type="bool"),
            state=STATE,
        )
    )
    run(module, work)


if __name__ == "__main__":
    main()
