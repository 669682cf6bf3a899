using System.Text;
using TelemetryKit.Core.Text;

namespace TelemetryKit.Core.Tests.Parsing;

public sealed class Utf8CacheTests
{
    private static Utf8Cache<string> Cache(int capacity = 64) => new(capacity, 16, utf8 => Encoding.UTF8.GetString(utf8));

    [Fact]
    public void A_text_is_shared_from_its_second_occurrence_on()
    {
        var cache = Cache();
        Assert.Null(cache.Find("build"u8));
        var shared = cache.Find("build"u8);
        Assert.Equal("build", shared);
        Assert.Same(shared, cache.Find("build"u8));
    }

    [Fact]
    public void A_text_that_is_too_long_is_never_kept()
    {
        var cache = Cache();
        for (var i = 0; i < 3; i++)
            Assert.Null(cache.Find("seventeen letters"u8));
        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void The_cache_never_exceeds_its_capacity()
    {
        var cache = Cache(64);
        for (var i = 0; i < 100_000; i++)
        {
            cache.Find(Encoding.ASCII.GetBytes($"text {i}"));
            cache.Find(Encoding.ASCII.GetBytes($"text {i}"));
        }

        Assert.InRange(cache.Count, 32, 64);
    }

    [Fact]
    public void A_word_in_use_is_not_evicted_by_many_others()
    {
        var cache = Cache(64);
        cache.Find("build"u8);
        var shared = cache.Find("build"u8);
        var kept = 0;
        for (var i = 0; i < 10_000; i++)
        {
            cache.Find(Encoding.ASCII.GetBytes($"junk {i}"));
            cache.Find(Encoding.ASCII.GetBytes($"junk {i}"));
            kept += ReferenceEquals(shared, cache.Find("build"u8)) ? 1 : 0;
        }

        Assert.Equal(10_000, kept);
    }

    [Fact]
    public void Many_threads_get_equal_texts()
    {
        var cache = Cache(16);
        Parallel.For(0, 4, thread =>
        {
            var random = new Random(thread);
            for (var i = 0; i < 200_000; i++)
            {
                var text = $"t{random.Next(40)}";
                Assert.Equal(text, cache.Find(Encoding.ASCII.GetBytes(text)) ?? text);
            }
        });
    }

    [Fact]
    public void Hashes_of_short_texts_do_not_collide()
    {
        var hashes = new HashSet<ulong>();
        var texts = 0;
        for (var length = 0; length <= 40; length++)
        {
            var text = new byte[length];
            for (var at = 0; at < Math.Max(length, 1); at++)
            {
                for (var b = 1; b < (length == 0 ? 2 : 256); b++)
                {
                    Array.Clear(text);
                    if (length > 0)
                        text[at] = (byte)b;
                    texts++;
                    hashes.Add(Utf8Hash.Compute(text));
                }
            }
        }

        Assert.Equal(texts, hashes.Count);
    }
}
