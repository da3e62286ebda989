/** What this build is. */
export interface About {
  name: string;
  version: string;
}

export interface Commands {
  about: { input: null; output: About };
}

// eslint-disable-next-line @typescript-eslint/no-empty-object-type
export interface Events {}
