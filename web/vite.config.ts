import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { type Plugin, defineConfig } from "vite";

/** The names of all files of a folder. */
function filesOf(folder: string, root = folder): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesOf(path, root) : [relative(root, path)];
  });
}

/** Writes the list of what the service worker keeps, under a version that changes with any of it. */
function keptOffline(): Plugin {
  let folder = "";
  return {
    name: "kept-offline",
    configResolved(config) {
      folder = config.build.outDir;
    },
    closeBundle() {
      const files = filesOf(folder).filter((name) => name !== "sw.js" && !name.endsWith(".map"));
      const hash = createHash("sha256");
      for (const name of files.sort()) hash.update(name).update(readFileSync(join(folder, name)));
      const version = hash.digest("hex").slice(0, 16);
      const worker = readFileSync("src/sw.js", "utf8");
      const kept = ["./", ...files.filter((name) => name !== "index.html")];
      writeFileSync(
        join(folder, "sw.js"),
        worker.replace("__VERSION__", version).replace("__FILES__", JSON.stringify(kept)),
      );
    },
  };
}

/** One format of each font: every browser that has WebAssembly reads it. */
function oneFormatOfFonts(): Plugin {
  return {
    name: "one-format-of-fonts",
    enforce: "pre",
    transform(code, id) {
      if (!id.endsWith("katex.min.css")) return null;
      return code.replace(/,url\([^)]*\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)/g, "");
    },
  };
}

export default defineConfig({
  base: "./",
  build: { outDir: "dist", target: "es2022", assetsInlineLimit: 0, modulePreload: false },
  worker: { format: "es" },
  plugins: [oneFormatOfFonts(), keptOffline()],
});
