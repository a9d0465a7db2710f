import { readFileSync } from "node:fs";
import { parse } from "yaml";

/** What the fragment says of one member of a request body. */
export interface MemberSchema {
  readonly type: "integer" | "string";
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: number;
}

/** What the fragment says of one request body: its members, and those that must be there. */
export interface BodySchema {
  readonly properties: Readonly<Record<string, MemberSchema>>;
  readonly required?: readonly string[];
}

/** The two operations of the fragment, by their operationId. */
export type OperationId = "CreateRoomClientToken" | "RefreshRoomClientToken";

interface FragmentOperation {
  readonly operationId: OperationId;
  readonly requestBody: {
    readonly content: { readonly "application/json": { readonly schema: BodySchema } };
  };
}

interface Fragment {
  readonly paths: Readonly<Record<string, { readonly post: FragmentOperation }>>;
}

/** Where the fragment lies; the sandbox and the contract tests read the very file that is published. */
export const fragmentUrl = new URL("../../openapi/rooms-client-tokens.yaml", import.meta.url);

/** Reads the request bodies of the fragment, so that a changed bound changes the sandbox with it. */
export function readBodySchemas(): Record<OperationId, BodySchema> {
  const fragment = parse(readFileSync(fragmentUrl, "utf8")) as Fragment;
  const schemas: Partial<Record<OperationId, BodySchema>> = {};
  for (const { post } of Object.values(fragment.paths)) {
    schemas[post.operationId] = post.requestBody.content["application/json"].schema;
  }
  const { CreateRoomClientToken, RefreshRoomClientToken } = schemas;
  if (!CreateRoomClientToken || !RefreshRoomClientToken) {
    throw new Error("the fragment lacks one of its two operations");
  }
  return { CreateRoomClientToken, RefreshRoomClientToken };
}
