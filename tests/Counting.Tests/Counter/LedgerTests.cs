using TelemetryKit.Counting.Tests.Histories;
using TelemetryKit.Counting.Tests.Questions;

namespace TelemetryKit.Counting.Tests.Counter;

/// <summary>What the oracle accepts and keeps.</summary>
public sealed class LedgerTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateOnly Today = new(2026, 11, 20);

    private readonly Ledger _ledger = new();

    [Fact]
    public void A_batch_counts_once()
    {
        var batch = new SentBatch([Of("a"), Of("b")]) { Id = "one" };

        Assert.Equal((2, 0), Receive(batch));
        Assert.Equal((0, 2), Receive(batch));
        Assert.Equal(2, Events());
    }

    [Fact]
    public void An_event_without_a_batch_id_counts_once_by_its_own()
    {
        var batch = new SentBatch([Of("a") with { Id = "1" }, Of("a") with { Id = "1" }, Of("a")]);

        Assert.Equal((2, 1), Receive(batch));
        Assert.Equal((1, 2), Receive(batch));
    }

    [Fact]
    public void Events_that_are_too_old_or_in_the_future_or_invalid_are_refused()
    {
        var receipt = _ledger.Receive(
            new SentBatch(
            [
                Of("a") with { At = Noon.AddDays(-30) }, Of("a") with { At = Noon.AddDays(-30).AddMicroseconds(-1) },
                Of("a") with { At = Noon.AddMinutes(10) }, Of("a") with { At = Noon.AddMinutes(10).AddMicroseconds(1) }, new("1st"),
            ]),
            Noon);

        Assert.Equal(2, receipt.Accepted);
        Assert.Equal(["too_old", "in_the_future", "invalid_type"], receipt.Rejected);
    }

    [Fact]
    public void A_part_of_a_batch_fits_the_quota_of_a_month()
    {
        _ledger.Quota = 3;
        Assert.Equal((2, 0), Receive(new SentBatch([Of("a"), Of("a")]) { Id = "1" }));
        Assert.Equal(["quota_exceeded"], _ledger.Receive(new SentBatch([Of("a"), Of("a")]) { Id = "2" }, Noon).Rejected);
        Assert.True(_ledger.Receive(new SentBatch([Of("a")]) { Id = "3" }, Noon).IsRefused);
        Assert.Equal(1, _ledger.Receive(new SentBatch([Of("a")]) { IsTest = true }, Noon).Accepted);
        Assert.Equal(0, _ledger.Receive(new SentBatch([Of("a") with { Id = "e" }]), Noon).Accepted);
        Assert.Equal(1, _ledger.Receive(new SentBatch([Of("a")]) { Id = "3" }, Noon.AddDays(11)).Accepted);
    }

    [Fact]
    public void An_erased_install_is_gone_from_both_environments_and_new_if_it_comes_back()
    {
        Receive(new SentBatch([Of("a"), Of("b")]));
        Receive(new SentBatch([Of("a")]) { IsTest = true });

        Assert.Equal(2, _ledger.Erase("a"));
        Assert.Equal((1, 1), (Events(), _ledger.Counter(isTest: false).NewInstalls(Today, Today)));
        Receive(new SentBatch([Of("a")]));
        Assert.Equal(2, _ledger.Counter(isTest: false).NewInstalls(Today, Today));
    }

    [Fact]
    public void A_reset_empties_the_test_environment_only()
    {
        Receive(new SentBatch([Of("a")]));
        Receive(new SentBatch([Of("a")]) { IsTest = true });

        _ledger.ResetTest();

        Assert.Equal(1, Events());
        Assert.Empty(_ledger.Counter(isTest: true).Find(Filter.None, Today, Today));
        Assert.Equal(0, _ledger.Counter(isTest: true).NewInstalls(Today, Today));
    }

    [Fact]
    public void A_purge_deletes_days_and_keeps_the_first_days_of_installs()
    {
        Receive(new SentBatch([Of("a") with { At = Noon.AddDays(-8) }, Of("a") with { At = Noon.AddDays(-7) }, Of("a")]));
        _ledger.KeptDays = 7;

        _ledger.Purge(Today);

        Assert.Equal((2, Today.AddDays(-7)), (Events(), _ledger.FirstKeptDay));
        Assert.Equal(0, _ledger.Counter(isTest: false).NewInstalls(Today.AddDays(-7), Today));
    }

    private static SentEvent Of(string user) => new("x") { User = user };

    private (int Accepted, int Duplicates) Receive(SentBatch batch)
    {
        var receipt = _ledger.Receive(batch, Noon);
        return (receipt.Accepted, receipt.Duplicates);
    }

    private int Events() => _ledger.Counter(isTest: false).Find(Filter.None, Today.AddDays(-40), Today).Count;
}
