using TelemetryKit.Core;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.RateLimits;
using TelemetryKit.Core.Shares;

namespace TelemetryKit.Api.Http.Bodies;

/// <summary>Bounds the memory of decompressed bodies while they are parsed.</summary>
internal sealed class UnpackedBudget(SourceHasher sources, TelemetryKitMetrics metrics, long limit = Limits.UnpackedBytes)
{
    private readonly SharedBudget _budget = new(Resources.Unpacked(limit));

    /// <summary>The bytes that are held now.</summary>
    public long Taken => _budget.Taken;

    /// <summary>Creates the lease of a body. It holds no memory yet.</summary>
    public UnpackedLease Open(BodyOwner owner) => new(_budget, metrics, owner.Parties(sources));
}

/// <summary>The memory that one decompressed body holds until this object is disposed.</summary>
internal sealed class UnpackedLease(SharedBudget budget, TelemetryKitMetrics metrics, Parties parties) : IDisposable
{
    private long _held;

    /// <summary>Grows the body to <paramref name="bytes"/> in total. Returns false, without a change, if they don't fit.</summary>
    public bool TryGrow(long bytes)
    {
        if (budget.TryTake(parties, bytes - _held, _held) is { } full)
        {
            metrics.Refused(budget.Resource.Stage, full.Code());
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
