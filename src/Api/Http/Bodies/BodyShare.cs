using TelemetryKit.Core;
using TelemetryKit.Core.Ingest;

namespace TelemetryKit.Api.Http.Bodies;

/// <summary>What the bodies of one party hold. The budget's lock guards it.</summary>
internal sealed class BodyShare(Party party, long limit)
{
    private readonly HashSet<BodyLease> _arriving = [];
    private int _leases;

    /// <summary>Whose share it is.</summary>
    public Party Party { get; } = party;

    /// <summary>Bytes that are held.</summary>
    public long Taken { get; private set; }

    /// <summary>Whether no body is left in it.</summary>
    public bool IsUnused => _leases == 0;

    /// <summary>Adds a body that holds nothing yet.</summary>
    public void Add(BodyLease lease)
    {
        _leases++;
        _arriving.Add(lease);
    }

    /// <summary>Removes a body with all that it holds.</summary>
    public void Remove(BodyLease lease)
    {
        _leases--;
        _arriving.Remove(lease);
        Taken -= lease.Held;
    }

    /// <summary>Adds to what a body holds.</summary>
    public void Grow(long bytes) => Taken += bytes;

    /// <summary>Notes that a body has arrived: it is about to be parsed, and need not make room for others.</summary>
    public void NoteArrived(BodyLease lease) => _arriving.Remove(lease);

    /// <summary>Whether a body may hold so many bytes. A body that is alone always may.</summary>
    public bool HasRoomFor(BodyLease lease, long bytes)
    {
        var taken = Taken - lease.Held + bytes;
        var bound = bytes > Limits.SmallBodyBytes ? limit - (limit / Limits.SmallBodiesPart) : limit;
        return taken <= bound || taken == bytes;
    }

    /// <summary>The bodies that are arriving, in the order in which they make room: large before small, slow before fast.</summary>
    public IReadOnlyList<BodyLease> SlowestFirst()
    {
        var holding = _arriving.Where(lease => lease.Arrived > 0);
        return [.. holding.OrderBy(lease => lease.Arrived <= Limits.SmallBodyBytes).ThenBy(lease => lease.BytesPerSecond)];
    }
}
