import { expect, test } from "vitest";
import { API_KEY, findCanaries } from "./canaries.ts";

const hidden = (target: object, key: PropertyKey) =>
  Object.defineProperty(target, key, { value: API_KEY, enumerable: false });

class Child extends class {
  get inherited() {
    return API_KEY;
  }
} {}

test.each<[place: string, value: () => unknown]>([
  ["a plain string", () => API_KEY],
  ["an error's message", () => new Error(API_KEY)],
  ["an error's stack alone", () => Object.assign(new Error("x"), { stack: API_KEY })],
  ["a cause's cause", () => new Error("x", { cause: new Error("y", { cause: { deep: [API_KEY] } }) })],
  ["a property that is not listed", () => hidden({}, "quiet")],
  ["a property under a symbol", () => hidden(new Error("x"), Symbol("quiet"))],
  ["the name of a property", () => ({ [API_KEY]: 1 })],
  ["an inherited getter", () => new Child()],
  ["the result of toJSON", () => ({ toJSON: () => API_KEY })],
  ["the result of toString", () => ({ toString: () => API_KEY })],
  ["a map's key", () => new Map([[{ a: API_KEY }, 1]])],
  ["a circle", () => Object.assign([{}], { self: [[API_KEY]] })],
  ["a static of a class", () => Object.assign(class {}, { key: API_KEY })],
])("a canary is found in %s", (_, value) => {
  expect(findCanaries(value())).not.toEqual([]);
});

test("where there is none, none is found", () => {
  expect(findCanaries([new Error("x"), Promise, new Map(), Symbol("x"), 5, null])).toEqual([]);
});
