import * as pulumi from "@pulumi/pulumi";

/** Lines of its log that the error about a task repeats. */
const LINES = 20;

/** A container that ends by itself. */
interface Task extends pulumi.Resource {
  readonly exitCode: pulumi.Output<number>;
  readonly containerLogs: pulumi.Output<string | undefined>;
}

function failure(name: string, code: number, log: string): pulumi.RunError {
  const end = log.trimEnd().split("\n").slice(-LINES).join("\n  ");
  return new pulumi.RunError(
    `${name} failed with exit code ${code}. Its last lines:\n  ${end}\nMend the cause; \`npm run up\` runs it again.`,
  );
}

export interface Tasks {
  /** Notes the container of a task: the engine's plugin calls it made when it has ended, however it has. */
  add<T extends Task>(name: string, container: T): T;
  /** The resources, those among them that are tasks as soon as they have ended well. */
  done(resources: readonly pulumi.Resource[]): (pulumi.Resource | Promise<pulumi.Resource>)[];
}

export function createTasks(): Tasks {
  const tasks = new Map<pulumi.Resource, Promise<pulumi.Resource>>();
  return {
    add<T extends Task>(name: string, container: T): T {
      // A preview does not know how it will end.
      if (pulumi.runtime.isDryRun()) return container;
      const done = new Promise<pulumi.Resource>((resolve, reject) => {
        pulumi.all([container.exitCode, container.containerLogs]).apply(([code, log]) => {
          if (code === 0) resolve(container);
          else reject(failure(name, code, log ?? ""));
        });
      });
      tasks.set(container, done);
      return container;
    },
    done: (resources) => resources.map((one) => tasks.get(one) ?? one),
  };
}
