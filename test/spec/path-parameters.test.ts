import { describe, expect, it } from "vitest";
import { CREATE, get, REFRESH, telnyxLike } from "./documents.ts";
import { type Edit, edited, told } from "./told.ts";

const place = (path: string) => get(telnyxLike(), path);
const toldOf = (...edits: Edit[]) => told(telnyxLike(), edited(...edits));

describe("a parameter of the path that only has another name", () => {
  const other = (path: string) => path.replace("room_id", "roomId");
  const renamed = (path: string): Edit[] => [
    [`paths ${other(path)}`, place(`paths ${path}`)],
    [`paths ${other(path)} post parameters 0 name`, "roomId"],
    [`paths ${path}`, undefined],
  ];
  const wasRenamed = "path parameter `room_id` name room_id → roomId";

  it("is one change for both operations, and breaks nothing", async () => {
    expect(await toldOf(...renamed(CREATE), ...renamed(REFRESH))).toEqual([
      `create and refresh: ${wasRenamed}`,
    ]);
    expect(await toldOf(...renamed(REFRESH))).toEqual([`refresh: ${wasRenamed}`]);
  });

  it("is told under its old name when it changes in other ways, too", async () => {
    expect(
      await toldOf(...renamed(CREATE), [`paths ${other(CREATE)} post parameters 0 schema format`, "ulid"]),
    ).toEqual(["BREAKING create: path parameter `room_id` format uuid → ulid", `create: ${wasRenamed}`]);
  });

  it("is told even where the parameter itself is forgotten", async () => {
    expect(
      await toldOf(...renamed(CREATE), [`paths ${other(CREATE)} post parameters 0 name`, "room_id"]),
    ).toEqual([`create: path ${CREATE} → ${other(CREATE)}`]);
  });

  it("is another path when more than the name differs", async () => {
    const moved = "/rooms/{roomId}/tokens";
    const edits: Edit[] = [
      [`paths ${moved}`, place(`paths ${CREATE}`)],
      [`paths ${CREATE}`, undefined],
    ];
    expect(await toldOf(...edits)).toEqual([`BREAKING create: path ${CREATE} → ${moved}`]);
  });
});
