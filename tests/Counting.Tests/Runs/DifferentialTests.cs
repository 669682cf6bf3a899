using System.Globalization;
using System.Text;
using TelemetryKit.Counting.Tests.Histories;
using TelemetryKit.Counting.Tests.Questions;

namespace TelemetryKit.Counting.Tests.Runs;

/// <summary>
/// Compares answers of the server with the oracle's counts, over generated histories. <c>TELEMETRYKIT_TEST_COMPARISONS</c> is the number of
/// answers over both stores together, <c>TELEMETRYKIT_TEST_SEED</c> the first seed. A failure lists every figure that is wrong, with the
/// number of histories and the first seed, and prints minimal histories of some.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="percent">The share of the answers that are compared on it: PostgreSQL takes longer, and both run at the same time.</param>
public abstract class DifferentialTests(StoreKind store, int percent)
{
    private const int Attempts = 300;
    private const int Described = 3;

    private static readonly int Comparisons = Setting("TELEMETRYKIT_TEST_COMPARISONS", 100_000);
    private static readonly int FirstSeed = Setting("TELEMETRYKIT_TEST_SEED", 1);

    [Fact]
    public async Task Every_answer_is_what_the_oracle_counts()
    {
        await using var server = await CountingServer.StartAsync(store);
        var began = TimeProvider.System.GetTimestamp();
        Dictionary<string, WrongFigure> wrong = [];
        var compared = 0;
        var seed = FirstSeed;
        for (; compared < Comparisons * (long)percent / 100; seed++)
        {
            var run = await HistoryRun.RunAsync(server, HistoryGenerator.Generate(seed));
            compared += run.Comparisons;
            foreach (var (operation, mismatch) in run.Mismatches.DistinctBy(each => each.Mismatch.Figure))
            {
                var known = wrong.GetValueOrDefault(mismatch.Figure) ?? new(0, seed, operation, mismatch);
                wrong[mismatch.Figure] = known with { Histories = known.Histories + 1 };
            }
        }

        var elapsed = TimeProvider.System.GetElapsedTime(began);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{store}: {compared:N0} answers of the seeds {FirstSeed} to {seed - 1} in {elapsed.TotalSeconds:0} s.");
        if (wrong.Count > 0)
            Assert.Fail(await DescribeAsync(server, wrong));
    }

    private static int Setting(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : fallback;

    private static async Task<string> DescribeAsync(CountingServer server, Dictionary<string, WrongFigure> wrong)
    {
        var text = new StringBuilder("Wrong figures, with the number of histories and the first seed (TELEMETRYKIT_TEST_SEED):\n");
        var bySeed = wrong.OrderByDescending(figure => figure.Value.Histories).ToList();
        foreach (var (_, first) in bySeed)
            text.Append(CultureInfo.InvariantCulture, $"  {first}\n");
        foreach (var (figure, first) in bySeed.Take(Described))
        {
            var minimal = await new Minimizer(history => FailsAsync(server, history, figure), Attempts)
                .MinimizeAsync(HistoryGenerator.Generate(first.Seed), first.Operation);
            var run = await HistoryRun.RunAsync(server, minimal);
            text.Append(CultureInfo.InvariantCulture, $"\nA minimal history of seed {first.Seed} for {figure}:\n");
            foreach (var operation in minimal.Operations)
                text.Append(CultureInfo.InvariantCulture, $"  {operation}\n");
            foreach (var (_, mismatch) in run.Mismatches.Take(5))
                text.Append(CultureInfo.InvariantCulture, $"    {mismatch}\n");
        }

        return text.ToString();
    }

    private static async Task<bool> FailsAsync(CountingServer server, History history, string figure) =>
        (await HistoryRun.RunAsync(server, history)).Mismatches.Any(each => each.Mismatch.Figure == figure);
}

/// <summary>A figure that is wrong in some histories, and the first time.</summary>
internal sealed record WrongFigure(int Histories, int Seed, Operation Operation, Mismatch Mismatch)
{
    public override string ToString() => $"{Histories} histories, seed {Seed}: {Mismatch} ({Operation.Headline})";
}

/// <summary>On SQLite.</summary>
public sealed class SqliteDifferentialTests() : DifferentialTests(StoreKind.Sqlite, percent: 60);

/// <summary>On PostgreSQL, with two replicas.</summary>
public sealed class PostgresDifferentialTests() : DifferentialTests(StoreKind.Postgres, percent: 40);
