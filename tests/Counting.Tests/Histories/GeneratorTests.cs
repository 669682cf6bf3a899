namespace TelemetryKit.Counting.Tests.Histories;

/// <summary>Generating and minimizing histories.</summary>
public sealed class GeneratorTests
{
    [Fact]
    public void A_seed_always_gives_the_same_history() =>
        Assert.Equal(Text(HistoryGenerator.Generate(7)), Text(HistoryGenerator.Generate(7)));

    [Fact]
    public void Times_of_operations_never_go_back()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var times = HistoryGenerator.Generate(seed).Operations.Select(operation => operation.At).ToList();
            Assert.Equal(times.Order(), times);
        }
    }

    [Fact]
    public void Some_history_has_each_kind_of_operation_and_some_has_none_of_it()
    {
        var histories = Enumerable.Range(0, 300).Select(seed => HistoryGenerator.Generate(seed).Operations).ToList();
        foreach (var kind in typeof(Operation).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Operation))))
        {
            Assert.Contains(histories, history => history.Any(operation => operation.GetType() == kind));
            if (kind != typeof(Send) && kind != typeof(Ask))
                Assert.Contains(histories, history => history.All(operation => operation.GetType() != kind));
        }
    }

    [Fact]
    public async Task A_minimal_history_has_only_what_its_failure_needs()
    {
        var whole = HistoryGenerator.Generate(1);
        var (first, last) = (whole.Operations.OfType<Send>().First(), whole.Operations.OfType<Ask>().Last());
        var needed = first.Batch.Events[^1];

        var minimal = await new Minimizer(
            history => Task.FromResult(
                history.Operations.Contains(last) && history.Operations.OfType<Send>().Any(send => send.Batch.Events.Contains(needed))),
            attempts: 10_000).MinimizeAsync(whole, last);

        Assert.Equal(2, minimal.Operations.Count);
        Assert.Equal(needed, Assert.Single(((Send)minimal.Operations[0]).Batch.Events));
        Assert.Equal(last, minimal.Operations[1]);
    }

    private static string Text(History history) => string.Join('\n', history.Operations);
}
