namespace TelemetryKit.Hosting;

/// <summary>Leaves a controller, an action or a minimal API's handler out of what <c>UseTelemetryKit</c> records.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class ExcludeFromTelemetryAttribute : Attribute;
