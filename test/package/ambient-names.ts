import ts from "typescript-5.9";

/**
 * The names that a bundle takes from its platform, sorted: everything that neither it nor ECMAScript 2022 declares,
 * and every property that it looks up on `globalThis`.
 */
export function ambientNames(file: string): string[] {
  const program = ts.createProgram([file], {
    allowJs: true,
    noEmit: true,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts"],
    types: [],
  });
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  if (source === undefined) throw new Error(`cannot read ${file}`);
  const names = new Set<string>();

  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && isReference(node) && checker.getSymbolAtLocation(node) === undefined) {
      names.add(node.text);
    }
    for (const name of lookedUpOnGlobalThis(node)) names.add(`globalThis.${name}`);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...names].sort();
}

/** Whether an identifier stands for a variable, rather than being the name of a member. */
function isReference(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isBindingElement(parent)) return parent.propertyName !== node;
  return !ts.isClassElement(parent);
}

function lookedUpOnGlobalThis(node: ts.Node): string[] {
  const isGlobal = (value: ts.Node | undefined) =>
    value !== undefined && ts.isIdentifier(value) && value.text === "globalThis";
  if (ts.isPropertyAccessExpression(node) && isGlobal(node.expression)) return [node.name.text];
  if (ts.isElementAccessExpression(node) && isGlobal(node.expression))
    return [node.argumentExpression.getText()];
  if (ts.isVariableDeclaration(node) && isGlobal(node.initializer) && ts.isObjectBindingPattern(node.name)) {
    return node.name.elements.map((element) => (element.propertyName ?? element.name).getText());
  }
  return [];
}
