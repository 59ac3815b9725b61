#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""After meson install: lets the dynamic loader find the library, or says what a program then needs.

The loader of glibc looks its folders up in a cache, which Meson does not renew. Usage: refresh_loader.py LIBDIR
"""
import os
import shutil
import subprocess
import sys


def searched_folders(ldconfig):
    """The folders that ldconfig would put into the cache; none where it is not that of glibc."""
    listing = subprocess.run([ldconfig, "-N", "-X", "-v"], capture_output=True, text=True, check=False).stdout
    heads = [line.partition(":")[0] for line in listing.splitlines() if line.startswith("/")]
    return {os.path.realpath(head) for head in heads}


def main(folder):
    # The PATH of a user who became root may lack it.
    ldconfig = shutil.which("ldconfig", path=os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin")
    folders = searched_folders(ldconfig) if ldconfig else set()
    if not folders:
        return
    if os.path.realpath(folder) not in folders:
        print(f"The loader does not search {folder}: programs need -Wl,-rpath,{folder} when they are linked,")
        print("or LD_LIBRARY_PATH when they run. The praxis command itself needs neither.")
    elif os.geteuid() != 0 or subprocess.run([ldconfig], check=False).returncode != 0:
        print(f"Run ldconfig as root, so that programs find the library in {folder}.")


main(sys.argv[1])
