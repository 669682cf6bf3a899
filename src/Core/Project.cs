namespace TelemetryKit.Core;

/// <summary>What ingest and statistics need to know of a project.</summary>
/// <param name="Ref">The project and its tenant.</param>
/// <param name="Name">The name its author gave it.</param>
/// <param name="Secret">32 random bytes that key the hashes of this project's users and sessions; never leaves the server.</param>
/// <param name="MonthlyQuota">Live events its tenant may have accepted in one UTC calendar month; <c>null</c> where there is no limit.</param>
/// <param name="MetadataAllowList">The only metadata keys that are stored; <c>null</c> where all are.</param>
public sealed record Project(ProjectRef Ref, string Name, byte[] Secret, long? MonthlyQuota, IReadOnlySet<string>? MetadataAllowList)
{
    /// <summary>Events of the test environment that its tenant may have accepted in one UTC calendar month; <c>null</c> where there is no limit.</summary>
    public long? MonthlyTestQuota { get; init; }

    /// <summary>How fast its keys may send; <c>null</c> where nothing is limited (self-hosted).</summary>
    public IngestRates? Rates { get; init; }

    /// <summary>Subjects that were renamed: what counted under the key is shown under the value.</summary>
    public IReadOnlyDictionary<string, string> Aliases { get; init; } = NoAliases;

    /// <summary>The quota that an environment's events count against.</summary>
    public long? QuotaOf(DataEnvironment environment) => environment == DataEnvironment.Live ? MonthlyQuota : MonthlyTestQuota;

    private static IReadOnlyDictionary<string, string> NoAliases { get; } = new Dictionary<string, string>();
}
