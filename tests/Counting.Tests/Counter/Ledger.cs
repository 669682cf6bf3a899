using System.Text.RegularExpressions;
using TelemetryKit.Counting.Tests.Histories;

namespace TelemetryKit.Counting.Tests.Counter;

/// <summary>What the protocol says about a batch: the numbers of the response.</summary>
/// <param name="Accepted">The number of stored events.</param>
/// <param name="Duplicates">The number of events that were stored before.</param>
/// <param name="Rejected">The codes of the refused events, in order.</param>
/// <param name="IsRefused">Whether the whole batch is refused because the quota is spent.</param>
internal sealed record Receipt(int Accepted, int Duplicates, IReadOnlyList<string> Rejected, bool IsRefused = false);

/// <summary>The events of a project, by the rules of the protocol.</summary>
internal sealed partial class Ledger
{
    private const int KeptDaysOfPlan = 730;
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(30);
    private static readonly TimeSpan Furthest = TimeSpan.FromMinutes(10);

    private readonly HashSet<string> _keys = [];
    private readonly Dictionary<(bool IsTest, string User), DateOnly> _firstDays = [];
    private readonly Dictionary<(int Year, int Month), long> _usage = [];
    private readonly Dictionary<bool, EventCounter> _counters = [];
    private List<Fact> _facts = [];
    private IReadOnlyDictionary<string, string> _aliases = new Dictionary<string, string>();

    /// <summary>The live events a month that are accepted; <c>null</c> if there is no limit.</summary>
    public long? Quota { get; set; }

    /// <summary>The days before today that the project keeps; <c>null</c> for those of the plan.</summary>
    public int? KeptDays { get; set; }

    /// <summary>The first day that the last purge kept. Installs that were new before it are not known.</summary>
    public DateOnly FirstKeptDay { get; private set; } = DateOnly.MinValue;

    public IReadOnlyDictionary<string, string> Aliases
    {
        get => _aliases;
        set
        {
            _aliases = value;
            _counters.Clear();
        }
    }

    /// <summary>Returns the counter of an environment.</summary>
    public EventCounter Counter(bool isTest)
    {
        if (_counters.TryGetValue(isTest, out var counter))
            return counter;
        var firstDays = _firstDays.Where(first => first.Key.IsTest == isTest).ToDictionary(first => first.Key.User, first => first.Value);
        return _counters[isTest] = new EventCounter(_facts.Where(fact => fact.IsTest == isTest), Aliases, firstDays);
    }

    /// <summary>Receives a batch.</summary>
    public Receipt Receive(SentBatch batch, DateTimeOffset now)
    {
        List<string> rejected = [];
        List<SentEvent> kept = [];
        HashSet<string> ids = [];
        var (duplicates, stored) = (0, 0);
        foreach (var sent in batch.Events)
        {
            if (FaultOf(sent, now) is { } code)
                rejected.Add(code);
            else if (sent.Id is not null && !ids.Add(sent.Id))
                duplicates++;
            else if (batch.Id is null && sent.Id is not null && _keys.Contains(sent.Id))
                stored++;
            else
                kept.Add(sent);
        }

        if (batch.Id is not null && _keys.Contains(batch.Id))
            return new(0, duplicates + kept.Count, rejected);
        var fitting = (int)Math.Min(kept.Count, QuotaLeft(batch, now));
        if (fitting == 0 && kept.Count > 0 && stored == 0)
            return new(0, 0, [], IsRefused: true);
        rejected.AddRange(Enumerable.Repeat("quota_exceeded", kept.Count - fitting));
        if (fitting > 0)
            Store(batch, kept[..fitting], now);
        return new(fitting, duplicates + stored, rejected);
    }

    /// <summary>Erases an install. Returns the number of its events.</summary>
    public int Erase(string user)
    {
        _firstDays.Remove((false, user));
        _firstDays.Remove((true, user));
        return Remove(fact => fact.User == user);
    }

    /// <summary>Empties the test environment.</summary>
    public void ResetTest()
    {
        foreach (var first in _firstDays.Keys.Where(first => first.IsTest).ToList())
            _firstDays.Remove(first);
        Remove(fact => fact.IsTest);
    }

    /// <summary>Deletes the days that are not kept. Installs are kept, so that none is new twice.</summary>
    public void Purge(DateOnly today)
    {
        var first = today.AddDays(-Math.Min(KeptDays ?? KeptDaysOfPlan, KeptDaysOfPlan));
        if (first > FirstKeptDay)
            FirstKeptDay = first;
        Remove(fact => fact.Day < first);
    }

    private static string? FaultOf(SentEvent sent, DateTimeOffset now)
    {
        if (!TypeName().IsMatch(sent.Type))
            return "invalid_type";
        var time = sent.At ?? now;
        return time < now - Oldest ? "too_old" : time > now + Furthest ? "in_the_future" : null;
    }

    private long QuotaLeft(SentBatch batch, DateTimeOffset now) =>
        Quota is { } quota && !batch.IsTest ? Math.Max(0, quota - _usage.GetValueOrDefault((now.Year, now.Month))) : long.MaxValue;

    private void Store(SentBatch batch, List<SentEvent> events, DateTimeOffset now)
    {
        _counters.Clear();
        if (batch.Id is not null)
            _keys.Add(batch.Id);
        if (!batch.IsTest)
            _usage[(now.Year, now.Month)] = _usage.GetValueOrDefault((now.Year, now.Month)) + events.Count;
        foreach (var sent in events)
        {
            if (batch.Id is null && sent.Id is not null)
                _keys.Add(sent.Id);
            var fact = Fact.Of(batch, sent, now);
            _facts.Add(fact);
            if (fact.User is null)
                continue;
            var install = (fact.IsTest, fact.User);
            if (!_firstDays.TryGetValue(install, out var first) || fact.Day < first)
                _firstDays[install] = fact.Day;
        }
    }

    private int Remove(Func<Fact, bool> removed)
    {
        var before = _facts.Count;
        _facts = _facts.Where(fact => !removed(fact)).ToList();
        _counters.Clear();
        return before - _facts.Count;
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_.:-]{0,63}$")]
    private static partial Regex TypeName();
}
