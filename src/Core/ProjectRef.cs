namespace TelemetryKit.Core;

/// <summary>A project together with the tenant that owns it.</summary>
/// <param name="TenantId">The owning tenant; usage and quota are its.</param>
/// <param name="ProjectId">The project; events, counters and settings are its.</param>
public readonly record struct ProjectRef(Guid TenantId, Guid ProjectId);
