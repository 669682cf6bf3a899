using TelemetryKit.Core;
using TelemetryKit.Core.Shares;

namespace TelemetryKit.Api.Http.Bodies;

/// <summary>The memory that the bodies of one party hold. The budget's lock guards it.</summary>
internal sealed class BodyShare(Party party, long limit)
{
    private readonly HashSet<BodyLease> _arriving = [];
    private int _leases;

    /// <summary>The party.</summary>
    public Party Party { get; } = party;

    /// <summary>The bytes that are held.</summary>
    public long Taken { get; private set; }

    /// <summary>Whether it contains no body.</summary>
    public bool IsUnused => _leases == 0;

    /// <summary>Adds a body that holds no memory yet.</summary>
    public void Add(BodyLease lease)
    {
        _leases++;
        _arriving.Add(lease);
    }

    /// <summary>Removes a body, and the memory that it holds.</summary>
    public void Remove(BodyLease lease)
    {
        _leases--;
        _arriving.Remove(lease);
        Taken -= lease.Held;
    }

    /// <summary>Adds bytes that a body of the share holds.</summary>
    public void Grow(long bytes) => Taken += bytes;

    /// <summary>Marks a body as complete. It is about to be parsed, so it isn't ended to make room for others.</summary>
    public void NoteArrived(BodyLease lease) => _arriving.Remove(lease);

    /// <summary>
    /// Returns whether a body can hold <paramref name="bytes"/> in total. Always true if it is the only body that holds memory. Large
    /// bodies have a lower bound, which reserves a part of the share for small ones.
    /// </summary>
    public bool HasRoomFor(BodyLease lease, long bytes)
    {
        var taken = Taken - lease.Held + bytes;
        var bound = bytes > Limits.SmallBodyBytes ? limit - (limit / Limits.SmallBodiesPart) : limit;
        return taken <= bound || taken == bytes;
    }

    /// <summary>Returns the arriving bodies in the order in which they are ended: large before small, slow before fast.</summary>
    public IReadOnlyList<BodyLease> SlowestFirst()
    {
        var holding = _arriving.Where(lease => lease.Arrived > 0);
        return [.. holding.OrderBy(lease => lease.Arrived <= Limits.SmallBodyBytes).ThenBy(lease => lease.BytesPerSecond)];
    }
}
