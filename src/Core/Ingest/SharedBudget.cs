using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TelemetryKit.Core.Ingest;

/// <summary>
/// A bound on bytes that are held for a short time, and that no single party can use up: once more than half of them are taken, a party
/// gets no more than its share (<see cref="Parties.ShareOf"/>). Until then there is enough for all.
/// </summary>
/// <param name="limit">The bytes.</param>
public sealed class SharedBudget(long limit)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Party, long> _takenBy = [];
    private long _taken;

    /// <summary>Bytes that are taken now.</summary>
    public long Taken
    {
        get
        {
            lock (_lock)
                return _taken;
        }
    }

    /// <summary>
    /// Takes bytes; or takes nothing and returns what is full. A request that alone holds all that its parties, or the process, hold may
    /// always take more.
    /// </summary>
    /// <param name="parties">Whose share is used.</param>
    /// <param name="bytes">Bytes wanted.</param>
    /// <param name="held">Bytes that the same request took before.</param>
    public PartyKind? TryTake(in Parties parties, long bytes, long held = 0)
    {
        if (bytes == 0)
            return null;
        Span<Party> buffer = stackalloc Party[Parties.Most];
        var all = parties.List(buffer);
        lock (_lock)
        {
            if (_taken + bytes > limit && _taken > held)
                return PartyKind.Process;
            if (_taken + bytes > limit / 2)
            {
                foreach (var party in all)
                {
                    var taken = _takenBy.GetValueOrDefault(party);
                    if (taken + bytes > Parties.ShareOf(party.Kind, limit) && taken > held)
                        return party.Kind;
                }
            }

            _taken += bytes;
            foreach (var party in all)
                CollectionsMarshal.GetValueRefOrAddDefault(_takenBy, party, out _) += bytes;
            return null;
        }
    }

    /// <summary>Gives back bytes that were taken for the same parties.</summary>
    public void Return(in Parties parties, long bytes)
    {
        if (bytes == 0)
            return;
        Span<Party> buffer = stackalloc Party[Parties.Most];
        var all = parties.List(buffer);
        lock (_lock)
        {
            _taken -= bytes;
            Debug.Assert(_taken >= 0, "More was given back than was taken.");
            foreach (var party in all)
            {
                ref var taken = ref CollectionsMarshal.GetValueRefOrNullRef(_takenBy, party);
                taken -= bytes;
                Debug.Assert(taken >= 0, "More was given back than was taken.");
                if (taken == 0)
                    _takenBy.Remove(party);
            }
        }
    }
}
