import ts from "typescript";

/** What the compiler says of these files. What they import is checked elsewhere. */
export function complaints(files: readonly string[], options: ts.CompilerOptions): unknown[] {
  const program = ts.createProgram(files, options);
  const diagnostics = [
    ...program.getOptionsDiagnostics(),
    ...files.flatMap((name) => {
      const file = program.getSourceFile(name);
      return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
    }),
  ];
  return diagnostics.map(({ messageText, file }) => [file?.fileName, messageText]);
}
