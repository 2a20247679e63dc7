/** First id of the people who exist only in load tests; the simulator counts what they are sent and forgets it. */
export const FIRST_PERSON = 7_000_000_000;
/** The range of ids that a run may use. */
export const PEOPLE_RANGE = { from: FIRST_PERSON, to: FIRST_PERSON + 99_999 };

function coprime(a: number, b: number): boolean {
  while (b !== 0) [a, b] = [b, a % b];
  return a === 1;
}

/**
 * Who acts in iteration `i` of a run with that many people: 0 .. people - 1.
 *
 * Everybody acts once per round, so nobody comes near the bot's limit of 20 updates a minute by chance. Within
 * each half of a round the order changes from round to round: the pause between two actions of one person
 * varies by half a round, from 3.25 to 9.75 s when a round takes 6.5 s.
 */
export function personOf(i: number, people: number): number {
  const round = Math.floor(i / people);
  const half = Math.floor((i % people) / (people / 2));
  const size = half === 0 ? Math.ceil(people / 2) : Math.floor(people / 2);
  const start = half === 0 ? 0 : Math.ceil(people / 2);
  const within = (i % people) - start;
  let stride = 1 + ((round * 7919 + half * 104_729) % size);
  while (!coprime(stride, size)) stride++;
  return start + ((within * stride + round * 31) % size);
}

/** How often a person has acted before iteration `i`. */
export const roundOf = (i: number, people: number): number => Math.floor(i / people);

/** Update ids of the scenarios take turns, so that those of one run lie close together and never meet. */
export const updateIdOf = (
  scenarios: readonly string[],
  scenario: string,
  n: number,
  first: number,
): number => first + n * scenarios.length + scenarios.indexOf(scenario);
