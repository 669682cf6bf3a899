using System.Text.Json;

namespace TelemetryKit.Counting.Tests.Questions;

/// <summary>How accurate an answer says it is. An answer that says nothing is exact.</summary>
/// <param name="IsTruncated">Whether names past a bound are in <c>other</c>.</param>
/// <param name="UnlistedMax">The most events of a name that is not listed, if the answer is truncated.</param>
/// <param name="RelativeError">One standard error of distinct counts; 0 if they are exact.</param>
internal sealed record Accuracy(bool IsTruncated, long UnlistedMax, double RelativeError)
{
    private const int Sigmas = 4;

    public static Accuracy Of(JsonElement answer)
    {
        if (!answer.TryGetProperty("accuracy", out var stated))
            return new(false, 0, 0);
        var kind = stated.GetProperty("kind").GetString();
        var error = stated.TryGetProperty("relative_error", out var relative) && relative.ValueKind == JsonValueKind.Number
            ? relative.GetDouble()
            : 0;
        return kind switch
        {
            "exact" => new(false, 0, 0),
            "estimate" => new(false, 0, error),
            "truncated" => new(true, stated.GetProperty("unlisted_max").GetInt64(), error),
            _ => throw new InvalidOperationException($"The answer has the accuracy {kind}."),
        };
    }

    /// <summary>The largest error of a distinct count whose true value is <paramref name="truth"/>: four standard errors.</summary>
    public long Tolerance(long truth) => RelativeError == 0 ? 0 : (long)Math.Ceiling(Sigmas * RelativeError * truth);
}
