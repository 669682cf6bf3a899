using TelemetryKit.Core.Counters;
using TelemetryKit.Core.Events;

namespace TelemetryKit.Core.Tests.Counters;

public sealed class RollupFormatTests
{
    private static readonly Rollup Small = Fact.Rollup(new Facts(9).Take(20));

    /// <summary>
    /// Events that use every part of the format: registers of both precisions, lists and bitmaps of installs, wide names, empty values.
    /// </summary>
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
        {
            facts.Add(build with
            {
                Subject = "prüfen",
                Install = i * 7,
                Session = i,
                Context = windows,
                Version = null,
                Success = i % 3 == 0,
                Metadata = [("ziel", "größe" + (i % 4))],
            });
        }

        facts.Add(new Fact { Time = Facts.Day.AddHours(23), Type = "error" });
        facts.Add(new Fact { Time = Facts.Day, Type = "log", Subject = "", Install = 7 });
        var rollup = Fact.Rollup(facts);
        rollup.AddNewInstalls(1_234);
        return rollup;
    }

    [Fact]
    public void Version_1_is_read_and_written_without_changes()
    {
        // It was counted when errors without success were failed runs, and when events without a value were counted nowhere.
        var stored = Spec.Bytes("vectors/rollup-v1.bin");
        Assert.Equal(stored, Rollup.Read(stored).Serialize());
    }

    [Theory]
    [InlineData("", 0xFFC4465B6D658D32)]
    [InlineData("os", 0xFEAFE55574576D60)]
    [InlineData("command_executed", 0x3C1D3273AC0EB623)]
    [InlineData("größe", 0xB67979A74C8D9AA9)]
    public void Hashes_of_names_never_change(string name, ulong hash) => Assert.Equal(hash, StableHash.Of(name));

    [Fact]
    public void A_newer_version_is_refused_with_its_number()
    {
        var bytes = Golden().Serialize();
        bytes[0] = 2;
        var fault = Assert.Throws<RollupFormatException>(() => Rollup.Read(bytes));
        Assert.Contains("format version 2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Truncated_data_is_refused()
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
    public void Corrupt_data_with_a_correct_checksum_is_refused_or_is_a_valid_rollup_in_bounded_memory()
    {
        Rollup[] rollups = [Golden(), Fact.Rollup(new Facts(1).Take(30)), Fact.Rollup(new Facts(2).Take(1)), new()];
        var sources = rollups.Select(r => r.Serialize()).ToArray();
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

                // An accepted rollup can be used like any other.
                var sum = new Rollup();
                sum.MergeFrom(rollup);
                sum.MergeFrom(Small);
                _ = Rollup.Read(sum.Serialize()).IsTruncated;
            }
            catch (RollupFormatException)
            {
                // Refused, as expected.
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000);
        }

        Assert.InRange(read, 1, 3_999);
    }

    [Fact]
    public void A_name_that_is_not_valid_unicode_is_preserved()
    {
        var fact = new Fact { Time = Facts.Day, Type = "log" };
        var rollup = Fact.Rollup([fact with { Subject = "\uD800" }, fact with { Subject = "\uDC00" }]);
        var names = Rollup.Read(rollup.Serialize()).Subjects.ToArray().Select(s => s.Name.Text!);
        Assert.Equal(["\uD800", "\uDC00"], names.Order(StringComparer.Ordinal));
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
