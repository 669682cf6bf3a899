using TelemetryKit.Storage.Database;

namespace TelemetryKit.Storage.Tests.Pure;

public class TimeOrderedIdTests
{
    private static readonly DateTimeOffset Now = new(2031, 5, 17, 11, 12, 13, 250, TimeSpan.Zero);

    [Fact]
    public void Ids_are_ordered_within_one_millisecond_even_if_the_counter_overflows_and_the_clock_is_set_back()
    {
        var ids = Enumerable.Range(0, 10_000).Select(i => TimeOrderedId.Next(i < 9_000 ? Now : Now.AddSeconds(-1))).ToList();
        Assert.Equal(ids.Order(), ids);
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public void An_id_is_a_version_7_UUID_with_its_timestamp()
    {
        var now = Now.AddYears(1);
        var id = TimeOrderedId.Next(now);
        Assert.Equal((7, 8), (id.Version, id.Variant & 0xC));
        Assert.Equal(Guid.CreateVersion7(now).ToString("N")[..12], id.ToString("N")[..12]);
    }

    [Fact]
    public async Task Ids_of_concurrent_threads_are_distinct()
    {
        var ids = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, 5_000).Select(_ => TimeOrderedId.Next(Now)).ToList())));
        Assert.All(ids, one => Assert.Equal(one.Order(), one));
        Assert.Equal(20_000, ids.SelectMany(one => one).Distinct().Count());
    }
}
