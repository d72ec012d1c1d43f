import { timingSafeEqual } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { admit } from './guard.ts';

vi.mock('node:crypto', { spy: true });

const token = 'khVqVLOi34e_2pdkvOuZ3g';
const asked = { method: 'GET', target: `/${token}/events?x=1`, host: '127.0.0.1:4711', origin: undefined };

test('who knows the token reads what is below it', () => {
  expect(admit(asked, token)).toEqual({ path: 'events' });
  expect(admit({ ...asked, method: 'HEAD', target: `/${token}/` }, token)).toEqual({ path: '' });
  expect(admit({ ...asked, target: `/${token}/a/../b` }, token)).toEqual({ path: 'a/../b' });
});

test.each(['localhost:9000', 'LOCALHOST', '[::1]:4711', '127.0.0.1'])('this machine is known as %s', (host) => {
  expect(admit({ ...asked, host }, token)).toHaveProperty('path');
});

test.each([undefined, '', 'evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:4711', 'evil.example@127.0.0.1', '10.0.0.1:4711', '127.0.0.1:123456'])('the host %s is foreign', (host) => {
  expect(admit({ ...asked, host }, token)).toMatchObject({ status: 403 });
});

test.each(['http://evil.example', 'null', 'https://127.0.0.1:4711', 'http://127.0.0.1:4712'])('the origin %s is foreign', (origin) => {
  expect(admit({ ...asked, origin }, token)).toMatchObject({ status: 403 });
});

test('its own origin is not', () => {
  expect(admit({ ...asked, origin: 'http://127.0.0.1:4711' }, token)).toHaveProperty('path');
});

test.each(['/', '', '*', '/events', `/${token.slice(1)}/`, `/${token}x/`, `//${token}/`, `/x/${token}/`, `/?${token}`, `http://127.0.0.1/${token}/`])('%j holds no token', (target) => {
  expect(admit({ ...asked, target }, token)).toMatchObject({ status: 403 });
});

test('how much of a token is right is not told by time', () => {
  const wrong = `${token.slice(0, -1)}h`;
  expect(admit({ ...asked, target: `/${wrong}/` }, token)).toMatchObject({ status: 403 });
  expect(timingSafeEqual).toHaveBeenCalledExactlyOnceWith(Buffer.from(wrong), Buffer.from(token));
});

test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', ''])('%s does not read', (method) => {
  expect(admit({ ...asked, method }, token)).toMatchObject({ status: 405 });
});
