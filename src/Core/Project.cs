namespace TelemetryKit.Core;

/// <summary>The properties of a project that ingest and statistics use.</summary>
/// <param name="Ref">The project and its tenant.</param>
/// <param name="Name">The name of the project.</param>
/// <param name="Secret">32 random bytes: the key for hashing the project's users and sessions. Never leaves the server.</param>
/// <param name="MonthlyQuota">
/// Live events of the tenant that are accepted in one UTC calendar month; <c>null</c> if there is no limit.
/// </param>
/// <param name="MetadataAllowList">The only metadata keys that are stored; <c>null</c> if all keys are stored.</param>
public sealed record Project(ProjectRef Ref, string Name, byte[] Secret, long? MonthlyQuota, IReadOnlySet<string>? MetadataAllowList)
{
    /// <summary>Test events of the tenant that are accepted in one UTC calendar month; <c>null</c> if there is no limit.</summary>
    public long? MonthlyTestQuota { get; init; }

    /// <summary>
    /// Live events above <see cref="MonthlyQuota"/> that are accepted in one UTC calendar month and billed; <c>null</c> if none are.
    /// </summary>
    public long? OverageEvents { get; init; }

    /// <summary>The rate limits of the project's keys; <c>null</c> if there are none (self-hosted).</summary>
    public IngestRates? Rates { get; init; }

    /// <summary>Whether events are refused, because the plan of the tenant allows fewer projects.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>
    /// Increases if data of installs was deleted. Counters that were cached before are not used for a caller that has seen it.
    /// </summary>
    public long Generation { get; init; }

    /// <summary>Renamed subjects: events that were counted under the key are reported under the value.</summary>
    public IReadOnlyDictionary<string, string> Aliases { get; init; } = NoAliases;

    /// <summary>Returns the monthly quota of an environment, or <c>null</c> if there is no limit.</summary>
    public long? QuotaOf(DataEnvironment environment) => environment == DataEnvironment.Live ? MonthlyQuota : MonthlyTestQuota;

    /// <summary>Returns the limits of an environment: the monthly quota and, for live events, those above it.</summary>
    public MonthLimits LimitsOf(DataEnvironment environment) =>
        new(QuotaOf(environment), environment == DataEnvironment.Live ? OverageEvents : null);

    private static IReadOnlyDictionary<string, string> NoAliases { get; } = new Dictionary<string, string>();
}
