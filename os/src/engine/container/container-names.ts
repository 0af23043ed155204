// Names for containers that nobody named.

const ADJECTIVES = [
  'able', 'amber', 'bold', 'brisk', 'calm', 'clear', 'crisp', 'deft', 'eager', 'early', 'fair', 'fleet', 'frank', 'fresh', 'gentle', 'glad', 'grand',
  'hardy', 'keen', 'kind', 'lively', 'lucid', 'mellow', 'merry', 'neat', 'nimble', 'noble', 'plain', 'proud', 'quick', 'quiet', 'rapid', 'ready',
  'sharp', 'silent', 'smooth', 'solid', 'steady', 'stout', 'sunny', 'swift', 'tidy', 'trusty', 'vivid', 'warm', 'wise', 'witty', 'young',
];

const NOUNS = [
  'badger', 'beaver', 'bison', 'bobcat', 'calf', 'collie', 'condor', 'cougar', 'coyote', 'crane', 'deer', 'donkey', 'drover', 'eagle', 'egret', 'elk',
  'falcon', 'ferret', 'finch', 'fox', 'goat', 'goose', 'hare', 'hawk', 'heifer', 'heron', 'kelpie', 'lamb', 'llama', 'lynx', 'marten', 'mule',
  'mustang', 'otter', 'owl', 'ox', 'pony', 'puma', 'quail', 'ram', 'raven', 'robin', 'sparrow', 'stag', 'steer', 'stork', 'wren', 'yak',
];

/** One that is free, from random bytes; with a number when luck runs out. */
export function chooseName(random: (length: number) => Uint8Array, isFree: (name: string) => boolean): string {
  for (let attempt = 0; ; attempt += 1) {
    const [a, b, c, d] = random(4) as unknown as [number, number, number, number];
    const name = `${ADJECTIVES[a % ADJECTIVES.length]!}_${NOUNS[b % NOUNS.length]!}`;
    const numbered = attempt < 5 ? name : `${name}${c * 256 + d}`;
    if (isFree(numbered)) return numbered;
  }
}
