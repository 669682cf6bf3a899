namespace TelemetryKit.Api.Operations;

/// <summary>The body of a <c>/health</c> response with status 200.</summary>
/// <param name="Status">Always <c>ok</c>. Failures are returned as problems.</param>
internal sealed record HealthBody(string Status);
