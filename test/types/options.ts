/** Checked by `npm run typecheck`, never run: every optional member takes undefined, also under exactOptionalPropertyTypes. */
import { expectTypeOf } from "vitest";
import type {
  ClientOptions,
  CreateParams,
  RefreshParams,
  RequestOptions,
  TokenResponseOptions,
} from "../../src/index.ts";
import type { SandboxFault, SandboxOptions, SandboxSettings } from "../../src/sandbox/index.ts";
import type { GetTokenOptions, RoomTokenSessionOptions, StayInRoomOptions } from "../../src/session/index.ts";

/** The members that do not take undefined. */
type Defined<T> = { [K in keyof T]-?: undefined extends T[K] ? never : K }[keyof T];

expectTypeOf<Defined<ClientOptions>>().toBeNever();
expectTypeOf<Defined<RequestOptions>>().toBeNever();
expectTypeOf<Defined<CreateParams>>().toBeNever();
expectTypeOf<Defined<RefreshParams>>().toEqualTypeOf<"refreshToken">();
expectTypeOf<Defined<TokenResponseOptions>>().toBeNever();
expectTypeOf<Defined<RoomTokenSessionOptions>>().toBeNever();
expectTypeOf<Defined<GetTokenOptions>>().toBeNever();
expectTypeOf<Defined<StayInRoomOptions>>().toBeNever();
expectTypeOf<Defined<SandboxOptions>>().toBeNever();
expectTypeOf<Defined<SandboxSettings>>().toBeNever();
expectTypeOf<Defined<SandboxFault>>().toBeNever();
