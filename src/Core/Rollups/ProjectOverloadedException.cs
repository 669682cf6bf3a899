namespace TelemetryKit.Core.Rollups;

/// <summary>Thrown if too many calls wait for one project. The call had no effect and can be retried.</summary>
public sealed class ProjectOverloadedException(string message) : Exception(message);
