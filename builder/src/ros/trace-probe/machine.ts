// The part that fails. Its lines are looked up by their comments.

function descend(levels: number, reason: string): number {
  if (levels === 0) throw new Error(reason); // here it fails
  return descend(levels - 1, reason) + 1; // called from here
}

export class Machine {
  async start(reason: string): Promise<void> {
    const levels = await Promise.resolve([1]);
    levels.forEach((level) => { // the loop
      descend(level, reason); // the callback
    });
  }
}
