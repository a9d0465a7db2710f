import { pause, withDeadline } from "../deadline.ts";
import { steadyNow } from "../platform.ts";
import { type Answer, readAnswer } from "./answer.ts";
import { baseInit } from "./fetch.ts";
import { AbortedByCaller, isControlFlow, NoAnswer } from "./no-answer.ts";
import type { AttemptResult, LightRequest } from "./request.ts";
import { waitBeforeRetry } from "./retry.ts";

/**
 * Sends a request until it is answered: attempt, wait, attempt. This is the `fetch` that openapi-fetch calls.
 *
 * Gives the last answer, also a refusal. Throws {@link NoAnswer} or {@link AbortedByCaller}; the control
 * flow of a framework comes through unchanged.
 */
export async function transport(request: LightRequest): Promise<Answer> {
  const { maxRetries, signal, onAttemptEnd } = request.settings;
  for (let attempt = 1; ; attempt++) {
    if (signal?.aborted) throw new AbortedByCaller();
    const startedAt = steadyNow();
    const { answer, thrown } = await makeAttempt(request);
    const failed = answer?.ok === false || thrown instanceof NoAnswer;
    const retryInMs = failed && attempt <= maxRetries ? waitBeforeRetry(answer, attempt) : undefined;
    onAttemptEnd({ attempt, durationMs: steadyNow() - startedAt, answer, thrown, retryInMs });
    if (retryInMs !== undefined) await pause(retryInMs, signal);
    else if (answer !== undefined) return answer;
    else throw thrown;
  }
}

/** One attempt within its deadline: an answer, or what was thrown in its place. */
async function makeAttempt({ url, headers, body, settings }: LightRequest): Promise<AttemptResult> {
  const { fetch, timeoutMs, signal: caller } = settings;
  const send = async (signal: AbortSignal): Promise<Answer> => {
    try {
      // The headers are copied, for a fetch of the caller's own may change them.
      const response = await fetch(url, { ...baseInit(), headers: { ...headers }, body, signal });
      if (typeof response?.status !== "number") throw new TypeError("fetch gave no response");
      return await readAnswer(response, signal);
    } catch (thrown) {
      throw isControlFlow(thrown) ? thrown : new NoAnswer(false, thrown);
    }
  };
  try {
    return { answer: await withDeadline(send, timeoutMs, caller, () => new NoAnswer(true)) };
  } catch (thrown) {
    return { thrown: caller?.aborted ? new AbortedByCaller() : thrown };
  }
}
