import type { ScalingRules } from '../autoscale/behavior.ts';
import type { ClusterSettings, ServiceSettings } from './target.ts';
import type { JsonReader } from './read-json.ts';

/** Settings out of JSON that another version of us, or anybody, may have written. Throws TypeError naming the field at fault. */
export function readSettings(json: JsonReader): ServiceSettings {
  const behavior = json.field('behavior');
  return {
    prices: json.field('prices').text(),
    min: json.field('min').number(1),
    max: json.field('max').number(1),
    cpuTarget: json.field('cpuTarget').number(1),
    cpuRequestMillicores: json.field('cpuRequestMillicores').number(1),
    port: json.field('port').number(),
    syncPeriodMs: json.field('syncPeriodMs').number(1),
    metricResolutionMs: json.field('metricResolutionMs').number(1),
    behavior: { scaleUp: readRules(behavior.field('scaleUp')), scaleDown: readRules(behavior.field('scaleDown')) },
    cluster: json.field('cluster').isNull() ? null : readClusterSettings(json.field('cluster')),
  };
}

function readClusterSettings(json: JsonReader): ClusterSettings {
  return {
    cpuLimitMillicores: json.field('cpuLimitMillicores').number(1),
    memoryLimitBytes: json.field('memoryLimitBytes').numberOrNull(1),
    serviceType: json.field('serviceType').oneOf('ClusterIP', 'NodePort', 'LoadBalancer'),
    image: json.field('image').textOrNull(),
    registry: json.field('registry').textOrNull(),
    baseImage: json.field('baseImage').text(),
    cpus: json.field('cpus').numberOrNull(1),
    memory: json.field('memory').textOrNull(),
  };
}

function readRules(json: JsonReader): ScalingRules {
  return {
    stabilizationWindowMs: json.field('stabilizationWindowMs').number(),
    selectPolicy: json.field('selectPolicy').oneOf('Max', 'Min', 'Disabled'),
    policies: json
      .field('policies')
      .items()
      .map((policy) => ({
        type: policy.field('type').oneOf('Pods', 'Percent'),
        value: policy.field('value').number(),
        periodMs: policy.field('periodMs').number(1),
      })),
    tolerance: json.field('tolerance').number(),
  };
}
