using System.Diagnostics;
using TelemetryKit.Core;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.Ingest;
using TelemetryKit.Core.RateLimits;

namespace TelemetryKit.Api.Http.Bodies;

/// <summary>
/// The memory that bodies hold while they arrive: bounded for the process, and within it for each tenant, key and source. If a body doesn't
/// fit, the slowest large ones of the party that is over its bound end first: those that only hold memory make room for those that use it.
/// </summary>
internal sealed class BodyBudget(SourceHasher sources, TelemetryKitMetrics metrics, TimeProvider time, long limit = Limits.BodiesBytes)
{
    private readonly Lock _lock = new();
    private readonly BodyShare _process = new(new(PartyKind.Process, default), limit);
    private readonly Dictionary<Party, BodyShare> _shares = [];

    /// <summary>Bytes that are held now.</summary>
    public long Taken
    {
        get
        {
            lock (_lock)
                return _process.Taken;
        }
    }

    /// <summary>Tenants, keys and sources with a body that holds or may hold memory now.</summary>
    public int PartyCount
    {
        get
        {
            lock (_lock)
                return _shares.Count;
        }
    }

    /// <summary>Begins the account of a body, which holds nothing yet.</summary>
    public BodyLease Open(BodyOwner owner) => new(this, owner.Parties(sources), time);

    /// <summary>Lets a body hold so many bytes in all. False if it has to end, or has ended.</summary>
    internal bool TryGrow(BodyLease lease, long bytes, bool isWhole)
    {
        var ended = new List<BodyLease>();
        bool fits;
        lock (_lock)
            fits = lease.IsArriving && TryGrow_NeedsLock(lease, bytes, isWhole, ended);
        // Outside of the lock, and on other threads: the caller has its own request to serve.
        foreach (var other in ended)
            other.WakeLater();
        return fits;
    }

    /// <summary>Ends a body that is still arriving.</summary>
    internal void End(BodyLease lease, BodyEnd end)
    {
        lock (_lock)
        {
            if (!lease.IsArriving)
                return;
            End_NeedsLock(lease, end);
        }

        lease.WakeLater();
    }

    /// <summary>Takes back what a body holds. Doing it again changes nothing.</summary>
    internal void Release(BodyLease lease)
    {
        lock (_lock)
            Release_NeedsLock(lease);
    }

    private bool TryGrow_NeedsLock(BodyLease lease, long bytes, bool isWhole, List<BodyLease> ended)
    {
        Join_NeedsLock(lease);
        lease.NoteArrived(bytes, isWhole);
        // A small body that is whole is parsed at once: refusing it would spare next to nothing.
        if (bytes > lease.Held && !(isWhole && bytes <= Limits.SmallBodyBytes))
        {
            foreach (var share in lease.Shares)
            {
                if (TryMakeRoom_NeedsLock(share, lease, bytes, ended))
                    continue;
                End_NeedsLock(lease, BodyEnd.Of(share.Party.Kind));
                return false;
            }
        }

        foreach (var share in lease.Shares)
            share.Grow(bytes - lease.Held);
        metrics.Bodies(bytes - lease.Held);
        lease.Held = bytes;
        return true;
    }

    private bool TryMakeRoom_NeedsLock(BodyShare share, BodyLease lease, long bytes, List<BodyLease> ended)
    {
        if (share.HasRoomFor(lease, bytes))
            return true;
        foreach (var slowest in share.SlowestFirst())
        {
            if (slowest == lease)
                return false;
            End_NeedsLock(slowest, BodyEnd.Of(share.Party.Kind));
            ended.Add(slowest);
            if (share.HasRoomFor(lease, bytes))
                return true;
        }

        return false;
    }

    private void Join_NeedsLock(BodyLease lease)
    {
        if (lease.Shares.Count > 0)
            return;
        Span<Party> buffer = stackalloc Party[Parties.Most];
        foreach (var party in lease.Parties.List(buffer))
        {
            if (!_shares.TryGetValue(party, out var share))
                _shares.Add(party, share = new(party, Parties.ShareOf(party.Kind, limit)));
            lease.Shares.Add(share);
        }

        lease.Shares.Add(_process);
        foreach (var share in lease.Shares)
            share.Add(lease);
    }

    private void End_NeedsLock(BodyLease lease, BodyEnd end)
    {
        lease.End = end;
        Release_NeedsLock(lease);
        metrics.Refused("arriving", end.Bound);
    }

    private void Release_NeedsLock(BodyLease lease)
    {
        lease.IsArriving = false;
        foreach (var share in lease.Shares)
        {
            share.Remove(lease);
            Debug.Assert(share.Taken >= 0, "More was given back than was taken.");
            if (share.IsUnused)
                _shares.Remove(share.Party);
        }

        lease.Shares.Clear();
        metrics.Bodies(-lease.Held);
        lease.Held = 0;
    }
}
