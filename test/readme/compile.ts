import ts from "typescript";

/** What the compiler says of these files. */
export function complaints(files: readonly string[], options: ts.CompilerOptions): unknown[] {
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram(files, options));
  return diagnostics.map(({ messageText, file }) => [file?.fileName, messageText]);
}
