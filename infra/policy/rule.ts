/** A resource as the program registers it, secrets in plain text. */
export interface Resource {
  /** Pulumi's type token: `kubernetes:apps/v1:Deployment`, `process:index:Process`. */
  readonly type: string;
  readonly name: string;
  readonly props: unknown;
  readonly protect: boolean;
  /** Undefined where it is not known: the engine does not tell it. */
  readonly retainOnDelete?: boolean;
}

interface Described {
  /** Small letters and dashes. */
  readonly name: string;
  /** What holds, as a sentence. */
  readonly description: string;
}

/** Holds for each resource by itself, and so before it is created. */
export interface ResourceRule extends Described {
  /** What is wrong, one sentence each; none when the rule does not concern the resource. */
  readonly check: (resource: Resource) => readonly string[];
}

export interface Violation {
  readonly resource: Resource;
  readonly message: string;
}

/** Holds for several resources together. */
export interface StackRule extends Described {
  readonly checkStack: (resources: readonly Resource[]) => readonly Violation[];
}

export type Rule = ResourceRule | StackRule;

/** Kind of a Kubernetes object; undefined for other resources. */
export const kindOf = ({ type }: Resource): string | undefined =>
  type.startsWith("kubernetes:") ? type.split(":").at(-1) : undefined;

/** A supervised process of the local platform. */
export const isProcess = ({ type }: Resource): boolean => type === "process:index:Process";
