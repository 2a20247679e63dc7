/** What is known of one replica, or of the program beside it. */
export interface Replica {
  /** As its log is called. */
  readonly name: string;
  /** done: a task that ended well; waiting: a program with a schedule, for its time. */
  readonly state: "healthy" | "done" | "waiting" | "starting" | "unhealthy" | "down";
  /** What is wrong with it. */
  readonly detail?: string;
  /** What it does without, though it does its work. Left out where nobody can ask it. */
  readonly degraded?: readonly string[];
  /** How often it was started again; not known of a pod's past. */
  readonly restarts: number;
  /** Cores that it keeps busy, and bytes of memory. Left out where nobody knows. */
  readonly cpu?: number;
  readonly memoryBytes?: number;
}

export interface WorkloadStatus {
  readonly name: string;
  readonly kind: "service" | "schedule" | "task";
  /** How many replicas there should be. */
  readonly wanted: number;
  readonly replicas: readonly Replica[];
}

/** Where a program answers, for as long as it is not closed. */
export interface Address {
  /** Without a slash at the end. */
  readonly url: string;
  readonly close: () => void;
}

export interface Wanted {
  /** What was written since then, instead of the last lines. */
  readonly since: Date | undefined;
  /** So many of the last lines, where `since` is not given. */
  readonly last: number;
  /** Goes on with what is written from now on, until the signal. */
  readonly follow: boolean;
}

/** One line of a log. `time` is the time at which it was taken down, where somebody noted that. */
export interface RawLine {
  readonly text: string;
  readonly time?: Date;
}

/** The log of one replica. */
export interface LogSource {
  /** Of the replica. */
  readonly name: string;
  readonly workload: string;
  /** Nothing will be added to it. @default false */
  readonly over?: boolean;
  read(wanted: Wanted, signal: AbortSignal): AsyncIterable<RawLine>;
}

/** What operators ask of a stack, wherever it runs. Everything throws a `NotKnown`, or an error whose message is for people. */
export interface Site {
  /** None when the stack is not up. */
  workloads(): Promise<WorkloadStatus[]>;
  /** Where this machine finds a workload's port `http`. */
  address(workload: string): Promise<Address>;
  /** Ports of this machine that the stack holds. */
  ports(): Promise<readonly number[]>;
  /** The logs that there are now. */
  logs(): Promise<LogSource[]>;
  /** Runs a program beside the bot, with the rights that it has there, and resolves with what it printed. */
  run(program: readonly string[]): Promise<string>;
  /** How an operator sees more of a workload that is not well. */
  readonly advice: (workload: string) => string;
}

/** A part that could not be learnt. The message is the reason. */
export class NotKnown extends Error {
  readonly advice: string;

  constructor(reason: string, advice: string, options?: ErrorOptions) {
    super(reason, options);
    this.advice = advice;
  }
}
