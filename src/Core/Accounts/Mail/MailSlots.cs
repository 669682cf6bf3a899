namespace TelemetryKit.Core.Accounts.Mail;

/// <summary>
/// The running attempts of this process. An attempt occupies a slot for <see cref="Limits.SlowMail"/>, so that recipients with slow servers
/// don't delay other mail. After that it is slow and continues without a slot. If there are too many slow attempts, the longest-running one
/// is cancelled. While the mail server is unreachable, one attempt at a time checks whether it is available again.
/// </summary>
public sealed class MailSlots
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Attempt> _running = [];
    private TimeSpan _delay;
    private DateTimeOffset _closedUntil;

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
            var slots = _delay == TimeSpan.Zero ? Limits.MailsAtOnce : _closedUntil <= now ? 1 : 0;
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
            // If several attempts fail at the same time, only the first one counts.
            if (_delay == TimeSpan.Zero || _closedUntil <= now)
            {
                var longer = TimeSpan.FromTicks(Math.Min(_delay.Ticks * 2, Limits.UnreachableMailServer.Ticks));
                _delay = _delay == TimeSpan.Zero ? FirstDelay : longer;
                _closedUntil = now + _delay;
            }

            List<Guid> ended = [];
            EndSurplus(ended, _ => true, most: 0, now);
            return ended;
        }
    }

    /// <summary>Records that the mail server was reached.</summary>
    public void NoteReached()
    {
        lock (_lock)
            _delay = TimeSpan.Zero;
    }

    /// <summary>
    /// Records the start of an attempt. Returns the mails whose attempts must be cancelled for it: slow ones, the longest-running first.
    /// </summary>
    public IReadOnlyList<Guid> Begin(WaitingMail mail, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(mail);
        lock (_lock)
        {
            _running[mail.Id] = new(mail.To.RegisteredDomain, now);
            List<Guid> ended = [];
            EndSurplus(ended, attempt => attempt.Domain == mail.To.RegisteredDomain, Limits.MailsPerDomain, now);
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
