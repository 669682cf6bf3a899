using System.Collections.Concurrent;

namespace TelemetryKit.Core.Tests;

public sealed class Uuid7Tests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 29, 12, 0, 0, 789, TimeSpan.FromHours(2));

    [Fact]
    public void Ids_of_all_threads_are_distinct()
    {
        var ids = new ConcurrentBag<Guid[]>();
        Parallel.For(0, 16, _ => ids.Add([.. Enumerable.Range(0, 10_000).Select(_ => Uuid7.New(Time))]));
        Assert.Equal(160_000, ids.SelectMany(part => part).Distinct().Count());
    }

    [Fact]
    public void Ids_have_the_version_the_variant_and_the_time()
    {
        var random = new Random(7);
        for (var i = 0; i < 10_000; i++)
        {
            var time = DateTimeOffset.FromUnixTimeMilliseconds(random.NextInt64(1L << 47));
            var id = Uuid7.New(time);
            Assert.Equal((7, 0b10), (id.Version, id.Variant >> 2));
            // The time is the part of the framework's id that isn't random.
            Assert.Equal(Guid.CreateVersion7(time).ToString()[..14], id.ToString()[..14]);
        }
    }

    [Fact]
    public void Each_of_the_74_random_bits_is_set_in_half_of_the_ids()
    {
        const int Count = 20_000;
        var set = new int[128];
        for (var i = 0; i < Count; i++)
        {
            var bytes = Uuid7.New(Time).ToByteArray(bigEndian: true);
            for (var bit = 0; bit < 128; bit++)
                set[bit] += (bytes[bit / 8] >> (7 - (bit % 8))) & 1;
        }

        // Eight standard deviations.
        var isRandom = set.Select(count => Math.Abs(count - (Count / 2)) < 8 * Math.Sqrt(Count) / 2).ToArray();
        Assert.Equal([.. Enumerable.Range(52, 12), .. Enumerable.Range(66, 62)], Enumerable.Range(0, 128).Where(bit => isRandom[bit]));
    }

    [Fact]
    public void A_time_before_1970_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Uuid7.New(DateTimeOffset.UnixEpoch.AddMilliseconds(-1)));
}
