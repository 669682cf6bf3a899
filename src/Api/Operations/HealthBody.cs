namespace TelemetryKit.Api.Operations;

/// <summary>Body of a good answer of <c>/health</c>.</summary>
/// <param name="Status">Always <c>ok</c>; anything else is a problem.</param>
internal sealed record HealthBody(string Status);
