using TelemetryKit.Api.Http.Problems;
using TelemetryKit.Core;
using TelemetryKit.Core.Shares;

namespace TelemetryKit.Api.Http.Bodies;

/// <summary>The reason why the reading of a body was stopped.</summary>
/// <param name="Bound">The bound that it exceeded, as a label of metrics.</param>
/// <param name="Problem">The response.</param>
internal sealed record BodyEnd(string Bound, Problem Problem)
{
    /// <summary>Too few bytes arrived within a window.</summary>
    public static readonly BodyEnd Stalled = new("rate", ProblemKind.RequestTimeout.AsProblem());

    /// <summary>The body took longer than <see cref="Limits.BodyTime"/>.</summary>
    public static readonly BodyEnd OutOfTime =
        new("time", ProblemKind.RequestTimeout.With($"The body took longer than {Limits.BodyTime.TotalSeconds:0} seconds to arrive."));

    private static readonly BodyEnd[] OfParties = [.. Enum.GetValues<PartyKind>().Select(kind => Full(kind, kind switch
    {
        PartyKind.Process => "Too many bodies are arriving at once.",
        PartyKind.Tenant => "Too many bodies are arriving at once for this tenant.",
        PartyKind.Key => "Too many bodies are arriving at once with this key.",
        _ => "Too many bodies are arriving at once from this source or its network.",
    }))];

    /// <summary>Returns the end of a body whose party, or the process, has no memory left.</summary>
    public static BodyEnd Of(PartyKind full) => OfParties[(int)full];

    private static BodyEnd Full(PartyKind kind, string reason) => new(kind.Code(), ProblemKind.Overloaded.With(reason + " Send it again."));
}
