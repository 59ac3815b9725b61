#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compiles the kernels for devices that are not here, and looks for the dot-product instruction in what comes out.

Usage: compile.py VENDOR PRINT_PROGRAM

VENDOR is amd, nvidia or intel (GPUs), cpu, or spir (a form that any vendor's driver may take in). PRINT_PROGRAM gives
the source and options that the library would give to a driver.
A target whose compiler is missing is skipped, and says so; where no target can be compiled the whole is a skip (77).
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# name, path, least version of clang that knows it, what its assembly has to hold (None: no dot-product instruction)
SDOT4, SUDOT4 = r"\bv_dot4c?_i32_i8(_e32|_e64|_dpp)?\b", r"\bv_dot4_i32_iu8\b"
AMD = [
    ("gfx906", "sdot4", 14, SDOT4),
    ("gfx908", "sdot4", 14, SDOT4),
    ("gfx90a", "sdot4", 14, SDOT4),
    ("gfx942", "sdot4", 17, SDOT4),
    ("gfx1012", "sdot4", 14, SDOT4),
    ("gfx1030", "sdot4", 14, SDOT4),
    ("gfx1100", "sudot4", 16, SUDOT4),
    ("gfx1200", "sudot4", 18, SUDOT4),
    ("gfx900", "packed", 14, None),
    ("gfx1010", "c", 14, None),
]
# The oldest that has the instruction, and the first that the compiler of CUDA 13 still knows.
NVIDIA = ["sm_61", "sm_75"]
# Tiger Lake and Arc. Plain C on words: Intel's compiler makes dp4a of it, where older ones do not link khr's function.
INTEL = ["tgllp", "dg2"]
DOT = r"\bv_dot\d"
# Clang's front end alone: path, extension, function. There is no compiler for Mali to be had; and khr is OpenCL C 3.0,
# where pointers to no address space in particular are another type than in the 1.2 of the others.
SPIR = [
    ("arm", "cl_arm_integer_dot_product_accumulate_int8", "arm_dot_acc"),
    ("khr", "__opencl_c_integer_dot_product_input_4x8bit_packed", "dot_4x8packed_ss_int"),
]
# Name, least version of clang, the instruction that learning sums a window with (None: none of AVX-512).
CPU = [
    ("haswell", 14, None),
    ("skylake-avx512", 14, r"\bvpmaddubsw\b.*%zmm"),
    ("icelake-server", 14, r"\bvpdpbusd\b.*%zmm"),
    ("znver4", 16, r"\bvpdpbusd\b.*%zmm"),
]
# Neurons and k: whole words of taps, and a remainder.
SHAPES = [(961, 2), (10000, 3)]

CLANGS = ["clang"] + [f"clang-{version}" for version in range(14, 26)]
PTXAS = ["ptxas", "/usr/local/cuda/bin/ptxas"]
# What OpenCL C's own functions are on NVIDIA GPUs: ptxas takes no program that calls what is not there.
LIBCLC = ["/usr/lib/clc/nvptx64--nvidiacl.bc", "/usr/share/clc/nvptx64--nvidiacl.bc"]


def run(command, **options):
    """What a command prints; its complaint becomes the test's."""
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    result = subprocess.run(command, text=True, check=False, **both, **options)
    if result.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}\nfailed ({result.returncode}):\n{result.stdout[-3000:]}")
    return result.stdout


def find_clangs():
    """The clangs that have AMD's and NVIDIA's back ends, as {version: path}."""
    found = {}
    for path in filter(None, map(shutil.which, CLANGS)):
        version = re.search(r"version (\d+)", run([path, "--version"]))
        targets = run([path, "--print-targets"])
        if version and "amdgcn" in targets and "nvptx64" in targets:
            found.setdefault(int(version[1]), path)
    return found


def count_in_kernel(assembly, pattern, kernel="tick"):
    """How often the pattern occurs between the kernel's label and its end."""
    start = re.search(rf"^(\.visible )?(\.entry )?{kernel}\b", assembly, re.MULTILINE)
    if not start:
        raise RuntimeError(f"there is no kernel {kernel} in the assembly")
    end = re.search(r"^\s*(s_endpgm|\})\s*$", assembly[start.end() :], re.MULTILINE)
    body = assembly[start.end() : start.end() + end.end() if end else None]
    return sum(1 for _ in re.finditer(pattern, body))


class Programs:
    """Source and options by path and shape, in a folder of their own."""

    def __init__(self, printer, folder):
        self.printer, self.folder = printer, pathlib.Path(folder)

    def get(self, path, shape, device="gpu"):
        source = self.folder / f"{device}-{path}-{shape[0]}-{shape[1]}.cl"
        options = run([self.printer, device, path, str(shape[0]), str(shape[1]), str(source)]).split("\n")
        return source, [option for option in options if option]


def clang_command(clang, source, options, target, output):
    return [clang, "-x", "cl", *options, "-Xclang", "-finclude-default-header", "-target", *target, "-O3", "-S"] + [
        "-Wno-unused-command-line-argument", "-o", str(output), str(source)
    ]


def check(name, assembly, pattern):
    """A line of the report, or the failure."""
    if pattern is None:
        found = len(re.findall(DOT, assembly))
        if found:
            raise RuntimeError(f"{name}: {found} dot-product instructions where plain C was wanted")
        return "no dot-product instruction, as wanted"
    found = count_in_kernel(assembly, pattern)
    if found < 4:  # one for each of a work-item's rows
        raise RuntimeError(f"{name}: {found} times {pattern} in the kernel tick, must be at least 4")
    return f"{found} dot-product instructions"


def compile_amd(programs, clangs, target, shape):
    gpu, path, least, pattern = target
    fitting = [version for version in clangs if version >= least]
    if not fitting:
        return None, f"wants clang {least} or later with AMD's back end"
    version = min(fitting)
    source, options = programs.get(path, shape)
    output = source.with_suffix(f".{gpu}.s")
    triple = ["amdgcn-amd-amdhsa", f"-mcpu={gpu}", "-nogpulib"]
    run(clang_command(clangs[version], source, options, triple, output))
    return f"{path}, clang {version}", check(gpu, output.read_text(), pattern)


def compile_nvidia(programs, clangs, gpu, shape):
    if not clangs:
        return None, "wants clang with NVIDIA's back end"
    version = min(clangs)
    source, options = programs.get("ptx", shape)
    output = source.with_suffix(f".{gpu}.ptx")
    library = next(filter(os.path.exists, LIBCLC), None)
    extra = ["-target-cpu", gpu, "-target-feature", "+ptx63"]
    extra += ["-mlink-builtin-bitcode", library] if library else []
    target = ["nvptx64-nvidia-nvcl", "-Wno-linker-warnings", *(word for e in extra for word in ("-Xclang", e))]
    run(clang_command(clangs[version], source, options, target, output))
    result = check(gpu, output.read_text(), r"\bdp4a\.s32\.s32\b")
    return f"ptx, clang {version}", f"{result}; {assemble(output, gpu, library)}"


def assemble(ptx, gpu, library):
    """Whether NVIDIA's own assembler takes it; each knows some range of GPUs."""
    if not library:
        return "SKIPPED: ptxas, which wants libclc"
    for ptxas in filter(None, map(shutil.which, PTXAS)):
        if re.search(rf"\b{gpu}\b", run([ptxas, "--help"])):
            run([ptxas, f"-arch={gpu}", "-o", str(ptx.with_suffix(".cubin")), str(ptx)])
            return "assembled by ptxas"
    return "SKIPPED: ptxas, none is here that knows it"


def compile_intel(programs, _clangs, gpu, shape):
    ocloc = shutil.which("ocloc")
    if not ocloc:
        return None, "wants ocloc (Debian's intel-opencl-icd or intel-ocloc)"
    source, options = programs.get("packed", shape)
    folder = source.with_suffix(f".{gpu}")
    folder.mkdir()
    dump = dict(os.environ, IGC_ShaderDumpEnable="1", IGC_DumpToCustomDir=str(folder))
    run([ocloc, "compile", "-file", str(source), "-device", gpu, "-options", " ".join(options)]
        + ["-output", str(folder / "kernels")], env=dump, cwd=folder)
    files = [path.read_text(errors="replace") for path in folder.glob("*.asm")]
    assembly = [text for text in files if re.search(r"\.kernel \"?tick\b", text)]
    if len(assembly) != 1:
        raise RuntimeError(f"{gpu}: {len(files)} files of assembly, {len(assembly)} of them of the kernel tick")
    found = len(re.findall(r"\bdp4a\b", assembly[0]))
    if found < 4:
        raise RuntimeError(f"{gpu}: {found} times dp4a in the kernel tick, must be at least 4")
    return "packed, ocloc", f"{found} dot-product instructions"


def compile_spir(programs, clangs, target, shape):
    path, extension, function = target
    if not clangs:
        return None, "wants clang"
    version = min(clangs)
    source, options = programs.get(path, shape)
    output = source.with_suffix(f".{path}.ll")
    triple = ["spir64", "-Xclang", f"-cl-ext=+{extension}", "-emit-llvm"]
    run(clang_command(clangs[version], source, options, triple, output))
    body = re.search(r"^define [^\n]*@tick\(.*?^}", output.read_text(), re.MULTILINE | re.DOTALL)
    found = len(re.findall(rf"call [^\n]*{function}", body[0] if body else ""))
    if found < 4:
        raise RuntimeError(f"{path}: {found} calls of {function} in the kernel tick, must be at least 4")
    return f"{path}, clang {version}", f"{found} calls of {function}"


def compile_cpu(programs, clangs, target, shape):
    cpu, least, pattern = target
    fitting = [version for version in clangs if version >= least]
    if not fitting:
        return None, f"wants clang {least} or later"
    version = min(fitting)
    source, options = programs.get("c", shape, device="cpu")
    output = source.with_suffix(f".{cpu}.s")
    run(clang_command(clangs[version], source, options, ["x86_64-linux-gnu", f"-march={cpu}"], output))
    assembly = output.read_text()
    body = re.search(r"^learn:.*?^\.Lfunc_end", assembly, re.MULTILINE | re.DOTALL)
    if not body:
        raise RuntimeError(f"{cpu}: there is no kernel learn in the assembly")
    found = len(re.findall(pattern or r"%zmm", body[0]))
    if (found < 4) != (pattern is None):  # one for each word of a window of sixteen ticks
        raise RuntimeError(f"{cpu}: {found} times {pattern or '%zmm'} in the kernel learn")
    return f"c, clang {version}", f"{found} of the dot-product instruction" if pattern else "without AVX-512"


def main():
    vendor, printer = sys.argv[1:]
    compile_one, targets = {
        "amd": (compile_amd, AMD),
        "nvidia": (compile_nvidia, NVIDIA),
        "intel": (compile_intel, INTEL),
        "spir": (compile_spir, SPIR),
        "cpu": (compile_cpu, CPU),
    }[vendor]
    clangs = find_clangs()
    compiled, skipped, failed = 0, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        programs = Programs(printer, folder)
        for target in targets:
            for shape in SHAPES:
                title = f"{target if isinstance(target, str) else target[0]:14} N {shape[0]:6} k {shape[1]}"
                try:
                    how, result = compile_one(programs, clangs, target, shape)
                except RuntimeError as error:
                    failed += 1
                    print(f"{title}  FAILED: {error}")
                    continue
                compiled, skipped = compiled + (how is not None), skipped + (how is None)
                print(f"{title}  {how}: {result}" if how else f"{title}  SKIPPED: {result}")
    print(f"{compiled} compiled, {skipped} skipped, {failed} failed")
    if failed:
        return 1
    return 0 if compiled else 77


if __name__ == "__main__":
    sys.exit(main())
