/** The lines that an author adds, by language. */
export interface Snippet {
  id: string
  title: string
  /** The command that adds the package, if there is one. */
  install?: string
  code: string
}

export function snippets(key: string, server: string): Snippet[] {
  return [
    {
      id: 'dotnet',
      title: 'C#',
      install: 'dotnet add package TelemetryKit',
      code: `await using var telemetry = TelemetryKitClient.Create(
    "my-cli", "${key}",
    options => options.Endpoint = new("${server}"));
using var command = telemetry.TrackCommand("build");`,
    },
    {
      id: 'shell',
      title: 'Shell',
      code: `curl -s ${server}/v1/events \\
  -H "Authorization: Bearer ${key}" -H "Content-Type: application/json" \\
  -d '{"events":[{"event_type":"command_executed","user_id":"me","success":true,"duration_ms":120,"metadata":{"command":"build"}}]}'`,
    },
    {
      id: 'http',
      title: 'HTTP',
      code: `POST /v1/events HTTP/1.1
Host: ${new URL(server).host}
Authorization: Bearer ${key}
Content-Type: application/json

{"events":[{"event_type":"command_executed","user_id":"me","success":true,"duration_ms":120,"metadata":{"command":"build"}}]}`,
    },
  ]
}
