/** Milliseconds above which the answer of a service to a check is slow. */
export const SLOW_MS = 5000;
