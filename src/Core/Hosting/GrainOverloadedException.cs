namespace TelemetryKit.Core.Hosting;

/// <summary>Too many calls wait for one grain already. Nothing happened; the caller may come back.</summary>
public sealed class GrainOverloadedException(string message) : Exception(message);
