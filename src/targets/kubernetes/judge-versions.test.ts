import { expect, test } from 'vitest';
import { describeSkew, isOlder } from './judge-versions.ts';

test.each([
  ['1.31.2', '1.32.0', true],
  ['1.32.0', '1.32.0', false],
  ['v1.40.1', '1.32.0', false],
  ['0.99.0', '1.32.0', true],
  ['2.0.0', '1.32.0', false],
  ['1.9.0', '1.32.0', true],
  ['unknown', '1.32.0', false],
])('%s is older than %s: %s', (version, than, expected) => expect(isOlder(version, than)).toBe(expected));

test.each([
  ['1.36.3', '1.36.2', false],
  ['1.35.0', '1.36.2', false],
  ['1.37.0', '1.36.2', false],
  ['1.34.0', '1.36.2-eks-1', true],
  ['1.38.0', '1.36.2', true],
  ['unknown', '1.36.2', false],
])('kubectl %s with Kubernetes %s is out of support: %s', (client, server, expected) => expect(describeSkew(client, server) !== undefined).toBe(expected));
