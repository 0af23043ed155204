// Header fields of an HTTP message: names without regard to case, order kept, repeated names allowed.

export class HttpHeaders {
  private readonly fields: (readonly [string, string])[];

  constructor(fields: readonly (readonly [string, string])[] = []) {
    this.fields = [...fields];
  }

  static of(values: Readonly<Record<string, string>>): HttpHeaders {
    return new HttpHeaders(Object.entries(values));
  }

  /** The first value. */
  get(name: string): string | undefined {
    const wanted = name.toLowerCase();
    return this.fields.find(([one]) => one.toLowerCase() === wanted)?.[1];
  }

  /** All values, a comma separating them, as RFC 9110 lets lists be joined. */
  getList(name: string): string[] {
    const wanted = name.toLowerCase();
    const values = this.fields.filter(([one]) => one.toLowerCase() === wanted).flatMap(([, value]) => value.split(','));
    return values.map((value) => value.trim()).filter((value) => value !== '');
  }

  /** Whether a list field has this word, in any case. */
  hasWord(name: string, word: string): boolean {
    return this.getList(name).some((one) => one.toLowerCase() === word.toLowerCase());
  }

  entries(): readonly (readonly [string, string])[] {
    return this.fields;
  }

  render(): string {
    return this.fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  }
}
