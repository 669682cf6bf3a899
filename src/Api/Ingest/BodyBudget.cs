using TelemetryKit.Core;

namespace TelemetryKit.Api.Ingest;

/// <summary>The bytes of request bodies that this process holds at once, as they came and decompressed together.</summary>
internal sealed class BodyBudget(long limit = Limits.BodiesBytes)
{
    private long _taken;

    /// <summary>Bytes held now.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Takes bytes from the budget; false where they don't fit, and then nothing was taken.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= limit)
            return true;
        Return(bytes);
        return false;
    }

    /// <summary>Gives bytes back.</summary>
    public void Return(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
