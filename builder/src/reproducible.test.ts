import { deepEqual, test } from '@drover/testing';
import { differingProducts } from './reproducible.ts';

const line = (digit: string, name: string): string => `${digit.repeat(64)}  ${name}\n`;

test('differing, missing and additional products are told by name', () => {
  const one = line('a', 'drover.iso') + line('b', 'ros') + line('c', 'vmlinuz');
  deepEqual(differingProducts(one, one), []);
  deepEqual(differingProducts(one, line('a', 'drover.iso') + line('d', 'ros') + line('e', 'initrd')), ['initrd', 'ros', 'vmlinuz']);
});
