using System.Text;
using TelemetryKit.Pipeline;
using TelemetryKit.Sdk.Tests.Support;

namespace TelemetryKit.Sdk.Tests;

/// <summary>The ledger is complete, bounded, and survives whatever is in its file.</summary>
public sealed class SentLedgerTests : IDisposable
{
    private readonly TestHost _host = new();

    private string LedgerPath => Path.Combine(_host.Root, "ledger");

    private string Today => _host.Time.UtcNow.UtcDateTime.ToString("yyyy-MM-dd");

    [Fact]
    public async Task Nothing_is_lost_if_many_write()
    {
        _host.Time.Stop();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 25; i++)
                Ledger().Add(Batch("a", "b", "a"));
        })));
        Assert.Equal([("a", 400), ("b", 200)], Read());
        Assert.Equal($"{Today} a 400\n{Today} b 200\n", File.ReadAllText(LedgerPath));
    }

    [Fact]
    public void The_number_of_types_is_bounded()
    {
        _host.Time.Stop();
        for (var day = 0; day < 40; day++)
        {
            for (var i = 0; i < 10; i++)
                Ledger().Add(Batch([.. Enumerable.Range(0, 100).Select(type => $"type-{type}-{new string('x', 50)}")]));
            _host.Time.Advance(TimeSpan.FromDays(1));
        }

        Assert.True(new FileInfo(LedgerPath).Length < 100_000);
        var entries = Ledger().Read();
        Assert.Equal(29, entries.Select(entry => entry.Day).Distinct().Count());
        Assert.Equal(29 * 1_000, entries.Sum(entry => entry.Events));
        Assert.Contains(entries, entry => entry.Type == SentLedger.Other);
        Assert.True(entries.GroupBy(entry => entry.Day).All(day => day.Count() == 32));
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage\n\0\0\n")]
    [InlineData("2026-13-45 a 1\nDAY a\nDAY a -1\nDAY a x\nDAY  1\nDAY a 99999999999999999999\n2999-01-01 a 1\n2001-01-01 a 1\n")]
    public void What_is_not_an_entry_is_ignored(string content)
    {
        _host.Time.Stop();
        Directory.CreateDirectory(_host.Root);
        File.WriteAllText(LedgerPath, content.Replace("DAY", Today, StringComparison.Ordinal));
        Assert.Empty(Ledger().Read());
        Ledger().Add(Batch("b"));
        Assert.Equal($"{Today} b 1\n", File.ReadAllText(LedgerPath));
    }

    public void Dispose() => _host.Dispose();

    private SentLedger Ledger() => new(_host.Root, _host.Clock);

    private IEnumerable<(string, long)> Read() => Ledger().Read().Select(entry => (entry.Type, entry.Events));

    private TelemetryBatch Batch(params string[] types)
    {
        var lines = Encoding.UTF8.GetBytes(string.Concat(types.Select(type => $$"""{"event_type":"{{type}}"}""" + "\n")));
        return new(Guid.NewGuid(), _host.Time.UtcNow, "{}", lines, lines.Length);
    }
}
