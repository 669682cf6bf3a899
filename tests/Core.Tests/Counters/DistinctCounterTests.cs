using FsCheck;
using FsCheck.Fluent;
using TelemetryKit.Core.Counters;

namespace TelemetryKit.Core.Tests.Counters;

public sealed class DistinctCounterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(1_024)]
    public void A_counter_is_exact_up_to_its_size(int size)
    {
        var counter = Filled(DistinctCounter.CoarsePrecision, new Random(size), size);
        Assert.True(counter.IsExact);
        Assert.Equal(size, counter.Count);
    }

    [Fact]
    public void A_counter_beyond_its_size_is_an_estimate()
    {
        var counter = Filled(DistinctCounter.CoarsePrecision, new Random(1), 1_025);
        Assert.False(counter.IsExact);
        Assert.InRange(counter.Count, 925, 1_125);
    }

    [Theory]
    [InlineData(DistinctCounter.CoarsePrecision, 1_500, 0.025)]
    [InlineData(DistinctCounter.CoarsePrecision, 5_000, 0.025)]
    [InlineData(DistinctCounter.CoarsePrecision, 100_000, 0.025)]
    [InlineData(DistinctCounter.FinePrecision, 1_500, 0.01)]
    [InlineData(DistinctCounter.FinePrecision, 40_000, 0.01)]
    [InlineData(DistinctCounter.FinePrecision, 300_000, 0.01)]
    public void Estimates_are_unbiased_and_within_the_documented_standard_error(int precision, int count, double standardError)
    {
        var runs = count > 100_000 ? 60 : 200;
        var errors = Enumerable.Range(0, runs)
            .Select(seed => ((double)Filled(precision, new Random(seed), count).Count / count) - 1)
            .ToArray();
        var mean = errors.Average();
        var deviation = Math.Sqrt(errors.Sum(e => (e - mean) * (e - mean)) / (runs - 1));

        // The standard error of the mean is deviation ÷ √runs; four times that occurs once in 16,000. That of the deviation is 1 ÷ √(2
        // runs).
        Assert.InRange(Math.Abs(mean), 0, 4 * standardError / Math.Sqrt(runs));
        Assert.InRange(deviation, 0, standardError * (1 + (2 / Math.Sqrt(2 * runs))));
    }

    [Fact]
    public void Sequential_hashes_are_mixed_before_they_are_counted()
    {
        var counter = new DistinctCounter(DistinctCounter.FinePrecision, 16);
        for (var i = 1L; i <= 100_000; i++)
            counter.Add(DistinctCounter.Element(i));
        Assert.InRange(counter.Count, 96_000, 104_000);
    }

    [Fact]
    public void Merging_in_any_order_gives_the_state_of_the_union()
    {
        var property = Prop.ForAll(Facts.Seeds, seed =>
        {
            var random = new Random(seed);
            var elements = Enumerable.Range(0, random.Next(60)).Select(_ => DistinctCounter.Element(random.Next(1, 40))).ToArray();
            var whole = Of(elements);
            var parts = elements.Chunk(1 + random.Next(20)).Select(Of).ToArray();
            random.Shuffle(parts);
            var sum = Of([]);
            foreach (var part in parts)
                sum.MergeFrom(part);
            return sum.IsExact == whole.IsExact
                && sum.Elements.SequenceEqual(whole.Elements)
                && sum.Registers.SequenceEqual(whole.Registers)
                && whole.IsExact == (elements.Distinct().Count() <= 16);
        });
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), property);
    }

    [Fact]
    public void Registers_of_a_smaller_precision_are_those_of_the_same_elements()
    {
        var fine = new DistinctCounter(DistinctCounter.FinePrecision, 0);
        var coarse = new DistinctCounter(DistinctCounter.CoarsePrecision, 0);
        var random = new Random(1);
        for (var i = 0; i < 50_000; i++)
        {
            var element = DistinctCounter.Element(random.NextInt64());
            fine.Add(element);
            coarse.Add(element);
        }

        var reduced = HyperLogLog.Reduce(fine.Registers.ToArray(), DistinctCounter.FinePrecision, DistinctCounter.CoarsePrecision);
        Assert.Equal(coarse.Registers.ToArray(), reduced);
        fine.MergeFrom(coarse);
        Assert.Equal((DistinctCounter.CoarsePrecision, coarse.Count), (fine.Precision, fine.Count));
    }

    [Theory]
    [InlineData(DistinctCounter.CoarsePrecision, 30)]
    [InlineData(DistinctCounter.CoarsePrecision, 3_000)]
    [InlineData(DistinctCounter.FinePrecision, 3_000)]
    [InlineData(DistinctCounter.FinePrecision, 200_000)]
    public void Registers_can_be_written_and_read(int precision, int count)
    {
        var counter = new DistinctCounter(precision, 0);
        var random = new Random(count);
        for (var i = 0; i < count; i++)
            counter.Add(DistinctCounter.Element(random.NextInt64()));
        var registers = counter.Registers.ToArray();

        // One register far above the others, as occurs among many thousands.
        registers[7] = 45;
        var writer = new ByteWriter();
        RegisterFormat.Write(writer, registers);
        var reader = new ByteReader(writer.Written);

        Assert.Equal(registers, RegisterFormat.Read(ref reader, precision));
        Assert.Equal(0, reader.Remaining);
        Assert.InRange(writer.Written.Length, 1, (registers.Length / 2) + 64);
    }

    private static DistinctCounter Of(ulong[] elements)
    {
        var counter = new DistinctCounter(DistinctCounter.CoarsePrecision, 16);
        foreach (var element in elements)
            counter.Add(element);
        return counter;
    }

    private static DistinctCounter Filled(int precision, Random random, int count)
    {
        var counter = new DistinctCounter(precision, Limits.ExactSetSize);
        for (var i = 0; i < count; i++)
            counter.Add(DistinctCounter.Element(random.NextInt64()));
        return counter;
    }
}
