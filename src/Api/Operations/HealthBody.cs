namespace TelemetryKit.Api.Operations;

/// <summary>Body of a response of <c>/health</c> with status 200.</summary>
/// <param name="Status">Always <c>ok</c>; anything else is a problem.</param>
internal sealed record HealthBody(string Status);
