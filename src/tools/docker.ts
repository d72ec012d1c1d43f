/** An image that the engine has. */
export interface DockerImage {
  readonly id: string;
  readonly bytes: number;
}

/** The docker client and the engine that it reaches. Methods throw EnvironmentError `PRICECTL_E_TOOL_MISSING` without docker, `PRICECTL_E_DOCKER_DOWN` without an engine, ToolError when a command fails. */
export interface Docker {
  /** Version of the engine; undefined when docker isn't installed or no engine answers. */
  engineVersion(signal: AbortSignal): Promise<string | undefined>;
  /** Undefined when the engine doesn't have it. */
  inspectImage(image: string, signal: AbortSignal): Promise<DockerImage | undefined>;
  /** Builds a folder with its Dockerfile; `onLine` gets what docker says. */
  build(options: DockerBuild): Promise<void>;
  push(image: string, onLine: (line: string) => void, signal: AbortSignal): Promise<void>;
}

/** One build. */
export interface DockerBuild {
  readonly folder: string;
  readonly image: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
  readonly signal: AbortSignal;
}
