import type { Problem } from '@countersign/protocol/wire';
import { t } from './texts.ts';

/** The portals' calls to their own server: JSON in and out, refusals as {@link ProblemError}. */

/** A call that the server refused. `code` is stable; the sentences are for people. */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(sentenceOf(problem));
    this.problem = problem;
  }
  get status(): number {
    return this.problem.status;
  }
  get code(): string {
    return this.problem.code;
  }
  /** Seconds. */
  get retryAfter(): number | undefined {
    return this.problem.retry_after;
  }
}

/** The server could not be reached, or something between here and there answered in its place. */
export class NetworkError extends Error {
  constructor() {
    super(t.problems.offline);
  }
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

let noSession: (path: string) => void = () => {};

/** Who is told of every call that found nobody signed in, or somebody who must enrol first, whatever it was for. */
export function whenNoSession(tell: (path: string) => void): void {
  noSession = tell;
}

/**
 * @throws ProblemError, NetworkError. A GET that finds no session is made once more: the token changes when a session
 * becomes full, and a request that was under way then still had the old one.
 */
export async function call<T>(
  method: Method,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
): Promise<T> {
  try {
    return await callOnce<T>(method, path, body, headers);
  } catch (error) {
    // The date has come, in the middle of a visit.
    if (isProblem(error, 'enrollment_required')) noSession(path);
    if (!isProblem(error, 'no_session')) throw error;
    if (method === 'GET') return callAgain<T>(path, body);
    noSession(path);
    throw error;
  }
}

async function callAgain<T>(path: string, body: unknown): Promise<T> {
  try {
    return await callOnce<T>('GET', path, body);
  } catch (error) {
    if (isProblem(error, 'no_session')) noSession(path);
    throw error;
  }
}

let clockOffset = 0;

/**
 * The server's time, in milliseconds since 1970: what it says of times is counted down by its own clock, since a computer
 * that is minutes off would take a fresh code for an expired one.
 */
export const serverNow = (): number => Date.now() + clockOffset;

/** When it will be so many seconds later, as the server would write it. */
export const timeAfter = (seconds: number): string => new Date(serverNow() + seconds * 1000).toISOString();

function readClock(response: Response): void {
  // The header's second has begun, and nothing is to seem to have more time than it ever had: taken as over.
  const offset = Date.parse(response.headers.get('date') ?? '') + 999 - Date.now();
  // Less than a second and the while that an answer takes is no difference.
  if (Number.isFinite(offset)) clockOffset = Math.abs(offset) > 3000 ? offset : 0;
}

async function callOnce<T>(
  method: Method,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
    });
  } catch {
    throw new NetworkError();
  }
  readClock(response);
  const text = await response.text();
  if (response.ok) return (text ? JSON.parse(text) : undefined) as T;
  let problem: Problem | undefined;
  try {
    problem = JSON.parse(text) as Problem;
  } catch {
    // Not the server's own answer.
  }
  throw problem?.code ? new ProblemError(problem) : new NetworkError();
}

/** Whether an error is the refusal with this code. */
export const isProblem = (error: unknown, code: string): error is ProblemError =>
  error instanceof ProblemError && error.code === code;

/** The server speaks English; in another language its code decides, or its very sentence where that says more. */
const sentenceOf = ({ detail, title, code }: Problem): string =>
  translated(detail) ?? t.problems.codes[code] ?? (detail || title);

/** Why a password was refused, or whatever else the server lists. */
export const reasonsInWords = ({ problem, message }: ProblemError): string =>
  problem.reasons?.map((reason) => translated(reason) ?? reason).join(' ') ?? message;

function translated(sentence: string): string | undefined {
  const found = t.problems.sentences[sentence.replace(/\d+/, '#')];
  return found?.replace('#', /\d+/.exec(sentence)?.[0] ?? '');
}

/** What to tell a person of any failure, with when to come back where that is known. */
export function inWords(error: unknown): string {
  if (error instanceof ProblemError && error.retryAfter !== undefined) {
    return `${error.message} ${t.problems.tryAgainIn(secondsInWords(error.retryAfter))}`;
  }
  return error instanceof Error ? error.message : t.problems.unknown;
}

export function secondsInWords(seconds: number): string {
  const { problems } = t;
  if (seconds < 90) return problems.seconds(seconds);
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? problems.minutes(minutes) : problems.hours(Math.ceil(minutes / 60));
}
