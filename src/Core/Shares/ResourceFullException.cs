namespace TelemetryKit.Core.Shares;

/// <summary>Thrown if a resource, or a party's share of it, is used up. The request had no effect and can be repeated.</summary>
/// <param name="resource">The resource.</param>
/// <param name="full">The party whose share is used up.</param>
public sealed class ResourceFullException(ResourceShares resource, PartyKind full)
    : Exception($"The share of the {full.Code()} in {resource?.Stage} is used up.")
{
    /// <summary>The resource, as in <see cref="ResourceShares.Stage"/>.</summary>
    public string Stage { get; } = resource?.Stage ?? "";

    /// <summary>The party whose share is used up.</summary>
    public PartyKind Full { get; } = full;
}
