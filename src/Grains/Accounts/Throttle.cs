using System.Collections.Concurrent;

namespace TelemetryKit.Grains.Accounts;

/// <summary>
/// Lets each subject try so many times at once and then once an interval. In memory and bounded; only hashes or ids belong in
/// <typeparamref name="TSubject"/>, because nothing here needs to know who it is.
/// </summary>
/// <param name="burst">Tries that a subject has when it is new, and saves up at most.</param>
/// <param name="interval">Time in which one try comes back.</param>
/// <param name="time">The clock.</param>
public sealed class Throttle<TSubject>(int burst, TimeSpan interval, TimeProvider time)
    where TSubject : notnull
{
    private readonly ConcurrentDictionary<TSubject, long> _paidUpTo = new();

    /// <summary>
    /// Takes one try. Where none is left, answers <c>false</c> and when the next one comes. Taken before the work is done, so
    /// that tries at the same moment count too.
    /// </summary>
    public bool TryTake(TSubject subject, out TimeSpan retryAfter)
    {
        // The generic cell rate algorithm: one number a subject, the time up to which its tries are paid for.
        var now = time.GetUtcNow().UtcTicks;
        while (true)
        {
            var known = _paidUpTo.TryGetValue(subject, out var paidUpTo);
            var next = Math.Max(known ? paidUpTo : now, now) + interval.Ticks;
            var over = next - now - (burst * interval.Ticks);
            if (over > 0)
            {
                retryAfter = new TimeSpan(over);
                return false;
            }

            if (known ? _paidUpTo.TryUpdate(subject, next, paidUpTo) : _paidUpTo.TryAdd(subject, next))
                break;
        }

        ForgetSomeWhenFull(now);
        retryAfter = TimeSpan.Zero;
        return true;
    }

    /// <summary>Gives a subject all its tries back: it has proved who it is.</summary>
    public void Forgive(TSubject subject) => _paidUpTo.TryRemove(subject, out _);

    private void ForgetSomeWhenFull(long now)
    {
        if (_paidUpTo.Count <= Limits.ThrottledSubjects)
            return;
        // First those who have all their tries anyway; only where an attack brings more than that, the oldest half.
        foreach (var (subject, paidUpTo) in _paidUpTo)
        {
            if (paidUpTo <= now)
                _paidUpTo.TryRemove(new(subject, paidUpTo));
        }

        if (_paidUpTo.Count <= Limits.ThrottledSubjects)
            return;
        foreach (var entry in _paidUpTo.OrderBy(entry => entry.Value).Take(Limits.ThrottledSubjects / 2))
            _paidUpTo.TryRemove(entry);
    }
}
