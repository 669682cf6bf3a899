namespace TelemetryKit.Core.Rollups;

/// <summary>Too many calls wait for one project already. Nothing was done; the caller may try again.</summary>
public sealed class ProjectOverloadedException(string message) : Exception(message);
