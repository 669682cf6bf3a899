using TelemetryKit.Core;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Ingest;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Api.Http.Bodies;

/// <summary>The memory of bodies that have been decompressed and are being parsed.</summary>
internal sealed class UnpackedBudget(SourceHasher sources, TelemetryKitMetrics metrics, long limit = Limits.UnpackedBytes)
{
    private readonly SharedBudget _budget = new(limit);

    /// <summary>Bytes that are held now.</summary>
    public long Taken => _budget.Taken;

    /// <summary>Begins the account of a body, which holds nothing yet.</summary>
    public UnpackedLease Open(BodyOwner owner) => new(_budget, metrics, owner.Parties(sources));
}

/// <summary>What one decompressed body holds, until disposed.</summary>
internal sealed class UnpackedLease(SharedBudget budget, TelemetryKitMetrics metrics, Parties parties) : IDisposable
{
    private long _held;

    /// <summary>Lets the body hold so many bytes in all. False if they don't fit; then it holds what it held.</summary>
    public bool TryGrow(long bytes)
    {
        if (budget.TryTake(parties, bytes - _held, _held) is { } full)
        {
            metrics.Refused("unpacked", full.Code());
            return false;
        }

        _held = bytes;
        return true;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        budget.Return(parties, _held);
        _held = 0;
    }
}
