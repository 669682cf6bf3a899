using System.Security.Cryptography;
using System.Text;

namespace TelemetryKit.Core.Sharing;

/// <summary>
/// Coarsens the numbers of a public page, so that none of them, and no difference of two of them, is about fewer than ten installs.
/// </summary>
/// <remarks>
/// A number of installs is published as a multiple of ten. Where a number moves on to the next multiple depends on the project's secret and
/// on what is counted. Otherwise a stranger could send events as installs of their own until a number moves, and compute how many there
/// were before. Numbers of events have two significant digits.
/// </remarks>
/// <param name="secret">The project's secret.</param>
public sealed class PublishedNumbers(byte[] secret)
{
    /// <summary>The smallest number of installs that is published, and the step between published numbers.</summary>
    public const int Floor = 10;

    /// <summary>Returns the published number of installs; <c>null</c> if they are too few.</summary>
    /// <param name="installs">The number; <c>null</c> if it isn't known.</param>
    /// <param name="cut">What is counted, such as <c>command:build</c>. The same cut is always rounded in the same way.</param>
    public long? Installs(long? installs, string cut)
    {
        if (installs is not { } number || number - OffsetOf(cut) is not (>= Floor and var rest))
            return null;
        return rest - rest % Floor;
    }

    /// <summary>Returns a number of events, rounded down to two significant digits.</summary>
    public static long Events(long events)
    {
        var step = 1L;
        while (events / step >= 100)
            step *= 10;
        return events - events % step;
    }

    // From 0 to 9. The hash is far larger than the range, so all are equally likely.
    private int OffsetOf(string cut)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes("telemetrykit:published:" + cut), hash);
        return (int)(BitConverter.ToUInt32(hash) % Floor);
    }
}
