using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Api.Projects;

/// <summary>A project.</summary>
/// <param name="Id">Its id.</param>
/// <param name="TenantId">Whose it is.</param>
/// <param name="Name">Its name.</param>
/// <param name="CreatedAt">Since when it is there.</param>
/// <param name="Settings">What is set.</param>
internal sealed record ProjectBody(Guid Id, Guid TenantId, string Name, DateTimeOffset CreatedAt, SettingsBody Settings)
{
    /// <summary>From the store.</summary>
    public static ProjectBody Of(ProjectInfo project) => new(
        project.Id, project.TenantId, project.Name, project.CreatedAt,
        new(project.Settings.KeptDays, project.Settings.MetadataAllowList, project.Settings.Aliases));
}

/// <summary>The projects of a tenant.</summary>
/// <param name="Projects">By name.</param>
internal sealed record ProjectsBody(IReadOnlyList<ProjectBody> Projects);

/// <summary>The settings of a project, all of them.</summary>
/// <param name="KeptDays">Days its data is kept; null for as long as the plan allows.</param>
/// <param name="MetadataAllowList">The only metadata keys that are stored; null where all are.</param>
/// <param name="Aliases">Commands, features, methods and components that were renamed: from the old name to the new one, under which both are shown.</param>
internal sealed record SettingsBody(int? KeptDays = null, IReadOnlyList<string>? MetadataAllowList = null, IReadOnlyDictionary<string, string>? Aliases = null);
