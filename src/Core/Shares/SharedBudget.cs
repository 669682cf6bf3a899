using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TelemetryKit.Core.Shares;

/// <summary>
/// A resource that is held for a short time, and that no single party can use up: once more than
/// <see cref="ResourceShares.SharedFrom"/> is taken, a party gets no more than its share. Until then there is enough for all.
/// </summary>
/// <param name="shares">The bound and the shares.</param>
public sealed class SharedBudget(ResourceShares shares)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Party, long> _takenBy = [];
    private long _taken;

    /// <summary>The bound and the shares.</summary>
    public ResourceShares Resource => shares;

    /// <summary>What is taken now.</summary>
    public long Taken
    {
        get
        {
            lock (_lock)
                return _taken;
        }
    }

    /// <summary>
    /// Takes an amount; or takes nothing and returns what is full. A request that alone holds all that its parties, or the process, hold
    /// may always take more.
    /// </summary>
    /// <param name="parties">Whose share is used.</param>
    /// <param name="amount">The amount wanted: bytes, or 1 of what is counted.</param>
    /// <param name="held">What the same request took before.</param>
    public PartyKind? TryTake(in Parties parties, long amount, long held = 0)
    {
        if (amount == 0)
            return null;
        Span<Party> buffer = stackalloc Party[Parties.Most];
        var all = parties.List(buffer);
        lock (_lock)
        {
            if (_taken + amount > shares.Limit && _taken > held)
                return PartyKind.Process;
            if (_taken + amount > shares.SharedFrom)
            {
                foreach (var party in all)
                {
                    var taken = _takenBy.GetValueOrDefault(party);
                    if (taken + amount > shares.Of(party.Kind) && taken > held)
                        return party.Kind;
                }
            }

            _taken += amount;
            foreach (var party in all)
                CollectionsMarshal.GetValueRefOrAddDefault(_takenBy, party, out _) += amount;
            return null;
        }
    }

    /// <summary>Gives back what was taken for the same parties.</summary>
    public void Return(in Parties parties, long amount)
    {
        if (amount == 0)
            return;
        Span<Party> buffer = stackalloc Party[Parties.Most];
        var all = parties.List(buffer);
        lock (_lock)
        {
            _taken -= amount;
            Debug.Assert(_taken >= 0, "More was given back than was taken.");
            foreach (var party in all)
            {
                ref var taken = ref CollectionsMarshal.GetValueRefOrNullRef(_takenBy, party);
                taken -= amount;
                Debug.Assert(taken >= 0, "More was given back than was taken.");
                if (taken == 0)
                    _takenBy.Remove(party);
            }
        }
    }
}
