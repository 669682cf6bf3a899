namespace TelemetryKit.Core.Accounts.Mail;

/// <summary>
/// The running attempts of this process. An attempt occupies a slot for <see cref="Limits.SlowMail"/>, so that recipients with slow servers
/// don't delay other mail. After that it is slow and continues without a slot. If there are too many slow attempts, the longest-running one
/// is cancelled. A mail server that refuses connections gets as few as it accepted. While the mail server is unreachable,
/// one attempt at a time checks whether it is available again.
/// </summary>
public sealed class MailSlots
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Attempt> _running = [];
    private TimeSpan _delay;
    private DateTimeOffset _closedUntil;
    private int _accepted = Limits.MailsAtOnce;
    private int _refusals;
    private DateTimeOffset _busyAt;
    private DateTimeOffset _reachedAt;

    /// <summary>The number of running attempts.</summary>
    public int Running
    {
        get
        {
            lock (_lock)
                return _running.Count;
        }
    }

    /// <summary>Returns the number of attempts that may start now.</summary>
    public int Free(DateTimeOffset now)
    {
        lock (_lock)
        {
            var slots = _delay == TimeSpan.Zero ? Connections(now) : _closedUntil <= now ? 1 : 0;
            return Math.Max(0, slots - _running.Values.Count(attempt => !attempt.IsSlow(now)));
        }
    }

    /// <summary>
    /// Records that the mail server could not be reached. No attempt starts for a delay that grows up to
    /// <see cref="Limits.UnreachableMailServer"/>. Returns the mails whose attempts must be cancelled: the slow ones, because the server
    /// may have refused the connection due to theirs.
    /// </summary>
    public IReadOnlyList<Guid> NoteUnreachable(DateTimeOffset now)
    {
        lock (_lock)
        {
            Close(now);
            List<Guid> ended = [];
            EndSurplus(ended, _ => true, most: 0, now);
            return ended;
        }
    }

    /// <summary>
    /// Records that the mail server refused the connection of an attempt, because it has too many. From now on it gets as many as it
    /// accepted, and one more after each <see cref="Limits.BusyMailServer"/>. Returns <c>false</c> if it accepts none, so that it counts as
    /// unreachable.
    /// </summary>
    /// <param name="mailId">The mail of the attempt, which is still recorded as running.</param>
    /// <param name="now">Now.</param>
    /// <param name="ended">The mails whose attempts must be cancelled: the slow ones, because they hold connections.</param>
    public bool NoteBusy(Guid mailId, DateTimeOffset now, out IReadOnlyList<Guid> ended)
    {
        lock (_lock)
        {
            List<Guid> slow = [];
            EndSurplus(slow, _ => true, most: 0, now);
            ended = slow;
            _refusals++;
            var others = _running.Keys.Count(other => other != mailId);
            // The mail server may not have noticed the end of a connection yet, so one that was reached lately is tried again.
            if (others == 0 && slow.Count == 0 && (now - _reachedAt > Limits.SlowMail || _refusals >= Limits.MailsAtOnce))
            {
                _accepted = Limits.MailsAtOnce;
                Close(now);
                return false;
            }

            _accepted = Math.Clamp(others, 1, Connections(now));
            _busyAt = now;
            return true;
        }
    }

    /// <summary>Records that the mail server was reached.</summary>
    public void NoteReached(DateTimeOffset now)
    {
        lock (_lock)
            (_delay, _refusals, _reachedAt) = (TimeSpan.Zero, 0, now);
    }

    /// <summary>
    /// Records the start of an attempt. Returns the mails whose attempts must be cancelled for it: slow ones, the longest-running first.
    /// </summary>
    public IReadOnlyList<Guid> Begin(WaitingMail mail, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(mail);
        lock (_lock)
        {
            var domain = mail.To.RegisteredDomain;
            _running[mail.Id] = new(domain, now);
            List<Guid> ended = [];
            var isAlone = _running.Values.All(attempt => attempt.Domain == domain);
            EndSurplus(
                ended, attempt => attempt.Domain == domain, isAlone ? Limits.MailsPerLoneDomain : Limits.MailsPerDomain, now);
            EndSurplus(ended, _ => true, Limits.MailsAtOnce, now);
            return ended;
        }
    }

    /// <summary>Records the end of an attempt.</summary>
    public void End(Guid mailId)
    {
        lock (_lock)
            _running.Remove(mailId);
    }

    private int Connections(DateTimeOffset now) =>
        (int)Math.Min(Limits.MailsAtOnce, _accepted + Math.Max(0, (now - _busyAt) / Limits.BusyMailServer));

    private void Close(DateTimeOffset now)
    {
        // If several attempts fail at the same time, only the first one counts.
        if (_delay != TimeSpan.Zero && _closedUntil > now)
            return;
        var longer = TimeSpan.FromTicks(Math.Min(_delay.Ticks * 2, Limits.UnreachableMailServer.Ticks));
        _delay = _delay == TimeSpan.Zero ? FirstDelay : longer;
        _closedUntil = now + _delay;
    }

    private void EndSurplus(List<Guid> ended, Func<Attempt, bool> which, int most, DateTimeOffset now)
    {
        var slow = _running.Where(one => which(one.Value) && one.Value.IsSlow(now))
            .OrderBy(one => one.Value.Since).Select(one => one.Key).ToArray();
        foreach (var mailId in slow.Take(Math.Max(0, slow.Length - most)))
        {
            _running.Remove(mailId);
            ended.Add(mailId);
        }
    }

    private readonly record struct Attempt(string Domain, DateTimeOffset Since)
    {
        public bool IsSlow(DateTimeOffset now) => now - Since >= Limits.SlowMail;
    }
}
