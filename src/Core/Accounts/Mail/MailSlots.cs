namespace TelemetryKit.Core.Accounts.Mail;

/// <summary>
/// The attempts of this process that are under way. An attempt has a quick slot for <see cref="Limits.SlowMail"/> and gives it up then, so
/// that recipients whose servers hang keep no other mail waiting. Slow attempts go on beside the quick ones until too many do, and then the
/// longest-running one must end. While the mail server is unreachable, one attempt at a time checks whether it is back.
/// </summary>
public sealed class MailSlots
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Attempt> _running = [];
    private TimeSpan _pause;
    private DateTimeOffset _closedUntil;

    /// <summary>Attempts that are under way.</summary>
    public int Running
    {
        get
        {
            lock (_lock)
                return _running.Count;
        }
    }

    /// <summary>Attempts that may begin now.</summary>
    public int Free(DateTimeOffset now)
    {
        lock (_lock)
        {
            var slots = _pause == TimeSpan.Zero ? Limits.MailsAtOnce : _closedUntil <= now ? 1 : 0;
            return Math.Max(0, slots - _running.Values.Count(attempt => !attempt.IsSlow(now)));
        }
    }

    /// <summary>
    /// Notes that the mail server could not be reached: no attempt begins for a pause that grows to
    /// <see cref="Limits.UnreachableMailServer"/>. Returns the mails whose attempts must end: slow ones, because it may be their
    /// connections that are too many for the server.
    /// </summary>
    public IReadOnlyList<Guid> NoteUnreachable(DateTimeOffset now)
    {
        lock (_lock)
        {
            // Of attempts that failed together, one counts.
            if (_pause == TimeSpan.Zero || _closedUntil <= now)
            {
                var longer = TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, Limits.UnreachableMailServer.Ticks));
                _pause = _pause == TimeSpan.Zero ? FirstPause : longer;
                _closedUntil = now + _pause;
            }

            List<Guid> ended = [];
            EndSurplus(ended, _ => true, most: 0, now);
            return ended;
        }
    }

    /// <summary>Notes that the mail server was reached.</summary>
    public void NoteReached()
    {
        lock (_lock)
            _pause = TimeSpan.Zero;
    }

    /// <summary>
    /// Notes that an attempt begins. Returns the mails whose attempts must end to make room for it: slow ones, the longest-running first.
    /// </summary>
    public IReadOnlyList<Guid> Begin(WaitingMail mail, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(mail);
        lock (_lock)
        {
            _running[mail.Id] = new(mail.To.Domain, now);
            List<Guid> ended = [];
            EndSurplus(ended, attempt => attempt.Domain == mail.To.Domain, Limits.MailsPerDomain, now);
            EndSurplus(ended, _ => true, Limits.MailsAtOnce, now);
            return ended;
        }
    }

    /// <summary>Notes that an attempt is over.</summary>
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
