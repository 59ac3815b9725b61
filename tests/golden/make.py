#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the damaged files beside a good one, each from it by one change, and says what is to be said of each.

Run once when a format appears; what is there stays as it is, for every later version has to read or refuse it alike.

    tests/golden/make.py tests/golden/1.0.safetensors
"""

import json
import struct
import sys
import zlib


def pack(texts, tensors, data, sign=True):
    if sign:
        for name, tensor in tensors.items():
            begin, end = tensor["data_offsets"]
            texts[f"praxis.checksum.{name}"] = f"{zlib.crc32(data[begin:end]):08x}"
        whole = "".join(f"{name}\0{text}\0" for name, text in sorted(texts.items()) if name != "praxis.checksum")
        texts["praxis.checksum"] = f"{zlib.crc32(whole.encode()):08x}"
    header = json.dumps({"__metadata__": texts, **tensors}, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return struct.pack("<Q", len(header)) + header + data


def main(path):
    with open(path, "rb") as file:
        good = file.read()
    length = struct.unpack("<Q", good[:8])[0]
    header, data = json.loads(good[8 : 8 + length]), good[8 + length :]

    def changed(change, sign=True):
        texts, tensors, bytes_ = dict(header["__metadata__"]), json.loads(json.dumps(header)), bytearray(data)
        del tensors["__metadata__"]
        texts = {k: v for k, v in texts.items() if not sign or not k.startswith("praxis.checksum")}
        change(texts, tensors, bytes_)
        return pack(texts, tensors, bytes(bytes_), sign)

    def put(name, code, number):
        def change(texts, tensors, bytes_):
            begin = tensors[name]["data_offsets"][0]
            bytes_[begin : begin + struct.calcsize(code)] = struct.pack(code, number)

        return change

    files = {
        "cut": (good[:-1], "there are"),
        "longer": (good + b"\0", "there are"),
        "empty": (b"", "is no checkpoint"),
        "length": (struct.pack("<Q", 2**63) + good[8:], "its header would have"),
        "data-bit": (good[:-1] + bytes([good[-1] ^ 4]), "is damaged"),
        "metadata-bit": (good.replace(b'"network.tick":"', b'"network.tick":"1', 1).replace(b"  ", b" ", 1), "is damaged"),
        "major": (changed(lambda t, n, d: t.update({"praxis.checkpoint": "2.0"})), "has version 2.0"),
        "minor": (changed(lambda t, n, d: t.update({"praxis.checkpoint": "1.9", "network.newer": "x"})), None),
        "unknown-tensor": (changed(lambda t, n, d: (n.update({"network.zzz": {"dtype": "U8", "shape": [1], "data_offsets": [len(d), len(d) + 1]}}), d.append(0))), "belongs to no network"),
        "unsigned": (changed(lambda t, n, d: t.pop("praxis.checksum.network.weight"), sign=False), "is damaged"),
        "type": (changed(lambda t, n, d: n["network.plastic"].update(dtype="I8")), "is of type I8, must be of U8"),
        "shape": (changed(lambda t, n, d: n["network.plastic"].update(shape=[49, 1])), "has extent 49"),
        "hole": (changed(lambda t, n, d: n.pop("network.gain")), "begins at byte"),
        "missing-parameter": (changed(lambda t, n, d: t.pop("network.parameter.leak")), 'lacks "network.parameter.leak"'),
        "parameter": (changed(lambda t, n, d: t.update({"network.parameter.leak": "7"})), "leak is"),
        "weight": (changed(put("network.weight", "<b", -128)), "weight code 0 is -128"),
        "gain": (changed(put("network.gain", "<i", -1)), "gain code 0 is -1"),
        "pending": (changed(put("network.window.pending", "<B", 99)), "99 ticks are pending"),
        "modulator": (changed(put("network.waiting.modulator", "<f", float("nan"))), "modulator is"),
        "waiting-tick": (changed(put("network.waiting.tick", "<Q", 2**60)), "a modulator came in tick"),
        "group-member": (changed(put("network.groups.members", "<I", 4096)), "neuron 4096 of group 0"),
        "group-name": (changed(put("network.groups.names", "<B", 0)), "a group has no name"),
    }
    folder = path.rsplit("/", 1)[0]
    with open(f"{folder}/list.json", "w", encoding="ascii") as file:
        json.dump({f"1.0-{name}.safetensors": words for name, (_, words) in files.items()}, file, indent=1)
        file.write("\n")
    for name, (content, _) in files.items():
        with open(f"{folder}/1.0-{name}.safetensors", "wb") as file:
            file.write(content)


if __name__ == "__main__":
    main(sys.argv[1])
