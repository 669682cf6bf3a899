using TelemetryKit.Core.Accounts;

namespace TelemetryKit.Api.Projects;

/// <summary>A project.</summary>
/// <param name="Id">The id of the project.</param>
/// <param name="TenantId">The tenant of the project.</param>
/// <param name="Name">The name of the project.</param>
/// <param name="CreatedAt">When the project was created.</param>
/// <param name="Suspended">Whether events are refused, because the tenant has more projects than its plan allows.</param>
/// <param name="Settings">The settings of the project.</param>
internal sealed record ProjectBody(
    Guid Id, Guid TenantId, string Name, DateTimeOffset CreatedAt, bool Suspended, SettingsBody Settings)
{
    /// <summary>Creates the body from a stored project.</summary>
    public static ProjectBody Of(ProjectInfo project) => new(
        project.Id, project.TenantId, project.Name, project.CreatedAt, project.IsSuspended,
        new(project.Settings.KeptDays, project.Settings.MetadataAllowList, project.Settings.Aliases));
}

/// <summary>The projects of a tenant.</summary>
/// <param name="Projects">The projects, ordered by name.</param>
internal sealed record ProjectsBody(IReadOnlyList<ProjectBody> Projects);

/// <summary>The settings of a project. An update replaces all of them.</summary>
/// <param name="KeptDays">Days for which data is kept; null for the maximum of the plan.</param>
/// <param name="MetadataAllowList">The metadata keys that are stored; null to store all.</param>
/// <param name="Aliases">
/// Renamed commands, features, methods and components: a map from the old name to the new name, under which both are shown. (none) can't be
/// renamed.
/// </param>
internal sealed record SettingsBody(
    int? KeptDays = null, IReadOnlyList<string>? MetadataAllowList = null, IReadOnlyDictionary<string, string>? Aliases = null);
