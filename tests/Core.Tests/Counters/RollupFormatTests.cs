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
    public void Version_2_is_read_and_written_without_changes()
    {
        var stored = Spec.Bytes("vectors/rollup-v2.bin");
        Assert.Equal(Convert.ToHexString(stored), Convert.ToHexString(Golden().Serialize()));
        Assert.Equal(stored, Rollup.Read(stored).Serialize());
    }

    /// <summary>
    /// Seven types with 200 events each of 15 subjects, versions and metadata values, under bounds of a few names each. Ties at these
    /// bounds are decided by a secret of the process, so the file can't be written again.
    /// </summary>
    [Fact]
    public void Version_2_is_read_and_written_without_changes_if_it_is_truncated_and_estimates()
    {
        var stored = Spec.Bytes("vectors/rollup-v2-truncated.bin");
        var read = Rollup.Read(stored);
        Assert.True(read.IsTruncated);
        Assert.True(read.Installs.IsOverflowed);
        Assert.Equal((1_400L, -3L, 3), (read.Events, read.NewInstalls, read.Types.Count));
        Assert.InRange(read.SubjectTable.BreakdownFloor, 1, 1_400 * 2 / 21);
        Assert.Equal(stored, read.Serialize());
    }

    [Fact]
    public void Version_1_is_read()
    {
        var read = Rollup.Read(Spec.Bytes("vectors/rollup-v1.bin"));
        var golden = Golden();

        // Version 1 kept at most 1,024 installs exactly, and 2^11 registers of a larger set of a subject.
        Assert.False(read.IsTruncated);
        Assert.Equal(1_234, read.NewInstalls);
        // The error without success was still a failed run.
        Assert.Equal((golden.Day.Events, golden.Day.Failures + 1, golden.Day.First), (read.Day.Events, read.Day.Failures, read.Day.First));
        Assert.InRange(read.Day.Details!.Installs!.Count, 1_500 * 0.97, 1_500 * 1.03);
        Assert.Equal(Listed(golden), Listed(read));
        Assert.Equal(DistinctCounter.CoarsePrecision, Build(read).Precision);
        Assert.InRange(Build(read).Count, 1_500 * 0.92, 1_500 * 1.08);

        // It is written as version 2, and merges with it.
        var sum = Rollup.Read(Rollup.Fold([read.Serialize(), golden.Serialize()]));
        Assert.Equal(2 * golden.Day.Events, sum.Day.Events);
        Assert.Equal(Build(read).Count, Build(sum).Count);

        static DistinctCounter Build(Rollup rollup) =>
            rollup.SubjectTable.Find(TallyName.Subject("command_executed", "build"), out _)!.All.Details!.Installs!.Sketch!;
    }

    [Fact]
    public void A_name_that_version_1_did_not_keep_can_have_all_other_events()
    {
        // 250 versions of one event each, of which version 1 kept the 200 with the smallest hashes.
        var read = Rollup.Read(Spec.Bytes("vectors/rollup-v1-truncated.bin"));
        Assert.True(read.IsTruncated);
        var versions = read.Context[ContextDimension.Version]!;
        Assert.Equal((250L, 200, 50L), (versions.Total, versions.Count, versions.Unlisted));
        Assert.All(versions.Values.ToArray(), version => Assert.Equal((1L, 0L), (version.Tally.Events, version.Missed)));

        // 2,100 subjects and another one, of which it kept 2,000.
        var commands = read.SubjectTable.Summary(SubjectTable.NumberOf("command_executed"))!;
        Assert.Equal((2_100L, 1_999, 101L), (commands.Total, commands.Count, commands.Floor));

        // One subject has more metadata values than version 1 kept of all keys, so it dropped some of the keys.
        var metadata = read.SubjectTable.Find(TallyName.Subject("log", "s"), out _)!.Metadata;
        Assert.InRange(metadata.Count, 0, 19);
        Assert.Equal(2_001 * Limits.CountedValues, metadata.Floor);
        Assert.Equal(read.Serialize(), Rollup.Read(read.Serialize()).Serialize());
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
        bytes[0] = 3;
        var fault = Assert.Throws<RollupFormatException>(() => Rollup.Read(bytes));
        Assert.Contains("format version 3", fault.Message, StringComparison.Ordinal);
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

    /// <summary>All counts of names, in an order that doesn't depend on the process.</summary>
    private static List<string> Listed(Rollup rollup)
    {
        var list = new List<string>();
        foreach (var subject in rollup.Subjects)
        {
            list.Add($"{subject.Name.Type} {subject.Name.Text} {subject.All.Events} {subject.All.Last}");
            foreach (var (table, _) in subject.Tables())
                list.AddRange(Valued(table).Select(v => $"{subject.Name.Text} {v.Text} {v.Tally.Events} {v.Tally.WithOutcome}"));
        }

        // Neither events without a value nor errors as failed runs, which version 1 counted differently.
        foreach (var table in rollup.Context.All)
            list.AddRange(Valued(table).Select(v => $"{v.Text} {v.Tally.Events}"));
        list.Sort(StringComparer.Ordinal);
        return list;

        static IEnumerable<Value> Valued(ValueTable? table) =>
            table is null ? [] : table.Values.ToArray().Where(v => v.Text != NoValue.Name);
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
