using System.Globalization;
using System.Text.Json;

namespace TelemetryKit.Counting.Tests.Questions;

/// <summary>A figure of an answer that is not what the oracle counted.</summary>
/// <param name="Figure">The statistic and the figure, without values: <c>Overview.installs</c>.</param>
/// <param name="Place">Where in the answer: a value, a point, or a day.</param>
/// <param name="Expected">What the oracle counted.</param>
/// <param name="Actual">What the answer has.</param>
public sealed record Mismatch(string Figure, string Place, string Expected, string Actual)
{
    public override string ToString() => $"{Figure}{(Place.Length == 0 ? "" : $" [{Place}]")}: expected {Expected}, actual {Actual}";
}

/// <summary>Compares figures and collects the wrong ones.</summary>
internal sealed class Comparison(string statistic, Accuracy accuracy)
{
    // A rate has four decimals.
    private const double RateError = 0.00005 + 1e-9;
    private const double DurationError = 0.01 + 1e-9;
    // About a microsecond. What is shorter may be 0.
    private const double ShortestMs = 33.0 / 32_768;
    private const double LongestMs = 365d * 24 * 60 * 60 * 1000;

    private readonly List<Mismatch> _mismatches = [];

    public IReadOnlyList<Mismatch> Mismatches => _mismatches;

    public Accuracy Accuracy => accuracy;

    /// <summary>An exact number.</summary>
    public void Exact(string figure, string place, long expected, long? actual) =>
        Check(actual == expected, figure, place, Text(expected), Text(actual));

    /// <summary>An exact text.</summary>
    public void Exact(string figure, string place, string? expected, string? actual) =>
        Check(actual == expected, figure, place, expected ?? "null", actual ?? "null");

    /// <summary>
    /// A number that is exact unless the answer is truncated: then it is unknown or the lower end of an interval, whose upper end is
    /// <paramref name="above"/> more.
    /// </summary>
    public void Number(string figure, string place, long expected, long? actual, long above = 0)
    {
        var isRight = accuracy.IsTruncated
            ? actual is null || (actual <= expected && expected <= actual + above)
            : actual == expected;
        Check(isRight, figure, place, Text(expected), above == 0 ? Text(actual) : $"{Text(actual)} to {Text(actual + above)}");
    }

    /// <summary>A distinct count: exact, or within four standard errors if the answer is an estimate.</summary>
    public void Distinct(string figure, string place, long expected, long? actual, long above = 0, bool mayBeUnknown = false)
    {
        var tolerance = accuracy.Tolerance(expected);
        var isRight = actual is null
            ? mayBeUnknown || accuracy.IsTruncated
            : actual - tolerance <= expected && expected <= actual + above + tolerance;
        Check(isRight, figure, place, Text(expected), Text(actual));
    }

    /// <summary>New installs: exact, but never more than an estimate of the installs.</summary>
    public void New(string figure, string place, long expected, long? actual, long? installs) =>
        Exact(figure, place, accuracy.RelativeError > 0 && installs < expected ? installs.Value : expected, actual);

    /// <summary>The second of a time, or null.</summary>
    public void Time(string figure, string place, DateTimeOffset? expected, JsonElement actual) => Exact(
        figure, place, expected?.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        actual.ValueKind == JsonValueKind.Null
            ? null
            : actual.GetDateTimeOffset().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));

    /// <summary>A rate with four decimals.</summary>
    public void Rate(string figure, string place, double? expected, double? actual)
    {
        if (actual is null && accuracy.IsTruncated)
            return;
        var isRight = expected is null ? actual is null : actual is not null && Math.Abs(actual.Value - expected.Value) <= RateError;
        Check(isRight, figure, place, Text(expected), Text(actual));
    }

    /// <summary>A duration within 1 %. 0 is 0, and shorter ones than a microsecond may be as long as that.</summary>
    public void Duration(string figure, string place, double? expected, double? actual, bool mayBeUnknown)
    {
        if (actual is null && (mayBeUnknown || accuracy.IsTruncated))
            return;
        var isRight = expected switch
        {
            null => actual is null,
            0 => actual == 0,
            < ShortestMs => actual is >= 0 and <= ShortestMs * (1 + DurationError),
            { } known => actual is not null
                && Math.Abs(actual.Value - Math.Min(known, LongestMs)) <= Math.Min(known, LongestMs) * DurationError,
        };
        Check(isRight, figure, place, Text(expected), Text(actual));
    }

    public void Check(bool isRight, string figure, string place, string expected, string actual)
    {
        if (!isRight)
            _mismatches.Add(new($"{statistic}.{figure}", place, expected, actual));
    }

    private static string Text(IFormattable? number) => number?.ToString(null, CultureInfo.InvariantCulture) ?? "null";
}
