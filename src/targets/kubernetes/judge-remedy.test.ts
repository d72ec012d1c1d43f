import { expect, test } from 'vitest';
import { commandFor, type RemedyContext } from './judge-remedy.ts';
import type { Remedy } from './judge-trouble.ts';

const minikube: RemedyContext = {
  identity: { target: 'minikube', context: 'pricectl', namespace: 'pricectl', name: 'price-api' },
  pod: 'price-api-1',
  memoryLimit: '128Mi',
  prices: 'prices.txt',
  previousLog: false,
};
const kube: RemedyContext = {
  ...minikube,
  identity: { target: 'kube', context: 'arn:aws:eks:eu:1:cluster/a b', namespace: 'shop', name: 'prices' },
  memoryLimit: undefined,
  prices: undefined,
  previousLog: true,
};

test.each<[Remedy, string, string]>([
  ['describe-pod', 'kubectl --context pricectl --namespace pricectl describe pod price-api-1', "kubectl --context 'arn:aws:eks:eu:1:cluster/a b' --namespace shop describe pod price-api-1"],
  ['describe-deployment', 'kubectl --context pricectl --namespace pricectl describe deployment price-api', "kubectl --context 'arn:aws:eks:eu:1:cluster/a b' --namespace shop describe deployment prices"],
  [
    'read-log',
    'kubectl --context pricectl --namespace pricectl logs price-api-1 --container api',
    "kubectl --context 'arn:aws:eks:eu:1:cluster/a b' --namespace shop logs price-api-1 --container api --previous",
  ],
  ['check-prices', 'pricectl prices check prices.txt', "kubectl --context 'arn:aws:eks:eu:1:cluster/a b' --namespace shop logs price-api-1 --container api --previous"],
  ['more-memory', 'pricectl up --target minikube --memory-limit 256Mi', "pricectl up --target kube --context 'arn:aws:eks:eu:1:cluster/a b' --namespace shop --name prices --memory-limit 128Mi"],
  ['describe-nodes', 'kubectl --context pricectl describe nodes', "kubectl --context 'arn:aws:eks:eu:1:cluster/a b' describe nodes"],
])('%s can be pasted', (remedy, forMinikube, forKube) => {
  expect([commandFor(remedy, minikube), commandFor(remedy, kube)]).toEqual([forMinikube, forKube]);
});
