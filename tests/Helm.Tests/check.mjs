// Checks rendered manifests against Kubernetes' schemas, and writes them as JSON.
// Arguments: a folder of YAML files, and the file for the result: { problems: [...], manifests: { file: [object, ...] } }.
//
// Two checks, because each finds what the other doesn't: the validators of kubernetes-models check required members, formats and
// ranges, but accept unknown members; the TypeScript compiler refuses unknown members of literals of their types.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { parseAllDocuments } from "yaml";

const [folder, result] = process.argv.slice(2);
const packages = {
  "gateway.networking.k8s.io": "@kubernetes-models/gateway-api/",
  "monitoring.coreos.com": "@kubernetes-models/prometheus-operator/",
};
const moduleOf = ({ apiVersion }) => (packages[apiVersion.split("/")[0]] ?? "kubernetes-models/") + apiVersion;

const problems = [];
const manifests = {};
const lines = [];
const origins = new Map();
for (const file of readdirSync(folder).sort()) {
  const documents = parseAllDocuments(readFileSync(join(folder, file), "utf8"));
  manifests[file] = [];
  for (const document of documents) {
    for (const error of document.errors)
      problems.push(`${file}: ${error.message}`);
    const manifest = document.toJS();
    if (manifest === null)
      continue;
    const name = `${file}: ${manifest.kind} ${manifest.metadata?.name}`;
    manifests[file].push(manifest);
    if (typeof manifest.apiVersion !== "string" || typeof manifest.kind !== "string") {
      problems.push(`${name}: apiVersion or kind is missing`);
      continue;
    }

    let type;
    try {
      type = (await import(moduleOf(manifest)))[manifest.kind];
    } catch {
      type = undefined;
    }

    if (type === undefined) {
      problems.push(`${name}: ${manifest.apiVersion} has no kind ${manifest.kind}`);
      continue;
    }

    try {
      new type(manifest).validate();
    } catch (error) {
      problems.push(`${name}: ${error.message}`);
    }

    origins.set(lines.length, name);
    lines.push(`({ value: ${JSON.stringify(manifest)} }) satisfies { value: import("${moduleOf(manifest)}").I${manifest.kind} };`);
  }
}

const source = join(import.meta.dirname, "manifests.ts");
const options = {
  noEmit: true, strict: true, skipLibCheck: true, types: [], target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};
const host = ts.createCompilerHost(options);
const [read, exists] = [host.getSourceFile, host.fileExists];
host.fileExists = (name) => name === source || exists(name);
host.getSourceFile = (name, ...rest) =>
  name === source ? ts.createSourceFile(name, lines.join("\n"), options.target) : read.call(host, name, ...rest);
for (const diagnostic of ts.getPreEmitDiagnostics(ts.createProgram([source], options, host))) {
  const place = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start);
  const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, " ");
  problems.push(`${place && diagnostic.file.fileName === source ? origins.get(place.line) : "types"}: ${text}`);
}

writeFileSync(result, JSON.stringify({ problems, manifests }));
