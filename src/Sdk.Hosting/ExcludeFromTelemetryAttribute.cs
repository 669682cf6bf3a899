namespace TelemetryKit.Hosting;

/// <summary>Excludes a controller, an action or the handler of a minimal API from what <c>UseTelemetryKit</c> records.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class ExcludeFromTelemetryAttribute : Attribute;
