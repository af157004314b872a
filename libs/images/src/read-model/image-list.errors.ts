export class MarkerNotFound extends Error {
  readonly code = 'MarkerNotFound';
  constructor(readonly marker: string) {
    super(`Marker ${marker} could not be found.`);
  }
}
