import { expect, test } from 'vitest';
import { UsageError } from '../../tools/errors.ts';
import { parseServiceUrl } from './service-url.ts';

test('takes a URL apart', () => {
  expect(parseServiceUrl('http://127.0.0.1:8080')).toEqual({
    isSecure: false, hostname: '127.0.0.1', port: 8080, host: '127.0.0.1:8080', origin: 'http://127.0.0.1:8080', basePath: '',
  });
  expect(parseServiceUrl('https://prices.example/api/')).toEqual({
    isSecure: true, hostname: 'prices.example', port: 443, host: 'prices.example', origin: 'https://prices.example', basePath: '/api',
  });
  expect(parseServiceUrl('http://[::1]/')).toMatchObject({ hostname: '::1', port: 80, host: '[::1]', basePath: '' });
});

test.each(['', 'prices', 'localhost:8080', 'ftp://a/', 'http://', 'http://a:99999/', 'http://user@a/', 'http://:secret@a/', 'http://a/?x=1', 'http://a/#x'])(
  'refuses %j',
  (url) => {
    expect(() => parseServiceUrl(url)).toThrow(UsageError);
  },
);
