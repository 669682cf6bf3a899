namespace TelemetryKit.Core;

/// <summary>A project and the tenant that owns it.</summary>
/// <param name="TenantId">The tenant, which usage and quota belong to.</param>
/// <param name="ProjectId">The project, which events, counters and settings belong to.</param>
public readonly record struct ProjectRef(Guid TenantId, Guid ProjectId);
