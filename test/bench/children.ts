import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** Runs a script to its end, and gives what it prints as JSON. */
export async function printed<T>(
  script: string,
  args: readonly string[],
  execArgv: string[] = [],
): Promise<T> {
  const child = fork(pathOf(script), [...args], { execArgv, silent: true });
  child.stderr?.pipe(process.stderr);
  let text = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  const [exitCode] = await once(child, "close");
  if (exitCode !== 0) throw new Error(`${script} ${args.join(" ")} ended with ${exitCode}`);
  return JSON.parse(text) as T;
}

/** A script that answers messages for as long as it is needed. */
export class Child {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts a script; gives it with its first message. */
  static async start(script: string, args: readonly string[] = []): Promise<[Child, unknown]> {
    const child = new Child(fork(pathOf(script), [...args], { execArgv: ["--expose-gc"] }));
    return [child, await child.#message()];
  }

  ask(question: readonly unknown[]): Promise<unknown> {
    const answer = this.#message();
    this.#child.send(question);
    return answer;
  }

  stop(): void {
    this.#child.disconnect();
  }

  #message(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const onExit = () => reject(new Error("a measured process ended before its answer"));
      this.#child.once("exit", onExit);
      this.#child.once("message", (message) => {
        this.#child.off("exit", onExit);
        resolve(message);
      });
    });
  }
}
