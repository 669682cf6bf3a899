namespace TelemetryKit.Storage.Projects;

/// <summary>Constants of new rows of tenants and projects, for both databases.</summary>
internal static class NewProject
{
    /// <summary>The length of a project's secret in bytes, which is that of the hash for which it is the key.</summary>
    public const int SecretLength = 32;

    /// <summary>The name of the self-hosted server's tenant.</summary>
    public const string DefaultTenantName = "default";

    /// <summary>
    /// The id of that tenant, a UUIDv8. It is constant, so that processes that start concurrently create the same tenant.
    /// </summary>
    public static readonly Guid DefaultTenantId = new("00000000-0000-8000-8000-000000000001");
}
