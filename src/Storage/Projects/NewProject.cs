namespace TelemetryKit.Storage.Projects;

/// <summary>What both databases put into new rows of tenants and projects.</summary>
internal static class NewProject
{
    /// <summary>Bytes of a project's secret: as long as the hash it keys.</summary>
    public const int SecretLength = 32;

    /// <summary>The name of the self-hosted server's own tenant.</summary>
    public const string DefaultTenantName = "default";

    /// <summary>Its id: always the same, so that processes that start together agree without asking. The version and variant bits are those of a UUIDv8.</summary>
    public static readonly Guid DefaultTenantId = new("00000000-0000-8000-8000-000000000001");
}
