#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compiles the kernels for devices that are not here, and looks for the dot-product instruction in what comes out.

Usage: compile.py VENDOR PRINT_PROGRAM [all]

VENDOR is amd, nvidia or intel (GPUs), cpu, spir (a form that any vendor's driver may take in), or arrays. PRINT_PROGRAM gives
the source and options that the library would give to a driver.
Of clang, the newest version found compiles one shape for the targets named in TELLING. With "all", the oldest and the
newest compile two shapes for each target, and every version between does for the first of each family. A target whose compiler is missing is skipped, and says so; where no target can be compiled the whole is a skip
(77).
"""

import functools
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
    ("gfx950", "sdot4", 21, SDOT4),
    ("gfx1012", "sdot4", 14, SDOT4),
    ("gfx1030", "sdot4", 14, SDOT4),
    ("gfx1100", "sudot4", 16, SUDOT4),  # clang 15 knows it, and may crash
    ("gfx1150", "sudot4", 17, SUDOT4),
    ("gfx1151", "sudot4", 17, SUDOT4),
    ("gfx1200", "sudot4", 18, SUDOT4),
    ("gfx1201", "sudot4", 18, SUDOT4),
    ("gfx1250", "sudot4", 22, SUDOT4),  # clang 21 knows it, and crashes
    ("gfx900", "packed", 14, None),
    ("gfx1010", "c", 14, None),
]
# The oldest that has the instruction, and the first that the compiler of CUDA 13 still knows.
NVIDIA = [("sm_61",), ("sm_75",)]
# Tiger Lake and Arc; Ponte Vecchio, Battlemage and Lunar Lake, which have no sub-groups of 8. Plain C on words: Intel's
# compiler makes dp4a of it, where older ones do not link khr's function.
INTEL = [("tgllp", "gpu"), ("dg2", "gpu"), ("pvc", "gpu-16"), ("bmg", "gpu-16"), ("lnl", "gpu-16")]
DOT = r"\bv_dot\d"
# Clang's front end alone: path, extension, function. There is no compiler for Mali to be had; and khr is OpenCL C 3.0,
# where pointers to no address space in particular are another type than in the 1.2 of the others.
SPIR = [
    ("arm", "cl_arm_integer_dot_product_accumulate_int8", "arm_dot_acc"),
    ("khr", "__opencl_c_integer_dot_product_input_4x8bit_packed", "dot_4x8packed_ss_int"),
]
# Name, least version of clang, the instruction that learning sums a window with.
CPU = [
    ("haswell", 14, r"\bvpmaddubsw\b.*%ymm"),
    ("skylake-avx512", 14, r"\bvpmaddubsw\b.*%zmm"),
    ("icelake-server", 14, r"\bvpdpbusd\b.*%zmm"),
    ("znver4", 16, r"\bvpdpbusd\b.*%zmm"),
]
# Kernels as PoCL 7.1 compiles them for a CPU, with LLVM 21; older compilers leave more in memory, which older PoCLs
# can do with.
ARRAYS = [("c", 21), ("packed", 21)]
# The language in which work-groups meet on a vendor's GPUs: that of its drivers, and for NVIDIA the one that has PTX's
# fence, for its drivers offer no order.
MEETINGS = {"amd": "CL2.0", "nvidia": "CL1.2", "intel": "CL3.0", "spir": "CL3.0", "arrays": "CL3.0"}
# The first of a family, which every clang compiles for, and of a program whose work-groups meet, too.
FAMILIES = ["gfx906", "gfx1030", "gfx1100", "sm_61", "arm", "haswell", "c"]
# One of each family and instruction, and one where there must be none.
TELLING = ["gfx906", "gfx1030", "gfx1100", "gfx900", "sm_61", "tgllp", "pvc", "arm", "khr", "haswell", "icelake-server", "c"]
ALL = "all" in sys.argv[3:]
# Neurons and k: whole words of taps; and a remainder, too, in kernels with longer arrays.
SMALL, LARGE = (961, 2), (10000, 3)

OLDEST = 14
CLANGS = ["clang"] + [f"clang-{version}" for version in range(OLDEST, 30)]
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


@functools.lru_cache
def find_clangs():
    """The clangs that have AMD's and NVIDIA's back ends, as {version: path}."""
    found = {}
    for path in filter(None, map(shutil.which, CLANGS)):
        version = re.search(r"version (\d+)", run([path, "--version"]))
        targets = run([path, "--print-targets"])
        if version and int(version[1]) >= OLDEST and "amdgcn" in targets and "nvptx64" in targets:
            found.setdefault(int(version[1]), path)
    return found


def fitting(clangs, name, least):
    """The versions of clang to compile for this target with."""
    found = sorted(version for version in clangs if version >= least)
    if not ALL:
        return found[-1:]
    return found if name in FAMILIES else sorted({*found[:1], *found[-1:]})


def count_in_kernel(assembly, pattern, kernel="tick"):
    """How often the pattern occurs between the kernel's label and its end; newer clangs put what it does in a function
    that it calls."""
    counts = []
    for name in (kernel, f"__clang_ocl_kern_imp_{kernel}"):
        # What is declared before it is defined begins there, too; that has no more in it.
        for start in re.finditer(rf"^(\.visible )?(\.entry |\.func )?{name}\b", assembly, re.MULTILINE):
            end = re.search(r"^\s*(s_endpgm|s_setpc_b64 .*|\})\s*$", assembly[start.end() :], re.MULTILINE)
            counts.append(len(re.findall(pattern, assembly[start.end() : start.end() + end.end() if end else None])))
    if not counts:
        raise RuntimeError(f"there is no kernel {kernel} in the assembly")
    return max(counts)


def functions_of(text, kernel):
    """The kernel of LLVM's textual form, and what newer clangs put in a function that it calls."""
    return re.findall(rf"^define [^\n]*@(?:__clang_ocl_kern_imp_)?{kernel}\(.*?^}}", text, re.MULTILINE | re.DOTALL)


class Programs:
    """Source and options by path and shape, in a folder of their own."""

    def __init__(self, printer, folder):
        self.printer, self.folder = printer, pathlib.Path(folder)

    def get(self, path, shape, device="gpu", meeting=None):
        source = self.folder / f"{device}-{path}-{shape[0]}-{shape[1]}{meeting or ''}.cl"
        command = [self.printer, device, path, str(shape[0]), str(shape[1]), str(source), *filter(None, [meeting])]
        options = run(command).split("\n")
        return source, [option for option in options if option]


def clang_command(clang, source, options, target, output):
    return [clang, "-x", "cl", *options, "-Xclang", "-finclude-default-header", "-target", *target, "-O3", "-S"] + [
        "-Wno-unused-command-line-argument", "-o", str(output), str(source)
    ]


def kernel_of(meeting):
    """The kernel that runs ticks."""
    return "persistent" if meeting else "tick"


def check(name, assembly, pattern, kernel):
    """A line of the report, or the failure."""
    if pattern is None:
        found = len(re.findall(DOT, assembly))
        if found:
            raise RuntimeError(f"{name}: {found} dot-product instructions where plain C was wanted")
        return "no dot-product instruction, as wanted"
    found = count_in_kernel(assembly, pattern, kernel)
    if found < 4:  # one for each of a work-item's rows
        raise RuntimeError(f"{name}: {found} times {pattern} in the kernel {kernel}, must be at least 4")
    return f"{found} dot-product instructions"


def compile_amd(programs, clang, target, shape, meeting):
    gpu, path, _least, pattern = target
    source, options = programs.get(path, shape, meeting=meeting)
    output = source.with_suffix(f".{gpu}.s")
    run(clang_command(clang, source, options, ["amdgcn-amd-amdhsa", f"-mcpu={gpu}", "-nogpulib"], output))
    return check(gpu, output.read_text(), pattern, kernel_of(meeting))


def compile_nvidia(programs, clang, target, shape, meeting):
    gpu = target[0]
    source, options = programs.get("ptx", shape, meeting=meeting)
    output = source.with_suffix(f".{gpu}.ptx")
    words = ["-target-cpu", gpu, "-target-feature", "+ptx63"]
    library = next(filter(os.path.exists, LIBCLC), None)

    def compile_with(words):
        target = ["nvptx64-nvidia-nvcl", "-Wno-linker-warnings", *(word for e in words for word in ("-Xclang", e))]
        run(clang_command(clang, source, options, target, output))

    missing = None if library else "which wants libclc"
    compile_with(words)
    result = check(gpu, output.read_text(), r"\bdp4a\.s32\.s32\b", kernel_of(meeting))
    if meeting and count_in_kernel(output.read_text(), r"\bmembar\.gl\b", "persistent") < 4:
        raise RuntimeError(f"{gpu}: no membar.gl around the meetings of the kernel persistent")
    if library:
        try:
            compile_with([*words, "-mlink-builtin-bitcode", library])
        except RuntimeError as error:
            if library not in str(error).split("\n", 1)[1]:
                raise
            missing = "as libclc is of another LLVM"
    return f"{result}; " + (f"SKIPPED: ptxas, {missing}" if missing else assemble(output, gpu))


def assemble(ptx, gpu):
    """Whether NVIDIA's own assembler takes it; each knows some range of GPUs."""
    for ptxas in filter(None, map(shutil.which, PTXAS)):
        if re.search(rf"\b{gpu}\b", run([ptxas, "--help"])):
            run([ptxas, f"-arch={gpu}", "-o", str(ptx.with_suffix(".cubin")), str(ptx)])
            return "assembled by ptxas"
    return "SKIPPED: ptxas, none is here that knows it"


# What ocloc says of a device that it does not know, and where its compiler, another package, is not there.
OCLOC_LACKS = r"Could not determine (?:device )?target|(?:could not|failed to|unable to|error) (?:be )?load\w*|libig\w+"


def compile_intel(programs, ocloc, target, shape, meeting):
    gpu, device = target
    source, options = programs.get("packed", shape, device, meeting)
    folder = source.with_suffix(f".{gpu}")
    folder.mkdir()
    dump = dict(os.environ, IGC_ShaderDumpEnable="1", IGC_DumpToCustomDir=str(folder))
    try:
        said = run([ocloc, "compile", "-file", str(source), "-device", gpu, "-options", " ".join(options)]
                   + ["-output", str(folder / "kernels")], env=dump, cwd=folder)
    except RuntimeError as error:
        lacks = re.search(OCLOC_LACKS, str(error).split("\n", 1)[1], re.IGNORECASE)
        if not lacks:
            raise
        return f"SKIPPED: ocloc: {lacks[0]}"
    spilled = re.search(r"kernel '\w+': compiled .* spilled .*", said)
    if spilled:
        raise RuntimeError(f"{gpu}: {spilled[0]}")
    files = [path.read_text(errors="replace") for path in folder.glob("*.asm")]
    kernel = kernel_of(meeting)
    counts = [len(re.findall(r"\bdp4a\b", text)) for text in files if re.search(rf'\.kernel "?{kernel}\b', text)]
    if not counts or min(counts) < 4:
        raise RuntimeError(f"{gpu}: {counts} times dp4a in the kernel {kernel}, must be at least 4; {len(files)} files")
    return f"{counts[-1]} dot-product instructions, no register spilled"


def compile_spir(programs, clang, target, shape, meeting):
    path, extension, function = target
    kernel = kernel_of(meeting)
    source, options = programs.get(path, shape, meeting=meeting)
    output = source.with_suffix(f".{path}.ll")
    # The header asks for the macro; what -cl-ext defines depends on the version of clang.
    triple = ["spir64", "-Wno-builtin-macro-redefined", "-Wno-macro-redefined", f"-D{extension}=1", "-emit-llvm"]
    run(clang_command(clang, source, options, triple, output))
    found = sum(len(re.findall(rf"call [^\n]*{function}", body)) for body in functions_of(output.read_text(), kernel))
    if found < 4:
        raise RuntimeError(f"{path}: {found} calls of {function} in the kernel {kernel}, must be at least 4")
    return f"{found} calls of {function}"


def compile_cpu(programs, clang, target, shape, _meeting):
    cpu, _least, pattern = target
    source, options = programs.get("c", shape, device="cpu")
    output = source.with_suffix(f".{cpu}.s")
    run(clang_command(clang, source, options, ["x86_64-linux-gnu", f"-march={cpu}"], output))
    bodies = re.findall(r"^(?:__clang_ocl_kern_imp_)?learn:.*?^\.Lfunc_end", output.read_text(), re.MULTILINE | re.DOTALL)
    if not bodies:
        raise RuntimeError(f"{cpu}: there is no kernel learn in the assembly")
    found = max(len(re.findall(pattern, body)) for body in bodies)
    if found < 4:  # one for each word of a window of sixteen ticks
        raise RuntimeError(f"{cpu}: {found} times {pattern} in the kernel learn, must be at least 4")
    return f"{found} of the dot-product instruction"


def arrays_of(function):
    """The private variables in memory that more than one basic block of a function uses."""
    blocks = re.split(r"^\S+:.*$", function, flags=re.MULTILINE)
    for name in re.findall(r"^\s+(%\S+) = alloca ", function, re.MULTILINE):
        use = re.compile(rf"{re.escape(name)}(?![\w.$-])(?! = alloca)")
        if sum(bool(use.search(block)) for block in blocks) > 1:
            yield name


def compile_arrays(programs, clang, target, shape, meeting):
    """Arrays that are left in private memory when loops are unrolled that ask for it, and no other: cl/prelude.cl."""
    path = target[0]
    source, options = programs.get(path, shape, "cpu", meeting)
    output = source.with_suffix(".arrays.ll")
    words = ["x86_64-linux-gnu", "-march=haswell", "-emit-llvm", "-fno-unroll-loops", "-fno-discard-value-names"]
    run(clang_command(clang, source, options, words, output))
    functions = re.findall(r"^define .*?^}", output.read_text(), re.MULTILINE | re.DOTALL)
    # Copies for the call of a built-in function end with it; the sums of several tiles have to be in memory.
    allowed = r"%byval-temp" + ("" if "-DSTREAMS=1" in options else r"|%sum\b")
    for function in functions:
        left = [name for name in arrays_of(function) if not re.match(allowed, name)]
        if left:
            name = re.search(r"@(\w+)", function)[1]
            raise RuntimeError(f"{name}: {', '.join(left)} in private memory")
    return f"{len(functions)} functions without arrays in private memory"


def compilers(vendor, name, target):
    """What to compile for a target with, as names and paths; a path of None: it is missing."""
    if vendor == "intel":
        return [("ocloc (intel-opencl-icd or intel-ocloc)", shutil.which("ocloc"))]
    least = next((word for word in target if isinstance(word, int)), OLDEST)
    clangs = find_clangs()
    chosen = fitting(clangs, name, least)
    missing = f"clang {least} or later, with AMD's and NVIDIA's back ends"
    return [(f"clang {version}", clangs[version]) for version in chosen] or [(missing, None)]


def meetings(vendor, name):
    """Without work-groups that meet, and with them in this language."""
    return [None, *([MEETINGS[vendor]] if vendor in MEETINGS and (ALL or name in FAMILIES) else [])]


def main():
    vendor, printer = sys.argv[1:3]
    compile_one, targets = {
        "amd": (compile_amd, AMD),
        "nvidia": (compile_nvidia, NVIDIA),
        "intel": (compile_intel, INTEL),
        "spir": (compile_spir, SPIR),
        "cpu": (compile_cpu, CPU),
        "arrays": (compile_arrays, ARRAYS),
    }[vendor]
    shapes = [SMALL, LARGE] if ALL else [LARGE if vendor == "arrays" else SMALL]
    counts = {"compiled": 0, "SKIPPED": 0, "FAILED": 0}
    with tempfile.TemporaryDirectory() as folder:
        for target in targets:
            name = target[0]
            if not ALL and name not in TELLING:
                continue
            for shape in shapes:
                for title, compiler in compilers(vendor, name, target):
                    for meeting in meetings(vendor, name):
                        # What one compiler left is not to be taken for another's.
                        programs = Programs(printer, tempfile.mkdtemp(dir=folder))
                        try:
                            result = "SKIPPED: is not here"
                            if compiler:
                                result = compile_one(programs, compiler, target, shape, meeting)
                        except RuntimeError as error:
                            result = f"FAILED: {error}"
                        kind = result.split(":")[0]
                        counts[kind if kind in counts else "compiled"] += 1
                        form = f", meeting in {meeting}" if meeting else ""
                        print(f"{name:14} N {shape[0]:6} k {shape[1]}  {title}{form}: {result}")
    print(", ".join(f"{count} {kind.lower()}" for kind, count in counts.items()))
    if counts["FAILED"]:
        return 1
    return 0 if counts["compiled"] else 77


if __name__ == "__main__":
    sys.exit(main())
