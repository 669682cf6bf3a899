namespace TelemetryKit.Core.RateLimits;

/// <summary>
/// Limits the attempts of each source: a burst, and then one attempt per interval. A network has a bound of its own
/// (<see cref="SourceNetworks"/>). A source that isn't known is never limited.
/// </summary>
/// <param name="burst">The maximum number of attempts at once of one address.</param>
/// <param name="interval">The time in which one attempt of an address is restored.</param>
/// <param name="time">The clock.</param>
public sealed class SourceThrottle(int burst, TimeSpan interval, TimeProvider time)
{
    private readonly Throttle<long>[] _bySize =
    [
        .. Enum.GetValues<NetworkSize>().Select(size => new Throttle<long>(
            burst * SourceNetworks.Factor(size), interval / SourceNetworks.Factor(size), time)),
    ];

    /// <summary>
    /// Takes one attempt. Returns <c>null</c>, or the refusal if the source or one of its networks has none left; then none is taken.
    /// </summary>
    /// <param name="source">The source.</param>
    /// <param name="attempts">How many attempts it counts as, at most the burst.</param>
    public RateRefusal? TryTake(in SourceNetworks source, int attempts = 1)
    {
        for (var size = NetworkSize.Address; size <= NetworkSize.Network; size++)
        {
            if (source.Of(size) is not (not 0 and var network) || _bySize[(int)size].TryTake(network, out var wait, attempts))
                continue;
            for (var taken = NetworkSize.Address; taken < size; taken++)
                GiveBack(in source, taken, attempts);
            return new(size.Code(), wait);
        }

        return null;
    }

    /// <summary>Gives one attempt back.</summary>
    public void GiveBack(in SourceNetworks source)
    {
        for (var size = NetworkSize.Address; size <= NetworkSize.Network; size++)
            GiveBack(in source, size, 1);
    }

    private void GiveBack(in SourceNetworks source, NetworkSize size, int attempts)
    {
        if (source.Of(size) is not 0 and var network)
            _bySize[(int)size].GiveBack(network, attempts);
    }
}
