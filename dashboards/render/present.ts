/** Whether something has what it needs among the scrape jobs of a stack; all are there where none are named. */
export const present = (
  { jobs }: { readonly jobs?: readonly string[] },
  { needs }: { readonly needs?: string },
): boolean => needs === undefined || jobs === undefined || jobs.includes(needs);
