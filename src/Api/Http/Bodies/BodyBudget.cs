using System.Diagnostics;
using TelemetryKit.Core;
using TelemetryKit.Core.Diagnostics;
using TelemetryKit.Core.RateLimits;
using TelemetryKit.Core.Shares;

namespace TelemetryKit.Api.Http.Bodies;

/// <summary>
/// Bounds the memory of bodies while they arrive: for the process, and within it for each tenant, key and source (the parties). If a body
/// doesn't fit, the bodies of the party that exceeds its bound are ended, large before small and slow before fast.
/// </summary>
internal sealed class BodyBudget(SourceHasher sources, TelemetryKitMetrics metrics, TimeProvider time, long limit = Limits.BodiesBytes)
{
    private readonly Lock _lock = new();
    private readonly ResourceShares _resource = Resources.Bodies(limit);
    private readonly BodyShare _process = new(new(PartyKind.Process, default), limit);
    private readonly Dictionary<Party, BodyShare> _shares = [];

    /// <summary>The bytes that are held now.</summary>
    public long Taken
    {
        get
        {
            lock (_lock)
                return _process.Taken;
        }
    }

    /// <summary>The number of tenants, keys and sources with at least one body in the budget.</summary>
    public int PartyCount
    {
        get
        {
            lock (_lock)
                return _shares.Count;
        }
    }

    /// <summary>Creates the lease of a body. It holds no memory yet.</summary>
    public BodyLease Open(BodyOwner owner) => new(this, owner.Parties(sources), time);

    /// <summary>Grows a body to <paramref name="bytes"/> in total. Returns false if the body has ended, or ends because of this.</summary>
    internal bool TryGrow(BodyLease lease, long bytes, bool isWhole)
    {
        var ended = new List<BodyLease>();
        bool fits;
        lock (_lock)
            fits = lease.IsArriving && TryGrow_NeedsLock(lease, bytes, isWhole, ended);
        // Outside the lock and on other threads, because the caller has to process its own request.
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

    /// <summary>Releases the memory of a body. Idempotent.</summary>
    internal void Release(BodyLease lease)
    {
        lock (_lock)
            Release_NeedsLock(lease);
    }

    private bool TryGrow_NeedsLock(BodyLease lease, long bytes, bool isWhole, List<BodyLease> ended)
    {
        Debug.Assert(_lock.IsHeldByCurrentThread, "The budget's lock guards its leases and shares.");
        Join_NeedsLock(lease);
        lease.NoteArrived(bytes, isWhole);
        // A complete small body is parsed at once, so refusing it would save almost no memory.
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
                _shares.Add(party, share = new(party, _resource.Of(party.Kind)));
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
        metrics.Refused(_resource.Stage, end.Bound);
    }

    private void Release_NeedsLock(BodyLease lease)
    {
        lease.IsArriving = false;
        foreach (var share in lease.Shares)
        {
            share.Remove(lease);
            Debug.Assert(share.Taken >= 0, "More memory was released than was reserved.");
            if (share.IsUnused)
                _shares.Remove(share.Party);
        }

        lease.Shares.Clear();
        metrics.Bodies(-lease.Held);
        lease.Held = 0;
    }
}
