// Makes what the worker loads: Python's standard library and this package with its two libraries, compiled
// to bytecode by the very interpreter that runs them, and the tables of the parser.
//
//   node scripts/make-engine.mjs FOLDER_OF_LIBRARIES
//
// The folder holds lark and mpmath, as in the site-packages of the project's environment.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { loadPyodide } from "pyodide";

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const libraries = process.argv[2];
const staging = join(web, "build", "staging");
const out = join(web, "public", "engine");
const pyodideFolder = join(web, "node_modules", "pyodide");

const LEFT_OUT = /(^|\/)(__pycache__|tests|__pyinstaller|tools)(\/|$)/;
// Of the standard library, what nothing here imports.
const STDLIB_LEFT_OUT = new RegExp(
  `^(${[
    "idlelib|lib2to3|unittest|xml|email|http|imaplib|poplib|smtplib|ftplib|pydoc|doctest|pdb|bdb|tarfile|multiprocessing",
    "concurrent|sqlite3|dbm|curses|tkinter|ensurepip|venv|wsgiref|xmlrpc|mailbox|nntplib|cProfile|profile|pstats|trace\\.",
    "turtle|webbrowser|zoneinfo|asyncio/(windows|unix)|ctypes|_pyrepl|_pydecimal|_pyio|_pydatetime|html|lzma|bz2|test",
    "logging/(config|handlers)|encodings/(cp(?!437)|iso|mac|koi|big5|gb|hz|euc|shift|johab|ptcp|tis|hp|kz|palmos|utf_(16|32|7)|punycode)",
    "pickletools|ipaddress|configparser|optparse|plistlib|ssl\\.|modulefinder|tracemalloc|wave|ntpath|socketserver|symtable",
    "compileall|csv|fileinput|shlex|cmd\\.|filecmp|pyclbr|tabnanny|runpy|cgi|pkgutil_|zipapp|timeit|this|antigravity|nturl2path",
    "_ios_support|_android_support|_osx_support|netrc|quopri|rlcompleter|sched|secrets|getpass|colorsys|mimetypes",
  ].join("|")})(/|\\.py|.*$)`,
);

rmSync(join(web, "build"), { recursive: true, force: true });
rmSync(out, { recursive: true, force: true });
mkdirSync(staging, { recursive: true });
mkdirSync(out, { recursive: true });

const keep = (root) => (path) => !LEFT_OUT.test(relative(root, path));
const source = join(web, "..", "src");
cpSync(join(source, "matgrad"), join(staging, "site", "matgrad"), {
  recursive: true,
  filter: (path) => keep(source)(path) && !path.includes(join("page", "dist")),
});
for (const name of ["lark", "mpmath"])
  cpSync(join(libraries, name), join(staging, "site", name), { recursive: true, filter: keep(libraries) });
for (const name of readdirSync(libraries))
  if (/^(lark|mpmath)-.*\.dist-info$/.test(name))
    for (const file of ["LICENSE", "licenses/LICENSE"])
      try {
        cpSync(join(libraries, name, file), join(staging, "site", name.split("-")[0], "LICENSE"));
      } catch {}
mkdirSync(join(staging, "stdlib"));
execFileSync("python3", ["-m", "zipfile", "-e", join(pyodideFolder, "python_stdlib.zip"), join(staging, "stdlib")]);

process.on("uncaughtException", (error) => {
  console.error(String(error.message).slice(-3000));
  process.exit(1);
});
const python = await loadPyodide({ env: { PYTHONHASHSEED: "0", PYTHONNODEBUGRANGES: "1" } });
python.FS.mkdirTree("/staging");
python.FS.mount(python.FS.filesystems.NODEFS, { root: staging }, "/staging");
python.globals.set("left_out", STDLIB_LEFT_OUT.source);
const said = python.runPython(`
import ast, importlib.util, marshal, os, re, sys, zipfile, warnings
from importlib._bootstrap_external import _code_to_timestamp_pyc

warnings.simplefilter("ignore")

ABSENT = {"numpy", "scipy", "jax", "torch", "dask", "click", "rich"}

def is_loadable(tree):
    """Whether a file can be imported where there are only the standard library and what travels along."""
    for node in tree.body:
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        if any(name.split(".")[0] in ABSENT for name in names):
            return False
    return True

def compiled(path, shown):
    """Bytecode of a file, without the docstrings of modules, classes and functions; none where it has no use."""
    with open(path, "rb") as file:
        tree = ast.parse(file.read())
    if not is_loadable(tree):
        return None
    if shown == "mpmath/function_docs.py":
        # Docstrings by name, which are put on functions where mpmath is imported.
        for node in tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                node.value.value = ""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
                first.value.value = ""
    return bytes(_code_to_timestamp_pyc(compile(tree, shown, "exec", dont_inherit=True)))

for folder, _, files in os.walk("/staging/site"):
    for name in files:
        path = os.path.join(folder, name)
        if name.endswith(".py"):
            data = compiled(path, os.path.relpath(path, "/staging/site"))
            os.remove(path)
            if data is not None:
                with open(path + "c", "wb") as file:
                    file.write(data)
        elif not name.endswith((".pyi", ".toml", ".lark", "LICENSE")):
            os.remove(path)

sys.path.insert(0, "/staging/site")
from matgrad.page import answer_text
answer_text('{"expression": "norm(A x - b)^2"}')
answer_text('{"ask": "check", "expression": "x\\' x", "wrt": "x", "answer": "2 x", "lang": "zh"}')
answer_text('{"ask": "steps", "expression": "tr(A X)", "wrt": "X"}')

names = re.compile(left_out)
with zipfile.ZipFile("/staging/python_stdlib.zip", "w", zipfile.ZIP_STORED) as archive:
    for folder, _, files in os.walk("/staging/stdlib"):
        for name in sorted(files):
            path = os.path.join(folder, name)
            shown = os.path.relpath(path, "/staging/stdlib")
            module = shown.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            # What has been loaded by now is never left out.
            if not name.endswith(".py") or (names.match(shown) and module not in sys.modules):
                continue
            data = compiled(path, shown)
            if data is not None:
                archive.writestr(zipfile.ZipInfo(shown + "c"), data)
`);
const tables = python.FS.readFile("/home/pyodide/.cache/matgrad/grammar.lark-tables");
mkdirSync(join(staging, "home"), { recursive: true });

// One container: its index as JSON, behind its length in four bytes, then the files one after another.
const files = [];
const walk = (folder) => {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) walk(path);
    else if (!/__pycache__/.test(path)) files.push([relative(join(staging, "site"), path), readFileSync(path)]);
  }
};
walk(join(staging, "site"));
const index = Buffer.from(
  JSON.stringify([
    ...files.map(([name, data]) => [`/lib/python3.14/site-packages/${name}`, data.length]),
    ["/home/pyodide/.cache/matgrad/grammar.lark-tables", tables.length],
  ]),
);
const length = Buffer.alloc(4);
length.writeUInt32LE(index.length);
const container = Buffer.concat([length, index, ...files.map(([, data]) => data), Buffer.from(tables)]);
writeFileSync(join(out, "matgrad.bin"), gzipSync(container, { level: 9 }));
const stdlib = readFileSync(join(staging, "python_stdlib.zip"));
writeFileSync(join(out, "python_stdlib.bin"), gzipSync(stdlib, { level: 9 }));
for (const name of ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm"]) cpSync(join(pyodideFolder, name), join(out, name));
// All packages travel with the page: none is looked up.
const lock = JSON.parse(readFileSync(join(pyodideFolder, "pyodide-lock.json"), "utf8"));
writeFileSync(join(out, "pyodide-lock.json"), JSON.stringify({ ...lock, packages: {} }));
for (const name of readdirSync(out)) console.log(name.padEnd(24), statSync(join(out, name)).size);
console.log(`${files.length} files, ${container.length} bytes; standard library ${stdlib.length} bytes`);
// Under another key nothing that an earlier engine left behind is taken up.
const { createHash } = await import("node:crypto");
const hash = createHash("sha256");
for (const name of readdirSync(out).sort()) hash.update(readFileSync(join(out, name)));
writeFileSync(join(web, "src", "versions.json"), `${JSON.stringify({ engine: hash.digest("hex").slice(0, 16) })}\n`);
