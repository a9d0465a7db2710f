import { fileURLToPath } from "node:url";
import ts from "typescript";

const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replaceAll("\\", "/");
const ENTRIES = {
  "telnyx-room-tokens": `${ROOT}dist/types/src/index.d.ts`,
  "telnyx-room-tokens/session": `${ROOT}dist/types/src/session/index.d.ts`,
  "telnyx-room-tokens/sandbox": `${ROOT}dist/types/src/sandbox/index.d.ts`,
};

/** Every declaration that users see, with its docstring, as Markdown: first the exports, then what they mention. */
export function apiReport(): string {
  const program = declarationsProgram();
  const checker = program.getTypeChecker();
  const exported = new Set<ts.Node>();
  const sections = Object.entries(ENTRIES).map(([entry, file]) => {
    const source = program.getSourceFile(file);
    const symbol = source && checker.getSymbolAtLocation(source);
    if (symbol === undefined) throw new Error(`${file} is no module`);
    const statements = checker.getExportsOfModule(symbol).map((item) => statementOf(item, checker));
    const known = statements.filter((statement) => exported.has(statement)).map(nameOf);
    const added = statements.filter((statement) => !exported.has(statement));
    for (const statement of added) exported.add(statement);
    return (
      section(`\`${entry}\``, added) +
      (known.length > 0 ? `\n\nAnd as above: ${known.sort().join(", ")}.` : "")
    );
  });
  const mentioned = [...mentionedBy(exported, checker)].filter((statement) => !exported.has(statement));
  return [
    "# The public API",
    "Made by `npm run api`; a test compares it.",
    ...sections,
    section("Mentioned by these, but not exported", mentioned),
  ]
    .join("\n\n")
    .concat("\n");
}

/** The declarations that tsc would emit, in memory, as a program of their own. */
function declarationsProgram(): ts.Program {
  const { config } = ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile);
  // With the sandbox, which is a project of its own because it knows Node.
  const compilerOptions = { ...config.compilerOptions, types: ["node"] };
  const all = { ...config, compilerOptions, exclude: [] };
  const { fileNames, options } = ts.parseJsonConfigFileContent(all, ts.sys, ROOT);
  const emitted = new Map<string, string>();
  const { diagnostics } = ts
    .createProgram(fileNames, {
      ...options,
      emitDeclarationOnly: true,
      declarationMap: false,
      newLine: ts.NewLineKind.LineFeed,
    })
    .emit(undefined, (name, text) => emitted.set(name, text));
  const host = ts.createCompilerHost(options);
  // No other fast test shows that each file of the sandbox has declarations by itself (isolatedDeclarations).
  if (diagnostics.length > 0) throw new Error(ts.formatDiagnostics(diagnostics, host));
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (name) => emitted.get(name) ?? readFile(name);
  host.fileExists = (name) => emitted.has(name) || (!name.startsWith(`${ROOT}dist/`) && fileExists(name));
  host.directoryExists = () => true;
  host.getSourceFile = (name, version, ...rest) => {
    const text = emitted.get(name);
    return text === undefined
      ? getSourceFile(name, version, ...rest)
      : ts.createSourceFile(name, text, version, true);
  };
  return ts.createProgram(Object.values(ENTRIES), { ...options, noEmit: true }, host);
}

/** The statement that declares what a symbol stands for. */
function statementOf(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Node {
  const origin = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const [declaration] = origin.declarations ?? [];
  if (declaration === undefined) throw new Error(`${symbol.name} has no declaration`);
  return ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
}

/** What the statements mention in this package; without the generated types. */
function mentionedBy(statements: Iterable<ts.Node>, checker: ts.TypeChecker): Set<ts.Node> {
  const found = new Set<ts.Node>();
  const visit = (node: ts.Node): void => {
    const symbol = ts.isIdentifier(node) ? checker.getSymbolAtLocation(node) : undefined;
    if (symbol?.declarations !== undefined || symbol?.flags === ts.SymbolFlags.Alias) {
      const statement = statementOf(symbol, checker);
      if (isOurs(statement) && ts.isSourceFile(statement.parent)) found.add(statement);
    }
    ts.forEachChild(node, visit);
  };
  for (const statement of statements) if (isOurs(statement)) visit(statement);
  return found;
}

function isOurs(node: ts.Node): boolean {
  return node.getSourceFile().fileName.startsWith(`${ROOT}dist/types/src/`);
}

function section(title: string, statements: readonly ts.Node[]): string {
  const texts = [...statements].sort(byName).map((statement) => {
    if (isOurs(statement)) return statement.getFullText().trim();
    return "export interface paths; // generated/rooms-client-tokens.ts";
  });
  return `## ${title}\n\n\`\`\`\`ts\n${texts.join("\n\n")}\n\`\`\`\``;
}

function byName(one: ts.Node, other: ts.Node): number {
  return nameOf(one) < nameOf(other) ? -1 : 1;
}

function nameOf(statement: ts.Node): string {
  const named = ts.isVariableStatement(statement) ? statement.declarationList.declarations[0] : statement;
  return (named as ts.NamedDeclaration).name?.getText() ?? "";
}
