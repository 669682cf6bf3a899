using TelemetryKit.Counting.Tests.Questions;

namespace TelemetryKit.Counting.Tests.Histories;

/// <summary>
/// Generates the history of a seed. Each history omits most kinds of events and operations (swarm testing), so that some are long with
/// few kinds and combinations occur that a mixture of everything would hide.
/// </summary>
internal sealed class HistoryGenerator
{
    private const int Checkpoints = 4;
    private const int QuestionsPerCheckpoint = 60;
    private static readonly Traits[] Rare = [Traits.ManySubjects, Traits.ManyVersions, Traits.ManyInstalls];

    private readonly Chooser _choose;
    private readonly int _seed;
    private readonly Traits _traits;
    private readonly NamePools _names;
    private readonly EventGenerator _events;
    private readonly List<Operation> _operations = [];
    private readonly List<SentBatch> _sent = [];
    private readonly QuestionGenerator _questions;
    private DateTimeOffset _now;
    private string _lastChange = "";

    private HistoryGenerator(int seed)
    {
        _seed = seed;
        _choose = new Chooser(seed);
        foreach (var trait in Enum.GetValues<Traits>())
        {
            if (_choose.Percent(Rare.Contains(trait) ? 3 : 40))
                _traits |= trait;
        }

        _names = NamePools.Of(_choose, _traits);
        _events = new EventGenerator(_choose, _traits, _names);
        _now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(_choose.Below(4 * 365)).AddMinutes(_choose.Below(24 * 60));
        _questions = new QuestionGenerator(_choose, _names, DateOnly.FromDateTime(_now.UtcDateTime));
    }

    /// <summary>Returns the history of a seed.</summary>
    public static History Generate(int seed) => new HistoryGenerator(seed).Generate();

    private History Generate()
    {
        var (stages, longest) = _choose.Below(100) switch
        {
            < 40 => (_choose.Between(4, 10), TimeSpan.FromHours(14)),
            < 75 => (_choose.Between(4, 10), TimeSpan.FromDays(5)),
            < 95 => (_choose.Between(5, 9), TimeSpan.FromDays(40)),
            _ => (_choose.Between(20, 26), TimeSpan.FromDays(30)),
        };
        for (var stage = 0; stage < stages; stage++)
        {
            Send(longest);
            for (var changes = _choose.Between(0, 3); changes > 0; changes--)
                Change();
            Advance(longest);
            if ((stage + 1) * Checkpoints / stages > stage * Checkpoints / stages)
                Check();
        }

        return new($"seed {_seed}", _operations);
    }

    private void Send(TimeSpan longest)
    {
        var batches = _choose.Between(1, Has(Rare) ? 4 : 6);
        for (var i = 0; i < batches; i++)
        {
            if (Has(Traits.Duplicates) && _sent.Count > 0 && _choose.Percent(20))
            {
                // Recent ones: a key is kept for longer than an event may be old.
                Add(new Send(_now, _sent[^_choose.Between(1, Math.Min(_sent.Count, 4))]));
                continue;
            }

            var batch = _events.Batch(_now, longest);
            _sent.Add(batch);
            Add(new Send(_now, batch));
            if (_choose.Percent(50))
                _now += _choose.UpTo(TimeSpan.FromMinutes(20));
        }
    }

    private void Change()
    {
        Operation? operation = _choose.Below(9) switch
        {
            0 when Has(Traits.Compactions) => new Compaction(_now += TimeSpan.FromMinutes(2), _choose.Between(1, 2)),
            1 when Has(Traits.Compactions) => new Compaction(_now += TimeSpan.FromMinutes(61), 5),
            2 when Has(Traits.Erasures) => new EraseInstall(_now, _choose.Skewed(_names.Users)),
            3 when Has(Traits.Resets) => new ResetTest(_now),
            4 when Has(Traits.Aliases) => new SetAliases(_now, Aliases()),
            5 when Has(Traits.Retention) => new SetRetention(_now, _choose.Percent(20) ? null : _choose.Between(1, 90)),
            6 when Has(Traits.Retention) => new Purge(_now),
            7 when Has(Traits.Quotas) => new SetQuota(_now, _choose.Percent(30) ? null : _choose.Between(1, 400)),
            8 when Has(Traits.Restarts) && _choose.Percent(10) => new Restart(_now),
            _ => null,
        };
        if (operation is null)
            return;
        Add(operation);
        _lastChange = operation.GetType().Name;
        // A cached project is at most four seconds old.
        if (operation is SetAliases or SetQuota)
            _now += TimeSpan.FromSeconds(5);
    }

    private Dictionary<string, string> Aliases()
    {
        Dictionary<string, string> aliases = [];
        for (var i = _choose.Between(0, 3); i > 0; i--)
        {
            var (from, to) = (_choose.Skewed(_names.Subjects), _choose.Skewed(_names.Subjects));
            // The name of no value can't be renamed.
            if (from != "(none)" && to != "(none)" && from != to && !aliases.ContainsKey(to) && !aliases.ContainsValue(from))
                aliases[from] = to;
        }

        return aliases;
    }

    private void Advance(TimeSpan longest)
    {
        _now += _choose.Below(5) switch
        {
            0 => TimeSpan.FromSeconds(_choose.Between(2, 600)),
            1 => UntilMidnight() - TimeSpan.FromMilliseconds(1),
            2 => UntilMidnight() + TimeSpan.FromMilliseconds(_choose.Below(2)),
            3 => _choose.UpTo(longest),
            _ => longest,
        };
    }

    private TimeSpan UntilMidnight() => TimeSpan.FromDays(1) - _now.TimeOfDay;

    private void Check()
    {
        // Views are at most a second old.
        _now += TimeSpan.FromSeconds(2);
        for (var i = 0; i < QuestionsPerCheckpoint; i++)
            Add(new Ask(_now, _questions.Next(DateOnly.FromDateTime(_now.UtcDateTime), _lastChange)));
    }

    private void Add(Operation operation) =>
        _operations.Add(operation with { OnReplica = Has(Traits.Replicas) && _choose.Percent(50) });

    private bool Has(params ReadOnlySpan<Traits> any)
    {
        foreach (var trait in any)
        {
            if (_traits.HasFlag(trait))
                return true;
        }

        return false;
    }
}
