using System.Text.Json.Serialization;

namespace TelemetryKit.Core.Stats;

/// <summary>How accurate an answer is.</summary>
/// <param name="Kind">The kind.</param>
public sealed record Accuracy(AccuracyKind Kind)
{
    /// <summary>Every number is exact, and every name is counted.</summary>
    public static readonly Accuracy Exact = new(AccuracyKind.Exact);

    /// <summary>
    /// The standard error of the distinct counts (installs and sessions) divided by the count; <c>null</c> if they are exact.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? RelativeError { get; init; }

    /// <summary>
    /// The most events that a value can have that isn't listed, or that a filter selects in addition; <c>null</c> if the answer isn't
    /// truncated.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? UnlistedMax { get; init; }

    /// <summary>Creates the accuracy of numbers.</summary>
    /// <param name="relativeError">See <see cref="RelativeError"/>; 0 if distinct counts are exact.</param>
    /// <param name="unlistedMax">See <see cref="UnlistedMax"/>; 0 if the answer isn't truncated.</param>
    internal static Accuracy Of(double relativeError, long unlistedMax)
    {
        if (relativeError == 0 && unlistedMax == 0)
            return Exact;
        return new(unlistedMax > 0 ? AccuracyKind.Truncated : AccuracyKind.Estimate)
        {
            RelativeError = relativeError > 0 ? relativeError : null,
            UnlistedMax = unlistedMax > 0 ? unlistedMax : null,
        };
    }

    /// <summary>Returns the accuracy of an answer with two parts.</summary>
    internal static Accuracy Worse(Accuracy one, Accuracy two) =>
        Of(Math.Max(one.RelativeError ?? 0, two.RelativeError ?? 0), Math.Max(one.UnlistedMax ?? 0, two.UnlistedMax ?? 0));
}

/// <summary>The kinds of accuracy.</summary>
public enum AccuracyKind
{
    /// <summary>Every number is exact.</summary>
    Exact,

    /// <summary>Distinct counts are estimates; all others are exact.</summary>
    Estimate,

    /// <summary>There were more names than the counters keep: some are missing, or their counts are intervals.</summary>
    Truncated,
}
