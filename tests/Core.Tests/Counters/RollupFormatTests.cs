using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Tests.Counters;

public sealed class RollupFormatTests
{
    private static readonly Rollup Small = Fact.Rollup(new Facts(9).Take(20));

    /// <summary>A few events that use every part of the format: registers of both precisions, lists and bitmaps of installs, wide names, nothing at all.</summary>
    private static Rollup Golden()
    {
        var linux = new EventContext("linux", "x64", "dotnet 10.0", "human", "dotnet/1.0.0", "{}");
        var windows = new EventContext("windows", "x64", "dotnet 9.0", null, "dotnet/1.0.0", "{}");
        var build = new Fact
        {
            Time = Facts.Day.AddHours(10),
            Type = "command_executed",
            Subject = "build",
            Version = "1.2.0",
            Success = true,
            DurationMs = 5_123,
            Context = linux,
            Metadata = [("command", "build"), ("target", "production")],
        };
        var facts = new List<Fact>();
        for (var i = 1; i <= 1_500; i++)
            facts.Add(build with { Time = build.Time.AddSeconds(i), Install = i, Session = i, DurationMs = 10 + i });
        for (var i = 1; i <= 40; i++)
            facts.Add(build with { Subject = "prüfen", Install = i * 7, Session = i, Context = windows, Version = null, Success = i % 3 == 0, Metadata = [("ziel", "größe" + (i % 4))] });
        facts.Add(new Fact { Time = Facts.Day.AddHours(23), Type = "error" });
        facts.Add(new Fact { Time = Facts.Day, Type = "log", Subject = "", Install = 7 });
        var rollup = Fact.Rollup(facts);
        rollup.AddNewInstalls(1_234);
        return rollup;
    }

    [Fact]
    public void Version_1_is_read_and_written_as_it_always_was()
    {
        var stored = Spec.Bytes("vectors/rollup-v1.bin");
        Assert.Equal(Convert.ToHexString(stored), Convert.ToHexString(Golden().Serialize()));
        Assert.Equal(stored, Rollup.Read(stored).Serialize());
    }

    [Theory]
    [InlineData("", 0xFFC4465B6D658D32)]
    [InlineData("os", 0xFEAFE55574576D60)]
    [InlineData("command_executed", 0x3C1D3273AC0EB623)]
    [InlineData("größe", 0xB67979A74C8D9AA9)]
    public void Hashes_of_names_never_change(string name, ulong hash) => Assert.Equal(hash, StableHash.Of(name));

    [Fact]
    public void A_newer_version_is_refused_and_named()
    {
        var bytes = Golden().Serialize();
        bytes[0] = 2;
        var fault = Assert.Throws<RollupFormatException>(() => Rollup.Read(bytes));
        Assert.Contains("format 2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_cut_off_is_refused()
    {
        var bytes = Small.Serialize();
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<RollupFormatException>(() => Rollup.Read(bytes.AsSpan(0, length)));
    }

    [Fact]
    public void A_flipped_bit_is_refused()
    {
        var bytes = Small.Serialize();
        for (var i = 0; i < bytes.Length * 8; i++)
        {
            bytes[i / 8] ^= (byte)(1 << (i % 8));
            Assert.Throws<RollupFormatException>(() => Rollup.Read(bytes));
            bytes[i / 8] ^= (byte)(1 << (i % 8));
        }
    }

    [Fact]
    public void Corrupt_data_with_a_right_checksum_is_refused_or_is_a_sound_rollup_in_bounded_memory()
    {
        var sources = new[] { Golden(), Fact.Rollup(new Facts(1).Take(30)), Fact.Rollup(new Facts(2).Take(1)), new Rollup() }.Select(r => r.Serialize()).ToArray();
        var random = new Random(1);
        var read = 0;
        for (var i = 0; i < 4_000; i++)
        {
            var bytes = Mutated(sources[i % sources.Length], random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                var rollup = Rollup.Read(bytes);
                read++;

                // What was accepted can be worked with like any other.
                var sum = new Rollup();
                sum.MergeFrom(rollup);
                sum.MergeFrom(Small);
                _ = Rollup.Read(sum.Serialize()).IsTruncated;
            }
            catch (RollupFormatException)
            {
                // Refused, as it should be.
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000);
        }

        Assert.InRange(read, 1, 3_999);
    }

    [Fact]
    public void A_name_that_is_no_valid_unicode_comes_back_as_it_was()
    {
        var rollup = Fact.Rollup([new Fact { Time = Facts.Day, Type = "log", Subject = "\uD800" }, new Fact { Time = Facts.Day, Type = "log", Subject = "\uDC00" }]);
        Assert.Equal(["\uD800", "\uDC00"], Rollup.Read(rollup.Serialize()).Subjects.ToArray().Select(s => s.Name.Text!).Order(StringComparer.Ordinal));
    }

    private static byte[] Mutated(byte[] source, Random random)
    {
        var bytes = source.ToList();
        bytes.RemoveRange(bytes.Count - RollupFormat.ChecksumBytes, RollupFormat.ChecksumBytes);
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            var at = random.Next(1, bytes.Count);
            switch (random.Next(4))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at)); break;
                default: bytes.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), random.Next(1, 12))); break;
            }

            if (bytes.Count < 2)
                bytes.Add(0);
        }

        var checksum = RollupFormat.Checksum(bytes.ToArray());
        return [.. bytes, .. BitConverter.GetBytes(checksum)];
    }
}
