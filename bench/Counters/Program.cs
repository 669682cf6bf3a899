using System.Diagnostics;
using System.Globalization;
using TelemetryKit.Bench.Counters;
using TelemetryKit.Core;
using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Events;
using TelemetryKit.Core.Rollups;
using TelemetryKit.Core.Stats;
using TelemetryKit.Core.Stats.Overview;
using TelemetryKit.Core.Stats.Series;
using TelemetryKit.Core.Stats.Top;
using TelemetryKit.Core.Stats.Users;
using TelemetryKit.Core.Storage;

// Measures the cost of counters: building, writing, reading and merging deltas, and computing answers from a year of days. Each line is
// the best of several rounds, to exclude other load on the machine. An argument selects the lines that contain it.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var isSelected = true;
Console.WriteLine($"{"",-58}{"time",12}{"allocated",14}");

(int Events, int Subjects, int Machines)[] deltas =
    [(1, 1, 1), (100, 10, 1), (100, 10, 100), (1_000, 10, 10), (1_000, 100, 10), (5_000, 100, 50)];
foreach (var (events, subjects, machines) in deltas)
{
    var workload = new Workload(1);
    var batch = new EventBatch();
    for (var i = 0; i < machines; i++)
        workload.AddMachine(batch, events / machines, subjects);
    var name = $"{events} events, {subjects} subjects, {machines} machines";

    Measure($"count {name}: an event", events, () =>
    {
        var rollup = new Rollup();
        rollup.Add(batch, 0, batch.Count);
        return rollup.Events;
    });
    Measure($"  the same, added one by one", events, () =>
    {
        var rollup = new Rollup();
        for (var i = 0; i < batch.Count; i++)
            rollup.Add(batch, i, i + 1);
        return rollup.Events;
    });
    var delta = new Rollup();
    delta.Add(batch, 0, batch.Count);
    var bytes = delta.Serialize();
    Measure($"  write it: {bytes.Length:N0} bytes", 1, () => delta.Serialize().Length);
    Measure("  read it", 1, () => Rollup.Read(bytes).Events);
    var day = Day(0, machinesADay: 2_000);
    Measure($"  merge it into a day of {day.Events:N0} events", 1, () =>
    {
        day.MergeFrom(delta);
        return day.Events;
    });
}

var year = new Dictionary<DateOnly, Rollup>();
var first = new DateOnly(2026, 11, 20);
long size = 0, memory = 0;
for (var i = 0; i < 365; i++)
{
    var bytes = Day(i, machinesADay: 400).Serialize();
    var read = Rollup.Read(bytes);
    size += bytes.Length;
    memory += read.EstimatedBytes;
    year.Add(first.AddDays(i), read);
}

var one = year[first].Serialize();
Console.WriteLine(
    $"\na year of days, each of {year[first].Events:N0} events of {year[first].Events / 10} machines and 50 subjects: " +
    $"{size / 365:N0} bytes a day stored, {memory / 365:N0} in memory");
Measure("read a day", 1, () => Rollup.Read(one).Events);
Measure("write a day", 1, () => year[first].Serialize().Length);
Measure("merge a year of days into one rollup: a day", 365, () =>
{
    var sum = new Rollup();
    foreach (var day in year.Values)
        sum.MergeFrom(day);
    return sum.Events;
});
MeasureQuestions("a year", year, 365, installs: 100_000);

// A project with 10 million events in 90 days, with fewer and more installs than are counted exactly.
foreach (var installs in new[] { 50_000, 100_000 })
{
    var days = new Dictionary<DateOnly, Rollup>();
    for (var i = 0; i < 90; i++)
        days.Add(first.AddDays(i), Rollup.Read(Day(i, machinesADay: 11_111, installs).Serialize()));
    Console.WriteLine($"\n90 days with {days.Values.Sum(day => day.Events):N0} events of {installs:N0} installs");
    MeasureQuestions("90 days", days, 90, installs);
}

// Each question: without a view, to an unchanged view, to a view into which an event of today was merged since the last answer, and to
// a view that has to replace today's rollup.
void MeasureQuestions(string name, Dictionary<DateOnly, Rollup> days, int count, int installs)
{
    var query = new StatsQuery(DataEnvironment.Live, first, first.AddDays(count - 1));
    var time = new ManualTime();
    var store = new DaysStore(days.ToDictionary(day => day.Key, day => day.Value.Serialize()));
    var view = new ProjectView(Guid.Empty, store, time);
    var random = new Workload(7);
    MeasureQuestion("overview", new OverviewQuestion(query), answer => answer.Current.Events);
    foreach (var by in new[] { "command", "event", "version", "os", "meta.target" })
        MeasureTop($"top 20 by {by}", query, by);

    MeasureTop("top 20 by command, one version", query with { Version = "1.1.0" }, "command");
    MeasureTop("top 20 by os, one command", query with { Subject = "command-3" }, "os");
    MeasureQuestion("series by day", new SeriesQuestion(query, SeriesInterval.Day), answer => answer.Points.Count);
    MeasureQuestion("series by week", new SeriesQuestion(query, SeriesInterval.Week), answer => answer.Points.Count);
    MeasureQuestion("series by hour", new SeriesQuestion(query, SeriesInterval.Hour), answer => answer.Points.Count);
    MeasureQuestion("users", new UsersQuestion(query), answer => answer.Monthly);

    Rollup Delta()
    {
        var batch = new EventBatch();
        random.AddMachine(batch, 1, 50, installs, count - 1);
        var delta = new Rollup();
        delta.Add(batch, 0, 1);
        return delta;
    }

    void MeasureTop(string question, StatsQuery asked, string by)
    {
        if (!Dimension.TryParse(by, out var dimension))
            throw new ArgumentException("The value is not a dimension.", nameof(by));
        MeasureQuestion(question, new TopQuestion(asked, dimension, 20), answer => answer.Total);
    }

    void MeasureQuestion<TAnswer>(string question, StatsQuestion<TAnswer> asked, Func<TAnswer, long?> result)
    {
        Measure($"{question} of {name}", 1, () => result(asked.Compute(RollupSet.OfDays(asked, days))) ?? 0);
        Measure("  the same view", 1, () => result(view.AskAsync(asked, default).GetAwaiter().GetResult()) ?? 0);
        Measure("  after a commit", 1, () =>
        {
            var data = Delta().Serialize();
            var delta = new RollupDelta(Guid.NewGuid(), Guid.Empty, DataEnvironment.Live, first.AddDays(count - 1), data);
            view.MergeAsync([delta]).GetAwaiter().GetResult();
            return result(view.AskAsync(asked, default).GetAwaiter().GetResult()) ?? 0;
        });
        Measure("  after a fold, with the fold", 1, () =>
        {
            store.Fold(first.AddDays(count - 1), Delta());
            time.Now += TimeSpan.FromSeconds(2);
            return result(view.AskAsync(asked, default).GetAwaiter().GetResult()) ?? 0;
        });
    }
}

static Rollup Day(int day, int machinesADay, int installs = 100_000)
{
    var workload = new Workload(day);
    var rollup = new Rollup();
    var batch = new EventBatch();
    for (var i = 0; i < machinesADay; i++)
    {
        batch.Clear();
        workload.AddMachine(batch, 10, 50, installs, day);
        rollup.Add(batch, 0, batch.Count);
    }

    return rollup;
}

void Measure(string name, int divisor, Func<long> work)
{
    // An indented line belongs to the one before it.
    if (!name.StartsWith(' '))
        isSelected = args.Length == 0 || name.Contains(args[0], StringComparison.Ordinal);
    if (!isSelected)
        return;

    // Long enough that tiered compilation is complete before the measurement.
    var warm = Stopwatch.StartNew();
    long sink = 0;
    var times = 0;
    for (; (warm.ElapsedMilliseconds < 500 || times < 40) && warm.ElapsedMilliseconds < 3_000; times++)
        sink += work();

    // Processor time instead of elapsed time, and the best of many rounds: the cost without other load.
    var rounds = Math.Max(1, (int)(times / warm.Elapsed.TotalMilliseconds * 5));
    var best = double.MaxValue;
    long allocated = 0;
    var left = Stopwatch.StartNew();
    for (var round = 0; round < 5 || left.ElapsedMilliseconds < 1_000; round++)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var start = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < rounds; i++)
            sink += work();
        best = Math.Min(best, (Environment.CpuUsage.TotalTime - start).TotalNanoseconds / rounds);
        allocated = (GC.GetAllocatedBytesForCurrentThread() - before) / rounds;
    }

    GC.KeepAlive(sink);
    var ns = best / divisor;
    var time = ns < 10_000 ? $"{ns:N0} ns" : ns < 10_000_000 ? $"{ns / 1_000:N1} µs" : $"{ns / 1_000_000:N1} ms";
    Console.WriteLine($"{name,-58}{time,12}{allocated / divisor,12:N0} B");
}
