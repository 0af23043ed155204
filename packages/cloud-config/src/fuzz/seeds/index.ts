// What the fuzzer begins with, and each input that once found a fault: a file and a line here.

import compose from './compose.txt';
import include from './include.txt';
import kernelLine from './kernel-line.txt';
import mistakes from './mistakes.yml';
import multipart from './multipart.txt';
import styles from './styles.yml';
import usual from './usual.yml';

export const SEEDS: Readonly<Record<string, string>> = { compose, include, 'kernel line': kernelLine, mistakes, multipart, styles, usual };
