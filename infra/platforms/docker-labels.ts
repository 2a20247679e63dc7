/** Marks of everything that a stack has on an engine: by them its containers are found again. */
export const STACK_LABEL = "launchlab.stack";
export const WORKLOAD_LABEL = "launchlab.workload";
