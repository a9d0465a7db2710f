import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { LIMITS } from "../../generated/limits.ts";

/** The two operations of the fragment, by their operationId. */
export type OperationId = "CreateRoomClientToken" | "RefreshRoomClientToken";

/** The members of each body. */
export const MEMBERS: Readonly<Record<OperationId, readonly string[]>> = {
  CreateRoomClientToken: Object.keys(LIMITS.create).sort(),
  RefreshRoomClientToken: Object.keys(LIMITS.refresh).sort(),
};

const FRAGMENT = new URL("../../openapi/rooms-client-tokens.yaml", import.meta.url);

type Node = { [key: string]: unknown };

/** One answer that the fragment gives an example of. */
interface DeclaredAnswer {
  readonly operationId: OperationId;
  /** As in the fragment: `201`, `404`, `5XX`. */
  readonly status: string;
  readonly exampleName: string;
  readonly example: unknown;
}

/** The fragment as a plain object, anew for each caller. */
export function readFragment(): Node {
  return parse(readFileSync(FRAGMENT, "utf8"));
}

/** Goes down a path of keys, through references, to an object that must be there. */
function at(document: Node, start: Node, ...keys: string[]): Node {
  let node = start;
  for (const key of keys) {
    node = node[key] as Node;
    if (typeof node?.["$ref"] === "string")
      node = at(document, document, ...node["$ref"].slice(2).split("/"));
    if (typeof node !== "object") throw new Error(`the fragment has no ${keys.join(" → ")}`);
  }
  return node;
}

function operations(document: Node): Node[] {
  return Object.values(at(document, document, "paths")).map((path) => at(document, path as Node, "post"));
}

/** Every answer of every operation, by its examples; an answer without one is an error. */
export function declaredAnswers(): DeclaredAnswer[] {
  const document = readFragment();
  return operations(document).flatMap((operation) =>
    Object.keys(at(document, operation, "responses")).flatMap((status) => {
      const examples = at(
        document,
        operation,
        "responses",
        status,
        "content",
        "application/json",
        "examples",
      );
      return Object.keys(examples).map((exampleName) => ({
        operationId: operation["operationId"] as OperationId,
        status,
        exampleName,
        example: at(document, examples, exampleName)["value"],
      }));
    }),
  );
}

/** A view of the fragment that also refuses what it does not mention: unknown members, an unasked credential. */
export function strictView(): Node {
  const document = readFragment();
  for (const operation of operations(document)) {
    const schema = at(document, operation, "requestBody", "content", "application/json", "schema");
    schema["additionalProperties"] = false;
    const security = operation["security"];
    // `[]` accepts any credential; one empty requirement accepts none.
    if (Array.isArray(security) && security.length === 0) operation["security"] = [{}];
  }
  return document;
}
