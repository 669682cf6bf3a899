using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;
using TelemetryKit.Core.Ingest;

namespace TelemetryKit.Api.Http.Bodies;

/// <summary>Why a body is read no further.</summary>
/// <param name="Bound">The bound it met, as metrics name it.</param>
/// <param name="Problem">The response.</param>
internal sealed record BodyEnd(string Bound, Problem Problem)
{
    /// <summary>It brought too little within a window.</summary>
    public static readonly BodyEnd Stalled = new("rate", ProblemKind.RequestTimeout.AsProblem());

    /// <summary>It took longer than a body may take.</summary>
    public static readonly BodyEnd OutOfTime =
        new("time", ProblemKind.RequestTimeout.With($"The body took longer than {Limits.BodyTime.TotalSeconds:0} seconds to arrive."));

    private static readonly BodyEnd ProcessFull = Full(PartyKind.Process, "Too many bodies are arriving at once.");
    private static readonly BodyEnd TenantFull = Full(PartyKind.Tenant, "Too many bodies are arriving at once for this tenant.");
    private static readonly BodyEnd KeyFull = Full(PartyKind.Key, "Too many bodies are arriving at once with this key.");
    private static readonly BodyEnd SourceFull = Full(PartyKind.Source, "Too many bodies are arriving at once from this source.");

    /// <summary>The memory of a party, or of the process, is needed by others.</summary>
    public static BodyEnd Of(PartyKind full) => full switch
    {
        PartyKind.Process => ProcessFull,
        PartyKind.Tenant => TenantFull,
        PartyKind.Key => KeyFull,
        PartyKind.Source => SourceFull,
        _ => throw new ArgumentOutOfRangeException(nameof(full), full, "is no party"),
    };

    private static BodyEnd Full(PartyKind kind, string reason) => new(kind.Code(), ProblemKind.Overloaded.With(reason + " Send it again."));
}
